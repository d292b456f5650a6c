# %% [markdown]
# # 02 · Smoothing: what does momentum do to noise, and to zig-zag?
#
# **Question.** My gradients come from small batches and jump about. Momentum averages them. Does my
# training get calmer, and does it end closer to the minimum?
#
# **Minutes.** 35 to read and run; 45 in a lecture.
#
# **You need.** The update rule (lesson 01), and what a variance is. No signal processing: what is used of
# it is said on the way.
#
# **Objectives.** After this lesson you can
#
# - say how much of the noise is left in the velocity, and what "the last ten gradients" means,
# - tell the three windows apart that all go by the name of "how far back it looks",
# - correct the velocity of the first steps, and say how long that matters,
# - predict whether momentum lowers the noise floor of the *weights*, and name the cases in which it does,
# - tell where momentum removes a zig-zag, and where it makes a swing out of nothing.

# %%
import numpy as np

import momentum_edu as me
from momentum_edu import explorers, figures, landscapes, networks, theory
from momentum_edu.training import draw_batches

# %% [markdown]
# | Sign | Meaning | Unit |
# |---|---|---|
# | $w$ | the weight; also the distance from the minimum, which lies at 0 | |
# | $g$, $v$ | gradient, and velocity: the moving average of gradients | |
# | $\eta$, $\beta$ | learning rate, momentum coefficient | |
# | $\lambda$ | curvature: how fast the gradient grows with the distance, $g = \lambda w$ | |
# | $h = \eta\lambda$ | rate times curvature; plain descent shrinks $w$ by $1 - h$ each step | none |
# | variance | mean squared distance from the mean: the size of the noise, squared | |
# | noise floor | where the loss stays in the long run, because each gradient is noisy | |
#
# The rule of this course, in words: *the velocity keeps a share beta of itself and takes in a share 1 -
# beta of the new gradient; the weight moves against the velocity.*
#
# $$v_t = \beta\,v_{t-1} + (1-\beta)\,g_t \qquad w_t = w_{t-1} - \eta\,v_t \qquad v_0 = 0$$
#
# ## Look first: a wild gradient, a calm velocity
#
# A straight slope of 1. Each gradient is the slope plus independent noise of standard deviation 1 (seed
# 0). We walk down it by the rule, with $\beta = 0.9$.

# %%
beta = 0.9
slope = np.ones_like
run = me.descend(slope, [0.0], me.ema(1.0, beta), 150, noise=1.0, rng=np.random.default_rng(0))
g, v = run.gradient[:, 0], run.v[:, 0]

# %%
calm = v[50:].std() / g[50:].std()
print(f"standard deviation after step 50: gradient {g[50:].std():.2f}, velocity {v[50:].std():.2f}")
print(f"ratio: {calm:.2f}; velocity after the first step: {v[1]:.2f}")
assert 0.15 < calm < 0.3
assert abs(v[1] - 0.1 * g[0]) < 1e-12

# %%
figure, axes = figures.new("The velocity is calm, and late at the start", x="step", y="value")
axes.plot(np.arange(1, 151), g, "o", color=figures.SKY, markersize=4, label="gradient g: 1 plus noise")
axes.plot(v, **figures.VELOCITY.plot | {"linewidth": 2.6}, label="velocity v")
axes.axhline(1, **figures.TARGET.plot)
axes.set_ylim(-2, 4)
axes.legend(loc="upper right", ncols=2)
figures.show(
    figure,
    alt=f"Gradient and velocity over 150 steps. The gradients lie between {g.min():.1f} and {g.max():.1f}. "
    "The velocity starts at 0, takes some 20 steps to come near 1, and after step 50 stays within "
    f"{np.abs(v[50:] - 1).max():.1f} of it.",
)

# %% [markdown]
# Two things are to be seen: the velocity jumps much less than the gradient, and at first it is too small.
# Sections 1 and 2 measure them. Section 3 asks what most people forget to ask: does the *weight* calm down
# too?
#
# ## 1. What people say: "beta = 0.9 averages the last ten gradients"
#
# The idea behind it is sound: the weight of a gradient in the velocity is $(1-\beta)\beta^k$ when it is $k$
# steps old. The newest has the weight 0.1, so it looks like an average of $1/(1-\beta) = 10$, and the noise
# should fall as in an average of ten.
#
# ### Predict
#
# An average of $n$ independent numbers has $1/n$ of their variance. Which $n$ gives the velocity's variance
# at $\beta = 0.9$?
#
# - **A** 9
# - **B** 10
# - **C** 19

# %%
guess_window = "?"  # write "A", "B" or "C", and run this cell before you go on

# %% [markdown]
# ### Run
#
# Pure noise this time: flat ground, 2000 walks at once, 300 steps (seed 1). We take the variance of the
# velocity after step 100, and divide the gradient's by it.

# %%
flat = np.zeros_like
walks = me.descend(flat, np.zeros((2000, 1)), me.ema(1.0, beta), 300, noise=1.0, rng=np.random.default_rng(1))
share_kept = walks.v[101:].var() / walks.gradient[100:].var()

# %%
print(
    f"your guess: {guess_window}; variance kept: {share_kept:.3f}, as in an average of {1 / share_kept:.0f}"
)
assert abs(share_kept - (1 - beta) / (1 + beta)) < 0.001
assert abs(1 / share_kept - 19) < 0.3

# %% [markdown]
# ### Explain
#
# **C.** The velocity has the noise of an average of **19**, not of 10. In formula:
#
# $$\frac{\operatorname{Var} v}{\operatorname{Var} g} = \frac{1-\beta}{1+\beta}$$
#
# Where does 10 come from, then, and where 9? There are three ways to say how far back an average looks, and
# they answer three questions:
#
# - *After how many steps has a gradient's weight fallen to $1/e = 0.37$ of its first?* About
#   $1/(1-\beta) = 10$.
# - *How old are the gradients on average?* $\beta/(1-\beta) = 9$ steps. By that much the velocity is late.
# - *An average of how many has the same noise?* $(1+\beta)/(1-\beta) = 19$. Old gradients add little weight
#   each, but there are many of them.

