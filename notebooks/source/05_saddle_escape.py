# %% [markdown]
# # 05 · Saddle escape: does its inertia carry momentum across a saddle point?
#
# **Question.** My loss sits on a plateau, then suddenly falls. People say that momentum rolls through
# such places. Does it? What gets a run out of a saddle, and how long does it take?
#
# **Minutes.** 30 to read and run; 45 in a lecture.
#
# **You need.** The update rule (lesson 01) and $h = \eta\lambda$ (lesson 03). A logarithm.
#
# **Objectives.** After this lesson you can
#
# - say which part of a run's motion helps it out of a saddle, and which doesn't,
# - compute how fast the distance grows with and without momentum, and compare the two fairly,
# - explain why a run can stay on a saddle for ever, and what frees it,
# - name the place where inertia does help, and show it,
# - recognise a saddle in the training of a real network, and predict its growth.

# %%
import numpy as np

import momentum_edu as me
from momentum_edu import explorers, figures, landscapes, networks, theory

# %% [markdown]
# | Sign | Meaning | Unit |
# |---|---|---|
# | $x$, $y$ | position along the ridge and across it; the saddle is at (0, 0) | |
# | $v$ | velocity: the moving average of gradients | |
# | $\eta$, $\beta$ | learning rate, momentum coefficient | |
# | $\gamma$ | downward curvature of the way out: the Hessian's negative eigenvalue is $-\gamma$ | |
# | $\eta\gamma$ | rate times downward curvature; plain descent grows by $1 + \eta\gamma$ each step | none |
# | growth | factor on the distance $y$ in each step, in the long run | none |
#
# The rule of this course, in words: *the velocity keeps a share beta of itself and takes in a share 1 -
# beta of the new gradient; the weight moves against the velocity.*
#
# $$v_t = \beta\,v_{t-1} + (1-\beta)\,g_t \qquad w_t = w_{t-1} - \eta\,v_t \qquad v_0 = 0$$
#
# ## Look first: one run through a pass
#
# A *saddle point* is a place with zero slope that is no minimum: up in one direction, down in another. A
# mountain pass is one. Ours is $f(x, y) = \frac12(x^2 - \gamma y^2)$ with $\gamma = 0.1$. Along the ridge
# ($y = 0$) the ground falls to the pass and climbs again. Sideways it falls away. We start on the ridge
# at $x = 1$, a millionth beside its crest.

# %%
beta, gamma = 0.9, 0.1
ridge = landscapes.saddle(gamma)
run = me.descend(ridge, [1.0, 1e-6], me.ema(1.0, beta), steps=300)
x, y = run.w[:, 0], run.w[:, 1]

# %%
out = int(np.argmax(np.abs(y) > 1))
crossings = int((np.diff(np.sign(x[:out])) != 0).sum())
print(f"swings through the pass {crossings} times, ever less far; is out (|y| > 1) at step {out}")
assert out == 226
assert crossings == 23

# %%
titles = ("It shoots through the pass, back, again ...", "... and leaves sideways, 226 steps later")
labels = ("along the ridge: x", "across: |y| (log axis)")
figure, (left, right) = figures.new(*titles, x="step", y=labels, size=(10, 3.8))
left.plot(x, **figures.MOMENTUM.plot)
left.axhline(0, **figures.TARGET.plot)
right.semilogy(np.abs(y), **figures.MOMENTUM.plot)
right.axhline(1, **figures.TARGET.plot)
figures.show(
    figure,
    alt="Left: position along the ridge over 300 steps: a swing from 1 to -0.6 and back that dies "
    "out around 0. Right: distance across on a log axis: after the first steps a straight line, from 1e-6 "
    "up to 1 at step 226.",
)

# %% [markdown]
# On the left there is plenty of inertia. On the right there is a straight line on a log axis: the
# distance grows by the same factor in each step. Does the right picture know of the left one?
#
# ## 1. What people say: "Its inertia carries it across saddle points"
#
# The idea is a fair one. A ball that rolls into a pass has speed. It doesn't stop where the ground is
# flat. So it should get out sooner than a ball that lies there at rest.
#
# ### Predict
#
# Two runs, both a millionth beside the ridge. One rolls in from $x = 1$. The other starts at $x = 0$, in
# the pass, at rest. Which is out first?
#
# - **A** The one that rolls in.
# - **B** Both at the same step.
# - **C** The one that starts in the pass: it needn't travel there.

