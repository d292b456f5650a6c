# %% [markdown]
# # 03 · Overshoot: why does momentum run past the minimum, and what decides how far?
#
# **Question.** My loss falls, rises again, and swings for a while before it calms down. I use momentum.
# What makes it swing, and which knob decides how far and how long?
#
# **Minutes.** 35 to read and run; 45 in a lecture.
#
# **You need.** The update rule (lesson 01) and what a gradient is. No control theory, no complex
# analysis: what is used of complex numbers is said in one paragraph.
#
# **Objectives.** After this lesson you can
#
# - say from the learning rate, the curvature and beta whether a direction creeps, rings or blows up,
# - predict the overshoot, the period and the settling time, and check them on a run,
# - explain why large gradients are *not* the cause, and name the case in which size does matter,
# - tell what a smaller learning rate mends, and what only a smaller beta mends,
# - find the ringing directions of a real least-squares problem, one by one.

# %%
import numpy as np

import momentum_edu as me
from momentum_edu import explorers, figures, landscapes, theory

# %% [markdown]
# | Sign | Meaning | Unit |
# |---|---|---|
# | $w$ | the weight; here also the distance from the minimum, which lies at 0 | |
# | $g$, $v$ | gradient, and velocity: the moving average of gradients | |
# | $\eta$, $\beta$ | learning rate, momentum coefficient | |
# | $\lambda$ | curvature: how fast the gradient grows with the distance, $g = \lambda w$ | |
# | $h = \eta\lambda$ | rate times curvature; plain descent shrinks $w$ by $1 - h$ each step | none |
# | overshoot | the farthest point on the other side, as a fraction of the first distance | none |
# | settling time | the step from which on $w$ stays within 1 % of the first distance | steps |
#
# The rule of this course, in words: *the velocity keeps a share beta of itself and takes in a share 1 -
# beta of the new gradient; the weight moves against the velocity.*
#
# $$v_t = \beta\,v_{t-1} + (1-\beta)\,g_t \qquad w_t = w_{t-1} - \eta\,v_t \qquad v_0 = 0$$
#
# ## Look first: one run
#
# The simplest valley there is: one weight, a parabola, curvature 1 (so the gradient is $g = w$). We
# start at distance 1, at rest, with $\eta = 1$ and $\beta = 0.9$, so $h = 1$.

# %%
bowl = landscapes.quadratic([1.0])  # curvature 1
beta = 0.9
run = me.descend(bowl, [1.0], me.ema(learning_rate=1.0, beta=beta), steps=60)
w, v, g = run.w[:, 0], run.v[:, 0], run.gradient[:, 0]

# %%
crossing, turning = int(np.argmax(w < 0)), int(np.argmin(w))
print(f"w passes the minimum at step {crossing}; it turns back at step {turning}, at w = {w[turning]:.3f}")
print(f"velocity when it passes: {v[crossing]:.2f}")
assert (crossing, turning) == (5, 9)
assert abs(w[turning] + 0.604) < 5e-4
assert abs(v[crossing] - 0.26) < 5e-3
assert np.all(g[crossing : turning + 1] < 0)

# %%
figure, axes = figures.new("At the minimum the slope is gone, the velocity is not", x="step", y="value")
axes.plot(w, **figures.MOMENTUM.points, label="weight w; here also the gradient, g = w")
axes.plot(v, **figures.VELOCITY.points, label="velocity v")
axes.axhline(0, **figures.TARGET.plot)
axes.axvspan(crossing, turning, color=figures.PALE, zorder=0)
axes.annotate("past the minimum:\ng < 0 pulls back,\nbut v > 0 goes on", (10, 0.52))
axes.legend(loc="upper right")
figures.show(
    figure,
    alt="Weight and velocity over 60 steps. w falls from 1, passes 0 at step 5 and turns at step "
    "9, at -0.604. Between these steps the gradient is negative, but the velocity still "
    "positive, 0.26 at first.",
)

# %% [markdown]
# The grey strip holds the whole lesson. From step 5 on the gradient already pulls back. But the velocity
# is an average of *past* gradients, and most of these still point the old way. So the weight goes on
# until the new gradients have outweighed the remembered ones. **The velocity is late.** Swinging back
# and forth like this is called *ringing*.
#
# Being late explains why it goes too far. What decides *how* far? Here opinions part.
#
# ## 1. What people say: "Early gradients are large, and they pile up in the velocity"
#
# The idea is a fair one. In the first epochs gradients are at their largest. Momentum adds them up. So
# it seems that a large early gradient should mean a large overshoot, and that starting closer to the
# minimum should cure it.
#
# ### Predict
#
# We start the same run at three distances: 0.001, 1 and 1000. The first gradients then differ a
# million-fold. What happens to the overshoot, as a fraction of the first distance?
#
# - **A** It grows with the gradient.
# - **B** It is the same for all three.
# - **C** It shrinks with the gradient.

# %%
guess_size = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# Three runs at once, one for each start. We divide each path by its first distance and look for its
# lowest point.

# %%
starts = np.array([[1e-3], [1.0], [1e3]])
runs = me.descend(bowl, starts, me.ema(learning_rate=1.0, beta=beta), steps=60)
relative = runs.w[..., 0] / starts[:, 0]  # (steps + 1, 3)

# %%
overshoot = -relative.min(axis=0)
print(f"your guess: {guess_size}; relative overshoot:", *(f"{value:.4f}" for value in overshoot))
assert np.allclose(overshoot, 0.6037, atol=5e-5)
assert np.ptp(overshoot) < 1e-12

# %%
titles = ("A million times apart in size ...", "... and one and the same in shape")
figure, (left, right) = figures.new(*titles, x="step", y=("|w| (log axis)", "w / first distance"))
for number, (start, role) in enumerate(zip(starts[:, 0], figures.SERIES, strict=False)):
    marks = role.points | {"markevery": (number, 3), "markersize": 6}
    left.plot(np.abs(runs.w[:, number, 0]), **marks, label=f"start {start:g}")
    right.plot(relative[:, number], **marks, label=f"start {start:g}")
left.set_yscale("log")
right.axhline(0, **figures.TARGET.plot)
right.legend()
figures.show(
    figure,
    alt="Left: distances of three runs from 0.001, 1 and 1000, on a log axis: the same curve at "
    "three heights. Right: divided by their first distance, all three lie on each other; the "
    "lowest point is -0.604.",
)

# %% [markdown]
# And the piling up? The velocity is a weighted *mean* of gradients: the weights never add up to more
# than one. A mean never exceeds the largest of its numbers. We measure it.

# %%
largest_v = np.abs(runs.v).max(axis=(0, 2))
largest_g = np.abs(runs.gradient).max(axis=(0, 2))
print("largest velocity / largest gradient:", *(f"{ratio:.3f}" for ratio in largest_v / largest_g))
assert np.allclose(largest_v / largest_g, 0.259, atol=5e-4)