# %%
ages = np.arange(2000)
weights = (1 - beta) * beta**ages
fade = int(np.argmax(weights < weights[0] / np.e))
mean_age, same_noise = np.sum(weights * ages), 1 / np.sum(weights**2)

# %%
print(f"faded to 1/e: {fade} steps; mean age: {mean_age:.2f} steps; same noise as: {same_noise:.2f}")
assert abs(weights.sum() - 1) < 1e-12
assert fade == 10
assert abs(mean_age - 9) < 1e-9
assert abs(same_noise - 19) < 1e-9

# %% [markdown]
# "Late by 9 steps" is meant literally. Let the gradient rise by 1 at each step, like a ramp. We feed it to
# the rule by hand.

# %%
rule, w, v_ramp = me.ema(1.0, beta), np.zeros(1), np.zeros(1)
for step in range(300):
    w, v_ramp = rule.update(w, v_ramp, g=np.array([float(step)]), step=step)
print(f"the gradient has reached 299, the velocity {v_ramp[0]:.2f}")
assert abs(299 - v_ramp[0] - 9) < 1e-6

# %%
figure, axes = figures.new("One beta, three windows: 9, 10 and 19 steps", x="age (steps)", y="weight in v")
axes.bar(ages[:50], weights[:50], color=figures.GREEN, alpha=0.5, label="weights of the velocity")
axes.step([-0.5, 18.5, 18.5, 49], [1 / 19, 1 / 19, 0, 0], **figures.PLAIN.plot, label="average of 19")
axes.plot(9, weights[9], "v", color=figures.BLACK, markersize=10, label="mean age: 9")
axes.plot(10, weights[10], "D", color=figures.VERMILION, markersize=8, label="1/e of the first: 10")
axes.legend()
figures.show(
    figure,
    alt="Weight of a gradient in the velocity against its age: 0.1 at age 0, falling smoothly; 0.035 at age "
    "10. The mean age 9 is marked. A flat average of 19, height 0.053, has the same noise.",
)

# %% [markdown]
# Not all noise is treated alike. Feed the rule with *swings* in place of noise: slow ones, fast ones, and
# the fastest there is, which changes sign at every step.

# %%
periods = np.array([2, 4, 10, 20, 50, 100, 200])
time = np.arange(1000)[:, np.newaxis]
swings = np.cos(2 * np.pi * time / periods)  # (steps, periods)
v_swings = np.zeros((1000, len(periods)))
w, v_now = np.zeros(len(periods)), np.zeros(len(periods))
for step, g_now in enumerate(swings):
    w, v_now = rule.update(w, v_now, g_now, step)
    v_swings[step] = v_now

# %%
through = np.sqrt((v_swings[600:] ** 2).mean(axis=0) / (swings[600:] ** 2).mean(axis=0))
for period, part in zip(periods, through, strict=True):
    print(f"period {period:3d}: {part:.1%} gets through")

# %%
exact = (1 - beta) / np.abs(1 - beta * np.exp(-2j * np.pi / periods))
assert np.allclose(through, exact, atol=1e-4)
assert np.allclose(through[[0, 1, 3, 5]], [0.053, 0.074, 0.319, 0.859], atol=5e-4)

# %%
title = "Fast swings are stopped, slow ones pass"
figure, axes = figures.new(title, x="period of the swing (steps, log axis)", y="part that gets through")
grid = np.geomspace(2, 200, 200)
curve = (1 - beta) / np.abs(1 - beta * np.exp(-2j * np.pi / grid))
axes.plot(grid, curve, **figures.VELOCITY.plot, label="all periods, computed")
axes.plot(periods, through, "o", color=figures.VERMILION, markersize=8, label="measured")
axes.set(xscale="log", ylim=(0, 1.05), xticks=periods, xticklabels=periods)
axes.minorticks_off()
axes.legend()
figures.show(
    figure,
    alt="Part of a swing that gets into the velocity at beta 0.9, against its period: 5 % at period 2, 32 % "
    "at 20, 86 % at 100, 96 % at 200; seven measured points lie on the computed curve.",
)

# %% [markdown]
# Engineers call this a *low-pass filter*: low frequencies (few swings per step) pass. Independent noise holds
# all frequencies in equal parts, and half of these, from a half down to a quarter of a swing per step, have
# periods of 2 to 4 steps. Of such swings at most 7.4 % get through. But **what is slow gets through**. Keep
# that in mind for section 5. (That 5.3 % stands twice here is chance: it is the share of the *variance* of
# noise, and also of the *height* of a swing of period 2.)
#
# **Verdict.** "The last ten" is right for the fading (10) and nearly for the age (9). For noise it is wrong
# by a factor of nearly two: 19.
#
# ## 2. What people say: "the velocity is an average of the gradients"
#
# It is a weighted mean, so on a constant slope it should be that slope.
#
# ### Predict
#
# The slope is 1, without noise. We start with $v_0 = 0$. How large is the velocity after **ten** steps at
# $\beta = 0.9$?
#
# - **A** 1: the window of ten is full.
# - **B** About 0.65.
# - **C** About 0.1.

# %%
guess_start = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
start = me.descend(slope, [0.0], me.ema(1.0, beta), 60).v[:, 0]
near = int(np.argmax(start >= 0.99))
print(f"your guess: {guess_start}; v after 1, 10 and 30 steps:", *(f"{start[t]:.3f}" for t in (1, 10, 30)))
print(f"v reaches 99 % of the slope at step {near}")

# %%
assert np.allclose(start[[1, 10, 30]], [0.1, 0.651, 0.958], atol=5e-4)
assert near == 44

# %% [markdown]
# ### Explain
#
# **B.** The weights of the first $t$ gradients don't add up to 1 yet. They add up to $1 - \beta^t$; the rest
# of the weight lies on $v_0 = 0$:
#
# $$\text{mean of } v_t = (1 - \beta^t)\, g$$
#
# So the start is *biased*: too small, by the same factor whatever the gradients are. Dividing by $1 -
# \beta^t$ mends it, at the price of more noise in the first steps. Adam does that. We check it on 2000
# noisy walks (seed 2).

