# %% [markdown]
# # 07 · Early epochs: why does the loss of a real network swing at first, and how do I know that it rings?
#
# **Question.** My network's loss falls, comes up again, and swings before it settles. Is this momentum? Is
# it noise? Is it about to blow up?
#
# **Minutes.** 30 to read and run; 45 in a lecture.
#
# **You need.** Lesson 03 (ringing, and the product of rate and curvature), and what an epoch and a batch are.
#
# **Objectives.** After this lesson you can
#
# - show that a network's early swing comes from curvature and lag, not from large gradients,
# - predict its period from a measured curvature, and say how well that works,
# - say what a smaller rate mends and what it does not,
# - count in steps, and say what a log by epochs hides,
# - tell ringing, noise and instability apart by one change each, and say why cross-entropy hides ringing.

# %%
import numpy as np

import momentum_edu as me
from momentum_edu import explorers, figures, networks, theory, training

# %% [markdown]
# | Sign | Meaning | Unit |
# |---|---|---|
# | $w$, $g$, $v$ | all weights of the network, gradient, velocity | |
# | $\eta$, $\beta$ | learning rate, momentum coefficient | |
# | $\lambda$ | curvature along one direction; the largest of all is called the *sharpness* | |
# | $h = \eta\lambda$ | rate times curvature; at $\beta = 0.9$: ringing from 0.026 to 38 | none |
# | rise | how far the loss climbs above its lowest value so far (*draw-up*) | loss |
# | step, epoch | one update; one pass over all training images | |
#
# $$v_t = \beta\,v_{t-1} + (1-\beta)\,g_t \qquad w_t = w_{t-1} - \eta\,v_t \qquad v_0 = 0$$
#
# ## Look first: five networks, with and without momentum
#
# **The network.** 64 pixels, 32 hidden units (tanh), 10 outputs; 2410 weights. The data: 1536 training images
# of digits. The loss: half the squared error, averaged over the images. Each step uses *all* images (*full
# batch*), so there is no noise, and an epoch is one step. Rate 0.1, $\beta = 0.9$, five random starts
# (seeds 0 to 4).

# %%
digits = me.load_digits()
images, labels = digits.train_images, digits.train_labels
model = networks.mlp()  # 64-32-10, mean squared error
starts = np.array([model.init(np.random.default_rng(seed)) for seed in range(5)])
eta, beta = 0.1, 0.9


# %%
def gradient(w):
    return model.gradient(w, images, labels)


def train(rate, beta, epochs=60, model=model, batch_size=None):
    """Train from the five starts."""
    rule, rng = me.ema(rate, beta), np.random.default_rng(0)
    first = starts.astype(np.float32)
    return networks.train(model, digits, rule, epochs, batch_size=batch_size, rng=rng, start=first)


# %%
run = me.descend(gradient, starts, me.ema(eta, beta), steps=60)
losses = model.loss(run.w.astype(np.float32), images, labels)  # (steps + 1, starts)
plain = train(eta, 0.0).epoch_loss
rise = me.draw_up(losses)

# %%
print("rise with momentum: ", *(f"{value:.3f}" for value in rise), f" mean {rise.mean():.3f}")
print("rise without:       ", *(f"{value:.3f}" for value in me.draw_up(plain)))
assert np.allclose(rise, [0.035, 0.208, 0.020, 0.439, 0.029], atol=0.002)
assert abs(rise.mean() - 0.146) < 0.002
assert me.draw_up(plain).max() < 0.01

# %%
title = "With momentum the loss comes up again; without, it falls"
figure, axes = figures.new(title, x="step (here also epoch)", y="training loss", size=(8, 4))
axes.plot(plain[:31], color=figures.BLUE, linewidth=1.2, linestyle="--")
axes.plot(losses[:31], color=figures.VERMILION, linestyle="-", linewidth=1.4, marker="o", markersize=3)
axes.plot([], **figures.MOMENTUM.points, label="momentum, beta = 0.9, five starts")
axes.plot([], **figures.PLAIN.plot, label="plain descent, same rate and starts")
axes.legend()
figures.show(
    figure,
    alt="Training loss over 30 steps from five starts. With momentum each falls at first, then rises by 0.02 "
    "to 0.44, then falls in waves. Plain descent from the same starts falls; one start rises by 0.007.",
)

# %% [markdown]
# No noise, same rate, same starts: momentum makes the swing. The rise is 0.02 for one start and 0.44 for
# another. So never judge by one run. (And plain descent is lower nearly everywhere: at this rate momentum is
# not needed. Lesson 04 shows what it is good for.)
#
# ## 1. What people say: "Early gradients are large, and they pile up"
#
# A fair idea: the swing comes early, and early gradients *are* the largest. Lesson 03 refuted it for a
# parabola. A network is no parabola. So we test it late, when gradients are small: if it still swings, then
# being early and large is not the cause.
#
# ### Predict
#
# We take each network after its 60 steps. It is calm, and its gradients are small. We set the velocity to
# zero, push the weights by 0.01 along the direction of largest curvature, and let it run on. The gradient
# is then less than a tenth of the first one. What does the push do?
#
# - **A** It dies away from one side: the gradients are too small to pile up.
# - **B** It swings to the other side, but by a few per cent only.
# - **C** It swings to the other side by more than half.

