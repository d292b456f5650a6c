# %% [markdown]
# # 10 · Audit: which popular sentences about momentum are true, and when?
#
# **Question.** Twelve sentences about momentum stand in tutorials, answers and lectures. Which of them can
# I pass on, and with which condition added?
#
# **Minutes.** 25 to read and run; 45 in a lecture.
#
# **You need.** Lessons 00 to 08 help, but each card stands alone: it names the lesson with the full story.
#
# **Objectives.** After this lesson you can
#
# - say for each of the twelve claims when it is true and when it is false,
# - give one number that decides it, and measure that number in a few lines,
# - answer a popular sentence with a question: *same rate? which form? which curvature?*
# - put a claim of your own to the test in the same way.

# %%
import numpy as np

import momentum_edu as me
from momentum_edu import figures, landscapes, networks, schedules, theory

# %% [markdown]
# The rule is that of the course, with $\beta = 0.9$ where nothing else is said. $h = \eta\lambda$ is learning
# rate times curvature. The *overshoot* is the farthest point beyond the minimum, as a fraction of the first
# distance.
#
# $$v_t = \beta\,v_{t-1} + (1-\beta)\,g_t \qquad w_t = w_{t-1} - \eta\,v_t \qquad v_0 = 0$$
#
# ## Twelve claims
#
# | | What people say |
# |---|---|
# | 1 | "The update rule is v = beta v + (1 - beta) g, w = w - eta v." |
# | 2 | "Beta is usually 0.5 to 0.9." |
# | 3 | "It smooths the trajectory." |
# | 4 | "It avoids zig-zag." |
# | 5 | "It accelerates convergence." |
# | 6 | "It reaches the global minimum." |
# | 7 | "It escapes local minima." |
# | 8 | "Its inertia carries it across saddle points." |
# | 9 | "Early oscillation comes because early gradients are large and accumulate." |
# | 10 | "The oscillations die out because the gradients shrink and momentum loses influence." |
# | 11 | "A smaller learning rate reduces them." |
# | 12 | "Learning-rate scheduling cures them." |
#
# ### Predict
#
# Give each sentence a letter before you go on. **T**: true as it stands, as a general law. **F**: false as it
# stands, there are ordinary cases in which it fails. Each card shows your letter again.

# %%
my_guesses = "????????????"  # twelve letters, T or F; the first is for claim 1

# %%
found = {}


def card(number, finding):
    """Keep what a card measured for the overview, and print it beside your guess."""
    found[number] = finding
    print(f"claim {number}, your guess {my_guesses.ljust(12, '?')[number - 1]}: {finding}")


# %%
def walk(rule, h=1.0, steps=400, start=1.0):
    """Walk down one parabola of curvature h from rest."""
    return me.descend(landscapes.quadratic([h]), [start], rule, steps).w[:, 0]


def overshoot(path):
    return max(0.0, -path.min() / path[0])


def settled(path):
    """Count the steps until the path stays within 1 % of its first distance."""
    return int(np.flatnonzero(np.abs(path) > 0.01 * abs(path[0]))[-1]) + 1


# %% [markdown]
# ### Run
#
# #### Claim 1. "The update rule is v = beta v + (1 - beta) g, w = w - eta v"
#
# A fair sentence: it is *a* rule in use, and the one of this course. But the same two numbers mean other
# things in other libraries. PyTorch sums gradients (the heavy ball).

# %%
mean, total = (overshoot(walk(form(0.1, 0.9))) for form in (me.ema, me.heavy_ball))
card(1, f"rate 0.1, beta 0.9: overshoot {mean:.2f} as a mean, {total:.2f} as a sum")
assert abs(mean - 0.153) < 5e-4
assert abs(total - 0.604) < 5e-4

# %% [markdown]
# With the rate converted, $\eta(1-\beta)$ at each step, who still walks the same path under a schedule?