# %%
noisy = me.descend(slope, np.zeros((2000, 1)), me.ema(1.0, beta), 60, noise=1.0, rng=np.random.default_rng(2))
t = np.arange(1, 61)
sum_of_weights = 1 - beta**t
mended = noisy.v[1:, :, 0] / sum_of_weights[:, np.newaxis]

# %%
bias = np.abs(noisy.v[1:, :, 0].mean(axis=1) - sum_of_weights).max()
print(f"mean of 2000 velocities minus (1 - beta^t): at most {bias:.2f}")
print(f"standard deviation at step 2: raw {noisy.v[2].std():.2f}, mended {mended[1].std():.2f}")
assert bias < 0.02
assert np.abs(mended.mean(axis=1) - 1).max() < 0.1
assert 4.8 < mended[1].std() / noisy.v[2].std() < 5.6

# %%
figure, axes = figures.new("The first steps are too small: 65 % after ten", x="step", y="mean velocity")
axes.plot(t, noisy.v[1:, :, 0].mean(axis=1), **figures.VELOCITY.points, label="velocity, mean of 2000")
axes.plot(t, mended.mean(axis=1), **figures.PLAIN.plot, label="divided by its sum of weights")
axes.axhline(1, **figures.TARGET.plot, label="true slope")
axes.set_ylim(0, 1.2)
axes.legend(loc="lower right")
figures.show(
    figure,
    alt="Mean velocity of 2000 walks against step: 0.1 at step 1, 0.65 at step 10, 0.99 at step 44. Divided "
    f"by the sum of its weights it lies within {np.abs(mended.mean(axis=1) - 1).max():.2f} of the true "
    "slope, 1, from the first step on.",
)

# %% [markdown]
# **Verdict.** *True after about 44 steps* at $\beta = 0.9$. Before, the zero of the start still has a
# weight in the average. This is no mistake: it keeps the first steps short. But nobody should read early
# velocities as gradients.
#
# ## 3. What people say: "it smooths the trajectory, so it ends closer to the minimum"
#
# With a noisy gradient, descent never comes to rest. It hovers around the minimum: that is the *noise
# floor*. The velocity has 19 times less variance. So the hovering should shrink too.
#
# ### Predict
#
# A parabola, $h = 0.1$, noise of standard deviation 1 in each gradient. Plain descent hovers with some
# variance around the minimum. With $\beta = 0.9$ **at the same rate**, the variance of the weight is
#
# - **A** about 19 times smaller,
# - **B** about a half,
# - **C** nearly the same.

# %%
guess_floor = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# 4000 runs of each kind, all from the minimum, both kinds in the same noise (seed 3). After 100 steps the
# start is forgotten.

# %%
bowl, at_rest = landscapes.quadratic([1.0]), np.zeros((4000, 1))
plain, smooth = (
    me.descend(bowl, at_rest, rule, 300, noise=1.0, rng=np.random.default_rng(3)).w[100:, :, 0]
    for rule in (me.gradient_descent(0.1), me.ema(0.1, beta))
)

# %%
of_weight = smooth.var() / plain.var()
of_steps = np.diff(smooth, axis=0).var() / np.diff(plain, axis=0).var()
print(f"your guess: {guess_floor}; momentum / plain: steps {of_steps:.2f}, weight {of_weight:.2f}")
assert abs(of_steps - 0.05) < 0.003
assert abs(of_weight - 0.953) < 0.04
assert np.allclose([plain.std(), smooth.std()], [0.23, 0.224], rtol=0, atol=0.006)

# %%
titles = ("Steps: 5 % of the variance is left ...", "... and yet it strays as far")
labels = ("one step of the weight", "distance from the minimum")
figure, (left, right) = figures.new(*titles, x="step after the first 100", y=labels, size=(10, 4))
for run_w, role, name in ((plain, figures.PLAIN, "plain"), (smooth, figures.MOMENTUM, "momentum")):
    left.plot(np.diff(run_w[:, 0]), **role.plot, label=f"{name}, one run")
    right.plot(run_w[:, 0], **role.plot | {"linewidth": 1}, label=f"{name}, one run")
    ends, label = 2 * [run_w.std()], f"{name}, standard deviation of 4000"
    right.plot([0, 200], ends, **role.plot | {"linewidth": 3}, label=label)
    right.plot([0, 200], np.negative(ends), **role.plot | {"linewidth": 3})
left.set_ylim(-0.35, 0.5)
right.set_ylim(-0.8, 1.4)
left.legend(loc="upper left")
right.legend(loc="upper left", fontsize=9)
figures.show(
    figure,
    alt="Left: single steps of one run: plain descent's are large and change their sign at random, "
    "momentum's stay close to 0. Right: distance from the minimum: momentum's line is smooth, the plain one "
    f"jagged, but over 4000 runs the standard deviation is {plain.std():.2f} with plain descent and "
    f"{smooth.std():.2f} with momentum: two pairs of lines that nearly coincide.",
)

# %% [markdown]
# ### Explain
#
# **C.** The steps got calm: 5 % of the variance, as in the velocity. The weight did not: 95 %.
#
# Why? Follow a single kick, one gradient of 1 that comes out of nowhere on flat ground.


# %%
def kicked(rule, steps=60):
    w, v = np.zeros(1), np.zeros(1)
    path = [0.0]
    for step in range(steps):
        w, v = rule.update(w, v, g=np.array([float(step == 0)]), step=step)
        path.append(-w[0])
    return np.array(path)


# %%
at_once, instalments = kicked(me.gradient_descent(0.1)), kicked(me.ema(0.1, beta))
print(f"after 1 step: plain {at_once[1]:.3f}, momentum {instalments[1]:.3f}")
print(f"after 60 steps: plain {at_once[-1]:.3f}, momentum {instalments[-1]:.3f}")
assert np.allclose([at_once[1], instalments[1]], [0.1, 0.01])
assert np.allclose([at_once[-1], instalments[-1]], 0.1, atol=2e-4)