# %%
guess_size = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# `top_mode` finds the direction of largest curvature. We compare each pushed run with the same run without
# the push: the difference is what the push does. A second push is ten times as far. The prediction comes
# from lesson 03 and knows only $h = \eta\lambda$ and $\beta$.

# %%
calm = run.w[-1]
curvature, stiffest = networks.top_mode(model, calm, images, labels, rng=np.random.default_rng(0))
pushed = np.stack([calm, calm + 0.01 * stiffest, calm + 0.1 * stiffest])  # (pushes, starts, weights)
after = me.descend(gradient, pushed, me.ema(eta, beta), steps=60)
aside = np.sum((after.w[:, 1:] - after.w[:, :1]) * stiffest, axis=-1)
aside /= aside[0]  # (steps + 1, pushes, starts), as a fraction of the push

# %%
size = np.linalg.norm(after.gradient[0], axis=-1)  # (pushes, starts)
times_smaller = np.linalg.norm(run.gradient[0], axis=-1) / size[1]
predicted, swing = theory.overshoot(eta * curvature, beta), -aside.min(axis=0)

# %%
print(
    f"your guess: {guess_size}; gradient {times_smaller.min():.0f} to {times_smaller.max():.0f} times smaller"
)
print("h at the end of the run:", *(f"{value:.2f}" for value in eta * curvature))
print("overshoot, push of 0.01:", *(f"{value:.2f}" for value in swing[0]))
print("overshoot, push of 0.1: ", *(f"{value:.2f}" for value in swing[1]))
print("predicted from h, beta: ", *(f"{value:.2f}" for value in predicted))

# %%
assert 11 < times_smaller.min() < times_smaller.max() < 29
assert np.allclose(swing, predicted, atol=0.01)
assert 0.68 < swing.min() < swing.max() < 0.73

# %%
title = "A small push late on: all five swing by 70 %"
figure, axes = figures.new(title, x="steps after the push", y="part of the push")
forecast = theory.response(eta * curvature[0], beta, steps=60)
axes.plot(
    forecast[:41], **figures.TARGET.plot | {"linewidth": 5}, label="predicted from h and beta (start 0)"
)
axes.plot(aside[:41, 0], color=figures.VERMILION, linestyle="-", linewidth=1.2, marker="o", markersize=3)
axes.plot([], **figures.MOMENTUM.points, label="pushed by 0.01, five networks")
axes.axhline(0, color=figures.GREY, linewidth=1)
axes.legend()
figures.show(
    figure,
    alt="Part of the push that is left, over 40 steps. All five networks go through 0 after about 4 steps, "
    "to -0.7 at step 7, then +0.5, -0.3, dying away. Start 0 lies on its predicted curve; by step 35 the "
    "others have drifted a few steps away from it, each with its own curvature.",
)

# %% [markdown]
# ### Explain
#
# **C.** Late, and with small gradients, the networks swing by about 70 %. Pushed ten times as far, they
# swing by the same fraction. The prediction needs no gradient: rate times curvature, and beta.
#
# **The loss held in the steep valley.** Why *early*, then? Because a fresh network starts high up the walls
# of its steep valleys. That is its push. It falls along its first gradient $g$. If the loss were a parabola
# along that line, of curvature $\lambda_g$, going to its lowest point would lower it by
# $|g|^2/(2\lambda_g)$. That part of the loss can swing.
#
# (The first gradient is not the stiffest direction, so we measure the curvature along it.)


# %%
def first_gradient(model):
    """Curvature along the first gradient, and the share of the loss that is held there: five starts each."""
    loss, g = model.loss_and_gradient(starts, images, labels)
    length = np.linalg.norm(g, axis=-1)
    ahead = 1e-4 * g / length[:, None]
    change = model.gradient(starts + ahead, images, labels) - model.gradient(starts - ahead, images, labels)
    along = np.sum(change * g, axis=-1) / (2e-4 * length)
    return along, length**2 / (2 * along) / loss


along, held = first_gradient(model)

# %%
print("h along the first gradient:", *(f"{value:.2f}" for value in eta * along))
print("share of the loss held:    ", *(f"{value:.0%}" for value in held))
print("rise of the loss:          ", *(f"{value:.3f}" for value in rise))
assert np.allclose(eta * along, [1.63, 1.76, 1.19, 1.72, 1.36], atol=0.02)
assert np.allclose(held, [0.37, 0.53, 0.35, 0.69, 0.32], atol=0.01)
assert held.argsort()[-3:].tolist() == rise.argsort()[-3:].tolist() == [0, 1, 3]
print("starting loss:             ", *(f"{value:.2f}" for value in losses[0]))
assert losses[0].argsort().tolist() == held.argsort().tolist()

# %% [markdown]
# In each start $h$ lies inside the ringing band. And the starts that hold the largest share of their loss
# in the steep valley rise the most: 53 % and 69 % give 0.21 and 0.44. The other three hold 32 to 37 % and
# rise by 0.04 at most. Five starts show an order, not a law: the starting loss itself, 1.0 to 2.3, puts
# them in the same order.
#
# **Verdict.** *False* as a cause: small late gradients ring just as far, as a fraction. *True* for the
# height, in units of the loss: the more loss the start holds in its steep valley, the more of it comes back.
# There the first gradient is large, too.
#
# ## 2. What people say: "The loss swings with the period of the sharpest direction, halved"
#
# This is what theory says for *one* direction: the weight swings once around while the loss dips twice. A
# network has 2410 directions.
#
# ### Predict
#
# We measure the sharpness near step 15, and compute its period $P$, about 14 steps. What do we measure?
#
# - **A** The gradient along this direction has the period $P$, the loss exactly $P/2$.
# - **B** The gradient has $P$; the loss mostly more than $P/2$.
# - **C** Neither fits: a network is no parabola.