# %%
def gaps(rate, beta):
    """Return how far the sum (PyTorch) and the form that holds the rate (Keras) part from the mean."""
    forms = [me.heavy_ball, me.classical_momentum]
    paths = [walk(form(lambda t: rate(t) * (1 - beta(t)), beta), steps=60) for form in forms]
    own = walk(me.ema(rate, beta), steps=60)
    return [np.abs(path - own).max() for path in paths]


# %%
steady = (schedules.constant(1.0), schedules.constant(0.9))
moving = (schedules.warmup(1.0, 10), schedules.join([0.5, 0.95], [10]))
table = {
    "nothing changes": gaps(*steady),
    "the rate changes": gaps(moving[0], steady[1]),
    "beta changes": gaps(steady[0], moving[1]),
    "both change": gaps(*moving),
}

# %%
for name, (pytorch, keras) in table.items():
    print(f"{name:16s}: largest gap of the sum {pytorch:.2f}, of Keras's form {keras:.2f}")
same = np.array(list(table.values())) < 1e-9
assert same.tolist() == [[True, True], [True, False], [False, True], [False, False]]
assert np.array(list(table.values()))[~same].min() > 0.05

# %% [markdown]
# **Verdict.** *True when* you say which form you mean. *False when* taken for the only one: it is one of
# four. Converted, mean and sum agree under any schedule of the rate; mean and Keras's form under any schedule
# of beta; when both change, all part. **The number**: 0.15 against 0.60. → [Lesson
# 01](01_update_rule.ipynb), sections 1 to 3.
#
# #### Claim 2. "Beta is usually 0.5 to 0.9"
#
# As a report of what manuals say it is fair. As advice it needs the condition number $\kappa$, the ratio of
# the largest to the smallest curvature. We give each beta the best rate it can have.


# %%
def steps_per_digit(beta, kappa):
    """Return the steps for a factor of 10 in the long run, at this beta's best rate."""
    rates = np.geomspace(1e-2, 1e2, 4001) / np.sqrt(kappa)
    slowest = np.maximum(*(theory.convergence_rate(rates * c, beta) for c in (1.0, kappa)))
    return np.log(10) / -np.log(slowest.min())


# %%
betas = (0.5, 0.9, 0.99)
steps = {kappa: [steps_per_digit(beta, kappa) for beta in betas] for kappa in (34, 1442, 158_402)}
for kappa, row in steps.items():
    print(f"kappa {kappa:6d}: steps per digit", *(f"{n:.0f}" for n in row), "at beta 0.5, 0.9, 0.99")
card(2, f"kappa 158,402: {steps[158_402][1]:.0f} steps a digit at 0.9, {steps[158_402][2]:.0f} at 0.99")

# %%
assert [int(np.argmin(row)) for row in steps.values()] == [0, 1, 2]
best = [theory.optimal(1.0, kappa)[1] for kappa in steps]
assert np.allclose(best, betas, atol=1e-3)

# %% [markdown]
# **Verdict.** *True when* $\kappa$ is between about 34 and 1442. *False when* it is larger: at 158,402 the
# best beta is 0.99. **The number**: 0.5 belongs to 34, 0.9 to 1442. → [Lesson 01](01_update_rule.ipynb),
# section 4; [lesson 04](04_acceleration.ipynb), section 3.
#
# #### Claim 3. "It smooths the trajectory"
#
# The idea is right for the velocity: an average of noisy gradients is calmer. People conclude that the
# weight ends closer to the minimum. 4000 runs at $h = 0.1$ with independent noise (seed 1):

# %%
rules = (me.gradient_descent(1.0), me.ema(1.0, 0.9))
noise = {"noise": 1.0, "rng": np.random.default_rng(1), "keep_every": 20}
plain, smooth = (
    me.descend(landscapes.quadratic([0.1]), np.zeros((4000, 1)), rule, 600, **noise) for rule in rules
)
v_left, w_left = smooth.v[15:].var() / plain.v[15:].var(), smooth.w[15:].var() / plain.w[15:].var()

