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
# - say for each of the twelve claims whether it is true, false, or true under a condition, and which,
# - give one number that decides it, and measure that number in a few lines,
# - answer a popular sentence with a question: *same rate? which curvature? which form?*
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
# | 2 | "Beta is usually 0.5 to 0.9, so choose it there." |
# | 3 | "It smooths the trajectory, so the weights end closer to the minimum." |
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
# Give each sentence a letter before you go on. **T**: true in every case that we shall try. **C**: true
# only under a condition; there are ordinary cases in which it fails. **F**: false in every case. Each card
# measures a case for the sentence and a case against it, and gives it a letter by what it finds.

# %%
my_guesses = "????????????"  # twelve letters, T, C or F; the first is for claim 1

# %%
verdicts = {}  # number: letter and finding


def card(number, holds, fails, finding):
    """Judge a claim by whether it held in one case and failed in another, and print it beside your guess."""
    letter = {(True, False): "T", (True, True): "C", (False, True): "F"}[bool(holds), bool(fails)]
    verdicts[number] = letter, finding
    guess = my_guesses.upper().ljust(12, "?")[number - 1]
    print(f"claim {number}, your guess {guess}, measured {letter}: {finding}")


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
print(f"rate 0.1, beta 0.9: overshoot {mean:.2f} as a mean, {total:.2f} as a sum")
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

# %%
numbers = f"rate 0.1, beta 0.9: overshoot {mean:.2f} as a mean, {total:.2f} as a sum"
card(1, holds=same[0].all(), fails=total > 2 * mean, finding=numbers)

# %% [markdown]
# **Verdict.** *True when* you say which form you mean. *False when* taken for the only one: it is one of
# four (lesson 01 has Nesterov's too). Converted, mean and sum agree under any schedule of the rate; mean
# and Keras's form under any schedule of beta; when both change, all part. **The number**: 0.15 against
# 0.60. → [Lesson 01](01_update_rule.ipynb), sections 1 to 3.
#
# #### Claim 2. "Beta is usually 0.5 to 0.9, so choose it there"
#
# As a report of what manuals say it is fair. As advice it needs the condition number $\kappa$, the ratio of
# the largest to the smallest curvature. We give each beta the best rate it can have, and count the steps for
# one more correct decimal (ten times closer).


# %%
def steps_per_decimal(beta, kappa):
    """Return the steps for a factor of 10 in the long run, at this beta's best rate."""
    rates = np.geomspace(1e-3, 1e3, 6001) / np.sqrt(kappa)
    slowest = np.maximum(*(theory.convergence_rate(rates * c, beta) for c in (1.0, kappa)))
    return np.log(10) / -np.log(slowest.min())


# %%
betas = (0.1, 0.5, 0.9, 0.99)
steps = {kappa: [steps_per_decimal(beta, kappa) for beta in betas] for kappa in (4, 34, 1442, 158_402)}
for kappa, row in steps.items():
    print(f"kappa {kappa:6d}: steps per decimal", *(f"{n:.0f}" for n in row), "at beta 0.1, 0.5, 0.9, 0.99")

# %%
best = np.array([theory.optimal(1.0, kappa)[1] for kappa in steps])
inside = (best > 0.499) & (best < 0.901)
assert [int(np.argmin(row)) for row in steps.values()] == [0, 1, 2, 3]
assert np.allclose(best, [0.111, 0.5, 0.9, 0.99], atol=1e-3)
numbers = f"kappa 158,402: {steps[158_402][2]:.0f} steps a decimal at 0.9, {steps[158_402][3]:.0f} at 0.99"
card(2, holds=inside.any(), fails=not inside.all(), finding=numbers)