# %% [markdown]
# ### Explain
#
# **B.** On a parabola everything is proportional: twice the distance gives twice the gradient, twice the
# velocity, twice the step. Size cancels out. The velocity never got above 26 % of the largest gradient.
#
# Now the cleanest test: two runs with the *same* small gradient, 0.001. One starts close, at 0.001. The
# other starts at 1 in a valley 1000 times flatter.

# %%
flat_valley = landscapes.quadratic([1e-3])  # the same as the first valley with its loss times 1/1000
flat = me.descend(flat_valley, [1.0], me.ema(learning_rate=1.0, beta=beta), steps=10_000)
print(f"first gradient: {runs.gradient[0, 0, 0]:.3f} (close start), {flat.gradient[0, 0]:.3f} (flat valley)")
print(f"overshoot: {overshoot[0]:.3f} (close start), {max(0.0, -flat.w.min()):.3f} (flat valley)")
assert np.isclose(runs.gradient[0, 0, 0], flat.gradient[0, 0])
assert flat.w.min() > 0

# %% [markdown]
# Same gradient, and one rings while the other creeps. So the gradient cannot be what decides. The
# curvature is what differs.
#
# Is there a form of momentum in which gradients do pile up? Yes: PyTorch's form sums them, `v = beta v +
# g`.

# %%
summed = me.descend(bowl, [1.0], me.heavy_ball(learning_rate=0.1, beta=beta), steps=60)
pile = np.abs(summed.v).max() / np.abs(summed.gradient).max()
print(f"largest velocity / largest gradient: {pile:.2f}")
print(f"the two paths agree to 1e-12: {np.abs(summed.w - run.w).max() < 1e-12}")
assert abs(pile - 2.59) < 5e-3
assert np.allclose(summed.w, run.w, rtol=0, atol=1e-12)

# %% [markdown]
# There the pile reaches 2.6 times the largest gradient. But that form needs a rate ten times smaller,
# and then the path is the same, step by step. The pile is bookkeeping. The path doesn't know it.
#
# When *does* size matter? When the curvature itself changes with the distance. Two valleys that are no
# parabola: one gets steeper outside ($w^4/4$), one gets flatter (log cosh $w$). We start each at 1 and
# at 3.

# %%
valleys = {"steeper outside": lambda w: w**3, "flatter outside": np.tanh}
near_far = {}
for name, gradient in valleys.items():
    path = me.descend(gradient, np.array([[1.0], [3.0]]), me.ema(learning_rate=0.5, beta=beta), steps=200)
    assert abs(gradient(3.0)) > abs(gradient(1.0))
    near_far[name] = -path.w[..., 0].min(axis=0) / path.w[0, :, 0]
    print(f"{name}: overshoot {near_far[name][0]:.2f} from 1, {near_far[name][1]:.2f} from 3")

# %%
assert np.allclose(near_far["steeper outside"], [0.44, 0.89], atol=5e-3)
assert np.allclose(near_far["flatter outside"], [0.44, 0.31], atol=5e-3)

# %% [markdown]
# In both valleys the gradient is larger at 3 than at 1. In the first the overshoot doubles; in the
# second it *falls*. (That both have 0.44 from 1 is chance.) What goes with it is the curvature on the way,
# not the gradient.
#
# **Verdict.** *False* as a cause: on a parabola the size of the gradients cancels out. *True* in one
# case: where the loss is more sharply curved far out than near the minimum, a far start rings more.
# Early epochs of a network can be of that kind; lesson 07 looks.
#
# ## 2. So it is curvature: when does a direction ring?
#
# Plain descent multiplies $w$ by $1 - h$ at each step. It steps over the minimum only for $h > 1$, and
# blows up from $h = 2$ on. Many people carry that over to momentum: *small rates creep, large rates
# swing*.
#
# ### Predict
#
# With $\beta = 0.9$ we run $h = 0.01$, $h = 0.1$ and $h = 1$. Which runs go past the minimum?
#
# - **A** None: $h$ must be above 1.
# - **B** Only $h = 1$.
# - **C** $h = 0.1$ and $h = 1$.

# %%
guess_regime = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
rates = np.array([0.01, 0.1, 1.0])
momentum = me.descend(bowl, np.ones((3, 1)), me.ema(rates, beta), steps=2000)
passes = momentum.w[..., 0].min(axis=0) < 0

# %%
print(f"your guess: {guess_regime}")
for h, crosses in zip(rates, passes, strict=True):
    print(f"h = {h:4.2f}: momentum goes past the minimum: {crosses}")
assert passes.tolist() == [False, True, True]

# %%
plain_rates = np.array([0.01, 0.1, 1.0, 1.5, 2.5])
plain = me.descend(bowl, np.ones((5, 1)), me.gradient_descent(plain_rates), steps=2000)
crosses = (plain.w[..., 0] < 0).any(axis=0)
print("plain descent goes past the minimum at h =", *plain_rates[crosses])
print("plain descent diverges at h =", *plain_rates[plain.diverged])
assert crosses.tolist() == [False, False, False, True, True]
assert plain.diverged.tolist() == [False, False, False, False, True]

# %% [markdown]
# ### Explain
#
# **C.** With momentum the ringing begins at far smaller rates. Plain descent crosses at none of these three,
# only beyond $h = 1$. There are sharp limits, and they depend on beta only:
#
# $$h_c = \frac{1-\sqrt\beta}{1+\sqrt\beta} \qquad \frac{1}{h_c} \qquad \frac{2(1+\beta)}{1-\beta}$$
#
# Below the first the path creeps in from one side (*monotone*); between the first and the second it
# *rings*; beyond the third it *diverges*. In the thin strip that is left it changes sides at every step
# (*alternating*).

# %%
low, high = theory.ringing_band(beta)
limit = theory.stability_limit(beta)
print(f"beta = 0.9: monotone up to {low:.5f}, ringing up to {high:.2f}, diverging from {limit:.1f}")
assert abs(low - 0.02633) < 5e-6
assert abs(high - 37.97) < 5e-3
assert abs(limit - 38) < 1e-9

# %% [markdown]
# **In PyTorch's numbers.** All limits here are in the rate of our form. PyTorch's `lr` is ten times smaller
# for the same path (at 0.9: lesson 01), and so are its limits: with `momentum=0.9` a direction rings for `lr`
# times curvature from 0.0026 to 3.80. Your `lr=0.1` is a rate of 1 in this lesson.

# %%
lr = me.convert(1.0, beta)["lr"]  # PyTorch's number for our rate 1
print(f"our rate 1 is PyTorch's lr {lr:.1f}; its ringing band: {lr * low:.4f} to {lr * high:.2f}")
assert abs(lr - 0.1) < 1e-12
assert np.allclose([lr * low, lr * high], [0.00263, 3.797], rtol=2e-3)

# %%
examples = np.array([0.02, 0.3, 37.98, 38.1])
names = theory.regime(examples, beta)
paths = me.descend(bowl, np.ones((4, 1)), me.ema(examples, beta), steps=40).w[..., 0]
print(*names, sep=", ")
assert names.tolist() == ["monotone", "ringing", "alternating", "diverging"]
assert np.allclose(paths, theory.response(examples, beta, steps=40), rtol=1e-9)