# %%
card(3, f"variance left: {v_left:.0%} in the velocity, {w_left:.0%} in the weight")
assert abs(v_left - 0.05) < 0.005
assert abs(w_left - 0.95) < 0.005  # theory: 1.9 / (2 - 0.01 / 1.9) = 0.953

# %% [markdown]
# And with *shuffled* batches, as most people train? Softmax regression on the digits: batches of 64, rate
# 0.1, 30 epochs from the minimum, seeds 0 to 4. The loss above the minimum, relative to plain descent:

# %%
digits, softmax = me.load_digits(), networks.softmax_regression(l2=0.01)
eta, beta = theory.optimal(0.01, 1.0)
goal = me.train(softmax, digits, me.ema(eta, beta), 150, start=np.zeros(650), rng=np.random.default_rng(0))
lowest = goal.epoch_loss[-1]


# %%
def left_over(seed):
    batches = {"batch_size": 64, "rng": np.random.default_rng(seed)}
    history = me.train(softmax, digits, me.ema(0.1, np.array([0.0, 0.9])), 30, start=goal.w, **batches)
    floor = (history.epoch_loss[10:] - lowest).mean(axis=0)
    return floor[1] / floor[0]


# %%
shares = [left_over(seed) for seed in range(5)]
print(f"shuffled: {np.mean(shares):.2f} of the floor is left ({min(shares):.2f} to {max(shares):.2f})")
assert abs(np.mean(shares) - 0.59) < 0.02
assert max(shares) < 0.8

# %% [markdown]
# **Verdict.** *True* of the velocity: 5 % of the variance. *False* of where the weight ends, for independent
# noise and small $h$: 95 % stays. *True again when* batches are shuffled: there the floor of the loss falls
# to 59 %. **The number**: 5 % against 95 %. → [Lesson 02](02_smoothing.ipynb), sections 3 and 5.
#
# #### Claim 4. "It avoids zig-zag"
#
# Plain descent jumps from wall to wall when the rate is too large for a steep direction, and momentum
# averages that away. One steep direction, at two rates:

# %%
print(f"h = 1.8: plain settles in {settled(walk(me.gradient_descent(1.8)))} steps,", end=" ")
print(f"beta = 0.1 in {settled(walk(me.ema(1.8, 0.1)))}, beta = 0.9 in {settled(walk(me.ema(1.8, 0.9)))}")
assert settled(walk(me.ema(1.8, 0.1))) < settled(walk(me.gradient_descent(1.8))) / 4
assert settled(walk(me.ema(1.8, 0.9))) > 3 * settled(walk(me.gradient_descent(1.8)))

# %%
calm, ringing = (overshoot(walk(rule)) for rule in (me.gradient_descent(0.3), me.ema(0.3, 0.9)))
card(4, f"h = 0.3: overshoot {calm:.2f} without momentum, {ringing:.2f} with")
assert calm == 0
assert abs(ringing - 0.38) < 5e-3

# %% [markdown]
# **Verdict.** *True when* plain descent zig-zags, for $h$ from 1 to 2, and best with a small beta. *False
# when* $h < 1$: there is no zig-zag, and momentum makes a swing. **The number**: 0 against 0.38. →
# [Lesson 02](02_smoothing.ipynb), section 4.
#
# #### Claim 5. "It accelerates convergence"
#
# Compared with what? First at the same rate, $h = 0.001$. Then best against best, at $\kappa = 1442$.

# %%
slow, late = walk(me.gradient_descent(1.0), 0.001, 2000), walk(me.ema(1.0, 0.9), 0.001, 2000)
ahead = int(np.flatnonzero(late[1:] < slow[1:])[0]) + 1
print(f"at the same rate momentum is ahead from step {ahead} on")
assert ahead == 1005

# %%
kappa = 1442
eta, beta = theory.optimal(1.0, kappa)
gain = np.log(theory.convergence_rate(eta * kappa, beta)) / np.log((kappa - 1) / (kappa + 1))
peak = np.abs(walk(me.ema(eta * (1 - 1e-12), beta), kappa)).max()
card(5, f"same rate: ahead at step {ahead}; best rates: {gain:.0f} times faster, but rises to {peak:.1f}")