# %%
guess_run_up = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# Three starts at once: no run-up, a run-up of 1, a run-up of 1000.

# %%
starts = np.array([[0.0, 1e-6], [1.0, 1e-6], [1000.0, 1e-6]])
runs = me.descend(ridge, starts, me.ema(1.0, beta), steps=300)
leaving = np.argmax(np.abs(runs.w[..., 1]) > 1, axis=0)
print(f"your guess: {guess_run_up}; out at step", *leaving)

# %%
apart = np.abs(runs.w[..., 1] - runs.w[:, :1, 1]).max()
fastest = np.abs(np.diff(runs.w[..., 0], axis=0)).max(axis=0)

# %%
print("largest step along the ridge:", *(f"{value:.2f}" for value in fastest))
print(f"largest difference across, over all steps: {apart:.0f}")
assert leaving.tolist() == [226, 226, 226]
assert apart == 0
assert np.allclose(fastest, [0, 0.26, 259.2], atol=0.05)

# %% [markdown]
# ### Explain
#
# **B.** Both, to the last digit. The gradient is $(x,\, -\gamma y)$: its part across doesn't contain $x$.
# Nor does the velocity mix the two. **Near a saddle the directions don't know of each other.** Speed along
# the ridge stays along the ridge. It only swings to and fro until it has died out.
#
# This isn't special to our pass. Close to *any* saddle that is curved in all directions, the loss is a sum of
# such parabolas, one for each eigenvector of the Hessian. (Farther away it is not; then anything can happen.)
#
# **Verdict.** *False* near a saddle: a run-up of 0, of 1 and of 1000 all leave at step 226. What counts
# is the distance *across* and how fast it grows.
#
# ## 2. What people say: "Momentum escapes from saddles faster"
#
# Then perhaps momentum makes the distance across grow faster. Steps all point the same way there, and
# momentum is good at that.
#
# ### Predict
#
# From $y = 10^{-6}$ to 1, with $\eta\gamma = 0.01$, plain descent needs 1389 steps. How many does our rule
# need at the same learning rate, with $\beta = 0.9$?
#
# - **A** About 139: ten times fewer.
# - **B** About 1270: a little fewer.
# - **C** About 1510: more.

# %%
guess_speed = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# Beside it we put PyTorch's form, the heavy ball, with the *same number* in its rate. And plain descent at a
# rate ten times as large.

# %%
steep = landscapes.saddle(1.0)
rules = {
    "plain descent": me.gradient_descent(0.01),
    "momentum (EMA)": me.ema(0.01, beta),
    "heavy ball": me.heavy_ball(0.01, beta),
    "plain descent at 0.1": me.gradient_descent(0.1),
}

# %%
paths = {name: me.descend(steep, [0.0, 1e-6], rule, steps=2000) for name, rule in rules.items()}
escape = {name: me.escape_step(path, [0, 0], radius=1.0) for name, path in paths.items()}

# %%
print(f"your guess: {guess_speed}")
for name, steps in escape.items():
    print(f"{name}: {steps:.0f} steps")
assert list(escape.values()) == [1389, 1511, 226, 145]

# %%
title = "At the same rate momentum is the slower one"
figure, axes = figures.new(title, x="step", y="distance across |y| (log axis)")
roles = (figures.PLAIN, figures.MOMENTUM, figures.HEAVY_BALL, figures.SERIES[5])
for role, (name, path) in zip(roles, paths.items(), strict=True):
    distance = path.w[: int(escape[name]) + 1, 1]
    axes.semilogy(distance, **role.plot, label=f"{name}: {escape[name]:.0f} steps")
    axes.plot(escape[name], distance[-1], color=role.colour, marker=role.marker)
axes.axhline(1, **figures.TARGET.plot)
axes.legend(loc="lower right")
figures.show(
    figure,
    alt="Distance across on a log axis from 1e-6 to 1: four straight lines. At the same rate plain descent "
    "is out at step 1389, momentum in EMA form at 1511. Heavy ball is out at 226, plain descent at a rate of "
    "0.1 at 145.",
)

