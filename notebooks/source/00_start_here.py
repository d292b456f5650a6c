# %% [markdown]
# # 00 · Start here: why does the loss rise again after it has fallen?
#
# **Question.** What does momentum do for gradient descent, and why does my loss oscillate in the first
# epochs when I use it?
#
# **Minutes.** 25 to read and run. The first picture takes one.
#
# **You need.** To know what a gradient is, and to have seen a network being trained. Nothing else.
#
# **Objectives.** After this lesson you can
#
# - say the rule of momentum in two sentences, and write it in two lines of code,
# - show on a real network that momentum makes the loss ring, and measure by how much,
# - tell which of the usual remedies take the ringing away, and which make it worse,
# - find your way through this course.
#
# **How to run it.** Click on the grey cell below and press <kbd>Shift</kbd> + <kbd>Enter</kbd>. That runs
# the cell and goes to the next. Run them in order. The answers stand below already: to guess first, hide
# them with *Edit*, *Clear Outputs of All Cells*. You can always skip lines that begin with `assert` (they
# check the numbers in the text) and the words behind `alt=` (for readers who cannot see the picture).

# %%
from dataclasses import replace

import numpy as np

import momentum_edu as me
from momentum_edu import explorers, figures, landscapes, networks, schedules, theory

# %% [markdown]
# ## 1. A real network rings
#
# The network is small but real. It reads handwritten digits: 64 pixels in, 32 hidden units, 10 outputs. It
# learns from 1536 images, all of them in each step, so that here **one epoch is one step**. The loss is
# half the squared distance between its outputs and the right ones, averaged over the images. Nothing is
# random but the starting weights. We train it twice from the same start, at the same learning rate: once by
# plain gradient descent, once with momentum.

# %%
digits = me.load_digits()
network = networks.mlp(widths=(64, 32, 10), loss="mean_squared_error")
starts = np.stack([network.init(np.random.default_rng(seed)) for seed in range(5)])


def train(rule, start, data=digits):
    return networks.train(network, data, rule, epochs=40, start=start, rng=np.random.default_rng(0))


def judge(guess, right):
    """Say how good a guess was."""
    if guess == "?":
        return "you have not guessed yet"
    same = guess.strip().lower() == right.lower()
    return f"your guess: {guess}, " + ("right" if same else f"but it is {right}")


# %%
both = train(me.ema(learning_rate=0.1, beta=np.array([0.0, 0.9])), starts[1])
plain, momentum = both.epoch_loss.T

# %%
figure, axes = figures.new("With momentum the loss falls, then rises again", x="epoch", y="loss")
axes.plot(plain, label="plain gradient descent", **figures.PLAIN.plot)
axes.plot(momentum, label="momentum, beta = 0.9", **figures.MOMENTUM.points)
axes.set_ylim(0, 1.8)
axes.legend()
figures.show(
    figure,
    alt=f"Loss against epoch. Plain descent falls all the way from {plain[0]:.2f} to {plain[-1]:.2f}. With "
    f"momentum it falls to {momentum[4]:.2f} at epoch 4, rises to {momentum[6]:.2f} at epoch 6, and then "
    "comes down with one more slight ripple.",
)

# %%
dip, top = momentum[:6].min(), momentum[4:10].max()
print(f"plain descent rises by at most {me.draw_up(plain):.2f}")
last_rise = np.flatnonzero(np.diff(momentum) > 0)[-1] + 1
print(f"with momentum: down to {dip:.2f}, then up again to {top:.2f}; last rise in step {last_rise}")
assert me.draw_up(plain) == 0
assert round(dip, 2) == 0.81
assert round(top, 2) == 1.02
assert round(me.draw_up(momentum), 2) == 0.21
assert last_rise == 12
assert round(theory.settling_time(0.9, 0.05)) == 57

# %% [markdown]
# Nothing is wrong with this run: no bug, no noise, no bad luck with a batch. The loss *rings*, like a bell
# or a car with worn shock absorbers. We call the largest rise above the lowest value so far the
# **draw-up**. Here it is 0.21.
#
# **Count in steps.** What rings, rings for a number of *steps*: at `beta = 0.9` a swing of the weights is
# down to 5 % after 57 of them (lesson 03), and this loss rises for the last time in step 12. If your epoch
# has 500 batches, 57 steps are the first ninth of epoch 1, to be seen only in a log by steps; a rise in
# epochs 3 and 4 is then something else (lesson 07).
#
# ### Predict
#
# `beta` says how much momentum there is: 0 is none, 0.9 is usual. You will move it with a slider. What does
# **less** momentum, `beta = 0.5`, do to this rise?
#
# - **A** It gets larger.
# - **B** It gets smaller.
# - **C** It stays, but comes earlier.