# %%
assert abs(gain - 38) < 0.5
assert np.log(theory.convergence_rate(0.001, 0.9)) / np.log(1 - 0.001) < 2
assert abs(peak - 13.98) < 0.01

# %% [markdown]
# **Verdict.** *True when* the rate goes up with beta: $\sqrt\kappa = 38$ times in the long run, at the price
# that the stiff direction first rises 14 times. *False when* the rate stays: behind until step 1005, about
# $1/h$, and never twice as fast. **The number**: 1005. → [Lesson 04](04_acceleration.ipynb).
#
# #### Claim 6. "It reaches the global minimum"
#
# On a parabola, at a stable rate, it does, and so does plain descent. Here is a convex function whose slope
# has two kinks (Lessard, Recht and Packard 2016), and the heavy ball tuned by the book for its curvatures.

# %%
kinked = landscapes.lessard()
tuned = me.descend(kinked, [3.3], me.heavy_ball(1 / 9, beta=4 / 9), steps=900).w[:, 0]
card(6, "one convex valley, and it ends going round " + ", ".join(f"{x:.3f}" for x in np.sort(tuned[-3:])))
assert np.allclose(np.sort(tuned[-3:]), [-1.802, 0.647, 2.116], atol=1e-3)
assert np.allclose(tuned[-3:], tuned[-6:-3], atol=1e-12)
careful = me.descend(kinked, [3.3], me.ema(2 / 25, beta=4 / 9), steps=900).w[-1, 0]
assert abs(careful) < 1e-12  # at a smaller rate, 2 / L, it arrives

# %%
x = np.linspace(-2.3, 3.5, 300)
figure, axes = figures.new(
    "One convex valley, no barrier: it circles for ever", x="x (no unit)", y="f(x) (no unit)"
)
axes.plot(x, kinked.value(x[:, None]), color=figures.GREY)
axes.plot(tuned[-4:], kinked.value(tuned[-4:, None]), **figures.MOMENTUM.points, label="its last points")
axes.plot(0, kinked.value(np.zeros(1)), "*", color=figures.INK, markersize=14, label="minimum")
axes.legend(loc="upper center")
figures.show(
    figure,
    alt="The convex function with its minimum at 0. The tuned heavy ball jumps round three points on it, "
    "2.116, 0.647 and -1.802, and never comes to the minimum.",
)

# %% [markdown]
# **Verdict.** *True when* the function is a parabola, or convex and the rate small enough. *False when* it is
# only convex and the tuning is bold; with several valleys there is no guarantee at all. **The number**: 3
# points, for ever. → [Lesson 06](06_local_minima.ipynb), section 5.
#
# #### Claim 7. "It escapes local minima"
#
# The picture is a ball that rolls over a hill. Two valleys, $\beta = 0.99$, rate 0.1, a hundred balls that
# start at rest on the right; some lie higher than the barrier, some lower.

# %%
well = landscapes.double_well(0.15)
barrier = well.saddles[0, 0]
starts = np.linspace(barrier + 0.01, 1.9, 100)[:, None]
lower = well.value(starts) < well.value(np.array([barrier]))

# %%
rolled = me.descend(well, starts, me.ema(0.1, 0.99), 6000).w[-1, :, 0] < barrier
leapt = me.descend(well, starts, me.gradient_descent(0.8), 400).w[-1, :, 0] < barrier
card(7, f"{rolled[lower].sum()} of {lower.sum()} escape from below, {rolled[~lower].sum()} from above")
print(f"without momentum, at rate 0.8: {leapt.sum()} of 100")

# %%
assert rolled[lower].sum() == 0
assert rolled[~lower].sum() > 5
assert abs(leapt.sum() - 23) <= 1