# %% [markdown]
# ### Explain
#
# **C.** At the same rate momentum needs 9 % *more* steps. Each step is a mean of past gradients, and here
# past gradients were smaller. **The velocity is late**, as always; on a growing slope being late means being
# slow. In numbers: without $v$ the rule reads $y_{t+1} = (1 + \beta - a)\,y_t - \beta\,y_{t-1}$ with $a = h\,
# (1-\beta)$ (lesson 03), and here $h = -\eta\gamma$. Try $y_t = \mu^t$. The growth $\mu$ of one step
# then solves, with $a = -\eta\gamma\,(1-\beta)$:
#
# $$\mu^2 - (1 + \beta - a)\,\mu + \beta = 0$$
#
# The larger root is the growth. Plain descent grows by $1 + \eta\gamma$. Put that in, and the left side is
# $\beta\,(\eta\gamma)^2$: above 0, so the root lies below. Every beta is slower than none.

# %%
betas = np.array([0.0, 0.5, 0.9, 0.99])
growth = theory.convergence_rate(-0.01, betas)  # the curvature is negative, so h = -0.01, and it grows
measured = paths["momentum (EMA)"].w[1511, 1] / paths["momentum (EMA)"].w[1510, 1]

# %%
print("growth a step:", *(f"{value:.5f} (beta {b:g})" for b, value in zip(betas, growth, strict=True)))
assert np.allclose(growth, [1.01, 1.00990, 1.00924, 1.00621], atol=5e-6)
assert abs(measured - growth[2]) < 1e-9
left_side = 1.01**2 - (1 + betas + 0.01 * (1 - betas)) * 1.01 + betas
assert np.allclose(left_side, betas * 0.01**2, atol=1e-15)

# %% [markdown]
# And the heavy ball with its 226 steps? Its rate of 0.01 *is* our rate of 0.1 (lesson 01): it took steps ten
# times longer. (At the start, too, rate times $\gamma$ was 0.1, and it took 226 steps.) Plain descent can
# take that rate as well, and is out at step 145. So here nothing is gained by momentum.
#
# A larger rate is momentum's gain only where plain descent can't follow: where another, *steeper* direction
# limits the rate. There momentum **affords** more: the stable directions tolerate $\eta\lambda$ up to
# $2(1+\beta)/(1-\beta) = 38$ instead of 2. Our first pass is such a place: $\gamma = 0.1$, and along the
# ridge the curvature is 1, ten times steeper. What does each rule reach there, at all rates that it
# tolerates?

# %%
limit = theory.stability_limit(beta)
plain_rates, rates = np.geomspace(0.03, 1.9, 20), np.geomspace(0.03, 0.97 * limit, 30)
start = [1.0, 1e-6]
plain = me.descend(ridge, start, me.gradient_descent(plain_rates), steps=5000)
momentum = me.descend(ridge, start, me.ema(rates, beta), steps=5000)
plain_steps, steps = (np.argmax(np.abs(path.w[..., 1]) > 1, axis=0) for path in (plain, momentum))

# %%
trio = me.descend(ridge, start, me.ema(np.array([1.0, 1.9, 20.0]), beta), steps=300)
at = np.argmax(np.abs(trio.w[..., 1]) > 1, axis=0)
print(f"plain descent at 1.9, near its limit: {plain_steps[-1]} steps")
print(f"momentum at 1, 1.9 and 20: {at[0]}, {at[1]} and {at[2]} steps; near its limit: {steps[-1]}")

# %%
assert (plain_steps[-1], steps[-1]) == (80, 26)
assert at.tolist() == [226, 145, 36]
assert np.all(np.interp(plain_rates, rates, steps) > plain_steps)

# %%
title = "Slower at each shared rate, faster at rates that only momentum tolerates"
figure, axes = figures.new(title, x="learning rate (log axis)", y="steps to leave (log axis)", size=(8.2, 4))
axes.loglog(plain_rates, plain_steps, **figures.PLAIN.points, label="plain descent")
axes.loglog(rates, steps, **figures.MOMENTUM.points, label="momentum, beta = 0.9")
axes.axvline(2, color=figures.BLUE, linestyle=":")
axes.axvline(limit, color=figures.VERMILION, linestyle=":")
axes.text(2.2, 1500, "plain blows up", color=figures.BLUE)
axes.text(42, 1500, "momentum\nblows up", color=figures.VERMILION)
axes.set_xlim(right=160)
axes.legend(loc="lower left")
figures.show(
    figure,
    alt="Steps to leave the pass against the learning rate. Up to a rate of 2 momentum lies above plain "
    "descent, which ends there at 80 steps; momentum goes on to a rate of 37 and 26 steps.",
)