# %%
figure, axes = figures.new("Momentum pays each kick out in full, in instalments", x="step", y="moved so far")
axes.plot(at_once, **figures.PLAIN.points, label="plain descent: at once")
axes.plot(instalments, **figures.MOMENTUM.points, label="momentum: a tenth of the rest each step")
axes.legend()
figures.show(
    figure,
    alt="How far one kick has moved the weight: plain descent 0.1 at the first step; momentum 0.01 at the "
    "first step, 0.065 after ten, and 0.1 in the end.",
)

# %% [markdown]
# **Momentum does not take noise away. It delivers it later.** The shares $(1-\beta)\beta^k$ add up to 1. If
# the valley pulls back slowly (a small $h$), it makes no difference whether a kick comes at once or over
# ten steps. And at large $h$? Here are the two variances in the long run, for noise of 1 and curvature 1:
#
# $$\text{plain: }\ \frac{h}{2-h} \qquad\qquad \text{momentum: }\ \frac{h}{2-h\,\frac{1-\beta}{1+\beta}}$$
#
# (The first is quickly found: each step multiplies the variance by $(1-h)^2$ and adds $h^2$; in the long run
# the two balance. The second takes more equations; we check it.)

# %%
rates = np.array([0.03, 0.1, 0.3, 1.0, 1.8])
many = np.zeros((5, 2000, 1))  # five rates, 2000 runs each
hover = [
    me.descend(bowl, many, rule, 400, noise=1.0, rng=np.random.default_rng(5), keep_every=20).w[10:, ..., 0]
    for rule in (me.gradient_descent(rates[:, np.newaxis]), me.ema(rates[:, np.newaxis], beta))
]

# %%
plain_floor, momentum_floor = (w.var(axis=(0, 2)) for w in hover)
ratio = momentum_floor / plain_floor
formulas = rates / (2 - rates), rates / (2 - rates * (1 - beta) / (1 + beta))
formula = formulas[1] / formulas[0]
for h, measured, exact in zip(rates, ratio, formula, strict=True):
    print(f"h = {h:4.2f}: momentum / plain measured {measured:.2f}, formula {exact:.3f}")
assert np.allclose([plain_floor, momentum_floor], formulas, rtol=0.05)
assert np.allclose(formula, [0.986, 0.953, 0.857, 0.514, 0.105], atol=5e-4)
assert np.all(np.abs(momentum_floor / (rates / 2) - 1) < 0.1)

# %%
title = "Small rates: the same floor. Near h = 2 plain's runs away"
figure, axes = figures.new(title, x="h = rate x curvature (log axis)", y="variance of the weight (log axis)")
grid = np.geomspace(0.02, 1.97, 100)
axes.plot(grid, grid / (2 - grid), **figures.PLAIN.plot, label="plain descent: formula")
axes.plot(rates, plain_floor, "s", color=figures.BLUE, markersize=8, label="measured")
axes.plot(grid, grid / (2 - grid / 19), **figures.MOMENTUM.plot, label="momentum: formula")
axes.plot(rates, momentum_floor, "o", color=figures.VERMILION, markersize=8, label="measured")
axes.set(xscale="log", yscale="log", xticks=rates, xticklabels=rates)
axes.minorticks_off()
axes.legend(loc="upper left")
figures.show(
    figure,
    alt="Variance of the weight against h, both axes log. Plain descent and momentum 0.9 rise together, "
    "about h / 2, up to h = 0.3. Beyond 1 plain descent's shoots up, to 9 at h = 1.8; momentum's stays near "
    "h / 2, 0.95 at 1.8.",
)

# %% [markdown]
# Momentum's variance is about $h/2$ at all of these rates. Plain descent's is too, while $h$ is small; then
# it runs away, because at $h = 2$ plain descent blows up. So "momentum hovers ten times lower" at $h = 1.8$
# says less about momentum than about plain descent near its limit.

# %% [markdown]
# What does lower the floor at a small rate? A smaller rate. And beware of the other form of the rule: who
# adds `momentum=0.9` in PyTorch and leaves the rate alone gets ten times the effective rate, and the floor
# of that (lesson 01).

# %%
half = 0.05 / (2 - 0.05) / (0.1 / (2 - 0.1))
added = me.descend(bowl, at_rest, me.heavy_ball(0.1, beta), 150, noise=1.0, rng=np.random.default_rng(6))
higher = added.w[50:, :, 0].var() / plain.var()

# %%
print(f"half the rate: {half:.2f} of the floor; heavy ball at the same number: {higher:.1f} times the floor")

# %%
assert abs(half - 0.487) < 5e-4
assert abs(higher - 9.76) < 0.4

# %% [markdown]
# **Verdict.** "It smooths the trajectory" is *true of the steps* (5 % of the variance at $h = 0.1$) and of
# the velocity. "So it ends closer" is *false for small rates* and independent noise: 95 % stays. It is
# *true for large rates*, where plain descent nears its limit: a half at $h = 1$, a tenth at 1.8. All this is
# for noise that is independent from step to step. If you shuffle your data each epoch, yours is not:
# section 5 has another answer for you.
#
# ## 4. What people say: "it avoids zig-zag"
#
# In a narrow ravine plain descent jumps from wall to wall. The gradient across changes its sign each time.
# An average of such gradients is small: section 1 found that only 5 % of the fastest swing gets through. So
# momentum should calm the zig-zag.
#
# ### Predict
#
# A ravine, ten times steeper across than along. We take two rates: $h = 1.8$ across, and $h = 0.3$ across.
# No noise. Where does the path cross the ravine's floor again and again?
#
# - **A** Plain descent in both; momentum calms both.
# - **B** At 1.8 both do; at 0.3 only momentum does.
# - **C** At 1.8 only plain descent does; at 0.3 none.