# %% [markdown]
# **Verdict.** *True when* it starts higher than the barrier and has not yet spent that height. *False when*
# it lies below: no beta lifts it. And plain descent jumps too if its rate is large (23 of 100 at 0.8).
# **The number**: 0 from below. → [Lesson 06](06_local_minima.ipynb), sections 1 to 3.
#
# #### Claim 8. "Its inertia carries it across saddle points"
#
# A saddle, rate times curvature 0.01. Three balls: with a run-up of 1 and $10^{-6}$ off the ridge; without
# the run-up; and exactly on the ridge. When is each one a distance of 1 away across?

# %%
balls = [[1.0, 1e-6], [0.0, 1e-6], [1.0, 0.0]]
plain, smooth = (me.descend(landscapes.saddle(), balls, r(0.01), 2500) for r in (me.gradient_descent, me.ema))
out = [np.argmax(np.abs(path.w[..., 1]) > 1, axis=0) for path in (plain, smooth)]  # 0: never
card(8, f"out of the saddle at step {out[1][1]} with momentum, {out[0][1]} without")
assert out[0].tolist() == [1389, 1389, 0]
assert out[1].tolist() == [1511, 1511, 0]

# %% [markdown]
# A terrace (flat place on a slope) is another thing. Rate 0.3, start at 1:

# %%
creeping, rolling = (
    me.descend(landscapes.inflection(), [1.0], r(0.3), 5000).w[:, 0] for r in (me.gradient_descent, me.ema)
)
print(f"terrace at 0, 5000 steps: plain at {creeping[-1]:.4f}, momentum at {rolling[-1]:.4f}")
assert creeping[-1] > 0
assert abs(rolling[-1] + 1) < 1e-6

# %% [markdown]
# **Verdict.** *False* at a saddle: the run-up changes nothing, at the same rate momentum is later, and with a
# slope of exactly zero across it stays for ever. *True when* it is a terrace, or (lesson 05) when the rate is
# raised with beta. **The number**: 1511 steps against 1389. → [Lesson 05](05_saddle_escape.ipynb).
#
# #### Claim 9. "Early oscillation comes because early gradients are large and accumulate"
#
# It is fair that early gradients are the largest. So let us make them a million times larger, and look; and
# then leave the gradient and change the curvature.

# %%
by_size = [overshoot(walk(me.ema(1.0), start=size)) for size in (1e-3, 1.0, 1e3)]
flat = overshoot(walk(me.ema(1.0), h=0.001, steps=10_000))
card(9, f"gradients a million times larger: overshoot {by_size[0]:.3f} and {by_size[2]:.3f}")
print(f"same first gradient 0.001, curvature 1 and 0.001: {by_size[0]:.3f} and {flat:.3f}")
assert np.allclose(by_size, 0.6037, atol=5e-5)
assert flat == 0
run = me.descend(landscapes.quadratic([1.0]), [1e3], me.ema(1.0), 400)
assert np.abs(run.v).max() < 0.26 * np.abs(run.gradient).max()

# %%
steeper = me.descend(lambda w: w**3, np.array([[1.0], [3.0]]), me.ema(0.5), 200).w[..., 0]
near, far = -steeper.min(axis=0) / steeper[0]
print(f"a valley that is steeper outside: overshoot {near:.2f} from 1, {far:.2f} from 3")
assert np.allclose([near, far], [0.44, 0.89], atol=5e-3)

# %% [markdown]
# **Verdict.** *False* as a cause: lag times curvature is. The velocity is a mean of gradients and never
# exceeds the largest. *True when* the loss is more sharply curved far out: then a far start rings more. **The
# number**: 0.604 at any size. → [Lesson 03](03_overshoot.ipynb), section 1; [lesson
# 07](07_early_epochs.ipynb), section 1.
#
# #### Claim 10. "They die out because the gradients shrink and momentum loses influence"
#
# Both do fade together. Does momentum's share of the step shrink? We choose $h$ so that half a swing takes
# ten steps, and compare what is carried over, $\beta v$, with what is fresh, $(1-\beta)g$.

