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
# the cell and goes to the next. Run them in order.

# %%
import numpy as np

import momentum_edu as me
from momentum_edu import explorers, figures, landscapes, networks, schedules

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


def train(rule, start):
    return networks.train(network, digits, rule, epochs=40, start=start, rng=np.random.default_rng(0))


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
    alt=f"Loss against epoch. Plain descent falls smoothly from {plain[0]:.2f} to {plain[-1]:.2f}. With "
    f"momentum it falls to {momentum[4]:.2f} at epoch 4, rises to {momentum[6]:.2f} at epoch 6, and then "
    "comes down with one more slight ripple.",
)

# %%
dip, top = momentum[:6].min(), momentum[4:10].max()
print(f"plain descent rises by at most {me.draw_up(plain):.2f}")
print(f"with momentum: down to {dip:.2f}, then up again to {top:.2f}")
assert me.draw_up(plain) == 0
assert round(dip, 2) == 0.81
assert round(top, 2) == 1.02
assert round(me.draw_up(momentum), 2) == 0.21

# %% [markdown]
# Nothing is wrong with this run: no bug, no noise, no bad luck with a batch. The loss *rings*, like a bell
# or a car with worn shock absorbers. We call the largest rise above the lowest value so far the
# **draw-up**. Here it is 0.21.
#
# ### Predict
#
# `beta` says how much momentum there is: 0 is none, 0.9 is usual. You will move it with a slider. What does
# **less** momentum, `beta = 0.5`, do to the second rise?
#
# - **A** It gets larger.
# - **B** It gets smaller.
# - **C** It stays, but comes earlier.

# %%
my_guess = "?"  # write "A", "B" or "C", and run this cell before you go on

# %% [markdown]
# ### Run
#
# Move the slider: drag it, or click on it and use the arrow keys. Each position is a real training run.

# %%
explorers.early_epochs()

# %% [markdown]
# One network may be a lucky one. So the next cells train five, from five different starts, with five values
# of beta.

# %%
betas = np.array([0.0, 0.5, 0.8, 0.9, 0.95])
sweep = train(me.ema(learning_rate=0.1, beta=betas[:, np.newaxis]), starts)
rise = me.draw_up(sweep.epoch_loss)
mean_rise = rise.mean(axis=1)

# %%
print(f"your guess: {my_guess}")
for beta, row in zip(betas, rise, strict=True):
    print(f"beta {beta:.2f}: draw-up {row.mean():.2f} (smallest {row.min():.2f}, largest {row.max():.2f})")
assert (np.diff(mean_rise) > 0).all()
assert (np.diff(rise[1:], axis=0) >= 0).all()
assert round(mean_rise[3], 2) == 0.15
assert sweep.epoch_loss[0, 3].argmax() == rise[3].argmax()

# %%
figure, axes = figures.new(
    "More momentum, more ringing: in all five networks", x="beta", y="draw-up of the loss"
)
axes.plot(betas, rise, "o", color=figures.GREY, alpha=0.6, label=["one network"] + 4 * ["_"])
axes.plot(betas, mean_rise, label="mean of five", **figures.MOMENTUM.points)
axes.legend()
figures.show(
    figure,
    alt=f"Draw-up against beta for five networks. The mean rises from {mean_rise[0]:.2f} at beta = 0 through "
    f"{mean_rise[3]:.2f} at 0.9 to {mean_rise[4]:.2f} at 0.95; there the five networks spread from "
    f"{rise[4].min():.2f} to {rise[4].max():.2f}.",
)

# %% [markdown]
# ### Explain
#
# **B.** Less momentum, less ringing. The mean draw-up of the five networks grows from 0.00 without momentum
# (0.01 in one) to 0.15 at `beta = 0.9`. The networks differ a lot in how high they ring: the one that starts
# highest also rises highest. But from 0.5 to 0.8 to 0.9 to 0.95, none of the five goes the other way.
# (Below 0.75 the rise is small and uneven, as the slider shows.)