# %%
guess_period = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# `period` compares the signal with waves of many periods and takes the one that fits best (the peak of its
# *spectrum*). The slow fall of the loss would drown the ripple, so for the loss we take the change of its
# change at each step (`np.diff` twice). On a parabola, where we know the period, 38 steps give it to 1 %.


# %%
def period(signal):
    frequency = np.fft.rfftfreq(4096)
    power = np.abs(np.fft.rfft((signal - signal.mean()) * np.hanning(len(signal)), 4096))
    power[(frequency < 1 / 20) | (frequency > 1 / 3)] = 0
    return 1 / frequency[power.argmax()]


sharpness, mode = networks.top_mode(model, run.w[15], images, labels, rng=np.random.default_rng(0))
expected = theory.ringing_period(eta * sharpness, beta)
along_mode = np.sum(run.gradient[2:40] * mode, axis=-1)  # (steps, starts)
gradient_period = np.array([period(signal) for signal in along_mode.T])
loss_period = np.array([period(np.diff(curve, 2)) for curve in losses[2:40].T])

# %%
print(f"your guess: {guess_period}; predicted period P:", *(f"{value:.1f}" for value in expected))
print("gradient / P:               ", *(f"{value:.2f}" for value in gradient_period / expected))
print("loss / (P/2):               ", *(f"{value:.2f}" for value in loss_period / (expected / 2)))
read_off = (1 + beta - 2 * np.sqrt(beta) * np.cos(np.pi / loss_period)) / (1 - beta) / eta
print("curvature read off the loss / sharpness: ", *(f"{value:.2f}" for value in read_off / sharpness))
known = period(theory.response(2.0, beta, steps=60)[2:40]) / theory.ringing_period(2.0, beta)
print(f"a parabola with h = 2: measured / true period {known:.3f}")
mixed = theory.ringing_period(eta * along, beta) / 2
print("loss / (P/2) with the curvature along the first gradient:", *(f"{x:.2f}" for x in loss_period / mixed))

# %%
assert abs(known - 1) < 0.01
assert np.allclose(gradient_period / expected, 1, atol=0.06)
assert np.allclose(loss_period / (expected / 2), [1.10, 0.97, 1.21, 1.36, 1.25], atol=0.03)
assert np.allclose(loss_period / mixed, [0.99, 0.93, 0.96, 1.25, 0.98], atol=0.03)
assert 0.5 < (read_off / sharpness).min() < 0.6 < 1 < (read_off / sharpness).max() < 1.15

# %%
titles = ("One direction keeps the predicted time", "The loss is a mixture: mostly slower")
labels_y = ("gradient along the stiffest direction", "measured / predicted period")
figure, (left, right) = figures.new(*titles, x=("step", "start (seed)"), y=labels_y, size=(10, 4))
left.plot(np.arange(2, 40), along_mode[:, 0], **figures.GRADIENT.points)
for crest in 2 + along_mode[:12, 0].argmax() + expected[0] * np.arange(3):
    left.axvline(crest, **figures.TARGET.plot)
left.axhline(0, color=figures.GREY, linewidth=1)
right.plot(
    gradient_period / expected, "X", color=figures.SKY, markersize=9, label="gradient, stiffest direction"
)
right.plot(loss_period / (expected / 2), "o", color=figures.VERMILION, markersize=9, label="loss")
right.axhline(1, **figures.TARGET.plot)
right.set(ylim=(0.6, 1.6), xticks=range(5))
right.legend(loc="lower right")
figures.show(
    figure,
    alt="Left: gradient along the stiffest direction of start 0, a wave whose crests keep to dotted lines "
    "one predicted period, 14 steps, apart. Right: measured over predicted period for five starts: 0.95 to "
    "1.04 for the gradient, 0.97 to 1.36 for the loss.",
)

# %% [markdown]
# ### Explain
#
# **B.** Along its stiffest direction the network does what one parabola does, to 6 %. The loss is a sum
# over many directions; the softer ones swing more slowly. So its ripple takes 0.97 to 1.36 times the time
# that the sharpness alone predicts.
#
# A better single number is the curvature *along the first gradient*, the line that this start falls along.
# With it four of five starts come out within 7 %. The fifth, seed 3, is off by 25 %.
#
# **Verdict.** *True* for one direction. *Roughly true* for the loss: a curvature read off a loss curve by
# this rule mostly comes out too small, down to 0.55 of the sharpness.
#
# ## 3. What people say: "It dies out as gradients shrink", and "a smaller rate makes it go away"
#
# The first sentence often ends: *... and momentum loses influence*. We push again, at a smaller rate: if the
# rate sets how long it rings, it shows in the wait. Then we measure momentum's influence directly.
#
# ### Predict
#
# We divide the rate by ten, and push again by 0.01. What changes in the swing after the push?
#
# - **A** It gets smaller, and takes as long as before (until it stays within 5 % of the push).
# - **B** It gets smaller, and is over sooner.
# - **C** It is gone.