# %%
guess_zigzag = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# Look first. Four things to try:
#
# 1. Raise $\beta$. Which of the two bars falls?
# 2. Raise $h$ until the second bar has fallen to a half.
# 3. Set the noise to 0 and find the $h$ from which on the dashed path zig-zags. Go on to $h = 1.8$. What does
#    momentum make of the zig-zag with $\beta = 0.3$, and with 0.9?
# 4. With no noise, go back to $h = 0.5$. Who swings now?

# %%
explorers.smoothing()

# %% [markdown]
# What you should have found: the bar of the steps falls, the bar of the weight hardly does, unless $h$ is
# near 1 or above. From $h = 1$ on the dashed path zig-zags. At $h = 1.8$ it does so by 80 %; $\beta = 0.3$
# nearly ends that (31 %, and soon over), 0.9 makes wide swings of it. Just above 1 there is little to end,
# and $\beta = 0.3$ does harm: at $h = 1.1$ it overshoots by 18 %, plain descent by 10 %. And at $h = 0.5$ it
# is momentum that swings.
#
# Now the numbers. The curvature across is 10, so a rate of $h/10$ gives the wanted $h$.

# %%
ravine, ravine_start = landscapes.ravine(10), [2.0, 0.5]
paths = {}
for h in (1.8, 0.3):
    paths[h, "plain"] = me.descend(ravine, ravine_start, me.gradient_descent(h / 10), 100).w
    paths[h, "momentum"] = me.descend(ravine, ravine_start, me.ema(h / 10, beta), 100).w


# %%
def crossings(path):
    """Count the changes of side until the path stays within 1 % of its first distance."""
    across = path[:, 1] / path[0, 1]
    settled = np.flatnonzero(np.abs(across) >= 0.01)[-1] + 1
    return int((np.diff(np.sign(across[: settled + 1])) != 0).sum()), int(settled)


# %%
print(f"your guess: {guess_zigzag}")
table = {key: crossings(path) for key, path in paths.items()}
for (h, name), (count, settled) in table.items():
    print(f"h = {h}, {name:8s}: {count:2d} crossings, settled across at step {settled}")

# %%
assert table[1.8, "plain"] == (21, 21)
assert table[0.3, "plain"] == (0, 13)
assert table[1.8, "momentum"] == (12, 87)
assert table[0.3, "momentum"] == (4, 81)
seen = theory.overshoot(np.array([[1.8], [1.1]]), np.array([0.0, 0.3]))  # in the live picture
assert np.allclose(seen, [[0.80, 0.31], [0.10, 0.18]], rtol=0, atol=0.005)

# %%
titles = ("h = 1.8: a zig-zag is traded for a swing", "h = 0.3: a swing out of nothing")
figure, panels = figures.new(*titles, x="along the ravine", y="across", size=(10.5, 3.8))
for axes, h in zip(panels, (1.8, 0.3), strict=True):
    axes.plot(*paths[h, "plain"].T, **figures.PLAIN.points, label="plain descent")
    axes.plot(*paths[h, "momentum"].T, **figures.MOMENTUM.points, label="momentum, beta = 0.9")
    axes.plot(0, 0, "*", color=figures.GREY, markersize=14, label="minimum")
    axes.set_ylim(-0.45, 0.55)
panels[1].legend()
figures.show(
    figure,
    alt="Paths in a ravine. Left, h = 1.8: plain descent jumps across at every step, 21 times; momentum "
    "draws a few wide arcs. Right, h = 0.3: plain descent goes straight to the floor and along it; momentum "
    "swings across it 4 times.",
)

# %% [markdown]
# ### Explain
#
# **B.** Plain descent zig-zags for $h$ between 1 and 2, and only there: it multiplies the distance by $1 -
# h$, which is negative then. Below 1 it never crosses. Momentum at $\beta = 0.9$ crosses in both cases: the
# fast zig-zag has become a slow swing, and where there was no zig-zag there is a swing now. (Along the ravine
# it swings as well.)
#
# Where did the argument fail? It took the gradients as given. But they come from the path, and a velocity
# that answers late lets the path run on: out of the fast swing, which it stops, grows a slow one, which
# passes.
#
# Does the swing at least end sooner? We ask all values of beta.

# %%
betas = np.linspace(0, 0.95, 96)
settle = {}
for h in (1.8, 0.3):
    across = np.abs(me.descend(bowl, np.ones((96, 1)), me.ema(h, betas), 250).w[..., 0])
    settle[h] = 251 - np.argmax(across[::-1] >= 0.01, axis=0)

# %%
best = {h: betas[steps.argmin()] for h, steps in settle.items()}
for h, steps in settle.items():
    print(f"h = {h}: plain {steps[0]} steps, best {steps.min()} (beta {best[h]:.2f}), beta 0.9: {steps[90]}")

# %%
assert (settle[1.8][0], settle[0.3][0]) == (21, 13)
assert (settle[1.8].min(), settle[0.3].min()) == (4, 8)
assert 0.05 < best[1.8] < 0.15
assert (settle[1.8][90], settle[0.3][90]) == (87, 81)

# %%
title = "A little momentum ends the zig-zag; 0.9 rings on and on"
figure, axes = figures.new(title, x="beta", y="steps to stay within 1 %")
for (h, steps), role in zip(settle.items(), (figures.MOMENTUM, figures.PLAIN), strict=True):
    axes.plot(betas, steps, **role.plot, label=f"h = {h}")
    axes.plot(0, steps[0], role.marker, color=role.colour, markersize=9)
axes.set_ylim(0, 130)
axes.legend()
figures.show(
    figure,
    alt="Steps until the distance stays within 1 %, against beta. At h = 1.8: 21 without momentum, 4 at beta "
    "0.10, then rising to 87 at 0.9. At h = 0.3: 13 without, 8 at 0.42, 81 at 0.9.",
)

# %% [markdown]
# What large beta really buys is *room*: momentum still works where plain descent blows up. Its limit is
# $2(1+\beta)/(1-\beta)$ in place of 2.