# %%
guess_beta = "?"  # write "A", "B" or "C", and run this cell before you go on

# %% [markdown]
# ### Run
#
# Move the slider: drag it, or click on it and use the arrow keys. Each position is a real training run.

# %%
explorers.early_epochs()

# %% [markdown]
# One network may be a lucky one (this is the second of five). So the next cells train five, from five
# different starts, with eight values of beta.

# %%
betas = np.array([0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95])
sweep = train(me.ema(learning_rate=0.1, beta=betas[:, np.newaxis]), starts)
rise = me.draw_up(sweep.epoch_loss)
usual = 6  # where beta is 0.9
rising = np.diff(sweep.epoch_loss[:, usual], axis=0) > 0  # (steps, networks)

# %%
print(judge(guess_beta, "B"))
for beta, row in zip(betas, rise, strict=True):
    print(f"beta {beta:.2f}: draw-up {row.mean():.2f} (smallest {row.min():.2f}, largest {row.max():.2f})")
assert np.flatnonzero(rising.any(axis=1))[-1] + 1 == 24
assert (rise[:4] < rise[usual]).all()
assert (np.diff(rise[4:], axis=0) > 0).all()  # from 0.8 on
assert (np.diff(rise[:5], axis=0) < 0).any()  # below, not always
assert round(rise[usual].mean(), 2) == 0.15
assert np.allclose(np.sort(rise[usual]), [0.02, 0.03, 0.035, 0.21, 0.44], rtol=0, atol=0.005)

# %%
title = "From beta = 0.8 on, more momentum rings more: in all five"
figure, axes = figures.new(title, x="beta", y="draw-up of the loss")
axes.plot(betas, rise, "o-", color=figures.GREY, alpha=0.6, label=["one network"] + 4 * ["_"])
axes.plot(betas, rise.mean(axis=1), label="mean of five", **figures.MOMENTUM.points)
axes.legend()
figures.show(
    figure,
    alt=f"Draw-up against beta, a line for each of five networks. Up to 0.7 the lines go up and down; from "
    f"0.8 on all five climb, two of them steeply. The mean is {rise[0].mean():.2f} at beta = 0, "
    f"{rise[usual].mean():.2f} at 0.9 and {rise[-1].mean():.2f} at 0.95.",
)

# %% [markdown]
# ### Explain
#
# **B.** Less momentum, less ringing. From 0.8 on each step up in beta rings more, in each of the five.
# (Below, the rise is uneven, as the slider shows; but up to 0.7 it stays below that at 0.9.) Without momentum
# four networks do not rise at all, one by 0.01. At `beta = 0.9` the mean is 0.15, and the networks differ
# widely: 0.44 and 0.21 in two of them, 0.02 to 0.04 in the other three.

# %% [markdown]
# ## 2. The rule on one page
#
# In words. Keep a running average of the gradients and call it the **velocity**. In each step the average
# keeps the share `beta` of what it was and takes in the share `1 - beta` of the new gradient. Then step
# against the velocity, not against the gradient.
#
# In symbols, with $v_0 = 0$:
#
# $$v_t = \beta\, v_{t-1} + (1-\beta)\, g_t, \qquad w_t = w_{t-1} - \eta\, v_t$$
#
# This is the *exponential moving average* form (EMA). Libraries write it in other ways; lesson 01 converts
# them.
#
# | Symbol | In the code | What it is |
# |---|---|---|
# | $w$ | `w` | the parameters |
# | $g$ | `g` | the gradient of the loss at $w$ |
# | $v$ | `v` | the velocity: a running average of gradients |
# | $\eta$ | `learning_rate` | the learning rate |
# | $\beta$ | `beta` | the momentum coefficient, from 0 (none) to just below 1 |
# | $\lambda$ | `curvature` | the curvature of the loss: how fast the gradient changes along a direction |
# | $h = \eta\lambda$ | `h` | learning rate times curvature (lesson 03 shows that it decides who rings) |
# | $\kappa$ | `condition_number` | largest curvature over smallest (lessons 01 and 04) |
#
# ### Predict
#
# The simplest loss is one parabola, $w^2/2$. Its gradient is $w$, its curvature 1. Start at $w = 1$ with
# learning rate 1. Plain gradient descent steps to the minimum in a single step and stays there. And
# momentum with `beta = 0.9`?
#
# - **A** It also stops at the minimum, only later.
# - **B** It shoots past the minimum a little, by less than 10 % of the way.
# - **C** It shoots past by more than half of the way.