# %% [markdown]
# ## 2. The rule on one page
#
# In words. Keep a running average of the gradients and call it the **velocity**. In each step the average
# keeps the share `beta` of what it was and takes in the share `1 - beta` of the new gradient. Then step
# along the velocity, not along the gradient.
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
# | $h = \eta\lambda$ | `h` | learning rate times curvature: a pure number, and the one that counts |
# | $\kappa$ | `condition_number` | largest curvature over smallest |
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
my_guess = "?"  # write "A", "B" or "C"

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
print(f"your guess: {my_guess}; it shoots past by {farthest:.1%} of the way")
assert np.allclose(path, walk.w[:, 0], rtol=0, atol=1e-12)
assert round(farthest, 3) == 0.604

# %% [markdown]
# ### Explain
#
# **C.** It shoots past by 60 % of the way, on a parabola, without noise. In a real network many such
# parabolas are at work at once, one for each direction. The stiffest of them give the ringing of section 1.
# Lesson 03 has the whole theory: when it rings, how far, how long.

# %% [markdown]
# ## 3. What people say: "early gradients are large, they pile up in the velocity"
#
# It sounds right: at the start the gradients are large, the velocity swells, and the swollen velocity
# carries the weights too far. We test the two halves: the *size* of the gradient, and the *piling up*.
#
# ### Predict
#
# Take the parabola again. Start 1000 times further away, so that each gradient is 1000 times larger. How
# far does it shoot past, as a share of the way it had to go?
#
# - **A** Further: larger gradients give a larger share.
# - **B** The same share.
# - **C** Less far.

# %%
my_guess = "?"  # write "A", "B" or "C"

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
print(f"your guess: {my_guess}; gradients 0.001, 1, 1000:", " ".join(f"{share:.3f}" for share in past))
assert np.allclose(past, 0.604, rtol=0, atol=0.0005)

# %%
curvature = np.array([[0.01], [0.1], [1.0]])
rule = me.ema(1.0, beta=0.9)
walks = me.descend(lambda w: curvature * w, start=1 / curvature, rule=rule, steps=60)
by_curvature = walks.w * curvature

# %%
past = np.maximum(0, -by_curvature.min(axis=0)[:, 0])
print("first gradients:", walks.gradient[0, :, 0].round(3).tolist())
print("curvature 0.01, 0.1, 1:", " ".join(f"{share:.3f}" for share in past))
assert np.round(past, 3).tolist() == [0, 0.153, 0.604]

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
names = ["curvature 0.01", "curvature 0.1", "curvature 1"]
for k, role in enumerate(figures.SERIES[:3]):
    left.plot(by_distance[:, k, 0], label=sizes[k], **role.plot | {"linewidth": 7 - 2.5 * k})
    right.plot(by_curvature[:, k, 0], label=names[k], **role.plot)
left.legend()
right.legend()
figures.show(
    figure,
    alt="Two panels, distance left against step. Left: gradients of size 0.001, 1 and 1000 give one and the "
    "same curve, which shoots past by 60 %. Right: with the same first gradient, curvature 0.01, 0.1, 1 "
    f"shoot past by {past[0]:.0%}, {past[1]:.0%}, {past[2]:.0%}.",
)

# %% [markdown]
# ### Explain
#
# **B.** The same share, to the last digit. Larger gradients come with a longer way to go, and the two
# cancel: the height of the swing grows, its share of the way does not. What changes the share is the
# curvature: 0 %, 15 %, 60 %, from the same first gradient of 1.
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
# - **A** Several times as long: the gradients add up.
# - **B** About as long.
# - **C** A quarter as long, or shorter.

# %%
my_guess = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# We keep the gradient $g$ and the velocity $v$ of each step. Where their inner product is negative, the
# velocity points *uphill*: it still goes the old way, while the gradient already says "back".

# %%
run = me.descend(
    lambda w: network.gradient(w, digits.train_images, digits.train_labels),
    starts,
    me.ema(learning_rate=0.1, beta=0.9),
    steps=20,
)

# %%
length = np.linalg.norm(run.v, axis=-1).max(axis=0) / np.linalg.norm(run.gradient, axis=-1).max(axis=0)
print(f"your guess: {my_guess}; velocity over longest gradient: {length.min():.2f} to {length.max():.2f}")
assert length.max() < 0.26