# %%
limit = theory.stability_limit(beta)
tries = np.array([1.99, 2.01, 37.9, 38.1])
ends_plain = me.descend(bowl, np.ones((4, 1)), me.gradient_descent(tries), 3000)
ends_momentum = me.descend(bowl, np.ones((4, 1)), me.ema(tries, beta), 3000)

# %%
print(f"limit: plain 2, momentum {limit:.0f}")
assert ends_plain.diverged.tolist() == [False, True, True, True]
assert ends_momentum.diverged.tolist() == [False, False, False, True]
assert abs(limit - 38) < 1e-9

# %% [markdown]
# **Verdict.** *True* where plain descent zig-zags ($1 < h < 2$), and best with a **small** beta: about 0.1
# at $h = 1.8$. *True* as a promise of room: stable up to $h = 38$ at $\beta = 0.9$. *False* below $h = 1$:
# there is no zig-zag to avoid, and $\beta = 0.9$ makes a swing. (A moderate beta, 0.42 at $h = 0.3$, arrives
# sooner than plain descent, in 8 steps in place of 13. That is speed: lesson 04.) Lesson 03 says when it
# swings, and how far.
#
# ## 5. Real data: mini-batches, drawn or shuffled
#
# Now the noise that training really has. The model is softmax regression on the shipped digits (1536 images,
# 64 pixels, 650 weights, $\ell_2$ penalty 0.01, so that there is one minimum). First we go to that minimum
# with all images, and take the gradient of every image there. Their mean is zero, so what a batch gives is
# pure noise.

# %%
digits = me.load_digits()
images, labels = digits.train_images, digits.train_labels
model = networks.softmax_regression(l2=0.01)
zero = np.zeros(model.size)
fit = me.train(model, digits, me.ema(4.0, 0.9), 150, start=zero, rng=np.random.default_rng(0))

# %%
minimum, lowest = fit.w, fit.epoch_loss[-1]
each = np.stack([model.gradient(minimum, images[i : i + 1], labels[i : i + 1]) for i in range(1536)])
leftover = np.linalg.norm(each.mean(axis=0)) / np.linalg.norm(each, axis=1).mean()
print(f"loss at the minimum: {lowest:.4f}; mean gradient / gradient of one image: below 0.001")
assert abs(lowest - 0.7391) < 5e-5
assert leftover < 1e-3

# %% [markdown]
# There are two ways to make batches of 64. *Drawn*: each image of each batch is drawn from all images,
# independently. *Shuffled*: once an epoch all images are shuffled and dealt out in 24 batches. Most
# training loops shuffle.
#
# ### Predict
#
# At $\beta = 0.9$ the velocity keeps 5.3 % of independent noise. And of the noise of *shuffled* batches?
#
# - **A** The same: shuffling is random too.
# - **B** About half of that.
# - **C** More: batches of one epoch depend on each other.

# %%
guess_shuffle = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# 60 epochs of 24 batches, five seeds, beta 0.9 and 0.99 at once. The weights stay at the minimum; only the
# velocity is updated.


# %%
def noise_kept(sampling, seed):
    """Return Var v / Var g for both betas, and the batches' gradients."""
    batches = draw_batches(1536, 64, 60, np.random.default_rng(seed), sampling)
    g = np.stack([each[batch].mean(axis=0) for batch in batches])
    rule, v, sizes = me.ema(1.0, np.array([0.9, 0.99])), np.zeros((2, 650)), []
    for step, g_now in enumerate(g):
        _, v = rule.update(minimum, v, g_now, step)
        sizes.append((v**2).sum(axis=-1))
    return np.mean(sizes[480:], axis=0) / (g[480:] ** 2).sum(axis=-1).mean(), g


# %%
runs = {way: [noise_kept(way, seed) for seed in range(5)] for way in ("iid", "shuffled")}
kept = {way: np.array([share for share, _ in results]) for way, results in runs.items()}
print(f"your guess: {guess_shuffle}")
for way, name in (("iid", "drawn"), ("shuffled", "shuffled")):
    mean, low, high = kept[way].mean(axis=0), kept[way].min(axis=0), kept[way].max(axis=0)
    print(f"{name:8s}: beta 0.9 {mean[0]:.4f} ({low[0]:.4f} to {high[0]:.4f}), beta 0.99 {mean[1]:.5f}")

# %%
assert np.allclose(kept["iid"].mean(axis=0), [1 / 19, 1 / 199], rtol=0.06)
assert np.allclose(kept["shuffled"].mean(axis=0), [0.0276, 0.0004], rtol=0.03)
assert np.all(kept["shuffled"][:, 0] < 0.6 * kept["iid"][:, 0])
assert np.all(kept["shuffled"][:, 1] < 0.12 * kept["iid"][:, 1])

# %% [markdown]
# ### Explain
#
# **B.** 2.8 % in place of 5.1 %, and with $\beta = 0.99$ the gap is twelvefold. In a shuffled epoch every
# image comes exactly once, so the noise of its 24 batches **adds up to zero**. Noise that cancels within 24
# steps has no slow swings. And slow swings are all that a velocity lets through. We split the noise into
# swings (`rfft` does that). The *power* at a period says how much of the variance swings with it.


# %%
def spectrum(way):
    """Average the power of the batches' noise over five seeds and 650 weights, and over neighbours."""
    power = np.mean([(np.abs(np.fft.rfft(g, axis=0)) ** 2).sum(axis=1) for _, g in runs[way]], axis=0)[1:]
    return power.reshape(-1, 12).mean(axis=1) / power.mean()


# %%
frequencies = np.fft.rfftfreq(1440)[1:].reshape(-1, 12).mean(axis=1)
drawn, shuffled = spectrum("iid"), spectrum("shuffled")
slow = frequencies < 1 / 100
print(
    f"power at periods beyond 100 steps: drawn {drawn[slow].mean():.2f}, shuffled {shuffled[slow].mean():.2f}"
)