# %% [markdown]
# **Verdict.** *True when* $\kappa$ is between about 34 and 1442. *False when* it is larger (0.99 at
# 158,402) or smaller (0.11 at 4). **The number**: 0.5 belongs to 34, 0.9 to 1442. → [Lesson
# 01](01_update_rule.ipynb), section 4; [lesson 04](04_acceleration.ipynb), section 3.
#
# #### Claim 3. "It smooths the trajectory, so the weights end closer to the minimum"
#
# The first half is right: the steps are the velocity, and an average of noisy gradients is calmer. And the
# second? First *independent* noise, which knows nothing of the noise before: 4000 runs at $h = 0.1$ with
# independent noise (seed 1):

# %%
rules = (me.gradient_descent(1.0), me.ema(1.0, 0.9))
noise = {"noise": 1.0, "rng": np.random.default_rng(1), "keep_every": 20}
plain, smooth = (
    me.descend(landscapes.quadratic([0.1]), np.zeros((4000, 1)), rule, 600, **noise) for rule in rules
)
v_left, w_left = smooth.v[15:].var() / plain.v[15:].var(), smooth.w[15:].var() / plain.w[15:].var()

# %%
print(f"variance left: {v_left:.0%} in the velocity, {w_left:.0%} in the weight")
assert abs(v_left - 0.05) < 0.005
assert abs(w_left - 0.95) < 0.005  # theory: 1.9 / (2 - 0.01 / 1.9) = 0.953

# %% [markdown]
# And with *shuffled* batches, as most people train? There each image comes once an epoch, so that the
# errors of the batches add up to zero over an epoch: a long average meets none of them. Softmax regression
# on the digits, batches of 64, rate 0.1, 30 epochs from the minimum, seeds 0 to 4. The loss stays above its
# minimum by some height, the *noise floor*; here it is, relative to plain descent:

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
numbers = f"independent noise: {w_left:.0%} stays in w ({v_left:.0%} in v); shuffled: {np.mean(shares):.0%}"
card(3, holds=max(shares) < 0.8, fails=w_left > 0.9, finding=numbers)

# %% [markdown]
# **Verdict.** *True* of the steps: 5 % of the variance. *False* of where the weight ends, for independent
# noise and small $h$: 95 % stays. *True when* batches are shuffled: there the noise floor of the loss falls
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
assert calm == 0
assert abs(ringing - 0.38) < 5e-3
fewer = settled(walk(me.ema(1.8, 0.1))) / settled(walk(me.gradient_descent(1.8)))
numbers = f"h = 0.3: overshoot {calm:.2f} without momentum, {ringing:.2f} with"
card(4, holds=fewer < 0.25, fails=ringing > calm + 0.3, finding=numbers)

# %% [markdown]
# **Verdict.** *True when* plain descent zig-zags, for $h$ from 1 to 2, and beta is small. (At 0.9 it swings
# instead, and takes longer than the zig-zag.) *False when* $h < 1$: there is no zig-zag, and from $h = 0.026$
# on beta = 0.9 makes a swing. **The number**: 0 against 0.38. → [Lesson 02](02_smoothing.ipynb), section 4.
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
some_h, all_betas = np.array([[0.001], [0.01], [0.1], [0.5], [0.9]]), np.linspace(0, 0.999, 1000)
same_rate = np.log(theory.convergence_rate(some_h, all_betas)) / np.log(1 - some_h)
print(f"same rate, h below 1, whatever beta: at most {same_rate.max():.2f} times as fast in the long run")

# %%
assert abs(gain - 38) < 0.5

# %%
assert same_rate.max() < 2
assert abs(peak - 13.98) < 0.01
numbers = (
    f"same rate: behind until step {ahead}; best rates: {gain:.0f} times faster, but rises to {peak:.1f}"
)
card(5, holds=gain > 10, fails=ahead > 1000, finding=numbers)

# %% [markdown]
# **Verdict.** *True when* the rate goes up with beta: $\sqrt\kappa = 38$ times in the long run, at the
# price that the stiff direction first rises 14 times. *False when* the rate stays and $h$ is small: behind
# until step 1005, about $1/h$, and for $h < 1$ never twice as fast. (For $h$ between 1 and 2 a small beta
# does speed it up, card 4.) **The number**: 1005. → [Lesson 04](04_acceleration.ipynb).
#
# #### Claim 6. "It reaches the global minimum"
#
# On a parabola, at a stable rate, it does, and so does plain descent. Here is a convex function of
# curvature 25, 1, 25: its *slope* has two kinks, at 1 and 2, where the curvature jumps (Lessard, Recht and
# Packard 2016). The heavy ball is tuned by Polyak's rule for curvatures from 1 to 25.