# %%
guess_rate = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# First the early rise, for three rates. Then the push. Then momentum's share of the step: how much of the
# new velocity is carried over, $\beta|v_{t-1}|$, beside what is fresh, $(1-\beta)|g_t|$.

# %%
half, tenth = (train(rate, beta).epoch_loss for rate in (0.05, 0.01))
mean_rise = [me.draw_up(curves).mean() for curves in (losses, half, tenth)]
end = [curves[-1].mean() for curves in (losses, half, tenth)]

# %%
print("rate 0.1, 0.05, 0.01: mean rise", *(f"{value:.3f}" for value in mean_rise))
print("mean loss after 60 steps:      ", *(f"{value:.2f}" for value in end))
assert np.allclose(mean_rise, [0.146, 0.092, 0.006], atol=0.002)
assert np.allclose(end, [0.25, 0.31, 0.52], atol=0.01)

# %%
slow = me.descend(gradient, pushed[:2], me.ema(eta / 10, beta), steps=60)
slow_aside = np.sum((slow.w[:, 1] - slow.w[:, 0]) * stiffest, axis=-1) / 0.01
fast_aside = aside[:, 0]  # (steps + 1, starts)


def settled(paths):
    return np.array([me.step_info(path, final=0.0, tolerance=0.05).settling_time for path in paths.T])


# %%
wait, slow_wait = settled(fast_aside), settled(slow_aside)

# %%
print(f"your guess: {guess_rate}")
print(
    f"rate 0.1:  swings by {-fast_aside.min(axis=0).mean():.2f}; within 5 % after",
    *(f"{x:.0f}" for x in wait),
)
print(
    f"rate 0.01: swings by {-slow_aside.min(axis=0).mean():.2f}; within 5 % after",
    *(f"{x:.0f}" for x in slow_wait),
)
print(f"from beta alone: {theory.settling_time(beta, 0.05):.0f} steps")

# %%
assert abs(-fast_aside.min(axis=0).mean() - 0.70) < 0.01
assert abs(-slow_aside.min(axis=0).mean() - 0.28) < 0.01
both = np.concatenate([wait, slow_wait])
assert np.allclose([both.min(), both.max()], [52, 57], atol=1)
assert abs(theory.settling_time(beta, 0.05) - 57) < 0.5

# %%
carried = beta * np.linalg.norm(run.v[:-1], axis=-1)
fresh = (1 - beta) * np.linalg.norm(run.gradient[: len(carried)], axis=-1)
share = (carried / (carried + fresh)).mean(axis=1)
shrink = np.linalg.norm(run.gradient[0], axis=-1) / np.linalg.norm(run.gradient[59], axis=-1)

# %%
print(f"gradients shrink {shrink.min():.0f} to {shrink.max():.0f} times")
thirds = share.reshape(3, 20).mean(axis=1)
print("carried-over share, steps 0-19, 20-39, 40-59:", *(f"{value:.2f}" for value in thirds))
print(f"from step 3 on it goes between {share[3:].min():.2f} and {share[3:].max():.2f}")

# %%
assert np.allclose(thirds, [0.74, 0.84, 0.87], atol=0.01)
assert np.allclose([share[3:].min(), share[3:].max()], [0.67, 0.89], atol=0.01)
assert 20 < shrink.min() < shrink.max() < 42

# %%
titles = ("A tenth of the rate: a smaller swing, the same wait", "Momentum's share does not shrink")
labels_y = ("part of the push (start 0)", "share of the step, gradient (relative)")
figure, (left, right) = figures.new(*titles, x=("steps after the push", "step"), y=labels_y, size=(10.5, 4))
left.plot(fast_aside[:, 0], **figures.MOMENTUM.points, label="rate 0.1")
left.plot(slow_aside[:, 0], **figures.NESTEROV.points, label="rate 0.01")
left.axvline(theory.settling_time(beta, 0.05), **figures.TARGET.plot)
left.annotate("57 steps", (46.5, -0.6))
size = np.linalg.norm(run.gradient, axis=-1)
right.plot(share, **figures.VELOCITY.plot, label="carried over (mean of five)")
right.plot((size / size[0]).mean(axis=1), **figures.GRADIENT.plot, label="|gradient| / first (mean of five)")
right.set_ylim(0, 1.3)
for axes in (left, right):
    axes.legend(loc="upper right")
figures.show(
    figure,
    alt="Left: after a push, rate 0.1 swings to -0.7 and rate 0.01 to -0.28; both are within 5 % by step 57. "
    "Right: the mean gradient shrinks to a twentieth or less over 60 steps, while the carried-over share of "
    "the step dips to 0.67 at step 7 and then climbs to 0.88.",
)