# %%
flips = (np.diff(np.sign(paths), axis=0) != 0).sum(axis=0)
tallest = np.abs(paths).max(axis=0)
print("changes of side in 40 steps:", *flips)
print("largest distance:", *(f"{value:.1f}" for value in tallest))
assert flips.tolist() == [0, 2, 40, 40]
assert np.allclose(tallest, [1, 1, 14.6, 109.8], atol=0.05)

# %%
titles = ("Monotone: h = 0.02", "Ringing: h = 0.3", "Alternating: h = 37.98", "Diverging: h = 38.1")
figure, panels = figures.new(*titles, x="step", y="weight w", rows=2, size=(10, 5.6))
for axes, path in zip(panels, paths.T, strict=True):
    axes.plot(path, **figures.MOMENTUM.points)
    axes.axhline(0, **figures.TARGET.plot)
figures.show(
    figure,
    alt="Four paths over 40 steps at beta 0.9. h = 0.02 falls without crossing 0; h = 0.3 dips "
    "below 0 twice; h = 37.98 flips each step and swells to 14.6 before it shrinks; h = 38.1 "
    "flips and grows to 110.",
)

# %% [markdown]
# **A rule of thumb.** For beta near 1 the lower limit is about $(1-\beta)/4$. Plain descent needs about
# $1/h$ steps to cross the valley; the velocity remembers about $1/(1-\beta)$ steps (its lag, 9 steps at 0.9,
# is one less). So momentum rings when *the way across is shorter than four memories*: when memory times $h$
# is above about 1/4. That is what "lag times curvature" means.

# %%
betas = np.array([0.5, 0.9, 0.99])
limits = theory.ringing_band(betas)[0]
ratios = limits / ((1 - betas) / 4)
print("exact limit / rule of thumb:", *(f"{ratio:.2f}" for ratio in ratios))
assert np.allclose(ratios, [1.37, 1.05, 1.01], atol=0.01)

# %% [markdown]
# ### Where do the limits come from?
#
# Take the velocity out of the rule: *the next move is beta times the last move, plus a fresh pull towards
# the minimum.* As a formula, sorted by age:
#
# $$w_{t+1} = (1+\beta-a)\,w_t - \beta\,w_{t-1} \qquad a = h\,(1-\beta)$$
#
# Two steps back, and no velocity any more. The run from the beginning of this lesson obeys it:

# %%
a = 1.0 * (1 - beta)
predicted = (1 + beta - a) * w[1:-1] - beta * w[:-2]
print(f"largest deviation is below 1e-12: {np.abs(predicted - w[2:]).max() < 1e-12}")
assert np.abs(predicted - w[2:]).max() < 1e-12

# %% [markdown]
# Which sequences solve such a rule? Try $w_t = r^t$: shrink by one factor $r$ at each step. It works if
#
# $$r^2 = (1+\beta-a)\,r - \beta$$
#
# This has two solutions, the *roots*. Away from the limits any path is a mix of the two. Their product is
# $\beta$, the constant term, whatever the rate is. And they are complex, where $(1+\beta-a)^2 < 4\beta$:
# for $a$ between $(1-\sqrt\beta)^2$ and $(1+\sqrt\beta)^2$. Divide by $1-\beta$: these are the limits $h_c$
# and $1/h_c$. The third limit is where a root reaches $-1$: $a = 2(1+\beta)$.
#
# *The one paragraph on complex numbers.* If the roots are real and positive, each is a plain shrinking
# factor, and nothing swings. If they are negative, $w$ changes sides at every step. If they are complex,
# think of an arrow that turns by an angle $\theta$ and shrinks by a factor at each step; $w_t$ is the
# arrow's shadow. The shadow swings through zero. The two roots are then mirror images, so they are
# equally long, and as their product is $\beta$, **each has the length $\sqrt\beta$**. The rate decides
# how fast the arrow turns. It has no say in how fast it shrinks.

# %%
grid = np.geomspace(1e-3, 100, 2001)
length = theory.convergence_rate(grid, beta)  # the longer of the two roots
rings = (grid > low) & (grid < high)
print(f"length of the roots where it rings: {length[rings].min():.4f} to {length[rings].max():.4f}")
assert np.allclose(length[rings], np.sqrt(beta), atol=1e-12)
assert np.all(length[~rings] > np.sqrt(beta))

# %%
title = "Where it rings, both roots lie on one circle"
figure, axes = figures.new(title, x="real part", y="imaginary part", size=(6, 5.6))
turn = np.exp(1j * np.linspace(0, 2 * np.pi, 200))
inner = np.sqrt(beta) * turn
axes.plot(turn.real, turn.imag, **figures.TARGET.plot, label="length 1: no shrinking")
axes.plot(inner.real, inner.imag, color=figures.BLACK, label="length sqrt(beta) = 0.949")
for h, marker in zip([0.02, 0.3, 10.0, 38.1], "so^X", strict=True):
    root = theory.roots(h, beta)
    axes.plot(root.real, root.imag, marker, color=figures.VERMILION, markersize=9, label=f"h = {h:g}")
axes.set(aspect="equal", xlim=(-1.2, 1.2), ylim=(-1.2, 1.2))
axes.legend(loc="center", frameon=False)
figures.show(
    figure,
    alt="Pairs of roots at beta 0.9 in the complex plane: two real ones for h = 0.02 and for h = "
    "38.1, one of these beyond -1; mirror images on a circle of radius 0.949 for h = 0.3 and "
    "for h = 10.",
)

# %%
figure, axes = figures.new(
    "All over the ringing band, the same factor", x="h = rate x curvature", y="factor per step"
)
axes.semilogx(grid, length, **figures.MOMENTUM.plot)
axes.axhline(1, **figures.TARGET.plot)
axes.axvspan(low, high, color=figures.PALE, zorder=0)
axes.annotate("ringing: sqrt(0.9) = 0.949", (0.12, 0.953))
axes.annotate("diverges", (45, 1.011))
axes.set(xlim=(1e-3, 500), ylim=(0.94, 1.02))
figures.show(
    figure,
    alt="The longer root's length against h on a log axis: it falls from 0.999 to 0.949 at h = "
    "0.026, stays flat up to h = 38, and then shoots up past 1, the limit of divergence.",
)

# %% [markdown]
# **Verdict.** "Small rates creep, large rates swing" is *true of plain descent*. With momentum the
# ringing band reaches down to $h = 0.026$ at $\beta = 0.9$, 38 times lower than where plain descent
# first crosses (as far below $h = 1$ as the band reaches above it).
#
# ## 3. How far and how often: the shape of one swing
#
# The arrow's angle $\theta$ gives everything else: *half a turn takes $\pi/\theta$ steps, and each shrinks
# the arrow by $\sqrt\beta$.* So this much is left, on the other side:
#
# $$\text{overshoot} = \beta^{\,\pi/(2\theta)} \qquad \cos\theta = \frac{1+\beta-a}{2\sqrt\beta}$$
#
# We choose the rate so that half a turn takes ten steps exactly: $\theta = \pi/10$.