# %%
kinked = landscapes.lessard()
tuned = me.descend(kinked, [3.3], me.heavy_ball(1 / 9, beta=4 / 9), steps=900).w[:, 0]
assert np.allclose(np.sort(tuned[-3:]), [-1.802, 0.647, 2.116], atol=1e-3)
assert np.allclose(tuned[-3:], tuned[-6:-3], atol=1e-12)

# %%
careful = me.descend(kinked, [3.3], me.ema(2 / 25, beta=4 / 9), steps=900).w[-1, 0]
numbers = "one convex valley, and it ends going round " + ", ".join(f"{x:.3f}" for x in np.sort(tuned[-3:]))
card(6, holds=abs(careful) < 1e-12, fails=np.abs(tuned[-3:]).min() > 0.5, finding=numbers)

# %%
x, last = np.linspace(-2.3, 3.5, 300), np.arange(870, 901)
titles = ("A convex valley, no barrier ...", "... and it never comes to rest")
labels = {"x": ("x (no unit)", "step"), "y": ("f(x) (no unit)", "x (no unit)")}
figure, (left, right) = figures.new(*titles, **labels, size=(10, 3.8))
left.plot(x, kinked.value(x[:, None]), color=figures.GREY)
left.plot(tuned[last], kinked.value(tuned[last, None]), **figures.MOMENTUM.points | {"linestyle": ""})
left.plot(0, 0, "*", color=figures.INK, markersize=14, label="minimum")
right.plot(last, tuned[last], **figures.MOMENTUM.points, label="tuned heavy ball")
right.axhline(0, **figures.TARGET.plot, label="minimum")
left.legend(loc="upper center")
right.legend(loc="upper right")
right.set_ylim(-2.4, 4)
figures.show(
    figure,
    alt="Left: the convex function with its minimum at 0, and three points on it, -1.802, 0.647 and 2.116. "
    "Right: x over the last 30 of 900 steps; it jumps round these three values, and never to 0.",
)

# %% [markdown]
# **Verdict.** *True when* the function is a parabola, or convex and the rate small enough. *False when* it
# is only convex and the tuning is bold; with several valleys there is no guarantee at all. (It arrives at
# rate 2/25, two over the largest curvature.) **The number**: 3 points, over and over. → [Lesson
# 06](06_local_minima.ipynb), section 5.
#
# #### Claim 7. "It escapes local minima"
#
# The picture is a ball that rolls over a hill. Two valleys, rate 0.1, three betas, a hundred balls that
# start at rest in the right valley: 62 lie lower than the barrier, 38 higher.

# %%
well = landscapes.double_well(0.15)
barrier = well.saddles[0, 0]
starts = np.linspace(barrier + 0.01, 1.9, 100)[:, None]
lower = well.value(starts) < well.value(np.array([barrier]))

# %%
rolled = np.array(
    [me.descend(well, starts, me.ema(0.1, b), 6000).w[-1, :, 0] < barrier for b in (0.5, 0.9, 0.99)]
)
leapt = me.descend(well, starts, me.gradient_descent(0.8), 400).w[-1, :, 0] < barrier
for b, out in zip((0.5, 0.9, 0.99), rolled, strict=True):
    print(f"beta {b}: {out[lower].sum()} of {lower.sum()} escape from below, {out[~lower].sum()} from above")
print(f"without momentum, at rate 0.8: {leapt[lower].sum()} from below, {leapt[~lower].sum()} from above")