# %%
h = (1.9 - 2 * np.sqrt(0.9) * np.cos(np.pi / 10)) / 0.1
run = me.descend(landscapes.quadratic([h]), [1.0], me.ema(1.0, 0.9), 60)
parts = [0.9 * run.v[:-1, 0], 0.1 * run.gradient[:, 0]]
carried, fresh = (np.abs(part).reshape(6, 10).sum(axis=1) for part in parts)
share = carried / (carried + fresh)

# %%
card(10, f"gradients fall {fresh[0] / fresh[5]:.0f}-fold, momentum's share {share[0]:.1%}, {share[5]:.1%}")
assert np.allclose(share, 0.744, atol=5e-4)
assert abs(fresh[0] / fresh[5] - 14) < 0.1
assert np.isclose((fresh[5] / fresh[0]) ** (1 / 50), np.sqrt(0.9), atol=1e-6)

# %% [markdown]
# **Verdict.** *True* that gradients shrink meanwhile. *False* that this is why, and that momentum loses
# influence: all fade together by $\sqrt\beta = 0.949$ a step. **The number**: 74.4 % early and late. →
# [Lesson 03](03_overshoot.ipynb), section 4.
#
# #### Claim 11. "A smaller learning rate reduces them"
#
# The usual advice. A rate ten times smaller, $h = 1$ and $h = 0.1$: how far, and how long?

# %%
large, small = (walk(me.ema(rate, 0.9)) for rate in (1.0, 0.1))
waits = f"settled after {settled(large)} and {settled(small)} steps"
card(11, f"ten times smaller rate: overshoot {overshoot(large):.3f} to {overshoot(small):.3f}; {waits}")
assert np.allclose([overshoot(large), overshoot(small)], [0.604, 0.153], atol=5e-4)
assert (settled(large), settled(small)) == (81, 85)

# %% [markdown]
# **Verdict.** *True* of how far: 0.604 becomes 0.153. *False* of how long: beta sets the wait. **The
# number**: 81 steps become 85. → [Lesson 03](03_overshoot.ipynb), section 5.
#
# #### Claim 12. "Learning-rate scheduling cures them"
#
# Decay is good against noise, and warm-up has its uses. Against the early swing, at $h = 1$:

# %%
plans = {
    "constant": me.ema(1.0, 0.9),
    "cosine decay, 300 steps": me.ema(schedules.cosine_decay(1.0, 300), 0.9),
    "rate warm-up, 10 steps": me.ema(schedules.warmup(1.0, 10), 0.9),
    "rate warm-up, 60 steps": me.ema(schedules.warmup(1.0, 60), 0.9),
    "momentum warm-up, 30 steps": me.ema(1.0, schedules.linear(0.0, 0.9, 30)),
}
paths = {name: walk(rule, steps=80) for name, rule in plans.items()}

# %%
swings = np.array([overshoot(path) for path in paths.values()])
for name, swing in zip(plans, swings, strict=True):
    print(f"{name:27s} overshoot {swing:.3f}")
numbers = f"decay {swings[1]:.3f}, short warm-up {swings[2]:.3f}; of beta {swings[4]:.3f}"
card(12, f"overshoot {swings[0]:.3f}; {numbers}")

# %%
assert np.allclose(swings[[0, 1, 2, 4]], [0.604, 0.603, 0.849, 0.03], atol=1e-3)
assert swings[3] < swings[0]

# %%
keras = overshoot(walk(me.classical_momentum(lambda t: 0.1 * schedules.warmup(1.0, 10)(t), 0.9)))
print(f"the same short warm-up where the velocity holds the rate (Keras): {keras:.3f}")
assert abs(keras - 0.428) < 1e-3

# %%
title = "A short rate warm-up makes it worse; a momentum warm-up cures it"
figure, axes = figures.new(title, x="step", y="weight w", size=(7.6, 3.8))
shown = ("constant", "rate warm-up, 10 steps", "momentum warm-up, 30 steps")
for name, role in zip(shown, (figures.PLAIN, figures.MOMENTUM, figures.VELOCITY), strict=True):
    axes.plot(paths[name][:61], **role.points, label=name)