# %%
assert 0.9 < drawn[slow].mean() < 1.1
assert shuffled[slow].mean() < 0.1

# %%
title = "Shuffled batches have no slow noise"
figure, axes = figures.new(title, x="period (steps, log axis)", y="power of the noise (mean = 1)")
axes.plot(1 / frequencies, drawn, **figures.PLAIN.points, label="drawn independently")
axes.plot(1 / frequencies, shuffled, **figures.MOMENTUM.points, label="shuffled each epoch")
axes.axvline(24, **figures.TARGET.plot, label="one epoch: 24 steps")
axes.set(xscale="log", ylim=(0, 1.4), xticks=[2, 5, 24, 100], xticklabels=[2, 5, 24, 100])
axes.minorticks_off()
axes.legend(loc="lower left")
figures.show(
    figure,
    alt="Power of the batch noise against period. Drawn batches: about 1 at all periods. Shuffled ones: "
    "about 1 up to the length of an epoch, 24 steps, then falling to 0.05 at the one point beyond 100 steps.",
)

# %% [markdown]
# And the noise floor of the loss? Section 3 said: momentum hardly lowers it. We train from the minimum, 30
# epochs, rate 0.1, and look at the loss above the minimum, at the ends of epochs 10 to 30 and in the middles
# between. How large is $h$ here? The *sharpness* is the curvature of the stiffest direction.

# %%
stiffest = networks.sharpness(model, minimum, images, labels, rng=np.random.default_rng(0))
print(f"sharpness {stiffest:.2f}, so h = 0.1 x sharpness is at most {0.1 * stiffest:.2f}")
assert abs(stiffest - 0.92) < 0.01

# %% [markdown]
# That is a small $h$: section 3 would leave between 96 % and all. With drawn batches single runs differ a
# lot, so we take ten seeds there.


# %%
def floor(sampling, seed):
    """Return the mean loss above the minimum at the ends of epochs, and in their middles: (2, betas)."""
    batches = iter(draw_batches(1536, 64, 30, np.random.default_rng(seed), sampling))

    def gradient(w):
        batch = next(batches)
        return model.gradient(w, images[batch], labels[batch])

    rule = me.ema(0.1, np.array([0.0, 0.9, 0.99]))
    run = me.descend(gradient, np.tile(minimum, (3, 1)), rule, steps=720, keep_every=12)
    above = model.loss(run.w[20:], images, labels) - lowest  # from the end of epoch 10 on, twice an epoch
    return above[::2].mean(axis=0), above[1::2].mean(axis=0)


# %%
seeds = {"iid": range(10), "shuffled": range(5)}
floors = {way: np.array([floor(way, seed) for seed in some]) for way, some in seeds.items()}

# %%
relative = {way: values / values[..., :1] for way, values in floors.items()}
for way, name in (("iid", "drawn"), ("shuffled", "shuffled")):
    for k, moment in enumerate(("ends of epochs", "middles")):
        mean, low, high = (f(relative[way][:, k], axis=0) for f in (np.mean, np.min, np.max))
        print(f"{name}, {moment}: plain {floors[way][:, k, 0].mean():.5f} above the minimum; of that")
        print(f"    beta 0.9: {mean[1]:.2f} ({low[1]:.2f} to {high[1]:.2f}), beta 0.99: {mean[2]:.2f}")

# %%
average = {way: shares.mean(axis=(0, 1)) for way, shares in relative.items()}
print(f"drawn, ends and middles: {average['iid'][1]:.2f} and {average['iid'][2]:.2f} are left")
assert (2 - 0.1 * stiffest) / (2 - 0.1 * stiffest / 19) > 0.955
assert np.all(np.abs(average["iid"][1:] - 0.95) < 0.02)
assert np.allclose(relative["shuffled"].mean(axis=0)[:, 1], [0.59, 0.62], rtol=0, atol=0.01)
assert np.allclose(relative["shuffled"].mean(axis=0)[:, 2], [0.15, 0.063], rtol=0, atol=0.006)
lower = floors["iid"][..., 0].mean(axis=0) / floors["shuffled"][..., 0].mean(axis=0)
assert np.allclose(lower, [6.4, 2.8], rtol=0, atol=0.3)

# %%
titles = ("Drawn: momentum hardly helps", "Shuffled: it does")
figure, panels = figures.new(*titles, x="beta", y="loss above the minimum (log axis)", size=(9.5, 4))
for axes, way in zip(panels, ("iid", "shuffled"), strict=True):
    for k, (moment, role) in enumerate((("end", figures.MOMENTUM), ("middle", figures.VELOCITY))):
        axes.plot(range(3), floors[way][:, k].T, role.marker, color=figures.GREY, alpha=0.5)
        axes.plot(range(3), floors[way][:, k].mean(axis=0), **role.points, label=f"{moment} of the epoch")
    axes.set(yscale="log", ylim=(1e-5, 3e-3), xticks=range(3), xticklabels=["0", "0.9", "0.99"])
panels[0].legend(loc="lower left")
figures.show(
    figure,
    alt="Loss above the minimum for beta 0, 0.9, 0.99; a grey mark for each seed. Drawn batches: about 0.001 "
    "at all three. Shuffled: 0.00017, 0.0001 and 0.00003 at the ends of epochs, 0.00037, 0.00023 and "
    "0.00002 in their middles.",
)