# %%
rising = np.diff(sweep.epoch_loss[:21, 3], axis=0) > 0
uphill = np.sum(run.gradient * run.v[1:], axis=-1) < 0
print("steps uphill:", " | ".join(str((np.flatnonzero(column) + 1).tolist()) for column in uphill.T))
print("loss rises:  ", " | ".join(str((np.flatnonzero(column) + 1).tolist()) for column in rising.T))
assert uphill.any(axis=0).all()
assert rising[uphill].all()

# %% [markdown]
# ### Explain
#
# **C.** Nothing piles up: an average cannot exceed what it averages, and here the velocity stays below 26 %
# of the longest gradient. What happens is the lag, and you can see it: in each of the five networks the
# velocity points uphill in one to three of the steps 5 to 7, and in every one of these steps the loss
# rises.

# %% [markdown]
# ## 4. What helps
#
# Four remedies that people name:
#
# - a **smaller learning rate**: 0.03 instead of 0.1,
# - **decay**: the learning rate falls to 0 along a cosine,
# - **warm-up of the learning rate**: from 0.01 to 0.1 over the first 10 steps,
# - **warm-up of momentum**: `beta` from 0 to 0.9 over the first 30 steps, the learning rate stays.
#
# ### Predict
#
# One of them takes the second rise away in all five networks and costs no speed. One makes it *worse*.
# Which?

# %%
takes_it_away, makes_it_worse = "?", "?"  # "smaller rate", "decay", "rate warm-up" or "momentum warm-up"

# %% [markdown]
# ### Run
#
# Each remedy trains the same five networks.

# %%
rules = {
    "unchanged": me.ema(0.1, beta=0.9),
    "smaller rate": me.ema(0.03, beta=0.9),
    "decay": me.ema(schedules.cosine_decay(0.1, steps=40), beta=0.9),
    "rate warm-up": me.ema(schedules.warmup(0.1, steps=10), beta=0.9),
    "momentum warm-up": me.ema(0.1, beta=schedules.linear(0.0, 0.9, steps=30)),
}

# %%
runs = {name: train(rule, starts).epoch_loss for name, rule in rules.items()}
rises = {name: me.draw_up(losses) for name, losses in runs.items()}
final = {name: losses[-1].mean() for name, losses in runs.items()}

# %%
print(f"your guess: {takes_it_away} takes it away, {makes_it_worse} makes it worse")
for name, rise in rises.items():
    print(f"{name:<17}draw-up {rise.mean():.2f}, largest {rise.max():.2f}; loss at the end {final[name]:.2f}")

# %%
assert rises["momentum warm-up"].max() < 0.01
assert final["momentum warm-up"] <= final["unchanged"]
assert (rises["rate warm-up"] > 2 * rises["unchanged"]).all()
assert abs(rises["decay"].mean() - rises["unchanged"].mean()) < 0.01
assert round(schedules.cosine_decay(0.1, steps=40)(7), 2) == 0.09
assert round(rises["smaller rate"].mean(), 2) == 0.06

# %%
figure, (left, right) = figures.new(
    "Momentum warm-up takes the rise away",
    "In all five; rate warm-up worsens it",
    x=("epoch", "draw-up of the loss"),
    y=("loss, mean of five networks", ""),
)
for (name, losses), role in zip(runs.items(), figures.SERIES, strict=False):
    left.plot(losses.mean(axis=1), label=name, **role.plot)
    right.plot(rises[name], 5 * [name], role.marker, color=role.colour)
left.legend()
right.invert_yaxis()
figures.show(
    figure,
    alt="Left: mean loss against epoch for five treatments; only momentum warm-up falls without rising. "
    "Right: draw-ups of the five networks, the largest: "
    + ", ".join(f"{name} {rise.max():.2f}" for name, rise in rises.items())
    + ".",
)