# %% [markdown]
# ### Explain
#
# **A.** The swing shrinks from 0.70 to 0.28. The wait stays at 52 to 57 steps: beta sets it. In the whole
# loss the early rise falls from 0.146 to 0.006, and the price is a loss of 0.52 instead of 0.25 after 60
# steps.
#
# Nor does momentum lose influence. The gradients shrink more than 20 times; the carried-over share of the
# step moves between 0.67 and 0.89 while gradients swing, and its mean *goes up*, from 0.74 to 0.84 to 0.87.
# On the calm slope at the end gradients agree, so $v$ is about $g$, and the share nears $\beta$.
#
# **Verdict.** "Momentum loses influence": *false*. "A smaller rate makes it go away": *true for how far,
# false for how long*.
#
# ## 4. What people say: "Oscillation in the first epochs"
#
# Epochs? Up to here an epoch was one step. Nobody trains like that.
#
# ### Predict
#
# Batches of 256 images: six steps an epoch. Same rate, same beta, same starts. We log the loss once an
# epoch. What does the log show?
#
# - **A** The same ripple, over as many epochs as it took steps before.
# - **B** A wilder ripple: now there is noise as well.
# - **C** No rise at all.

# %%
guess_epochs = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
batched, batched_plain = (train(eta, b, epochs=10, batch_size=256) for b in (beta, 0.0))
by_epoch, by_step = me.draw_up(batched.epoch_loss), me.draw_up(batched.loss[:30])

# %%
print(f"your guess: {guess_epochs}; rise in the log by epochs:", *(f"{value:.3f}" for value in by_epoch))
print("rise in the log by steps, beta = 0.9:", *(f"{value:.3f}" for value in by_step))
print("rise in the log by steps, beta = 0:  ", *(f"{x:.3f}" for x in me.draw_up(batched_plain.loss[:30])))
assert by_epoch.max() < 1e-3
assert np.allclose(by_step, [0.102, 0.198, 0.056, 0.454, 0.043], atol=0.005)
assert me.draw_up(batched_plain.loss[:30]).max() < 0.03
dips = batched.loss[:6].argmin(axis=0)
print("lowest before step 6 (the end of epoch 1): at steps", *dips)
assert set(dips) == {4, 5}

# %%
titles = ("Logged by epochs: nothing to see", "Logged by steps: the swing is there")
x, y = ("epoch", "step (6 are an epoch)"), ("loss on all images", "loss of the batch")
figure, (left, right) = figures.new(*titles, x=x, y=y, size=(10, 4))
left.plot(batched.epoch_loss[:6], color=figures.VERMILION, linestyle="-", linewidth=1.4, marker="o")
right.plot(batched.loss[:30], color=figures.VERMILION, linestyle="-", linewidth=1.4, marker="o", markersize=3)
for mark in range(0, 31, 6):
    right.axvline(mark, **figures.TARGET.plot)
for axes in (left, right):
    axes.set_ylim(0, 2.5)
figures.show(
    figure,
    alt="Five starts, batches of 256. Left: loss after each of five epochs, falling every time. Right: the "
    "same runs by steps: a fall for 4 steps, a rise of 0.04 to 0.45, dying away within 30 steps. Dotted "
    "lines mark the epochs.",
)

# %% [markdown]
# ### Explain
#
# **C.** The dip comes at steps 4 and 5, the rise of 0.04 to 0.45 after it, all within two epochs. A log by
# epochs steps over the *dip*: it sees steps 0, 6, 12, and these fall. Ringing is counted in *steps*: about
# 7 for a ripple of the loss, 57 until the swing is within 5 %. With 6 steps an epoch that is 10 epochs;
# with 24 (batches of 64) it is 2 or 3.
#
# **Verdict.** *Misleading.* Before you say "epochs", ask how many steps an epoch has. A swing over many
# epochs, each of many steps, is not this ringing.
#
# ## 5. Ringing, noise or instability?
#
# Here are three logs of 40 steps, each with small batches. Each rises again.

# %%
log_1 = train(0.02, 0.5, epochs=1, batch_size=16).loss[:40]
second = train(0.4, 0.5, epochs=7, batch_size=256)
log_2, log_3 = second.loss[:40], batched.loss[:40]
figure, panels = figures.new("Log 1", "Log 2", "Log 3", x="step", y="loss of the batch", size=(10.5, 3.4))
for axes, log in zip(panels, (log_1, log_2, log_3), strict=True):
    axes.plot(log[:, 0], color=figures.BLACK, linewidth=1.3, marker="o", markersize=3)
figures.show(
    figure,
    alt="Three logs of start 0 over 40 steps, all with a rise. Log 1 is jagged all the way, log 2 leaps up "
    "above its starting loss within its first steps, log 3 falls and rises again once, by 0.1.",
)

# %% [markdown]
# ### Predict
#
# One of them is noisy, one unstable, one rings. (Which?) We may repeat each run with *one* thing changed: no
# momentum ($\beta = 0$), all images in each step, or half the rate. Which change takes the rise of the
# *unstable* run away?
#
# - **A** No momentum.
# - **B** All images.
# - **C** Half the rate.

# %%
guess_control = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# Median rise over five starts, as it is and after each change. A run that overflows counts as infinite. (The
# three runs: rate 0.1, $\beta = 0.9$, batches of 256; rate 0.02, $\beta = 0.5$, batches of 16; rate 0.4,
# $\beta = 0.5$, batches of 256.)


# %%
def middle(curves):
    return np.median(me.draw_up(np.where(np.isfinite(curves), curves, np.inf)))