# %%
below, above = rolled[:, lower].sum(), rolled[2, ~lower].sum()
assert (lower.sum(), leapt[lower].sum()) == (62, 0)
assert abs(above - 29) <= 1
assert abs(leapt.sum() - 23) <= 1
numbers = f"beta 0.99: {above} of {(~lower).sum()} escape from above, {below} of {lower.sum()} from below"
card(7, holds=above > 5, fails=below == 0, finding=numbers)

# %% [markdown]
# **Verdict.** *True when* it starts higher than the barrier and has not yet spent that height in friction.
# *False when* it lies below: none of the three betas lifts it. And from above plain descent leaps over too
# if its rate is large (23 of 38 at 0.8). **The number**: 0 from below. → [Lesson
# 06](06_local_minima.ipynb), sections 1 to 3.
#
# #### Claim 8. "Its inertia carries it across saddle points"
#
# A saddle: steep walls (curvature 1), and a way down across, 190 times weaker. At rate 1.9, the largest
# round number that plain descent stands, rate times that weaker curvature is 0.01. Three balls: with a
# run-up of 1 and $10^{-6}$ off the ridge; without the run-up; with it and exactly on the ridge. When is
# each 1 away across?

# %%
balls, pass_ = [[1.0, 1e-6], [0.0, 1e-6], [1.0, 0.0]], landscapes.saddle(1 / 190)


def step_out(rule):
    across = np.abs(me.descend(pass_, balls, rule, 2500).w[..., 1])
    return np.argmax(across > 1, axis=0).tolist()  # 0: never


plain_out, ema_out, raised = (step_out(r) for r in (me.gradient_descent(1.9), me.ema(1.9), me.ema(19)))

# %%
print("out at step (0: never): plain", plain_out, "momentum", ema_out, "momentum, ten times the rate", raised)
assert (plain_out, ema_out) == ([1389, 1389, 0], [1511, 1511, 0])
assert raised[2] == 0
assert abs(raised[1] - 226) <= 1
assert me.descend(pass_, balls[:1], me.gradient_descent(19), 200).diverged.all()

# %%
numbers = f"out at step {ema_out[1]}, plain at {plain_out[1]}; at ten times the rate {raised[1]}"
card(8, holds=raised[1] < plain_out[1], fails=ema_out[1] > plain_out[1], finding=numbers)

# %% [markdown]
# **Verdict.** *False* at the same rate: the run-up changes nothing, momentum is later, and exactly on the
# ridge it stays for ever. *True when* the rate is raised with beta, to one that plain descent does not
# stand: 226 steps. So it is the rate, not the inertia. (A *terrace*, flat for a moment on a slope, is
# another thing: there inertia carries it over, lesson 05.) **The number**: 1511 steps against 1389. →
# [Lesson 05](05_saddle_escape.ipynb).
#
# #### Claim 9. "Early oscillation comes because early gradients are large and accumulate"
#
# It is fair that early gradients are the largest. So let us make them a million times larger, and look; and
# then leave the gradient and change the curvature.

# %%
by_size = [overshoot(walk(me.ema(1.0), start=size)) for size in (1e-3, 1.0, 1e3)]
flat = overshoot(walk(me.ema(1.0), h=0.001, steps=10_000))
print(f"same first gradient 0.001, curvature 1 and 0.001: {by_size[0]:.3f} and {flat:.3f}")
assert np.allclose(by_size, 0.6037, atol=5e-5)
assert flat == 0
run = me.descend(landscapes.quadratic([1.0]), [1e3], me.ema(1.0), 400)
assert np.abs(run.v).max() < 0.26 * np.abs(run.gradient).max()

# %%
scale = np.array([[1.0], [1.0], [1 / 9]])  # the third valley is nine times flatter
steeper = me.descend(lambda w: scale * w**3, np.array([[1.0], [3.0], [3.0]]), me.ema(0.5), 200)
near, far, flatter = (-steeper.w.min(axis=0) / steeper.w[0])[:, 0]
print("a valley that is steeper outside: first gradients", *steeper.gradient[0, :, 0].round(6))
print(f"overshoot {near:.2f} from 1, {far:.2f} from 3; from 3, nine times flatter: {flatter:.2f}")
assert np.allclose([near, far, flatter], [0.44, 0.89, 0.44], atol=5e-3)