# %%
guess_past = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# The rule by hand, in two lines. Then the same walk by the library, as a check.

# %%
w, v = 1.0, 0.0
path = [w]
for _ in range(60):
    v = 0.9 * v + (1 - 0.9) * w  # the gradient of w**2 / 2 is w
    w = w - 1.0 * v
    path.append(w)

# %%
parabola = landscapes.quadratic(curvatures=[1.0])
walk = me.descend(parabola, start=[1.0], rule=me.ema(learning_rate=1.0, beta=0.9), steps=60)
farthest = -min(path)
print(f"{judge(guess_past, 'C')}; it shoots past by {farthest:.1%} of the way")
assert np.allclose(path, walk.w[:, 0], rtol=0, atol=1e-12)
assert round(farthest, 3) == 0.604

# %% [markdown]
# ### Explain
#
# **C.** It shoots past by 60 % of the way, on a parabola, without noise. In a real network many such
# parabolas are at work at once, one for each direction. A direction of large curvature is called *stiff*;
# the stiffest give the ringing of section 1. Lesson 03 has the theory: when it rings, how far, how long.

# %% [markdown]
# ## 3. What people say: "early gradients are large, they pile up in the velocity"
#
# It sounds right: at the start the gradients are large, the velocity swells, and the swollen velocity
# carries the weights too far. We test the two halves: the *size* of the gradient, and the *piling up*.
#
# ### Predict
#
# Take the parabola again. Start 1000 times further away, so that each gradient is 1000 times larger. How
# far does it shoot past, as a *share* of the way it had to go? (In metres, so to speak, everything is 1000
# times larger then, with momentum or without.)
#
# - **A** Further: larger gradients give a larger share.
# - **B** The same share.
# - **C** Less far.

# %%
guess_size = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# First, one curvature and three distances. Then the other way round: three curvatures, with starts chosen
# so that the **first gradient is 1** in all three.

# %%
distance = np.array([[0.001], [1.0], [1000.0]])
by_distance = me.descend(parabola, distance, me.ema(1.0, beta=0.9), steps=60).w / distance

# %%
past = -by_distance.min(axis=0)[:, 0]
print(f"{judge(guess_size, 'B')}; gradients 0.001, 1, 1000:", " ".join(f"{share:.3f}" for share in past))
assert np.allclose(past, 0.604, rtol=0, atol=0.0005)

# %%
curvature = np.array([[0.01], [0.1], [1.0]])
rule = me.ema(1.0, beta=0.9)
walks = me.descend(lambda w: curvature * w, start=1 / curvature, rule=rule, steps=600)
by_curvature = walks.w * curvature

# %%
past = np.maximum(0, -by_curvature.min(axis=0)[:, 0])
print("first gradients:", walks.gradient[0, :, 0].round(3).tolist())
print("curvature 0.01, 0.1, 1:", " ".join(f"{share:.3f}" for share in past))
assert np.round(past, 3).tolist() == [0, 0.153, 0.604]
assert by_curvature[:, 0].min() > 0

# %%
age = np.arange(1000)
share = (1 - 0.9) * 0.9**age  # of the gradient of that age in the velocity
print(f"mean age of the gradients in the velocity: {np.sum(age * share):.1f} steps")
assert round(np.sum(age * share), 6) == 9

# %%
figure, (left, right) = figures.new(
    "Size of the gradient: no difference",
    "Curvature: all the difference",
    x="step",
    y="distance left, as a share of the first",
)
sizes = ["gradients × 0.001", "gradients × 1", "gradients × 1000"]
names = ["curvature 0.01: never crosses", "curvature 0.1", "curvature 1"]
for k, role in enumerate(figures.SERIES[:3]):
    left.plot(by_distance[:, k, 0], label=sizes[k], **role.plot | {"linewidth": 7 - 2.5 * k})
    right.plot(by_curvature[:61, k, 0], label=names[k], **role.plot)