axes.axhline(0, **figures.TARGET.plot)
axes.legend(loc="upper right")
figures.show(
    figure,
    alt="Weight over 60 steps. Constant rate: down to -0.60. With a rate warm-up over 10 steps: down to "
    "-0.85. With a momentum warm-up over 30 steps: to 0, hardly beyond.",
)

# %% [markdown]
# **Verdict.** *False* of decay, 0.603, and of a short warm-up of the rate, 0.849. *True when* the rate
# warm-up is long (60 steps here), or short in a form whose velocity holds the rate, 0.428. What cures it
# is a warm-up of *momentum*, 0.03, at a rate that plain descent can stand. **The number**: 0.604 becomes
# 0.849. → [Lesson 08](08_schedules.ipynb).
#
# ### Explain
#
# All twelve cards on one page. The numbers are those that the cells above have just measured.

# %%
conditions = {
    1: ("you name the form", "taken for the only form"),
    2: ("kappa is 34 to 1442", "kappa is larger"),
    3: ("it is about v, or batches are shuffled", "it is about w, noise independent"),
    4: ("1 < h < 2, small beta", "h < 1"),
    5: ("the rate goes up with beta", "the rate stays"),
    6: ("a parabola, or a small rate", "only convex, bold tuning"),
    7: ("it comes from above", "it lies below the barrier"),
    8: ("a terrace, or a larger rate", "a saddle at the same rate"),
    9: ("curvature grows outwards", "a parabola"),
    10: ("only: gradients shrink meanwhile", "said of the cause"),
    11: ("how far it swings", "how long it swings"),
    12: ("a long rate warm-up", "decay or a short warm-up"),
}
assert list(found) == list(conditions)

# %%
claims = "one rule|beta .5 to .9|smooths|no zig-zag|faster|global minimum|leaves minima|crosses saddles|"
claims = (claims + "large gradients|loses influence|smaller rate|scheduling").split("|")
figure, axes = figures.new("No claim is a law: each has its 'true when' and its 'false when'", size=(10, 9))
for row, (number, (when, unless)) in enumerate(conditions.items()):
    axes.axhline(row - 0.5, color=figures.PALE)
    axes.text(0.0, row, f"{number}  {claims[row]}", va="center", weight="bold")
    axes.plot(0.24, row - 0.18, marker="o", color=figures.BLUE)
    axes.text(0.26, row - 0.18, f"true: {when}", va="center")
    axes.plot(0.64, row - 0.18, marker="X", color=figures.VERMILION)
    axes.text(0.66, row - 0.18, f"false: {unless}", va="center")
    axes.text(0.26, row + 0.2, found[number], va="center", size=9.5, color=figures.GREY)
axes.set(xlim=(-0.01, 1.04), ylim=(11.6, -0.6))
axes.axis("off")
figures.show(
    figure,
    alt="Table of the 12 claims, each with a blue circle, true when, and a red cross, false when. Measured: "
    + "; ".join(f"{number}: {finding}" for number, finding in found.items())
    + ".",
)

# %%
taken = my_guesses.upper().count("T")
print(f"you took {taken} of {len(found)} for true as they stand; 0 of {len(found)} are")
assert len(found) == 12