# %% [markdown]
# **Verdict.** *False* at the same rate: 1511 steps against 1389, and so at every beta. *True* at the rate
# it affords, if another, steeper direction is what limits the rate: 36 steps at 20, half of momentum's limit,
# against 80 at 1.9, close to plain descent's.
#
# ## 3. Exactly on the ridge
#
# So a run leaves because $y$ *grows*. From what does it grow?
#
# ### Predict
#
# We start exactly on the ridge, $y = 0$, and roll in from $x = 1$. How long until momentum is out?
#
# - **A** About as long: the speed shakes it off the ridge.
# - **B** Much longer, but rounding errors free it in the end.
# - **C** It never leaves.

# %%
guess_zero = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
balanced = me.descend(ridge, [1.0, 0.0], me.ema(1.0, beta), steps=20_000)
print(f"your guess: {guess_zero}")
print(f"largest |y| in 20,000 steps: {np.abs(balanced.w[:, 1]).max():.1f}")
assert np.all(balanced.w[:, 1] == 0)

# %% [markdown]
# ### Explain
#
# **C.** The slope across is *exactly* zero there, so the velocity across stays exactly zero too. Zero
# times any growth is zero. What frees a run is **noise** across the ridge, however faint. We add noise of
# standard deviation $10^{-9}$, $10^{-6}$ and $10^{-3}$ to each gradient, 200 runs each (seed 0), from the
# very saddle.

# %%
levels = np.array([1e-9, 1e-6, 1e-3])
pair = {"plain descent": me.gradient_descent(1.0), "momentum": me.ema(1.0, beta)}
freed = np.empty((2, 3, 200))
for row, rule in enumerate(pair.values()):
    for column, noise in enumerate(levels):
        rng = np.random.default_rng(0)
        cloud = me.descend(ridge, np.zeros((200, 2)), rule, steps=420, noise=noise, rng=rng)
        freed[row, column] = me.escape_step(cloud, [0, 0], radius=1.0)

# %%
medians = np.median(freed, axis=-1)
for name, row in zip(pair, medians, strict=True):
    print(f"{name}: median {row[0]:.0f}, {row[1]:.0f}, {row[2]:.0f} steps")
print(f"a factor 1000 is worth {np.log(1000) / np.log(theory.convergence_rate(-0.1, beta)):.0f} steps")

# %%
assert np.isfinite(freed).all()
assert np.allclose(medians, [[214, 141, 69], [333, 223, 112]], atol=3)
assert np.allclose(np.diff(medians), [[-72, -72], [-110, -110]], atol=4)
assert np.allclose(medians[:, 0] / medians[:, 1], 1.5, atol=0.05)

# %%
title = "A thousand times less noise: only 72 or 110 steps more"
x_label = "standard deviation of the noise (log axis; the two rules' dots set apart)"
figure, axes = figures.new(title, x=x_label, y="steps to leave")
for name, role, row, shift in zip(pair, (figures.PLAIN, figures.MOMENTUM), freed, (0.8, 1.25), strict=True):
    axes.plot(np.repeat(levels * shift, 200), row.ravel(), ".", color=role.colour, markersize=3, alpha=0.3)
    axes.plot(levels * shift, np.median(row, axis=1), **role.points, label=f"{name}, median of 200")
axes.set(xscale="log", ylim=(0, 420))
axes.legend()
figures.show(
    figure,
    alt="Steps to leave against the noise, 200 runs a dot cloud. Medians for noise 1e-9, 1e-6, 1e-3: "
    "plain descent 214, 141, 69; momentum 333, 223, 112. Straight lines on the log axis.",
)

# %% [markdown]
# Growth is exponential, so the size of the noise enters as a logarithm only. With noise in the ninth digit a
# run needs 1.5 times as long as with noise in the sixth, not a thousand times. Rounding is noise as well, but
# from $y = 0$ there was nothing to round. Real training has noise in plenty; section 6 asks whether it has a
# part along the way out.
#
# **Verdict.** With a slope of exactly zero across, momentum stays for ever: no inertia can multiply
# nothing. Noise frees it, and plain descent too, and plain descent first.
#
# ## 4. Try it
#
# The pass from above, the distance across, and the growth for each beta. Find out:
#
# 1. Move the run-up. Which of the three pictures changes?
# 2. Put the start exactly on the ridge. Then add the faintest noise there is.
# 3. Beta sets the growth. At a rate of 1, which beta leaves first? And at a rate of 20?