# %%
theta = np.pi / 10
h_ten = (1 + beta - 2 * np.sqrt(beta) * np.cos(theta)) / (1 - beta)
swing = me.descend(bowl, [1.0], me.ema(h_ten, beta), steps=60)
print(f"h = {h_ten:.3f}")
assert abs(h_ten - 0.955) < 5e-4

# %% [markdown]
# ### Predict
#
# The weight then needs 20 steps for a full swing. You don't see weights in a training log; you see the
# loss. How many steps lie between two low points of the *loss*?
#
# - **A** 10
# - **B** 20
# - **C** 40

# %%
guess_period = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
loss = swing.loss
dips = np.flatnonzero((loss[1:-1] < loss[:-2]) & (loss[1:-1] < loss[2:])) + 1
downward = np.flatnonzero((swing.w[:-1, 0] > 0) & (swing.w[1:, 0] < 0))
print(f"your guess: {guess_period}")
print("the loss is lowest at steps", *dips)
print("the weight falls through the minimum right after steps", *downward)

# %%
assert dips.tolist() == [5, 15, 25, 35, 45, 55]
assert downward.tolist() == [5, 25, 45]
assert abs(theory.ringing_period(h_ten, beta) - 20) < 1e-9

# %%
titles = ("The weight needs 20 steps for a full swing", "The loss dips every 10: twice in a swing")
figure, (upper, lower) = figures.new(*titles, x="step", y=("weight w", "loss"), size=(10, 3.6))
upper.plot(swing.w[:, 0], **figures.MOMENTUM.points)
lower.plot(loss, **figures.MOMENTUM.points)
for step in downward:
    upper.axvline(step, **figures.TARGET.plot)
for step in dips:
    lower.axvline(step, **figures.TARGET.plot)
figures.show(
    figure,
    alt="Left: the weight swings, falling through 0 right after steps 5, 25 and 45. Right: the loss of "
    "the same run, lowest at steps 5, 15, 25, 35, 45 and 55.",
)

# %% [markdown]
# ### Explain
#
# **A.** The loss is lowest each time the weight passes the minimum, and it passes twice in each full
# swing, once in each direction. **The period of the loss is half the period of the weight.** Whoever
# reads a period off a loss curve must double it before computing a curvature from it (an exercise does).
#
# Now the finest thing about this run. At step 10 the velocity is exactly zero, and the weight stands at
# $-0.59$. Nothing is left of the past: the run begins anew, at rest, on the other side, 0.59 times as
# far out.

# %%
print(f"step 10: velocity {abs(swing.v[10, 0]):.5f}, weight {swing.w[10, 0]:.5f}")
assert abs(swing.v[10, 0]) < 1e-12
assert abs(swing.w[10, 0] + 0.9**5) < 1e-12  # beta ** (pi / (2 theta)) = 0.9 ** 5 = 0.59049

# %%
half_swings = swing.w[:60, 0].reshape(6, 10)  # one row for every ten steps
shrunk = half_swings / half_swings[:, :1]
print(f"each half swing is a scaled copy of the first: {np.allclose(shrunk, shrunk[0])}")
assert np.allclose(shrunk, shrunk[0], atol=1e-10)
assert np.allclose(half_swings[1:, 0] / half_swings[:-1, 0], -(0.9**5))

# %%
titles = ("Six half swings of ten steps ...", "... each a copy of the first, scaled")
figure, (left, right) = figures.new(
    *titles, x=("step", "step within the half swing"), y=("w", "w / its start")
)
for number, role in enumerate(figures.SERIES):
    left.plot(np.arange(10) + 10 * number, half_swings[number], **role.points, label=f"{number + 1}")
    look = role.plot | {"linewidth": 16 - 2.7 * number, "linestyle": "-"}  # the first widest, so all show
    right.plot(shrunk[number], **look)
left.legend(title="half swing", ncols=2, fontsize=9)
figures.show(
    figure,
    alt="Left: a ringing weight over 60 steps, cut into six half swings that start at 1, -0.59, "
    "0.35, -0.21, 0.12 and -0.07. Right: divided by their starts, all six lie on one curve "
    "from 1 to -0.59.",
)

# %% [markdown]
# Because size doesn't matter (section 1), the second half swing *is* the first one again, mirrored and
# 0.59 times as large. And so is the third. Ringing is one and the same experiment, repeated.
#
# At $h = 1$ the formula is as simple as it gets: $\cos\theta = \sqrt\beta$. Then three betas give simple
# fractions.

# %%
quarters = np.array([1 / 4, 1 / 2, 3 / 4])
measured = -me.descend(bowl, np.ones((3, 1)), me.ema(1.0, quarters), steps=60).w[..., 0].min(axis=0)
print("overshoot at h = 1, beta = 1/4, 1/2, 3/4:", *(f"{value:.6f}" for value in measured))
assert np.allclose(measured, [1 / 8, 1 / 4, 27 / 64], atol=1e-12)

# %% [markdown]
# Where half a turn is *not* a whole number of steps, the formula is an estimate: the run can turn only
# at whole steps. Up to $h = 1$ it is good to 0.01. At large rates, where half a turn takes only two or
# three steps, it fails: it never exceeds 1, and the run does. `theory.overshoot` looks at the steps and is
# exact.

# %%
several = np.array([*np.geomspace(0.03, 1, 200), 15.0, 30.0])
angles = np.arccos((1 + beta - several * (1 - beta)) / (2 * np.sqrt(beta)))
estimate, exact = beta ** (np.pi / (2 * angles)), theory.overshoot(several, beta)
for k in (-3, -2, -1):
    half_turn = np.pi / angles[k]
    print(f"h = {several[k]:2.0f}, half turn {half_turn:.1f} steps: ", end="")
    print(f"formula {estimate[k]:.3f}, exact {exact[k]:.3f}")
assert np.abs(estimate - exact)[:200].max() < 0.01
assert np.allclose(estimate[-3:], [0.598, 0.885, 0.927], atol=5e-4)
assert np.allclose(exact[-3:], [0.604, 1.100, 2.000], atol=5e-4)
assert abs(exact[-3] + w.min()) < 1e-12

# %% [markdown]
# How can a swing be larger than the start, if the arrow shrinks at every step? The weight is only its
# shadow. A start at 1 with a first step far over the minimum is the shadow of an arrow *longer* than 1.
#
# **Verdict.** One angle gives the period, $2\pi/\theta$ of the weight and $\pi/\theta$ of the loss, and,
# for $h$ up to about 1, the overshoot: $\beta^{\pi/(2\theta)}$.
#
# ## 4. What people say: "It dies out because the gradients shrink and momentum loses influence"
#
# It looks like that. The swings get smaller, and the gradients do too. So momentum seems to have less
# and less to say.
#
# ### Predict
#
# Take the run of section 3. Each step is made of two parts: what was carried over, $\beta v_{t-1}$, and
# what is fresh, $(1-\beta)g_t$. From the first half swing to the sixth, gradients shrink 14-fold. What
# does the carried-over share of the step do?
#
# - **A** It shrinks.
# - **B** It stays the same.
# - **C** It grows.

# %%
guess_share = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# We add up the sizes of both parts over each half swing of ten steps.