left.legend()
right.legend(fontsize=9)
figures.show(
    figure,
    alt="Two panels, distance left against step. Left: gradients of size 0.001, 1 and 1000 give one and the "
    "same curve, which shoots past by 60 %. Right: with the same first gradient, curvature 0.1 and 1 shoot "
    f"past by {past[1]:.0%} and {past[2]:.0%}; curvature 0.01 is still on its way down.",
)

# %% [markdown]
# ### Explain
#
# **B.** The same share, to the last digit. Larger gradients come with a longer way to go, and the two
# cancel: the height of the swing grows as the way does, its share does not. What changes the share is the
# curvature: 0 % (it creeps, and never crosses in 600 steps), 15 %, 60 %, from the same first gradient of 1.
#
# Why curvature? The velocity is an average of the past, so it comes **late**: at `beta = 0.9` it lags about
# 9 steps behind the gradient. On a flat slope nothing changes in 9 steps, and being late does no harm. On a
# strongly curved one the minimum lies behind you before the average has noticed. **Lag times curvature** is
# the cause.
#
# And the piling up? Let us look into the real network.
#
# ### Predict
#
# In the first 20 epochs of the five networks, how long does the velocity get, compared with the longest
# gradient?
#
# - **A** Longer: the gradients add up.
# - **B** About as long.
# - **C** A quarter as long, or shorter.

# %%
guess_length = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# We keep the gradient $g$ and the velocity $v$ of each step. Where their inner product is negative, the
# step leads *uphill*: it still goes the old way, while the gradient already says "back".


# %%
def gradient(w):
    return network.gradient(w, digits.train_images, digits.train_labels)


def filled(run):
    """Return the longest velocity over the longest gradient, for each network."""
    return np.linalg.norm(run.v, axis=-1).max(axis=0) / np.linalg.norm(run.gradient, axis=-1).max(axis=0)


run = me.descend(gradient, starts, me.ema(learning_rate=0.1, beta=0.9), steps=20)
length = filled(run)

# %%
print(f"{judge(guess_length, 'C')}; velocity over longest gradient: {length.min():.2f} to {length.max():.2f}")
assert np.allclose([length.min(), length.max()], [0.21, 0.25], rtol=0, atol=0.005)

# %%
early = rising[:20]
uphill = np.sum(run.gradient * run.v[1:], axis=-1) < 0  # where the step begins
uphill_after = np.sum(gradient(run.w[1:]) * run.v[1:], axis=-1) < 0  # where it ends
print(f"the loss rises in {early.sum()} of {early.size} steps; of these")
print(f"{uphill[early].sum()} begin uphill, {uphill_after[early].sum()} end uphill")
assert (early.sum(), uphill[early].sum(), uphill_after[early].sum()) == (14, 9, 14)
assert early[uphill].all()
first, rose = sweep.epoch_loss[0, usual], rise[usual]
assert round(first.max() / first.min(), 1) == 2.3
assert rose.max() > 20 * rose.min()

# %% [markdown]
# ### Explain
#
# **C.** In this form nothing piles up: an average cannot exceed what it averages, and here the velocity gets
# to 21 to 25 % of the longest gradient. (PyTorch's form keeps a *sum*, ten times this velocity. There the
# numbers do pile up, and its rate must be ten times smaller; then each step is the same: lesson 01.)
#
# What happens is the lag, and you can see it. The loss rises in 14 of the 100 steps. Of these 9 lead uphill
# from the beginning; the other 5 go down one side of the valley and up the other. Nor is it the height of the
# start: the highest first loss is 2.3 times the lowest, the largest rise more than 20 times the smallest.

# %% [markdown]
# ## 4. What helps
#
# Four remedies that people name:
#
# - **decay**: the learning rate falls to 0 along a cosine,
# - **warm-up of the learning rate**: from 0.01 to 0.1 over the first 10 steps,
# - a **smaller learning rate**: 0.03 instead of 0.1,
# - **warm-up of momentum**: `beta` from 0 to 0.9 over the first 30 steps, the learning rate stays.
#
# ### Predict
#
# One of them takes the rise away in all five networks and costs no speed. One makes it *worse*. Which?