# %%
explorers.saddle()

# %% [markdown]
# What you should have found: the run-up changes only the path along the ridge. At a rate of 1 every beta
# is slower than 0. At a rate of 20 beta must be at least 0.82 or the run blows up along the ridge; there
# it leaves in 27 steps.

# %%
least = np.ceil(100 * 18 / 22) / 100  # 2 (1 + beta) / (1 - beta) > 20 needs beta > 18 / 22
quick = explorers.saddle.compute(learning_rate=20.0, beta=least)
print(f"at a rate of 20: beta >= {least:.2f}, then out after {quick.escape:.0f} steps")
assert theory.stability_limit(least) > 20 > theory.stability_limit(least - 0.01)
assert quick.escape == 27

# %% [markdown]
# ## 5. Where inertia does help: a terrace
#
# There is another place with slope zero: a *terrace*, where a falling path turns level at one point and
# then falls on. Like $x^3$ at 0. Ours is $f(x) = x^4/4 + x^3/3$: from the right it falls to a terrace at
# 0, and beyond it to a minimum at -1. Here the way in and the way out are **one and the same direction**.
#
# ### Predict
#
# Both rules start at $x = 1$ with a rate of 0.3 and take 5000 steps. Who gets past the terrace?
#
# - **A** Both.
# - **B** Only momentum.
# - **C** Neither.

# %%
guess_terrace = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
terrace = landscapes.inflection()
two = np.array([[1.0], [0.2]])  # the second start: nearer, so with less of a run-up
slow = me.descend(terrace, two, me.gradient_descent(0.3), steps=5000)
rolling = me.descend(terrace, two, me.ema(0.3, beta), steps=5000)

# %%
past = int(np.argmax(rolling.w[:, 0, 0] < -0.9))
print(f"your guess: {guess_terrace}; after 5000 steps:")
print(f"from 1:   plain at {slow.w[-1, 0, 0]:.4f}, momentum at {rolling.w[-1, 0, 0]:.4f} (since {past})")
print(f"from 0.2: plain at {slow.w[-1, 1, 0]:.4f}, momentum at {rolling.w[-1, 1, 0]:.4f}")

# %%
assert past == 22
assert abs(rolling.w[-1, 0, 0] + 1) < 1e-9
assert np.allclose(slow.w[-1, :, 0], [0.0007, 0.0007], atol=5e-5)
assert abs(rolling.w[-1, 1, 0] - 0.0006) < 5e-5

# %%
titles = ("A terrace, and the two starts", "From 1: momentum rolls past", "From 0.2: both stay")
labels = (("x", "step (log axis)", "step (log axis)"), ("height f(x)", "x", "x"))
figure, (shape, *panels) = figures.new(*titles, x=labels[0], y=labels[1], size=(12, 3.8))
places = np.linspace(-1.45, 1.1, 200)[:, np.newaxis]
shape.plot(places, terrace.value(places), color=figures.BLACK)
shape.plot(two, terrace.value(two), "o", color=figures.VERMILION)
for number, axes in enumerate(panels):
    axes.semilogx(np.arange(1, 5001), slow.w[1:, number, 0], **figures.PLAIN.plot, label="plain descent")
    axes.semilogx(np.arange(1, 5001), rolling.w[1:, number, 0], **figures.MOMENTUM.plot, label="momentum")
    axes.axhline(0, **figures.TARGET.plot)
    axes.text(1, (0.03, 0.003)[number], "terrace")
panels[0].axhline(-1, **figures.TARGET.plot)
panels[0].legend()
figures.show(
    figure,
    alt="Left: the curve falls from the right, is level at 0, and falls on to a minimum at -1. Then position "
    "over 5000 steps, log axis. From 1: plain descent creeps down to the terrace at 0 and stays; momentum "
    "passes it and is at -0.9 by step 22. From 0.2: both creep to 0, momentum a little ahead.",
)