some, few = {"epochs": 7, "batch_size": 256}, {"epochs": 1, "batch_size": 16}
rings = [log_3, batched_plain.loss, losses, train(0.05, 0.9, **some).loss]
noisy = [
    log_1,
    train(0.02, 0.0, **few).loss,
    train(0.02, 0.5, epochs=40).epoch_loss,
    train(0.01, 0.5, **few).loss,
]
unstable = [
    log_2,
    train(0.4, 0.0, **some).loss,
    train(0.4, 0.5, epochs=40).epoch_loss,
    train(0.2, 0.5, **some).loss,
]
cases = {"ringing": rings, "noise": noisy, "instability": unstable}
table = {name: [middle(curves[:40]) for curves in row] for name, row in cases.items()}

# %%
print(f"your guess: {guess_control}")
print("median rise   as it is  beta = 0  all images  half the rate")
for name, row in table.items():
    print(f"{name:12s}", *(f"{value:10.3f}" for value in row))

# %%
assert np.allclose(table["ringing"], [0.102, 0.021, 0.035, 0.046], atol=0.005)
assert min(table["noise"][:2] + table["noise"][3:]) > 0.12 > 0.001 > table["noise"][2]
assert 1.3 < table["instability"][0] < table["instability"][2] < 2 < table["instability"][1] == np.inf
assert table["instability"][3] < 0.025

# %% [markdown]
# ### Explain
#
# **C.** Read the table by its columns: each trouble has a change that takes it away.
#
# | It was | $\beta = 0$ | All images | Half the rate |
# |---|---|---|---|
# | ringing (log 3) | **gone**, but for 0.02 of noise | stays: 0.02 to 0.44, without noise | smaller |
# | noise (log 1) | stays | **gone** | stays |
# | instability (log 2) | *worse* | stays | **gone**, but for 0.02 of noise |
#
# (In the first row 0.035 looks like little more than 0.021. But it is the middle of five rises, 0.02 to
# 0.44, and all of it is ringing: on all images the loss without momentum rises by 0.007 at most. The 0.021 is
# noise.)
#
# Is the noise in the weights, or only in the log, which shows a different batch at each step? We walk the
# noisy run again, and take the loss of its weights on all images.

# %%
batches = iter(training.draw_batches(len(images), 16, 1, np.random.default_rng(0)))


def by_batch(w):
    now = next(batches)
    return model.gradient(w, images[now], labels[now])


path = me.descend(by_batch, starts, me.ema(0.02, 0.5), steps=40)
on_all = me.draw_up(model.loss(path.w.astype(np.float32), images, labels))

# %%
print(f"the noisy run, its loss on all images: largest rise {on_all.max():.4f}")
assert on_all.max() < 1e-3

# %% [markdown]
# **Only in the log.** On all images the loss never rises. So before you cure noise, plot a running mean.
#
# Without momentum the ringing goes, and the instability gets worse: momentum bears a higher $h$. So there
# is a fourth test, by computing: is $h$ beyond the limit $2(1+\beta)/(1-\beta)$?

# %%
at_start = networks.sharpness(model, starts, images, labels, rng=np.random.default_rng(0))

# %%
print("sharpness at the start:", *(f"{value:.1f}" for value in at_start))
print(f"ringing run:  mean h = {0.1 * at_start.mean():.1f}, limit {theory.stability_limit(0.9):.0f}")
print(f"unstable run: mean h = {0.4 * at_start.mean():.1f}, limit {theory.stability_limit(0.5):.0f}")
assert np.allclose(at_start, [22.0, 21.5, 19.7, 22.7, 22.1], atol=0.1)
assert np.all(0.1 * at_start < theory.stability_limit(0.9))
assert np.all(0.4 * at_start > theory.stability_limit(0.5))

# %%
calmed = second.w[np.isfinite(log_2).all(axis=0)]
now = networks.sharpness(model, calmed, images, labels, rng=np.random.default_rng(0))
print(
    f"unstable run: {5 - len(calmed)} of 5 overflow; the others are now at h =",
    *(f"{0.4 * x:.1f}" for x in now),
)
assert len(calmed) == 3
assert np.all(0.4 * now < theory.stability_limit(0.5))

# %% [markdown]
# **Beyond the limit.** Is the unstable run about to blow up? Two of these five do. The other three leap to a
# flatter place, where $h$ is below the limit, 6, and calm down there. So a log may leap and yet end low, as
# log 2 does; it was luck.
#
# The limit is not sharp: curvature moves during training. Plain descent at rate 0.1 has $h$ near 2.2 at the
# start, a little beyond its limit of 2, and rises by 0.007 at most. Near the limit trust the experiment.
#
# **Verdict.** Don't judge by the look of one curve. Change one thing.
#
# ## 6. What people say: "Momentum makes the early loss oscillate"
#
# By now you have seen it in five networks. All of them had the squared error. Most people train
# classifiers with cross-entropy.
#
# ### Predict
#
# Same network, same starts, $\beta = 0.9$; only the loss is cross-entropy. First at rate 0.1, then at rate
# 2. Compared with plain descent at the same rate:
#
# - **A** With momentum the loss rises again at both rates.
# - **B** With momentum the loss rises at neither; at rate 2 it is *plain* descent's that climbs.
# - **C** With momentum the loss rises again at 0.1, and diverges at 2.

# %%
guess_loss = "?"  # write "A", "B" or "C"

# %% [markdown]
# Try it by hand first. Take the loss up and down with beta; then choose *cross-entropy*, and do it again.
# Then go back, and choose smaller batches: where does the swing go?