# %%
takes_it_away, makes_it_worse = "?", "?"  # "decay", "rate warm-up", "smaller rate" or "momentum warm-up"

# %% [markdown]
# ### Run
#
# Each remedy trains the same five networks; plain descent stands beside them.

# %%
rules = {
    "unchanged": me.ema(0.1, beta=0.9),
    "no momentum": me.ema(0.1, beta=0.0),
    "decay": me.ema(schedules.cosine_decay(0.1, steps=40), beta=0.9),
    "rate warm-up": me.ema(schedules.warmup(0.1, steps=10), beta=0.9),
    "smaller rate": me.ema(0.03, beta=0.9),
    "momentum warm-up": me.ema(0.1, beta=schedules.linear(0.0, 0.9, steps=30)),
}

# %%
runs = {name: train(rule, starts).epoch_loss for name, rule in rules.items()}
rises = {name: me.draw_up(losses) for name, losses in runs.items()}
final = {name: losses[-1].mean() for name, losses in runs.items()}
slow_start = filled(me.descend(gradient, starts, rules["rate warm-up"], steps=20))

# %%
print("takes it away:", judge(takes_it_away, "momentum warm-up"))
print("makes it worse:", judge(makes_it_worse, "rate warm-up"))
for name, each in rises.items():
    print(f"{name:<17}draw-up {each.mean():.2f}, largest {each.max():.2f}; loss at the end {final[name]:.2f}")

print(f"rate warm-up: velocity over longest gradient {slow_start.min():.2f} to {slow_start.max():.2f}")

# %%
assert rises["momentum warm-up"].max() == 0
assert final["momentum warm-up"] <= final["unchanged"]
assert 0 < final["no momentum"] - final["momentum warm-up"] < 0.01
assert (runs["no momentum"][-1] < runs["unchanged"][-1]).all()
assert np.allclose([slow_start.min(), slow_start.max()], [0.34, 0.375], rtol=0, atol=0.006)
assert (rises["rate warm-up"] > 2 * rises["unchanged"]).all()
assert abs(rises["decay"].mean() - rises["unchanged"].mean()) < 0.01
assert round(schedules.cosine_decay(0.1, steps=40)(7), 2) == 0.09
assert round(rises["smaller rate"].mean(), 2) == 0.06

# %%
figure, (left, right) = figures.new(
    "Momentum warm-up takes the rise away",
    "Rate warm-up more than doubles it",
    x=("epoch", "draw-up of the loss (a line for each network)"),
    y=("loss, mean of five networks", ""),
    size=(10, 4),
)
right.plot(list(rises.values()), list(rises), color=figures.GREY, linewidth=0.8)
for (name, losses), role in zip(runs.items(), figures.SERIES, strict=False):
    left.plot(losses.mean(axis=1), label=name, **role.plot)
    right.plot(rises[name], 5 * [name], role.marker, color=role.colour)
left.legend()
right.invert_yaxis()
figures.show(
    figure,
    alt="Left: mean loss against epoch for six treatments; of those with momentum only momentum warm-up "
    "falls without rising. Right: draw-ups of the five networks, the largest: "
    + ", ".join(f"{name} {rise.max():.2f}" for name, rise in rises.items())
    + ".",
)

# %% [markdown]
# ### Explain
#
# **Momentum warm-up** takes it away: no rise in any of the five, and the loss at the end is no higher.
# While the stiff directions are still moving, `beta` is small and nothing comes late; once they have
# settled, the lag does no harm. **Rate warm-up makes it worse**, more than twofold in each network: while
# the rate is small, the weights stay far away and the velocity fills with large gradients, to 34 to 38 % of
# the longest in place of 21 to 25 %. Then the rate comes up and multiplies all of it (lesson 08). **Decay**
# comes too late: at epoch 7 the rate is still 0.09. A **smaller rate** does reduce the rise, from 0.15 to
# 0.06, and pays for it in speed.
#
# And simply **no momentum**? At this rate that is as good: 0.28 at the end, as with momentum warm-up, and
# lower than unchanged in each of the five. Momentum has earned nothing so far. Section 5 shows where it does.
#
# All this is the squared error. With cross-entropy, the usual loss of classifiers, nothing rings at rate
# 0.1, and at a large rate it is *plain* descent that leaps up: lesson 07 shows both, and why.