# %% [markdown]
# ### Explain
#
# **B.** Plain descent creeps: its step is $\eta\,(x^2 + x^3)$. Near 0, half the distance means a quarter of
# the step. After 5000 steps it still lies in front of the terrace. Momentum comes with speed, and here the
# speed points the way out. But it must have enough of it: from 0.2 the speed is spent before the terrace.
#
# And a control, because a larger rate is a rival explanation: at a rate of 0.55 *plain descent* from 1
# jumps over the terrace in one step.

# %%
leap = me.descend(terrace, [1.0], me.gradient_descent(0.55), steps=60).w[:, 0]
print(f"plain descent at 0.55: {leap[0]:.1f}, {leap[1]:.1f}, ..., {leap[-1]:.2f}")
assert abs(leap[1] + 0.1) < 1e-9
assert abs(leap[-1] + 1) < 5e-3

# %% [markdown]
# **Verdict.** *True* on a terrace, at a rate at which plain descent creeps, and with enough of a run-up.
# The popular sentence describes a terrace and speaks of a saddle.
#
# ## 6. Real data: a network that starts almost symmetric
#
# Take a network with 16 hidden units, and give all 16 the *same* weights. Then all get the same gradient
# and stay the same: the network computes with one unit, copied 16 times. This symmetric set is a ridge.
# Training rolls along it down to the best that one unit can do. That place is a saddle if the loss falls
# sideways from there, where units differ: then their difference grows.
#
# We use 256 training images, a network 64-16-10 (tanh, squared error, full batch), five random starts
# (seeds 0 to 4). Each weight is then moved off the symmetric ridge by a millionth (seed 9).

# %%
digits = me.load_digits()
images, labels = digits.train_images[:256], digits.train_labels[:256]
model = networks.mlp((64, 16, 10))


def symmetric(seed):
    w = model.init(np.random.default_rng(seed))
    (inward, _), (outward, _) = model.unpack(w)  # views: writing to them changes w
    inward[:], outward[:] = inward[:, :1], outward[:1] / 16
    return w


# %%
exact = np.stack([symmetric(seed) for seed in range(5)])
nudged = exact + 1e-6 * np.random.default_rng(9).standard_normal(exact.shape)


def gradient(w):
    return model.gradient(w, images, labels)


def losses(path):
    with np.errstate(all="ignore"):  # some runs below blow up, and are meant to
        return np.stack([model.loss(w, images, labels) for w in path])


def difference(w):
    """How far the hidden units' weights are from their common mean."""
    inward = model.unpack(w)[0][0]
    return np.linalg.norm(inward - inward.mean(axis=-1, keepdims=True), axis=(-2, -1))


# %% [markdown]
# ### Predict
#
# Both rules train at the same rate, 0.2. The loss falls at once, then stays on a plateau. Who leaves the
# plateau first?
#
# - **A** Momentum: it came in with speed.
# - **B** Plain descent, a little.
# - **C** Neither leaves: a millionth is nothing.

# %%
guess_network = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# All ten runs in one call; every tenth step is kept.

# %%
both = me.descend(gradient, nudged, me.ema(0.2, np.array([[0.0], [beta]])), steps=450, keep_every=10)
curve, units_apart = losses(both.w), difference(both.w)  # (46, 2 rules, 5 seeds)
left_at = np.argmax(curve < 0.38, axis=0) * 10

# %%
print(f"your guess: {guess_network}; the loss is below 0.38 at step")
print("plain descent:", *left_at[0], "   momentum:", *left_at[1])
print(f"loss at step 150: {curve[15].min():.2f} to {curve[15].max():.2f}")

# %%
assert np.all(left_at[1] > left_at[0] + 40)
assert 270 <= left_at[0].min() <= left_at[0].max() <= 320
assert 350 <= left_at[1].min() <= left_at[1].max() <= 390
assert 0.41 < curve[15].min() < curve[15].max() < 0.435

# %%
titles = ("Same rate: momentum leaves the plateau later", "What grows there is the units' difference")
marks = ("loss", "distance between units (log axis)")
figure, (left, right) = figures.new(*titles, x="step", y=marks, size=(10, 4))
for number, (role, name) in enumerate(
    ((figures.PLAIN, "plain descent"), (figures.MOMENTUM, "momentum, same rate"))
):
    for axes, values in ((left, curve), (right, units_apart)):
        axes.plot(both.step, values[:, number], **role.plot | {"linewidth": 1})
        axes.plot([], **role.plot, label=f"{name}, 5 seeds")