# %%
matters = np.ptp(by_size) > 0.01 or abs(flatter - near) > 0.01
numbers = f"gradients a million times larger: overshoot {by_size[0]:.3f} and {by_size[2]:.3f}"
card(9, holds=matters, fails=not matters, finding=numbers)

# %% [markdown]
# **Verdict.** *False*: lag times curvature is the cause. The velocity is a mean of gradients and never
# exceeds the largest. (In PyTorch's form it is a sum and does, on the very same path.) Where the loss is
# more sharply curved far out, a far start does ring more, 0.89; made nine times flatter, with the same
# curvature as the near start, it rings as that one does, 0.44, though its gradient is three times larger.
# **The number**: 0.604 at any size. → [Lesson 03](03_overshoot.ipynb), section 1; [lesson
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
drops = share[5] < share[0] - 0.01
numbers = (
    f"gradients fall {fresh[0] / fresh[5]:.0f}-fold, momentum's share {share[0]:.1%}, then {share[5]:.1%}"
)
card(10, holds=drops, fails=not drops, finding=numbers)

# %%
assert np.allclose(share, 0.744, atol=5e-4)
assert abs(fresh[0] / fresh[5] - 14) < 0.1
assert np.isclose((fresh[5] / fresh[0]) ** (1 / 50), np.sqrt(0.9), atol=1e-6)

# %% [markdown]
# **Verdict.** *False*. Gradients do shrink meanwhile, but momentum does not lose influence: all fade
# together by $\sqrt\beta = 0.949$ a step. (In the network of lesson 07 its share even grows.) **The
# number**: 74.4 % early and late. → [Lesson 03](03_overshoot.ipynb), section 4; [lesson
# 07](07_early_epochs.ipynb), section 3.
#
# #### Claim 11. "A smaller learning rate reduces them"
#
# The usual advice. A rate ten times smaller, $h = 1$ and $h = 0.1$: how far, and how long?

# %%
large, small = (walk(me.ema(rate, 0.9)) for rate in (1.0, 0.1))

# %%
hs = np.geomspace(0.03, 37, 200)  # the ringing band at beta = 0.9
smaller = theory.overshoot(hs / 10, 0.9) < theory.overshoot(hs, 0.9)
waits = f"but settled after {settled(large)} and {settled(small)} steps"
numbers = f"ten times smaller rate: overshoot {overshoot(large):.3f} to {overshoot(small):.3f}, {waits}"
card(11, holds=smaller.any(), fails=not smaller.all(), finding=numbers)
assert np.allclose([overshoot(large), overshoot(small)], [0.604, 0.153], atol=5e-4)
assert (settled(large), settled(small)) == (81, 85)

# %% [markdown]
# **Verdict.** *True*: a ten times smaller rate lowers the overshoot everywhere in the ringing band. But it
# says nothing of how *long* it rings, and there beta sets the wait. **The number**: 81 steps become 85. →
# [Lesson 03](03_overshoot.ipynb), section 5.
#
# #### Claim 12. "Learning-rate scheduling cures them"
#
# Decay is good against noise, and warm-up has its uses. Against the early swing, at three rates (at $h = 1$
# plain descent is perfect by luck, so one rate would not do):

# %%
plans = {
    "constant": lambda h: me.ema(h, 0.9),
    "cosine decay, 300 steps": lambda h: me.ema(schedules.cosine_decay(h, 300), 0.9),
    "rate warm-up, 10 steps": lambda h: me.ema(schedules.warmup(h, 10), 0.9),
    "rate warm-up, 1000 steps": lambda h: me.ema(schedules.warmup(h, 1000), 0.9),
    "the 10 steps in Keras's form": lambda h: me.classical_momentum(schedules.warmup(h / 10, 10), 0.9),
    "momentum warm-up, 30 steps": lambda h: me.ema(h, schedules.linear(0.0, 0.9, 30)),
}
paths = {name: [walk(rule(h), steps=1500) for h in (0.3, 1.0, 1.9)] for name, rule in plans.items()}