# %% [markdown]
# With drawn batches 96 % is left on average, and 95 % at $\beta = 0.99$, as section 3 predicts; single seeds
# scatter from 82 % to 122 %, so a gain of this size would not even be noticed. With shuffled ones the floor
# is lower to begin with, 6 times at the ends of epochs and 3 times in between; and momentum lowers it
# further, to 59 % and 62 % at $\beta = 0.9$, to 15 % and 6 % at 0.99.
#
# How, if momentum only *delivers noise later*? Just so. The kicks of a shuffled epoch cancel. Plain descent
# takes each in full, and takes it back later in the epoch. Momentum pays out slowly, so kick and counter-kick
# meet on the way and cancel before they have moved the weight far.
#
# **Verdict.** Who says "momentum averages the batch noise away" is wrong about independent noise and right
# about shuffled epochs, for a reason that is seldom given: it is the shuffling that makes the noise cancel;
# momentum only holds it back until it has.
#
# ## Check yourself
#
# Answer before you unfold.
#
# **1.** At beta = 0.5, what part of the noise variance is left in the velocity, and the average of how many
# gradients has the same?
#
# <details><summary>Answer</summary>
# <p>(1 - 0.5)/(1 + 0.5) = 1/3: as in an average of 3. The other two windows are 2 (fading) and 1
# (mean age).</p>
# </details>
#
# **2.** A colleague says "beta = 0.9 is the mean of the last ten". In which sense is that right, and in
# which is it wrong?
#
# <details><summary>Answer</summary>
# <p>Right: a gradient's weight has faded to 1/e after 10 steps. Nearly right: the mean age is 9. Wrong for
# the noise, which is that of an average of 19.</p>
# </details>
#
# **3.** You print the velocity after the first step and find it ten times smaller than the gradient. Is that
# a bug? When does it stop mattering?
#
# <details><summary>Answer</summary>
# <p>No bug: the sum of the weights is 1 - 0.9 = 0.1 after one step, 0.65 after ten. After 44 steps it is
# within 1 % of 1. Dividing by 1 - beta^t mends it.</p>
# </details>
#
# **4.** Your loss hovers above its minimum, at a small rate. You add beta = 0.9 at the same rate, in this
# course's form. How much lower will it hover? Name the assumption.
#
# <details><summary>Answer</summary>
# <p>Hardly: at h = 0.1, 95 % of the variance stays. That is for independent noise. With batches from a
# shuffle each epoch the floor falls to about 60 %, because their noise cancels over an epoch.</p>
# </details>
#
# **5.** One direction has h = 1.5, another h = 0.2. You switch momentum on, beta = 0.9. What happens to the
# oscillation in each?
#
# <details><summary>Answer</summary>
# <p>The first zig-zagged at every step; that becomes a slow swing, which lasts longer. The second did not
# oscillate at all; now it swings.</p>
# </details>

# %%
# The words of lesson 03 for the answer to question 5: a zig-zag is "alternating", a swing "ringing".
assert theory.regime(np.array([1.5, 0.2]), 0.0).tolist() == ["alternating", "monotone"]
assert theory.regime(np.array([1.5, 0.2]), 0.9).tolist() == ["ringing", "ringing"]
assert abs((1 - 0.5) / (1 + 0.5) - 1 / 3) < 1e-12

# %% [markdown]
# ## Key points
#
# - **The velocity is a low-pass filter.** At beta = 0.9 it keeps 5.3 % of the variance of independent noise;
#   5 % of a swing of period 2, 86 % of one of period 100.
# - **Three windows**: faded to 1/e after 10 steps, mean age 9 steps, the noise of an average of 19.
# - **The start is too small** by the factor 1 - beta^t: 0.1, then 0.65 after 10 steps, 0.99 after 44.
# - **Calm steps, restless weight.** At h = 0.1 the steps keep 5 % of the variance, the weight 95 %. Noise is
#   paid out later, not taken away. At h = 1 half of it stays, at h = 1.8 a tenth: there plain descent is
#   near its limit, 2.
# - **Zig-zag** is plain descent's for h from 1 to 2. A beta of 0.1 ends it in 4 steps in place of 21;
#   0.9 turns it into a swing of 87 steps, and makes one at h = 0.3, where there was none.
# - **Shuffled batches** leave 2.8 % in the velocity in place of 5.1 %, and there momentum does lower the
#   floor of the loss: at the ends of epochs to 59 % (beta = 0.9) and 15 % (0.99), in their middles to 62 %
#   and 6 %.

# %% [markdown]
# ## Say it in a lecture
#
# **Ask the room.** "The velocity has 19 times less variance. How much closer does the weight end?" Let them
# vote before section 3; nearly all say "much closer". Then show the instalments. Ask again: "And who of you
# shuffles?"
#
# **What goes wrong.** People take the velocity's noise for the weight's. They say "ten" for all three
# windows. They compare at PyTorch's rate, which is ten times larger in effect, and find that momentum makes
# the noise *worse*: section 3, last cell. And they draw a zig-zag at a rate at which plain descent has none.
#
# **In a short hour** skip the ramp and the swings in section 1, and the mended velocity in section 2. Keep
# section 3, the explorer, and the last figure.

# %% [markdown]
# ## Go deeper
#
# - Goh (2017), "Why Momentum Really Works", *Distill*. Its last part treats noise, with the same trade in
#   pictures.
# - Kidambi, Netrapalli, Jain and Kakade (2018), "On the insufficiency of existing momentum schemes for
#   stochastic optimization", *ICLR*. With noisy gradients, momentum does not speed up what it speeds up
#   without noise.
# - Mandt, Hoffman and Blei (2017), "Stochastic gradient descent as approximate Bayesian inference", *Journal
#   of Machine Learning Research* 18. How far noisy descent strays, with and without momentum.
# - Gürbüzbalaban, Ozdaglar and Parrilo (2021), "Why random reshuffling beats stochastic gradient descent",
#   *Mathematical Programming* 186. Why shuffled epochs end lower.
# - Wang, Malladi, Wang, Lyu and Li (2023), "The Marginal Value of Momentum for Small Learning Rate SGD",
#   arXiv 2307.15196. Section 3 of this lesson as a theorem, far beyond parabolas.
# - Kingma and Ba (2015), "Adam: a method for stochastic optimization", *ICLR*. Section 3 there derives the
#   correction by $1 - \beta^t$.

# %% [markdown]
# ## Exercises
#
# [Exercises of lesson 02](exercises/02_smoothing.ipynb): smooth a list of gradients by hand, divide the bias
# out, predict variances and windows, and find what a quiet velocity does for the weight.
#
# Next: lesson 03 asks what decides how far momentum swings.