# %%
carried = np.abs(beta * swing.v[:-1, 0]).reshape(6, 10).sum(axis=1)
fresh = np.abs((1 - beta) * swing.gradient[:, 0]).reshape(6, 10).sum(axis=1)
share = carried / (carried + fresh)

# %%
print(f"your guess: {guess_share}")
for number in range(6):
    print(f"half swing {number + 1}: fresh {fresh[number]:.4f}, carried-over share {share[number]:.1%}")
assert np.allclose(share, 0.744, atol=5e-4)
assert abs(fresh[0] / fresh[5] - 14) < 0.1

# %%
steps = np.arange(61)
envelope = np.sqrt(beta) ** steps
figure, axes = figures.new("Weight, velocity and gradient shrink side by side", x="step", y="size (log axis)")
size_g, size_v = np.abs(swing.gradient[:, 0]), np.abs(swing.v[1:, 0]).clip(1e-9)
axes.semilogy(steps[:-1], size_g, **figures.GRADIENT.points, label="gradient |g| (and weight: g = w)")
axes.semilogy(steps[1:], size_v, **figures.VELOCITY.points, label="velocity |v|")
axes.semilogy(steps, envelope, **figures.TARGET.plot, label="sqrt(beta) per step")
axes.set_ylim(3e-4, 2)
axes.legend(loc="upper right")
figures.show(
    figure,
    alt="Sizes of gradient and velocity over 60 steps on a log axis: arches of ten steps each, "
    "all falling along the same straight line, a factor 0.949 a step, from 1 to 0.04.",
)

# %%
print(f"after 60 steps the envelope is at {envelope[-1]:.3f}, the weight at {abs(swing.w[-1, 0]):.3f}")
assert abs(envelope[-1] - 0.042) < 5e-4
assert abs(abs(swing.w[-1, 0]) - envelope[-1]) < 1e-12

# %% [markdown]
# ### Explain
#
# **B.** Carried-over velocity makes up 74.4 % in the first half swing and 74.4 % in the sixth. The
# gradients shrink, and the velocity shrinks with them, by the same factor $\sqrt\beta$ per step: the
# length of the roots.
#
# What takes the swing away, then? Forgetting. At each step the velocity loses a share $1 - \beta$ of
# itself, 10 %. (The weight loses nothing by itself, and the swing goes to and fro between the two. So it
# loses half of that: 5 % a step, a factor $\sqrt{0.9} = 0.949$.) Keep more (larger beta), and it rings
# longer. Gradients that shrink are the *result* of the calming down, not its cause. If they were the cause,
# a weaker pull should calm a run sooner. Section 5 tries that.
#
# **Verdict.** *True*: gradients shrink while the ringing dies out. *False*: that this is why, and that
# momentum loses influence.
#
# ## 5. What people say: "Use a smaller learning rate, and the oscillations go away"
#
# This is the advice that is given most.
#
# ### Predict
#
# We divide the rate by ten, from $h = 1$ to $h = 0.1$. How long does it then take until the run stays
# within 1 % of the minimum, compared with before (81 steps)?
#
# - **A** About ten times as long.
# - **B** About as long as before.
# - **C** Far less long: the ringing is gone.

# %%
guess_rate = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
tenfold = me.descend(bowl, np.ones((2, 1)), me.ema(np.array([1.0, 0.1]), beta), steps=400).w[..., 0]
large, small = [me.step_info(path, final=0.0, tolerance=0.01) for path in tenfold.T]
print(f"your guess: {guess_rate}")
print(f"h = 1:   overshoot {large.overshoot:.3f}, settled after {large.settling_time:.0f} steps")
print(f"h = 0.1: overshoot {small.overshoot:.3f}, settled after {small.settling_time:.0f} steps")

# %%
assert abs(large.overshoot - 0.604) < 5e-4
assert abs(small.overshoot - 0.153) < 5e-4
assert (large.settling_time, small.settling_time) == (81, 85)

# %% [markdown]
# Now all rates, from far below the band to far above.

# %%
many = np.geomspace(0.003, 30, 121)
fan = me.descend(bowl, np.ones((121, 1)), me.ema(many, beta), steps=2000).w[..., 0]
infos = [me.step_info(path, final=0.0, tolerance=0.01) for path in fan.T]
height = np.array([info.overshoot for info in infos])
wait = np.array([info.settling_time for info in infos])

# %%
inside = (many > 0.03) & (many < 1)
print(f"h from 0.03 to 1: settled after {wait[inside].min():.0f} to {wait[inside].max():.0f} steps")
print(f"h = 0.003: no overshoot, settled after {wait[0]:.0f} steps")
creeping = (wait * many)[many < 0.01]
print(f"h from 0.003 to 0.01: wait times h is {creeping.min():.1f} to {creeping.max():.1f}")
assert (wait[inside].min(), wait[inside].max()) == (68, 101)
assert np.all(wait[many > 0.03] >= 68)
assert np.all(np.diff(height[many < 1]) >= 0)
assert height[0] == 0
assert abs(wait[0] - 1500) < 5
assert 4.2 < creeping.min() < creeping.max() < 4.6

# %%
forecast = theory.settling_time(beta, tolerance=0.01)
print(f"sqrt(beta) per step is down to 1 % after {forecast:.1f} steps, at any rate in the band")
assert abs(forecast - 87.4) < 0.05

# %%
titles = ("Below h = 1, less rate means less overshoot", "... but no shorter wait: beta sets that")
labels = ("overshoot (fraction)", "steps until within 1 %")
figure, (left, right) = figures.new(*titles, x="h = rate x curvature", y=labels, size=(10, 4))
left.semilogx(many, height, **figures.MOMENTUM.plot)
left.plot([1, 0.1], [large.overshoot, small.overshoot], "o", color=figures.BLACK)
left.annotate("grey: it rings", (0.04, 1.85))
left.annotate("h = 1: 0.604", (1, 0.604), (0.02, 0.75), arrowprops={"arrowstyle": "-"})
left.annotate("h = 0.1: 0.153", (0.1, 0.153), (0.004, 0.35), arrowprops={"arrowstyle": "-"})
right.loglog(many, wait, **figures.MOMENTUM.plot)
right.axhline(forecast, **figures.PLAIN.plot)
right.annotate("sqrt(beta) per step: 87 steps", (0.3, 58))
right.plot([1, 0.1], [81, 85], "o", color=figures.BLACK)
for axes in (left, right):
    axes.axvspan(low, high, color=figures.PALE, zorder=0)
right.set_ylim(50, 2000)
figures.show(
    figure,
    alt="Left: overshoot against h at beta 0.9: 0 below h = 0.026, 0.153 at 0.1, 0.604 at 1; further up the "
    "line has teeth. Right: steps until within 1 %: from 68 to 101 for h above 0.03, 1500 at h = 0.003.",
)