# %%
swings = np.array([[overshoot(path) for path in row] for row in paths.values()])
print(f"{'overshoot at h =':29}  0.3    1.0    1.9")
for name, row in zip(plans, swings, strict=True):
    print(f"{name:29}", *(f"{swing:.3f} " for swing in row))

# %%
assert np.allclose(swings[:, 1], [0.604, 0.603, 0.849, 0.057, 0.428, 0.03], atol=1e-3)
assert np.allclose(swings[5], [0.0, 0.03, 0.9], atol=5e-3)
rise = me.draw_up(paths["momentum warm-up, 30 steps"][2] ** 2)
print(f"momentum warm-up at h = 1.9: rise of the loss {rise:.3f}")
assert rise < 0.005

# %%
numbers = f"overshoot {swings[0, 1]:.3f}; decay {swings[1, 1]:.3f}, short rate warm-up {swings[2, 1]:.3f}"
card(12, holds=swings[3, 1] < swings[0, 1] / 10, fails=swings[1:3, 1].min() > 0.6, finding=numbers)

# %%
title = "A short rate warm-up makes it worse; a momentum warm-up takes it away"
figure, axes = figures.new(title, x="step", y="weight w (h = 0.3)", size=(8.4, 3.8))
shown = ("constant", "rate warm-up, 10 steps", "momentum warm-up, 30 steps")
for name, role in zip(shown, (figures.PLAIN, figures.MOMENTUM, figures.VELOCITY), strict=True):
    axes.plot(paths[name][0][:61], **role.points | {"markevery": 2}, label=name)
axes.axhline(0, **figures.TARGET.plot)
axes.legend(loc="upper right")
figures.show(
    figure,
    alt="Weight over 60 steps at h = 0.3. Constant rate: down to -0.38. With a rate warm-up over 10 steps: "
    "to -0.47. With a momentum warm-up over 30 steps: down to 0 without crossing it.",
)

# %% [markdown]
# **Verdict.** *False* of decay, 0.603, and of a short warm-up of the rate, 0.849 (in Keras's form, whose
# velocity holds the rate, it is smaller, 0.428, not cured). *True when* the rate warm-up is very long: 1000
# steps, a hundred half swings, leave a tenth. What takes the rise of the loss away in 30 steps is a
# schedule of *momentum*, where plain descent stands the first rate: at $h = 1.9$ the weight still zig-zags,
# but the loss only falls. **The number**: 0.604 becomes 0.849. → [Lesson 08](08_schedules.ipynb).
#
# ### Explain
#
# All twelve cards on one page. The numbers are those that the cells above have just measured.

# %%
conditions = {
    1: ("you name the form", "taken for the only form"),
    2: ("kappa is 34 to 1442", "kappa is smaller or larger"),
    3: ("batches are shuffled", "noise independent, h small"),
    4: ("1 < h < 2, small beta", "0.026 < h < 1, beta = 0.9"),
    5: ("the rate goes up with beta", "the rate stays, h < 1 (never twice)"),
    6: ("a parabola, or a small rate", "only convex, bold tuning"),
    7: ("it comes from above", "it lies below the barrier"),
    8: ("the rate goes up with beta", "the rate stays"),
    9: ("in no case tried", "curvature decides, not size"),
    10: ("in no case tried", "its share does not fall"),
    11: ("said of how far it swings", "in no case (of how long: silent)"),
    12: ("a rate warm-up of 1000 steps", "decay, or a short warm-up"),
}
counts = {letter: sum(found == letter for found, _ in verdicts.values()) for letter in "TCF"}
print("measured:", *(f"{letter} {number} times;" for letter, number in counts.items()))
assert list(verdicts) == list(conditions)
assert counts == {"T": 1, "C": 9, "F": 2}
assert [number for number, (letter, _) in verdicts.items() if letter == "F"] == [9, 10]
assert verdicts[11][0] == "T"