# %% [markdown]
# ### Explain
#
# **Momentum warm-up** takes it away: no rise in any of the five, and the loss at the end is no higher.
# While the stiff directions are still moving, `beta` is small and nothing comes late; once they have
# settled, the lag does no harm. **Rate warm-up makes it worse**, more than twofold in each network: the
# first steps are short, so most of the way is left for later, when the step is long and the velocity late.
# Lesson 08 takes this apart. **Decay** comes too late: at epoch 7 the rate is still 0.09. A **smaller
# rate** does reduce the rise, from 0.15 to 0.06, and pays for it in speed.
#
# Lesson 08 ranks the schedules, lesson 07 asks when this picture turns round: with the cross-entropy loss
# it can.

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
my_guess = "?"  # write "plain 0.3", "momentum 0.2" or "momentum 0.8"

# %% [markdown]
# ### Run
#
# Four runs of the five networks each.

# %%
rates = np.array([[0.2], [0.3], [0.2], [0.8]])
amounts = np.array([[0.0], [0.0], [0.9], [0.9]])
losses = train(me.ema(rates, beta=amounts), starts).epoch_loss
ends, rise = losses[-1], me.draw_up(losses)

# %%
print(f"your guess: {my_guess}")
for rate, beta, end in zip(rates[:, 0], amounts[:, 0], ends, strict=True):
    shown = f"{end.mean():.2f} ({end.min():.2f} to {end.max():.2f})" if end.max() < 10 else "blown up"
    print(f"{'momentum' if beta else 'plain'} at rate {rate}: loss at the end {shown}")
print(f"draw-up of momentum at rate 0.8: {rise[3].mean():.2f} on average")
assert (ends[1] > 1e6).all()
assert (ends[0] < ends[2]).all()
assert (ends[3] < 0.9 * ends[0]).all()
assert round(rise[3].mean(), 2) == 0.34

# %% [markdown]
# ### Explain
#
# **Momentum at 0.8.** At the same rate momentum does not help: at 0.2 it ends a little behind plain descent
# in each of the five. But it stays stable at rates where plain descent blows up: plain descent fails at 0.3
# in all five networks, momentum works at 0.8. The **larger rate** that it affords is what makes it faster.
# The price is more ringing: 0.34 on average, against 0.15 at rate 0.1. Lesson 04 says how much there is to
# gain, and how to choose both numbers.

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
# | 09 diagnose your run *(to come)* | your own training log: what is wrong, and what to do |
# | [10 audit](10_audit.ipynb) | every popular claim, with its verdict |
#
# Short of time? 00, 03 and 08. The lessons stand in the folder `notebooks`, the exercises to lessons 01 to
# 09 in `notebooks/exercises`, their solutions in `notebooks/solutions`. To run all checks of the course:
# `python3 course.py test`. For your own training log there is `python3 course.py diagnose LOG`.

# %% [markdown]
# ## Key points
#
# - Momentum makes the loss of a real network ring: at `beta = 0.9` it rises again by 0.15 on average over 5
#   starts, by 0.00 without momentum.
# - The share by which it shoots past is the same for gradients of 0.001, 1 and 1000, and goes from 0 to 60
#   % when the curvature goes from 0.01 to 1. The cause is lag times curvature.
# - Nothing piles up: the velocity stays below 26 % of the longest gradient in 5 of 5 networks.
# - Warm-up of momentum over 30 steps takes the rise away in 5 of 5 networks; warm-up of the rate over 10
#   steps more than doubles it. (It begins as plain descent, so the rate must be one that plain descent can
#   stand: lesson 08.)
# - Momentum affords a larger rate: it works at 0.8, where plain descent already fails at 0.3.

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
# - Goh (2017), *Why Momentum Really Works*, Distill. The best pictures of the theory. (It prints the
#   modulus of the complex roots as 2 sqrt(beta); it is sqrt(beta).)

# %% [markdown]
# ## Exercises
#
# This lesson has none. Lessons 01 to 09 have 3 to 5 each; they check themselves and answer the usual
# mistakes with a hint. One thing to try here: predict the draw-up at `beta = 0.99`, then type
# `me.draw_up(train(me.ema(0.1, beta=0.99), starts[1]).epoch_loss)` into a new cell.