# %%
explorers.early_epochs(network_controls=True)

# %% [markdown]
# ### Run

# %%
classifier = networks.mlp(loss="cross_entropy")
rates, betas = np.array([[[0.1]], [[2.0]]]), np.array([[0.0], [0.9]])
history = train(rates, betas, epochs=30, model=classifier)
entropy = history.epoch_loss  # (epochs + 1, rates, betas, starts)
entropy_rise = me.draw_up(entropy)
longer = me.draw_up(train(0.1, 0.9, epochs=60, model=classifier).epoch_loss)

# %%
print(f"your guess: {guess_loss}")
print(f"rate 0.1: largest rise {entropy_rise[0, 0].max():.3f} plain, {entropy_rise[0, 1].max():.3f} momentum")
print(f"rate 2: each plain run rises by more than 3: {np.all(entropy_rise[1, 0] > 3)}")
print(f"rate 2: largest rise with momentum {entropy_rise[1, 1].max():.3f}")
print(f"rate 0.1, momentum, 60 steps: largest rise {longer.max():.3f}")
# %%
assert max(entropy_rise[0].max(), longer.max()) < 1e-6
assert entropy_rise[1, 0].min() > 3
assert entropy_rise[1, 1].max() < 1e-3

# %%
titles = ("Rate 0.1: no rise", "Rate 2: only plain descent climbs")
figure, panels = figures.new(*titles, x="step (here also epoch)", y="cross-entropy", size=(10, 4))
for axes, curves in zip(panels, (entropy[:, 0], entropy[:, 1]), strict=True):
    axes.plot(curves[:, 0], color=figures.BLUE, linewidth=1.2, linestyle="--")
    axes.plot(curves[:, 1], color=figures.VERMILION, linestyle="-", linewidth=1.4, marker="o", markersize=3)
    axes.plot([], **figures.MOMENTUM.points, label="momentum, beta = 0.9")
    axes.plot([], **figures.PLAIN.plot, label="plain descent")
    axes.legend(loc="upper left" if curves is not entropy[:, 0] and curves.max() > 4 else "lower left")
figures.show(
    figure,
    alt="Cross-entropy over 30 steps, five starts. Left, rate 0.1: plain and momentum both fall without a "
    "rise. Right, rate 2: plain descent falls for a few steps and then climbs, each run by more than 3; "
    "momentum falls without a rise.",
)

# %% [markdown]
# Does nothing ring there, or does the loss not show it? Section 1 has the test: take the 30 steps' end, push
# along the stiffest direction, and look.

# %%
calm = history.w[:, 1].astype(float)  # (rates, starts, weights), beta = 0.9
bend, stiff = networks.top_mode(classifier, calm, images, labels, rng=np.random.default_rng(0))
swung = me.descend(
    lambda w: classifier.gradient(w, images, labels),
    np.stack([calm, calm + 0.01 * stiff]),
    me.ema(rates[..., 0], 0.9),
    steps=30,
)
moved = np.sum((swung.w[:, 1] - swung.w[:, 0]) * stiff, axis=-1) / 0.01  # (steps + 1, rates, starts)

# %%
swings, foretold = -moved.min(axis=0), theory.overshoot(rates[..., 0] * bend, 0.9)
for rate, measured, theirs in zip((0.1, 2.0), swings, foretold, strict=True):
    print(f"rate {rate}: push swings by {measured.min():.2f} to {measured.max():.2f}", end="; ")
    print(f"predicted {theirs.min():.2f} to {theirs.max():.2f}")
assert np.allclose(swings, foretold, atol=0.02)
assert 0.29 < swings[0].min() < swings[0].max() < 0.36 < 0.75 < swings[1].min() < swings[1].max() < 0.8

# %% [markdown]
# It rings, as predicted: by a third at rate 0.1, by more than three quarters at rate 2. Why does the loss not
# show it? The two numbers of section 1 for this loss, and the sharpness against the limit:

# %%
entropy_along, entropy_held = first_gradient(classifier)
top = networks.sharpness(classifier, starts, images, labels, rng=np.random.default_rng(0))

# %%
print(f"curvature along the first gradient: {entropy_along.min():.1f} to {entropy_along.max():.1f}", end="")
print(f"; squared error {along.min():.0f} to {along.max():.0f}")
print(f"share held: {entropy_held.min():.0%} to {entropy_held.max():.0%}", end="")
print(f"; squared error {held.min():.0%} to {held.max():.0%}")
print(
    f"sharpness {top.min():.1f} to {top.max():.1f}: at rate 2, h = {2 * top.min():.1f} to {2 * top.max():.1f}"
)

# %%
assert 0.25 < entropy_along.min() < entropy_along.max() < 1.2
assert 0.08 < entropy_held.min() < entropy_held.max() < 0.22 < 0.3 < held.min()
assert theory.stability_limit(0.0) < 2 * top.min() < 2 * top.max() < theory.stability_limit(0.9)