# %% [markdown]
# ## 5. The other question: then what is momentum good for?
#
# So far momentum looks like a nuisance. Why does everyone use it?
#
# ### Predict
#
# Which of these three runs ends with a **lower** loss than plain descent at 0.2: plain descent at rate 0.3,
# momentum at 0.2, or momentum at 0.8?

# %%
guess_run = "?"  # write "plain 0.3", "momentum 0.2" or "momentum 0.8"

# %% [markdown]
# ### Run
#
# Four runs of the five networks each.

# %%
rates = np.array([[0.2], [0.3], [0.2], [0.8]])
amounts = np.array([[0.0], [0.0], [0.9], [0.9]])
losses = train(me.ema(rates, beta=amounts), starts).epoch_loss
ends, faster = losses[-1], me.draw_up(losses)

# %%
print(judge(guess_run, "momentum 0.8"))
for rate, beta, end in zip(rates[:, 0], amounts[:, 0], ends, strict=True):
    shown = f"{end.mean():.2f} ({end.min():.2f} to {end.max():.2f})" if end.max() < 10 else "blown up"
    print(f"{'momentum' if beta else 'plain'} at rate {rate}: loss at the end {shown}")
print(f"draw-up of momentum at rate 0.8: {faster[3].mean():.2f} on average")
assert (ends[1] > 1e6).all()
assert (ends[0] < ends[2]).all()
assert (ends[3] < 0.9 * ends[0]).all()
assert round(faster[3].mean(), 2) == 0.34
assert np.allclose(theory.stability_limit(np.array([0.0, 0.9])), [2, 38])

# %% [markdown]
# ### Explain
#
# **Momentum at 0.8.** At the same rate momentum does not help: at 0.2 it ends a little behind plain descent
# in each of the five. But it stays stable at rates where plain descent blows up: plain descent fails at 0.3
# in all five networks, momentum works at 0.8. (A step that is too long turns the gradient round, and in an
# average such gradients cancel: the limit for $h$ moves from 2 to 38, lesson 03.) The **larger rate** that
# it affords is what makes it faster. The price is more ringing: 0.34 on average, against 0.15 at rate 0.1.
# Lesson 04 says how much there is to gain, and how to choose both numbers.
#
# What helps against the ringing *there*? Not momentum warm-up: it begins as plain descent, so at 0.8 it blows
# up. (Lesson 08 says what to begin with, and how far that goes.) But there is a cure at the root. If
# curvature is the cause, make the loss less curved. Here one line does it: subtract the mean image from all
# images (*centre* the pixels).

# %%
blown = train(me.ema(0.8, beta=schedules.linear(0.0, 0.9, steps=30)), starts).epoch_loss
assert (blown[-1] > 1e6).all()

# %%
middle = replace(digits, train_images=digits.train_images - digits.train_images.mean(axis=0))
centred = train(me.ema(np.array([[0.1], [0.8], [0.8]]), np.array([[0.9], [0.9], [0.0]])), starts, middle)
centred_end = centred.epoch_loss[-1].mean(axis=1)
sharp, blunt = (
    networks.sharpness(network, starts, data.train_images, data.train_labels, rng=np.random.default_rng(0))
    for data in (digits, middle)
)

# %%
print(f"largest curvature at the start: {sharp.min():.0f} to {sharp.max():.0f}; ", end="")
print(f"with centred pixels {blunt.min():.1f} to {blunt.max():.1f}")
print(f"centred pixels: largest rise {me.draw_up(centred.epoch_loss).max():.2f}; losses at the end: ", end="")
print("momentum 0.1: {:.2f}, momentum 0.8: {:.2f}, plain 0.8: {:.2f}".format(*centred_end))
assert 19.5 < sharp.min() < sharp.max() < 23.5
assert 2.6 < blunt.min() < blunt.max() < 3.05
assert me.draw_up(centred.epoch_loss).max() == 0
assert (centred.epoch_loss[-1, 2] < centred.epoch_loss[-1, 1]).all()
assert (centred.epoch_loss[-1, 1] < ends[3]).all()