# %%
claims = "one rule|beta .5 to .9|smooths|no zig-zag|faster|global minimum|leaves minima|crosses saddles|"
claims = (claims + "large gradients|loses influence|smaller rate|scheduling").split("|")
figure, axes = figures.new("One holds, two are false, nine need a condition", size=(10, 9))
for row, (number, (when, unless)) in enumerate(conditions.items()):
    letter, finding = verdicts[number]
    axes.axhline(row - 0.5, color=figures.PALE)
    axes.text(0.0, row, f"{letter}  {number}  {claims[row]}", va="center", weight="bold")
    axes.plot(0.26, row - 0.18, marker="o", color=figures.BLUE)
    axes.text(0.28, row - 0.18, f"true: {when}", va="center")
    axes.plot(0.64, row - 0.18, marker="X", color=figures.VERMILION)
    axes.text(0.66, row - 0.18, f"false: {unless}", va="center")
    axes.text(0.28, row + 0.2, finding, va="center", size=9.5, color=figures.GREY)
axes.set(xlim=(-0.01, 1.06), ylim=(11.6, -0.6))
axes.axis("off")
figures.show(
    figure,
    alt="Table of the 12 claims, each with its letter, when it is true and when false. Measured: "
    + "; ".join(f"{number} {letter}: {finding}" for number, (letter, finding) in verdicts.items())
    + ".",
)

# %%
letters = "".join(letter for letter, _ in verdicts.values())
right = sum(mine == theirs for mine, theirs in zip(my_guesses.upper(), letters, strict=False))
print(f"yours {my_guesses}\nmeasured {letters}: {right} of {len(letters)} right")

# %% [markdown]
# Three questions take most of these sentences apart.
#
# 1. **The same rate?** Claims 5 and 8 are true of the *larger rate* that momentum affords, not at the same
#    rate.
# 2. **Which curvature?** Claims 2, 4, 9, 10 and 11 are decided by curvature (through $h$, or $\kappa$) and
#    $\beta$, not by the size of gradients.
# 3. **Which form, and what changes?** Claims 1 and 12 lack that. The rest lack something else: 3 the kind of
#    noise, 6 the kind of function, 7 the height of the start.
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
# Claims 1 and 5. PyTorch sums gradients, so at beta = 0.9 the rate has in effect been raised tenfold: it is
# the rate that made it faster.
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
# When batches are shuffled: their errors add up to zero over an epoch, so a long average meets none of
# them; 59 % of the floor is left at beta = 0.9. With independent noise 95 % of the variance stays.
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
# - **Of 12** popular claims 1 held in every case tried (11), 9 under a condition, 2 in none (9 and 10).
# - **Form** (1, 12): rate 0.1 means overshoot 0.15 or 0.60; a short rate warm-up gives 0.85 or 0.43.
# - **Curvature, not size** (4, 9, 10, 11): overshoot 0.604 for gradients a million times larger; momentum's
#   share stays at 74.4 %; a rate ten times smaller settles in 85 steps in place of 81.
# - **The rate is the gain** (5, 8): at the same rate behind until step 1005, and 1511 steps against 1389 at a
#   saddle; at larger rates 38 times faster at kappa = 1442, and 226 steps at the saddle.
# - **Noise** (3): independent, 5 % of the variance is left in the velocity, 95 % in the weight; shuffled,
#   59 % of the floor.
# - **No guarantee** (6, 7): a cycle of 3 points in a convex valley; 0 of 62 balls escape from below the
#   barrier.

# %% [markdown]
# ## Say it in a lecture
#
# **Ask the room.** Hand out the table of claims; everybody writes twelve letters. Count hands claim by claim,
# then run the card. Start with 12: most are sure, and the cell says 0.849.
#
# **What goes wrong.** People hear "false" where the card says "true under a condition". Each sentence was
# believed for a reason: ask which. And they argue about wording; ask for the number that would change their
# mind.
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