left.axhline(0.38, **figures.TARGET.plot)
left.text(2, 0.353, "below: has left")
right.set_yscale("log")
right.legend(loc="lower right")
figures.show(
    figure,
    alt="Left: loss of ten runs over 450 steps: down to 0.42 to 0.45 in 20 steps, flat until about 250, then "
    "down; plain descent leaves 80 steps before momentum. Right: the difference between units grows as a "
    "straight line on a log axis, more steeply for plain descent.",
)

# %% [markdown]
# The right panel looks like section 2. Does the theory of one parabola hold in this network? Plain
# descent's measured growth gives the curvature $\gamma$. From it `theory` predicts the growth with
# momentum; then we measure that.

# %%
grown = (units_apart[20] / units_apart[10]) ** (1 / 100)  # a step, from step 100 to 200
downward = (grown[0] - 1) / 0.2
predicted = theory.convergence_rate(-0.2 * downward, beta)

# %%
print("downward curvature:", *(f"{value:.2f}" for value in downward))
print("growth a step with momentum, predicted:", *(f"{value - 1:.1%}" for value in predicted))
print("growth a step with momentum, measured: ", *(f"{value - 1:.1%}" for value in grown[1]))
assert np.all(np.abs((grown[1] - 1) / (predicted - 1) - 1) < 0.05)
assert np.all((downward > 0.17) & (downward < 0.24))

# %% [markdown]
# Now the fair question again: the rates each rule affords.

# %%
afforded = np.array([[0.4], [0.5], [1.0], [3.0], [4.0]])
mixed = me.ema(afforded, np.array([[0.0], [0.0], [beta], [beta], [beta]]))
fast = losses(me.descend(gradient, nudged, mixed, steps=160, keep_every=10).w)
survived = fast[-1] < 1  # the others have blown up
first = np.argmax(fast < 0.38, axis=0) * 10
names = ("plain 0.4", "plain 0.5", "momentum 1", "momentum 3", "momentum 4")

# %%
for name, alive, step in zip(names, survived, first, strict=True):
    print(f"{name}: {alive.sum()} of 5 survive; out at step", *step[alive])
assert survived.sum(axis=1).tolist() == [5, 4, 5, 5, 0]
assert np.all((first[0] >= 140) & (first[0] <= 160))
assert np.all((first[3] >= 60) & (first[3] <= 70))

# %% [markdown]
# And the ridge itself: what if all units are *exactly* alike, and we train on mini-batches, which are noisy?
# Beside it the same batches from the start that is a millionth off. (All 1536 images, rate 0.1, momentum.)

# %%
batches = {"batch_size": 64, "rng": np.random.default_rng(0)}
twins = me.train(model, digits, me.ema(0.1, beta), 20, start=np.stack([exact, nudged]), **batches)
alike, aside = difference(twins.w)  # (5,) each

# %%
print(f"480 mini-batch steps, units still alike to 1e-9: {np.all(alike < 1e-9)}")
print(f"a millionth off, the difference grows more than 100-fold: {np.all(aside > 100 * difference(nudged))}")
assert np.all(alike < 1e-9)
assert np.all(aside > 100 * difference(nudged))