# %% [markdown]
# ### Explain
#
# **B.** The overshoot falls to a quarter. The wait stays: 85 steps instead of 81. All over $h$ from 0.03 to
# 1 it goes up and down between 68 and 101 steps (a swing more or less), without a trend. It is set by the
# length of the roots, and inside the band that is $\sqrt\beta$, whatever the rate is. In words: *count
# the steps until $\sqrt\beta$ multiplied by itself is down to the tolerance.*
#
# $$t = \frac{2\,\ln(\text{tolerance})}{\ln\beta} = 87.4 \quad\text{for 1 \% at } \beta = 0.9$$
#
# A still smaller rate leaves the band at $h = 0.026$. The overshoot is gone, and now the wait does grow,
# like $1/h$: the run creeps. (At the other end, above $h = 1$, the overshoot climbs in teeth to 2.0 at $h =
# 30$: a run that turns every second step can only turn where a step ends.) What shortens the wait is a
# smaller beta.

# %%
for other in (0.5, 0.81, 0.9, 0.99):
    print(f"beta = {other}: within 1 % after about {theory.settling_time(other, 0.01):.0f} steps")
waits = theory.settling_time(np.array([0.5, 0.81, 0.9, 0.99]), 0.01)
assert np.allclose(waits, [13, 44, 87, 916], atol=0.5)

# %%
check = me.descend(bowl, [1.0], me.ema(1.0, 0.81), steps=200).w[:, 0]
settled = me.step_info(check, final=0.0, tolerance=0.01).settling_time
print(f"beta = 0.81 (that is 0.9 squared), h = 1: measured {settled:.0f} steps")
assert abs(settled - 43.7) < 6

# %% [markdown]
# **Verdict.** *True* for how far: 0.604 becomes 0.153. *False* for how long: 81 steps become 85, and all
# rates in the band give 68 or more. Below the band a smaller rate only makes you wait.
#
# ## 6. The whole map
#
# Rate times curvature across, beta upwards: each point of this map is a run. The two
# sliders move the point. Three things to find:
#
# 1. Move it straight to the left, towards smaller rates. What happens to the depth of the dip, and to
#    the time it takes to calm down?
# 2. Watch the two roots on the way. When do they leave their circle?
# 3. Find the largest rate that does not ring at $\beta = 0.9$, then at 0.5.

# %%
explorers.overshoot()

# %% [markdown]
# What you should have found: to the left the dip gets shallower and the time hardly changes (the
# explorer counts to 2 %, and says 74 steps all over the band; its *phase plane* draws the velocity against
# the distance from the minimum). The roots slide towards each other on the
# circle, meet on the real axis at $h_c$, and only then part. (The map of another rule:
# `explorers.overshoot(me.nesterov(1.0))`, or with a `formula(w, v, g, eta, beta)` of your own.)
#
# And here is $h_c$, with the same map, now with the overshoot as its colour.

# %%
across, upward = np.geomspace(1e-3, 1e3, 301), np.linspace(0, 0.99, 199)
heights = theory.overshoot(across, upward[:, np.newaxis])
band = theory.ringing_band(upward)
middle = theory.ringing_band(0.5)[0]
edges = {"ringing begins": "-", "alternating begins": "--", "diverging begins": ":"}
print(f"ringing begins at h = {low:.3f} for beta = 0.9, at {middle:.3f} for beta = 0.5")
print(f"product of the two ends of the band, at any beta: {np.min(band[0] * band[1]):.6f}")
assert abs(middle - 0.172) < 5e-4
assert abs(theory.settling_time(beta, 0.02) - 74) < 0.5
assert np.allclose(band[0] * band[1], 1)

# %%
title = "The overshoot fades to the left; the band is centred on h = 1"
figure, axes = figures.new(title, x="h = rate x curvature (log axis)", y="beta", size=(8.5, 4.6))
heights[np.isinf(heights)] = np.nan  # diverging: left blank
levels = [0.01, 0.1, 0.3, 0.6, 1]
filled = axes.contourf(across, upward, heights, levels, cmap="Oranges", extend="max")
for edge, (name, style) in zip((*band, theory.stability_limit(upward)), edges.items(), strict=True):
    axes.plot(edge, upward, color=figures.BLACK, linestyle=style, linewidth=1.5, label=name)
axes.plot([0.02, 0.1, 1], [0.9] * 3, "o", color=figures.BLACK, label="h = 0.02, 0.1, 1 at 0.9")
for words, place in {"monotone": 0.004, "ringing": 0.45, "diverging": 80}.items():
    axes.text(place, 0.55, words)
axes.set(xscale="log", xlim=(1e-3, 1e3))
axes.legend(loc="lower left", fontsize=9)
figure.colorbar(filled, ax=axes, label="overshoot (fraction)")
figures.show(
    figure,
    alt="Map of overshoot over h and beta, with three runs of this lesson at beta 0.9. Ringing "
    "fills a funnel that opens from h = 1 at beta 0 to 0.026 to 38 at beta 0.9; inside, "
    "overshoot grows from left to right, from below 0.01 (white) to above 1, on the right with ragged edges.",
)

# %% [markdown]
# ## 7. Real data: one rate, sixty-four directions
#
# So far there was one weight. A real loss has many directions, and each has its own curvature.
#
# **The problem.** We take the shipped digits (1536 training images of 64 pixels) and fit ten linear
# detectors, one for each digit, by *ridge least squares*: half the squared error plus a small penalty.
#
# The penalty is 0.0005 times the squared weights (which adds 0.001 to each curvature, as in lesson 01). We
# start from random weights between $-1/8$ and $1/8$, which is PyTorch's default for 64 inputs; five random
# starts (seed 0), so that nothing hangs on one.
#
# **Its directions.** The second derivatives form one fixed matrix, the Hessian $X^\top X/n + 0.001\,I$. Its
# 64 *eigenvectors* are directions in which the loss is a plain parabola, independent of the others. Their
# *eigenvalues* are the curvatures.

# %%
digits = me.load_digits()
images, targets = digits.train_images, np.eye(10)[digits.train_labels]
hessian = images.T @ images / len(images) + 0.001 * np.eye(64)
curvatures, directions = (part[..., ::-1] for part in np.linalg.eigh(hessian))  # the stiffest first
print("curvatures:", *(f"{value:.3f}" for value in curvatures[:3]), "...", f"{curvatures[-1]:.3f}")

# %%
eta = 0.1
h = eta * curvatures
kinds = theory.regime(h, beta)
print(f"rate x curvature: {h[0]:.2f}, {h[1]:.2f}, ..., {h[-1]:.4f}; ringing begins at {low:.3f}")
assert abs(curvatures[0] - 10.48) < 5e-3
assert abs(curvatures[1] - 0.70) < 5e-3

# %% [markdown]
# ### Predict
#
# One run, one rate $\eta = 0.1$, one $\beta = 0.9$. Which of the 64 directions overshoot?
#
# - **A** All of them: rate and beta are the same for all.
# - **B** Only a few, the stiffest.
# - **C** Only the flattest: there the velocity has the longest time to build up.

# %%
guess_modes = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# This is the real problem: the gradient is computed from all images. `descend` knows nothing of
# eigenvectors.


# %%
def gradient(weights):
    errors = weights @ images.T - targets.T  # (starts, detectors, images)
    return errors @ images / len(images) + 0.001 * weights