# %% [markdown]
# ### Explain
#
# **B.** The steep valley holds 9 to 21 % of this loss, not 32 to 69 %. The rest lies on a long slope: once
# all images are told apart, cross-entropy still falls when the weights grow. So little can swing, and what
# swings is hidden in a loss that keeps falling. At rate 0.1 the swing is small as well: 0.3 to 1.1 is the
# curvature along the first gradient, where squared error has 12 to 18.
#
# At rate 2 the stiffest direction has an $h$ of 4 to 6. Plain descent, whose limit is 2, climbs. With
# $\beta = 0.9$ (limit 38) that direction rings, but stays bounded, and the loss falls: there momentum
# *keeps it calm*.
#
# **Verdict.** *True* of single directions, with both losses. *Of the loss* it is true when the steep
# directions hold much of it: squared error. With cross-entropy the loss hides it, and it *turns round*
# where the rate is too large for plain descent.
#
# ## Check yourself
#
# Answer before you unfold.
#
# **1.** A calm network with small gradients is pushed along its stiffest direction. Does it ring? By how
# much, at $\eta = 0.1$, $\beta = 0.9$ and a curvature near 18?
#
# <details><summary>Answer</summary>
# <p>Yes, by about 70 % of the push, whether the push is 0.01 or 0.1. Size cancels out; h = 1.8 and beta
# decide.</p>
# </details>
#
# **2.** Two starts of one network: the loss of one rises again by 0.02, of the other by 0.44. Same rate, same
# beta. What differs?
#
# <details><summary>Answer</summary>
# <p>How much of the loss they hold in the steep valley at the start: 35 % against 69 %. What is not up there
# cannot swing. (The starting loss differs as well, 1.1 against 2.3; five starts cannot part the two.)</p>
# </details>
#
# **3.** The loss ripples every 8 steps. A colleague takes twice that as the period of the stiffest
# direction, and computes the sharpness. Too high or too low, and by how much at worst?
#
# <details><summary>Answer</summary>
# <p>Mostly too low: softer directions ripple along, so the loss is slower than the stiffest direction, by
# up to a factor of 1.36 in five starts. That makes the sharpness 0.55 of the true one.</p>
# </details>
#
# **4.** You train with 500 steps an epoch and $\beta = 0.9$. The loss rises in epochs 3 and 4. Is it the
# ringing of this lesson? What do you try?
#
# <details><summary>Answer</summary>
# <p>Hardly. At beta = 0.9 the swing is within 5 % after 57 steps, a ninth of the first epoch. Try the other
# two changes of section 5: all images (or a running mean) if it is noise, half the rate if it is
# instability.</p>
# </details>
#
# **5.** Your loss leaps up. You take momentum away, and it gets worse. What was it, and what do you do?
#
# <details><summary>Answer</summary>
# <p>Instability: ringing would have gone. Plain descent bears h below 2 only, momentum more. Halve the
# rate. (That it may calm down by itself, in a flatter place, is luck: two of our five overflowed.)</p>
# </details>

# %% [markdown]
# ## Key points
#
# - **Momentum makes the early swing.** Squared error, full batch, rate 0.1, five starts: rise 0.146 on
#   average (0.020 to 0.439) with beta = 0.9, at most 0.007 without.
# - **Large gradients are not the cause.** With gradients 13 to 27 times smaller a push swings by 70 %, as
#   h and beta predict to 0.01. (In units of the loss, starts that hold more in the steep valley rise more:
#   0.44 at 69 %.)
# - **One direction keeps time, the loss less so**: within 6 % against 0.97 to 1.36 times.
# - **A smaller rate**, 0.01 for 0.1: the swing is 0.28, not 0.70; the wait stays at 52 to 57 steps.
#   Momentum's share of the step rises from 0.74 to 0.87.
# - **Count steps.** With 6 steps an epoch the log by epochs shows 0, the log by steps up to 0.45.
# - **Three changes tell them apart**, median rise: beta = 0 ends ringing (0.10 to 0.02), all images end noise
#   (0.17 to 0), half the rate ends instability (1.5 to 0.02).
# - **Cross-entropy hides it**: a push swings by a third at rate 0.1 and by 0.76 to 0.79 at rate 2, and the
#   loss does not rise. At rate 2 it is plain descent that climbs, by more than 3.

# %% [markdown]
# ## Say it in a lecture
#
# **Ask the room.** "The network is calm, the gradients are tiny. I push. Does it ring?" Then: "I log once an
# epoch. What do I see?" Let them vote on the three logs before the table.
#
# **What goes wrong.** People judge by one seed: here one rises by 0.02 and another by 0.44. They call any
# bump "instability" and halve the rate; ringing gets smaller too, and so they feel confirmed. Ask for the run
# without momentum: there the two part.
#
# **In a short hour** skip sections 2 and 3. Keep the push (section 1), the log by epochs (section 4), the
# table (section 5) and the explorer (section 6).

# %% [markdown]
# ## Go deeper
#
# - Cohen et al. (2021), "Gradient descent on neural networks typically occurs at the edge of stability",
#   *ICLR*. Why plain descent at $h$ near 2 neither settles nor explodes.
# - Goh (2017), "Why Momentum Really Works", *Distill*. The single direction, with pictures to play with.
# - Sutskever, Martens, Dahl and Hinton (2013), "On the importance of initialization and momentum in deep
#   learning", *ICML*. Start and momentum belong together.

# %% [markdown]
# ## Exercises
#
# [Exercises of lesson 07](exercises/07_early_epochs.ipynb): measure a rise, find a sharpness, predict a
# ripple in epochs, look along one direction, and find a calmer beta.
#
# Next: lesson 08 asks which schedule takes the early swing away.