# %% [markdown]
# ### Explain
#
# **B.** At the same rate plain descent leaves about 80 steps earlier, in all five seeds. The plateau *is* a
# saddle: units that differ move apart, with momentum by about 3 % a step, as the root of section 2 predicts
# (to a twentieth of that). And again the gain is in the rate: of the rates we tried, the largest that all
# five starts survive is 0.4 for plain descent (out after about 150 steps) and 3 for momentum (out after about
# 60).
#
# The mini-batches are a surprise. They are noisy, and yet nothing happens from the exact start. All units see
# the *same* images, so the noise is the same for all of them. **Noise frees a run only if it has a part along
# the way out.** Noise drawn for each weight alone has one (section 3); so do the usual random initial
# weights.
#
# **Verdict.** In a real network, too: not the inertia, but the growth across decides, and the rate that
# one can afford decides the growth.
#
# ## Check yourself
#
# Answer before you unfold.
#
# **1.** You start a run ten times farther along the ridge ($x = 10$ for 1), as close beside it as before. How
# does that change the step at which it is out?
#
# <details><summary>Answer</summary>
# Not at all. Along and across don't know of each other: run-ups of 0, 1 and 1000 all left at step 226.
# </details>
#
# **2.** On a plateau you switch momentum on (EMA form, beta = 0.9) and leave the rate alone. Will you be
# out sooner?
#
# <details><summary>Answer</summary>
# No, later: 9 % in section 2 (1511 steps against 1389), about 80 steps in the network. It pays only if you
# also use a larger rate that plain descent can't take.
# </details>
#
# **3.** A blog shows PyTorch's SGD with momentum=0.9 leaving a saddle six times faster than without, at
# the same lr. What was really compared?
#
# <details><summary>Answer</summary>
# Two rates. The heavy ball at lr = 0.01 takes the steps of the EMA form at 0.1, ten times longer. If plain
# descent can take that rate too, it is faster still: 145 steps against 226 in section 2.
# </details>
#
# **4.** Noise of size 1e-6 frees your run after 223 steps. You reduce it a thousandfold. How long does it
# take now? Two hundred thousand steps?
#
# <details><summary>Answer</summary>
# About 110 more, 333. Growth is exponential: a factor 1000 is worth ln(1000)/ln(growth) steps.
# </details>
#
# **5.** Somebody shows that momentum rolls past the flat spot of x^3 where plain descent stops. Does this
# prove that inertia helps at saddles?
#
# <details><summary>Answer</summary>
# No. That spot is a terrace: the way in and the way out are one direction, so speed is kept. At a saddle
# the way out stands at a right angle to the way in.
# </details>

# %% [markdown]
# ## Key points
#
# - **The run-up does not count.** From 0, 1 and 1000 along the ridge, momentum leaves at step 226 alike:
#   near a saddle the directions don't mix.
# - **At the same rate momentum is slower**: 1511 steps against 1389 (rate times curvature 0.01, beta =
#   0.9). The growth is the larger root, 1.00924 against 1.01.
# - **It wins by the rate it affords**, if a steeper direction limits plain descent: 36 steps at a rate of 20
#   against 80 at 1.9. Where plain descent can take the same rate, it is ahead: 145 against 226.
# - **Exactly zero stays zero**, for 20,000 steps and for ever. Noise frees it, and 1000 times less noise
#   costs momentum 110 steps more, plain descent 72.
# - **On a terrace inertia does help**: past it by step 22 from 1, while plain descent creeps for 5000
#   steps. From 0.2 momentum stays as well.
# - **In a real network** with 16 equal units momentum leaves the plateau about 80 steps later at the same
#   rate (5 of 5 seeds); from exactly equal units 480 mini-batch steps don't free it at all.

# %% [markdown]
# ## Say it in a lecture
#
# **Ask the room.** "A ball rolls into a pass at full speed, another lies there. Which is out first?" Let
# them vote, then run section 1 with a run-up of 1000. Then: "What gets it out, if not speed?"
#
# **What goes wrong.** People draw a terrace and say saddle: draw both. They compare PyTorch's lr with and
# without momentum and call it the same rate. They say "stuck": growth is exponential, so it is slow and
# then sudden, and the log axis shows that nothing was ever stuck.
#
# **In a short hour** skip the figure over all rates in section 2 and the noise cloud of section 3. Keep
# section 1, the explorer, section 5 and the two panels of section 6.

# %% [markdown]
# ## Go deeper
#
# - O'Neill and Wright (2019), "Behavior of accelerated gradient methods near critical points of
#   nonconvex functions", *Mathematical Programming* 176, arXiv 1706.07993. The roots of section 2, and
#   how rarely a run ends in a saddle.
# - Polyak (1964), "Some methods of speeding up the convergence of iteration methods", *USSR
#   Computational Mathematics and Mathematical Physics* 4(5). The heavy ball.
# - Goh (2017), "Why Momentum Really Works", *Distill*. Directions that don't know of each other.
# - Kidambi et al. (2018), "On the insufficiency of existing momentum schemes for stochastic
#   optimization", *ICLR*. When the larger rate can't be afforded because of noise.

# %% [markdown]
# ## Exercises
#
# [Exercises of lesson 05](exercises/05_saddle_escape.ipynb): find the growing root, the time to escape, a
# step on a saddle, and a rate that leaves within 60 steps.
#
# Next: lesson 06 asks whether momentum leaves *minima*.