# %% [markdown]
# The largest curvature falls from 20 or more to 3 or less, and **no run rises any more**, at 0.1 or at 0.8.
# But note: now plain descent bears 0.8 too, and ends a little lower than momentum. Momentum is for a spread
# of curvatures that you *cannot* take away: lesson 04.

# %% [markdown]
# ## 6. How to use this course
#
# Every lesson goes the same way: you **predict**, you **run**, then you read why. A guess that turns out
# wrong teaches most, so write it down first. The numbers in the text are computed and checked by a cell
# beside them. So change the cells and see which sentences still hold: an `AssertionError` means that one of
# them no longer does.
#
# | Lesson | The question it answers |
# |---|---|
# | 00 start here | what the course is about |
# | [01 update rule](01_update_rule.ipynb) | four ways to write momentum: when are they the same? |
# | [02 smoothing](02_smoothing.ipynb) | what does averaging the gradients smooth, and what does it not? |
# | [03 overshoot](03_overshoot.ipynb) | when does it ring, how far, how long? |
# | [04 acceleration](04_acceleration.ipynb) | is it really faster, and compared with what? |
# | [05 saddle escape](05_saddle_escape.ipynb) | does inertia carry it across saddle points? |
# | [06 local minima](06_local_minima.ipynb) | does it escape local minima, and is that good? |
# | [07 early epochs](07_early_epochs.ipynb) | ringing, noise or instability: how to tell in a real network |
# | [08 schedules](08_schedules.ipynb) | which schedules help against ringing, and which do harm? |
# | [09 diagnose your run](09_diagnose_your_run.ipynb) | my own log: what is wrong, and what do I do? |
# | [10 audit](10_audit.ipynb) | every popular claim, with its verdict |
#
# Short of time? 00, 03 and 08. The lessons stand in the folder `notebooks`, the exercises to lessons 01 to
# 09 in `notebooks/exercises`, their solutions in `notebooks/solutions`. To run all checks of the course:
# `python3 course.py test`. For your own training log there is `python3 course.py diagnose LOG`.

# %% [markdown]
# ## Key points
#
# - Momentum makes the loss of a real network ring: at `beta = 0.9` it rises again by 0.15 on average over 5
#   starts (0.02 to 0.44), by 0.00 without momentum. It does so within the first 24 *steps*, however many make
#   an epoch.
# - The share by which it shoots past is the same for gradients of 0.001, 1 and 1000, and goes from 0 to 60
#   % when the curvature goes from 0.01 to 1. The cause is lag times curvature.
# - In this form nothing piles up: the velocity gets to 21 to 25 % of the longest gradient in 5 networks.
# - Warm-up of momentum over 30 steps takes the rise away in 5 of 5 networks; warm-up of the rate over 10
#   steps more than doubles it. Centred pixels take it away too, even at rate 0.8, where momentum warm-up
#   blows up.
# - At the same rate momentum gains nothing (0.2: a little behind plain descent in 5 of 5). It affords a
#   larger rate: it works at 0.8, where plain descent already fails at 0.3.

# %% [markdown]
# ## Say it in a lecture
#
# **Ask the room** before the first cell: "Your loss rises in epoch 5. Bug, noise, or physics?" Let them
# vote, then move the slider. **What goes wrong**: people hear "momentum is bad". Section 5 is the answer;
# do not leave it out. Many also take the size of the gradient for the cause; let them bet on section 3
# before you run it. **In a short hour**: sections 1, 3 and 4. **A picture to draw**: a car with worn shock
# absorbers going over one kerb.

# %% [markdown]
# ## Go deeper
#
# - Polyak (1964), *Some methods of speeding up the convergence of iteration methods*. Where the heavy ball
#   comes from.
# - Sutskever, Martens, Dahl & Hinton (2013), *On the importance of initialization and momentum in deep
#   learning*. It raises momentum slowly during training.
# - Goh (2017), *Why Momentum Really Works*, Distill. The best pictures of the theory.

# %% [markdown]
# ## Exercises
#
# This lesson has none. Lessons 01 to 09 have 3 to 5 each; they check themselves and answer the usual
# mistakes with a hint. One thing to try here: predict the draw-up at `beta = 0.99`, then type
# `me.draw_up(train(me.ema(0.1, beta=0.99), starts[1]).epoch_loss)` into a new cell.
#
# Next: lesson 01 asks which of four forms your library means by "momentum".