# %% [markdown]
# Three questions take most of these sentences apart.
#
# 1. **The same rate?** Claims 5, 7 and 8 are mostly about the *larger rate* that momentum affords.
# 2. **Which curvature?** Claims 4, 9, 10 and 11 are decided by $h$ and $\beta$, not by the size of gradients.
# 3. **Which form, and what is constant?** Claims 1, 2 and 12 lack that, claim 3 lacks the kind of noise, and
#    claim 6 the kind of function.
#
# ## Check yourself
#
# Answer before you unfold.
#
# **1.** "I switched on momentum at the same learning rate in PyTorch, and it got ten times faster." Which two
# claims does that sentence mix?
#
# <details><summary>Answer</summary>
#
# Claims 1 and 5. PyTorch sums gradients, so at beta = 0.9 the rate has in effect been raised tenfold.
#
# </details>
#
# **2.** Which claims are false only because the rate was held fixed?
#
# <details><summary>Answer</summary>
#
# Claims 5 and 8: at a larger rate, which momentum affords, it is faster and it leaves a saddle sooner.
#
# </details>
#
# **3.** Somebody rescales the loss by 1/1000 and the ringing goes away. Does that prove claim 9?
#
# <details><summary>Answer</summary>
#
# No. The gradients are smaller, but so is the curvature. Start 1000 times closer instead: the gradients are
# just as small, and the overshoot is 0.604 as before.
#
# </details>
#
# **4.** When does momentum lower the noise floor, at a small $h$?
#
# <details><summary>Answer</summary>
#
# When the noise has no slow part: shuffled batches, 59 % left at beta = 0.9. With independent noise 95 %
# stays.
#
# </details>
#
# **5.** In which pair of forms may you move the rate, and in which beta, without parting?
#
# <details><summary>Answer</summary>
#
# The rate: mean (EMA) and sum (PyTorch). Beta: mean and the form that holds the rate (Keras), the rate
# converted at each step. When both move, all three part.
#
# </details>

# %% [markdown]
# ## Key points
#
# - **0 of 12** popular claims hold as a law; 12 of 12 hold under a condition.
# - **Form** (1, 12): rate 0.1 means overshoot 0.15 or 0.60; a short rate warm-up gives 0.85 or 0.43.
# - **Curvature, not size** (4, 9, 10, 11): overshoot 0.604 for gradients a million times larger; momentum's
#   share stays at 74.4 %; a rate ten times smaller settles in 85 steps in place of 81.
# - **The rate is the gain** (5, 7, 8): at the same rate behind for 1005 steps, and 1511 steps against
#   1389 at a saddle; at its best rate 38 times faster at kappa = 1442.
# - **Noise** (3): 5 % of the variance is left in the velocity, 95 % in the weight; shuffled, 59 % of the
#   floor.
# - **No guarantee** (6, 7): a cycle of 3 points in a convex valley; 0 balls escape from below the barrier.

# %% [markdown]
# ## Say it in a lecture
#
# **Ask the room.** Hand out the table of claims; everybody writes twelve letters. Count hands claim by claim,
# then run the card. Start with 12: most are sure, and the cell says 0.849.
#
# **What goes wrong.** People hear "false" where the card says "false when". Each sentence was believed for a
# reason: ask which. And they argue about wording; ask for the number that would change their mind.
#
# **In a short hour** take cards 5, 8, 9 and 12, then the page with all twelve.

# %% [markdown]
# ## Go deeper
#
# - Goh (2017), "Why Momentum Really Works", *Distill*. Behind cards 4, 5 and 9.
# - Lessard, Recht and Packard (2016), "Analysis and design of optimization algorithms via integral quadratic
#   constraints", *SIAM Journal on Optimization* 26(1). The cycle of card 6.
# - O'Neill and Wright (2019), "Behavior of accelerated gradient methods near critical points of nonconvex
#   functions", *Mathematical Programming* 176, arXiv 1706.07993. Behind cards 7 and 8.
# - Kidambi et al. (2018), "On the insufficiency of existing momentum schemes for stochastic optimization",
#   *ICLR*; Wang et al. (2023), "The marginal value of momentum for small learning rate SGD", arXiv
#   2307.15196. Behind card 3.
# - Sutskever, Martens, Dahl and Hinton (2013), "On the importance of initialization and momentum in deep
#   learning", *ICML*. Momentum raised slowly, as in card 12.

# %% [markdown]
# ## Exercises
#
# The audit has none of its own. The lessons' exercises catch the same mistakes: begin with
# [overshoot](exercises/03_overshoot.ipynb) for cards 9 to 11, and
# [schedules](exercises/08_schedules.ipynb) for card 12.
#
# And one to do here: find a sentence about momentum in a tutorial you like. Write down what would show it to
# be false, guess, then measure it in five lines. That is a thirteenth card.