start = np.random.default_rng(0).uniform(-1 / 8, 1 / 8, size=(5, 10, 64))
fit = me.descend(gradient, start, me.ema(eta, beta), steps=150)

# %% [markdown]
# Now we look at the paths from the minimum (solved for directly), along each eigenvector, and compare
# them with the closed form `theory.response`, which knows only $h$ and $\beta$.

# %%
minimum = np.linalg.solve(hessian, images.T @ targets / len(images)).T
distances = (fit.w - minimum) @ directions  # (steps + 1, starts, detectors, directions)
closed_form = theory.response(h, beta, steps=150)[:, np.newaxis, np.newaxis, :]
deviation = np.abs(distances - distances[0] * closed_form).max()
print(f"all {distances[0].size} paths follow the closed form to 1e-10: {deviation < 1e-10}")
assert deviation < 1e-10

# %%
overshoots = -(distances / distances[0])[..., :6].min(axis=0)  # (starts, detectors, directions)
past = -(distances[:, 0, 0] / distances[0, 0, 0]).min(axis=0)  # first start, first detector; above 0: past
ringing, monotone = kinds == "ringing", kinds == "monotone"
print(f"your guess: {guess_modes}; {ringing.sum()} directions ring, {monotone.sum()} creep")
print("overshoot of the six:", *(f"{max(0.0, value):.3f}" for value in past[:6]))
assert (ringing.sum(), monotone.sum()) == (6, 58)
assert np.allclose(past[:5], [0.614, 0.088, 0.073, 0.049, 0.012], atol=5e-4)
assert past[5] < 5e-4
assert abs(h[5] - 0.027) < 5e-5
assert np.all(past[monotone] < 0)
assert np.ptp(overshoots, axis=(0, 1)).max() < 1e-9  # the same for all starts and detectors

# %%
shown = [0, 1, 9]
titles = [f"Direction {number + 1}: curvature {curvatures[number]:.2f}" for number in shown]
figure, panels = figures.new(*titles, x="pixel column", y="pixel row", size=(10, 4))
for axes, number in zip(panels, shown, strict=True):
    shades = axes.imshow(directions[:, number].reshape(8, 8), cmap="PuOr", vmin=-0.5, vmax=0.5)
    axes.grid(visible=False)
figure.colorbar(shades, ax=panels, label="part in the direction", shrink=0.7)
figures.show(
    figure,
    alt="Three eigenvectors as 8 by 8 images. Direction 1, curvature 10.48: the inked part of a "
    "digit, all of one sign. Direction 2, curvature 0.70, and direction 10, curvature 0.16: "
    "patterns of both signs.",
)

# %%
left_over = (distances[:, 0, 0] / distances[0, 0, 0])[:101]  # (steps + 1, directions)
title = "One rate, one beta: the stiff direction rings, the flat one creeps"
figure, axes = figures.new(title, x="step", y="part of the first distance")
for number, role in zip(shown, figures.SERIES, strict=False):
    label = f"direction {number + 1}: h = {h[number]:.3f}"
    axes.plot(left_over[:, number], **role.points | {"markevery": 5, "markersize": 6}, label=label)
axes.axhline(0, **figures.TARGET.plot)
axes.legend()
figures.show(
    figure,
    alt="Part of the first distance over 100 steps. Direction 1, h = 1.048, swings to -0.614 and "
    "back; direction 2, h = 0.070, dips to -0.088 once; direction 10, h = 0.016, falls slowly "
    "and stays above 0.",
)

# %% [markdown]
# The stiffest direction is nothing exotic. It is the mean image: *more ink, or less ink, everywhere*. It
# is about 15 times stiffer than the next, because the pixels are not centred. Take the mean image away
# (*centre* the pixels), and no direction like it is left: the stiffest then has $h = 0.07$ and overshoots by
# 0.09 in place of 0.61. That is one line of code. (In the network of lesson 00 it ends the rise altogether.)

# %%
mean_image = images.mean(axis=0)
alike = abs(mean_image @ directions[:, 0]) / np.linalg.norm(mean_image)
print(f"cosine between direction 1 and the mean image: {alike:.5f}")
centred = np.linalg.eigvalsh(np.cov(images.T, bias=True))[-1]
print(f"curvature of direction 1 / direction 2: {curvatures[0] / curvatures[1]:.1f}")
calm = theory.overshoot(eta * centred, beta)
print(f"stiffest direction with centred pixels: {centred:.2f}; it overshoots by {calm:.2f}")
assert abs(calm - 0.087) < 0.002
assert alike > 0.9999
assert abs(curvatures[0] / curvatures[1] - 15) < 0.1
assert abs(centred - 0.70) < 0.02

# %% [markdown]
# What of this does a training log show? The total loss, for all five starts, with plain descent beside
# it. Its *draw-up* is the largest rise above the lowest value so far.


# %%
def loss_of(weights):
    errors = weights @ images.T - targets.T
    return (errors**2).sum(axis=-2).mean(axis=-1) / 2 + 0.0005 * (weights**2).sum(axis=(-1, -2))


losses = loss_of(fit.w[:61])
plain_fit = me.descend(gradient, start, me.gradient_descent(eta), steps=60)
plain_losses = loss_of(plain_fit.w)

# %%
rise, plain_rise = me.draw_up(losses), me.draw_up(plain_losses)
bottoms = [int(np.argmin(losses[:9, number])) for number in range(5)]
print("rise of the loss with momentum, five starts:", *(f"{value:.3f}" for value in rise))
print("first low point at step", *bottoms)
print(f"period of the loss from theory: {theory.ringing_period(h[0], beta) / 2:.1f} steps")

# %%
assert 0.005 < rise.min() < 0.01
assert 0.11 < rise.max() < 0.13
assert np.all(plain_rise == 0)
assert abs(theory.ringing_period(h[0], beta) / 2 - 9.5) < 0.05

# %%
titles = ("The loss falls, rises, falls: five starts", "It is the stiffest direction that swings")
figure, (left, right) = figures.new(*titles, x="step", y=("loss", "loss above its minimum"), size=(10, 4))
left.plot(losses, color=figures.VERMILION, linewidth=1.2, linestyle="-")
left.plot(plain_losses, color=figures.BLUE, linewidth=1.2, linestyle="--")
left.plot([], **figures.MOMENTUM.plot, label="momentum, beta = 0.9")
left.plot([], **figures.PLAIN.plot, label="plain descent, same rate")
parts = (curvatures * distances[:61, 0] ** 2).sum(axis=1) / 2  # (steps + 1, directions), first start
right.plot(parts[:, 0], **figures.MOMENTUM.points, label="direction 1")
right.plot(parts[:, 1:].sum(axis=1), **figures.SERIES[5].plot, label="the other 63 together")
for axes in (left, right):
    axes.legend()
figures.show(
    figure,
    alt="Left: loss of five starts over 60 steps; with momentum it falls for 5 steps, rises by "
    "0.006 to 0.12, then falls in waves; plain descent falls all the way. Right: direction 1 "
    "swings, lowest every 9.5 steps; the others fall smoothly.",
)

# %%
gap = np.abs(parts.sum(axis=1) - (losses[:, 0] - loss_of(minimum))).max()
lowest = np.flatnonzero((parts[1:-1, 0] < parts[:-2, 0]) & (parts[1:-1, 0] < parts[2:, 0])) + 1
print(f"the parts add up to the loss to 1e-10: {gap < 1e-10}; direction 1 is lowest at steps", *lowest)
assert gap < 1e-10
assert abs(np.mean(np.diff(lowest)) - 9.5) < 0.3

# %% [markdown]
# ### Explain
#
# **B.** At one and the same rate and beta, 6 of 64 directions ring and 58 creep. (The sixth, at $h = 0.027$,
# is only just inside the band: its overshoot is below 0.0005.) Each has its own $h = \eta\lambda$, and so
# its own regime. The picture of a whole run is a sum of such paths, nothing more:
# all 3200 follow the closed form to ten digits.
#
# In the log one sees the stiffest direction swing. How much the *total* loss rises depends on how much
# of it lies in that direction at the start: from 0.006 to 0.12 over five starts. The overshoot in the
# direction itself is 0.614 in all of them.
#
# **Verdict.** The early swing of this loss is the overshoot of its stiffest direction. With plain descent at
# the same rate the loss never rises. (Direction 1 has $h = 1.048$, so there plain descent does step over the
# minimum, by 5 % of the distance: too little to be seen.)
#
# ## Check yourself
#
# Answer before you unfold.
#
# **1.** A run passes the minimum, where the gradient is zero. Why doesn't it stop there?
#
# <details><summary>Answer</summary>
# <p>The velocity is an average of past gradients, and these point the old way. It turns only when the new
# gradients have outweighed the remembered ones: four steps after the crossing, at h = 1 and beta =
# 0.9.</p>
# </details>
#
# **2.** A run on a parabola, $h = 1$, $\beta = 0.9$. You start 1000 times closer to the minimum. What does
# this change in the relative overshoot? And what changes if you multiply the *loss* by 1/1000 instead?
#
# <details><summary>Answer</summary>
# <p>Closer start: nothing, the overshoot stays at 60 %. Smaller loss: the curvature is 1000 times smaller
# too, so h falls from 1 to 0.001, below 0.026, and the run creeps. Both make gradients small; only the
# curvature counts.</p>
# </details>
#
# **3.** The loss in your log is lowest at steps 5, 15 and 25. What is the period of the weight that
# swings?
#
# <details><summary>Answer</summary>
# <p>20 steps. The loss is lowest each time the weight passes the minimum, twice in a full swing.</p>
# </details>
#
# **4.** At beta = 0.9 a run rings for about 87 steps. You want half of that. Do you halve the rate?
#
# <details><summary>Answer</summary>
# <p>No. In the ringing band the rate hardly changes the wait. Lower beta to 0.81: then it is about 44 steps.
# (A smaller rate would make the swings smaller, not shorter in time.)</p>
# </details>
#
# **5.** A model has one direction of curvature 10 and one of 0.01. You use a rate of 0.1 and beta = 0.9.
# Which direction overshoots?
#
# <details><summary>Answer</summary>
# <p>The first: h = 1 lies in the band from 0.026 to 38. The second has h = 0.001 and creeps in without
# crossing.</p>
# </details>

# %%
print(*theory.regime(np.array([1.0, 0.001]), beta), sep=", ")
assert theory.regime(0.1 * np.array([10.0, 0.01]), beta).tolist() == ["ringing", "monotone"]
assert theory.regime(1.0 / 1000, beta) == "monotone"

# %% [markdown]
# ## Key points
#
# - **Size does not matter.** From 0.001, 1 and 1000 the relative overshoot is the same 0.604 (h = 1,
#   beta = 0.9), and the velocity stays below 26 % of the largest gradient. Two runs with the same
#   gradient, 0.001, differ: 0.604 and 0.
# - **Lag times curvature does.** At beta = 0.9 a direction creeps for h up to 0.026, rings up to 37.97,
#   diverges from 38. In PyTorch's lr that is 0.0026, 3.797 and 3.8.
# - **One angle gives the swing.** Up to h = 1 the overshoot is $\beta^{\pi/(2\theta)}$, to 0.01; at h = 1 and
#   beta = 1/4, 1/2, 3/4 it is exactly 1/8, 1/4, 27/64. At large h it fails: 2.0 in place of 0.93 at h = 30.
# - **The loss swings twice as fast as the weight**: every 10 steps where the weight needs 20.
# - **Ringing dies out by forgetting**, by sqrt(beta) = 0.949 per step. Momentum's share of the step
#   stays at 74.4 %.
# - **A ten times smaller rate** cuts the overshoot from 0.604 to 0.153, and changes the wait from 81 to
#   85 steps. Beta sets the wait: about 87 steps at 0.9 (68 to 101 in the runs), 44 at 0.81.
# - **On real data** each direction has its own regime: at one rate 6 of 64 ring, the stiffest with an
#   overshoot of 0.614. With centred pixels that would be 0.09.

# %% [markdown]
# ## Say it in a lecture
#
# **Ask the room.** "We start a thousand times closer. Less overshoot?" Let them vote; run the cell.
# Then: "The gradients shrink. Does momentum lose its say?" Before section 5: "Ten times smaller rate. How
# much longer?"
#
# **What goes wrong.** People mix up *how far* and *how long*: draw both panels of section 5 side by
# side. They read the weight's period off the loss curve. They take a smaller loss for a closer start
# (question 2): one changes the curvature, the other does not. And they say "momentum is a rolling ball":
# fine, if you add that friction, not the slope, stops it.
#
# **In a short hour** skip the roots (from "Where do the limits come from?" to the end of section 2), and
# sections 3 and 4. Keep sections 1, 2 and 5, the live picture of section 6 and the last figure of section 7.

# %% [markdown]
# ## Go deeper
#
# - Polyak (1964), "Some methods of speeding up the convergence of iteration methods", *USSR
#   Computational Mathematics and Mathematical Physics* 4(5). The heavy ball, and why the roots decide.
# - Goh (2017), "Why Momentum Really Works", *Distill*. The same roots, with pictures to play with. (It
#   prints the complex roots' size as 2 sqrt(beta); it is sqrt(beta), as section 2 measured.)
# - O'Neill and Wright (2019), "Behavior of accelerated gradient methods near critical points of
#   nonconvex functions", *Mathematical Programming* 176, arXiv 1706.07993. The same roots where the
#   curvature is negative: lesson 05.
# - Cohen et al. (2021), "Gradient descent on neural networks typically occurs at the edge of stability",
#   *ICLR*. Why the curvature of a network moves up to the limit of the rate.

# %% [markdown]
# ## Exercises
#
# [Exercises of lesson 03](exercises/03_overshoot.ipynb): predict an overshoot, find the rate that gives
# a wanted one, read a curvature off the period of a loss curve, and write the test that tells size from
# curvature.
#
# Next: lesson 04 asks what momentum is *good* for. Lesson 07 finds this swing in a real network.
