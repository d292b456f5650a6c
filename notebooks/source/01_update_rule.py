# %% [markdown]
# # 01 · The update rule: which momentum do you mean?
#
# **Question.** Papers, courses and libraries write momentum in different ways. Which of them are the same
# optimiser, how do I convert the numbers, and where does the equality end?
#
# **Minutes.** 30 to read and run; 45 in a lecture.
#
# **You need.** To know what a gradient is. Lesson 00 helps, but is not needed.
#
# **Objectives.** After this lesson you can
#
# - write four conventions of momentum by hand, and say what each of their velocities holds,
# - convert a learning rate between the EMA form, PyTorch, Keras and Optax,
# - name the trap in PyTorch's `dampening`,
# - say which forms stay together when the learning rate changes, and which when beta changes,
# - say which condition number a beta is made for.

# %%
import numpy as np

import momentum_edu as me
from momentum_edu import explorers, figures, landscapes, networks, schedules, theory

# %% [markdown]
# | Sign | Meaning | Unit |
# |---|---|---|
# | $w$, $g$ | weight, and gradient of the loss at $w$ | |
# | $v$ | velocity: what the rule remembers of past gradients | |
# | $\eta$, $\beta$ | learning rate, momentum coefficient | |
# | $\lambda$ | curvature: how fast the gradient grows with the distance from the minimum | |
# | $h = \eta\lambda$ | rate times curvature, in the EMA form; used in the live picture | none |
# | overshoot | the farthest point beyond the minimum, as a part of the first distance | none |
# | $\kappa$ | condition number: largest curvature over smallest | none |
#
# ## Look first: one name, one number, three paths
#
# "SGD with momentum 0.9 and learning rate 0.1." Three people take that sentence and each uses the form they
# know. The loss is a parabola of curvature 1, the start is 1.

# %%
bowl, beta = landscapes.quadratic([1.0]), 0.9
people = {"EMA": me.ema, "heavy ball": me.heavy_ball, "Nesterov": me.nesterov}
paths = {name: me.descend(bowl, [1.0], rule(0.1, beta), 60).w[:, 0] for name, rule in people.items()}

# %%
for name, path in paths.items():
    print(f"{name:10s}: after 5 steps at {path[5]:.2f}, overshoot {-path.min():.2f}")

# %%
assert np.allclose([-path.min() for path in paths.values()], [0.15, 0.60, 0.39], atol=5e-3)

# %%
figure, axes = figures.new("One name, one number, three paths", x="step", y="weight w")
roles = (figures.MOMENTUM, figures.HEAVY_BALL, figures.NESTEROV)
for (name, path), role in zip(paths.items(), roles, strict=True):
    axes.plot(path, **role.points, label=name)
axes.axhline(0, **figures.TARGET.plot)
axes.legend()
figures.show(
    figure,
    alt="Weight against step at learning rate 0.1 and beta 0.9: the EMA form comes down slowly and dips to "
    "-0.15, the heavy ball swings to -0.60, Nesterov's form to -0.39.",
)

# %% [markdown]
# ## 1. What people say: "the update rule is v = beta v + (1 - beta) g, w = w - eta v"
#
# It is one of four in use. In words, and then in symbols:
#
# - **EMA** (this course): the velocity is a running *mean* of gradients.
#   $$v_t = \beta v_{t-1} + (1-\beta) g_t \qquad w_t = w_{t-1} - \eta v_t$$
# - **Heavy ball** (Polyak; PyTorch, Optax): the velocity is a running *sum*.
#   $$v_t = \beta v_{t-1} + g_t \qquad w_t = w_{t-1} - \eta v_t$$
# - **Velocity holds the rate** (Sutskever; Keras): the velocity is the *step itself*.
#   $$v_t = \beta v_{t-1} - \eta g_t \qquad w_t = w_{t-1} + v_t$$
# - **Nesterov** (as PyTorch writes it): a sum; the newest gradient acts twice, by itself and in the velocity.
#   $$v_t = \beta v_{t-1} + g_t \qquad w_t = w_{t-1} - \eta (g_t + \beta v_t)$$
#   (Nesterov's own idea: take the gradient where the velocity will have carried the weight, one *look ahead*.
#   PyTorch calls that point ahead $w$; then the rule reads as above.)
#
# ### Predict
#
# A straight slope, gradient 1 at each step, $\eta = 0.1$, $\beta = 0.9$. After many steps both the EMA form
# and the heavy ball walk at a steady pace. The heavy ball's steps are then
#
# - **A** as long,
# - **B** ten times as long,
# - **C** nine times as long.

# %%
guess_pace = "?"  # write "A", "B" or "C", and run this cell before you go on

# %% [markdown]
# ### Run
#
# First three steps by hand: each rule is two lines.


# %%
def ema(w, v, g, eta=0.1, beta=0.9):
    v = beta * v + (1 - beta) * g
    return w - eta * v, v


def heavy_ball(w, v, g, eta=0.1, beta=0.9):
    v = beta * v + g
    return w - eta * v, v


# %%
def holds_rate(w, v, g, eta=0.1, beta=0.9):
    v = beta * v - eta * g
    return w + v, v


def nesterov(w, v, g, eta=0.1, beta=0.9):
    v = beta * v + g
    return w - eta * (g + beta * v), v


# %%
def walk(rule, gradient, steps):
    w, v, path = 1.0, 0.0, [1.0]
    for _ in range(steps):
        w, v = rule(w, v, gradient(w))
        path.append(w)
    return np.array(path)


by_hand = {rule.__name__: rule for rule in (ema, heavy_ball, holds_rate, nesterov)}

# %%
pace = {}
for name, rule in by_hand.items():
    path = 1 - walk(rule, lambda w: 1.0, 200)  # how far it has gone
    pace[name] = path[-1] - path[-2]
    print(
        f"{name:10s}: gone", *(f"{path[t]:.3f}" for t in (1, 2, 3)), f"... in the end {pace[name]:.3f} a step"
    )
print(f"your guess: {guess_pace}")

# %%
assert np.allclose(list(pace.values()), [0.1, 1, 1, 1], rtol=1e-6)

# %%
library = (me.ema, me.heavy_ball, me.classical_momentum, me.nesterov)
for rule, same in zip(by_hand.values(), library, strict=True):
    run = me.descend(bowl, [1.0], same(0.1, beta), 40)
    assert np.allclose(walk(rule, lambda w: w, 40), run.w[:, 0], rtol=0, atol=1e-12)

# %% [markdown]
# ### Explain
#
# **B.** A sum of $1, \beta, \beta^2, \dots$ is $1/(1-\beta) = 10$; the mean of the same gradients is 1. (The
# last cell also checked that the library's rules are these.) To see all forms at once, send a single
# gradient of 1 through each rule, and then none. How much does it move the weight, now and later?

# %%
pulse = {}
for rule in library:
    state, v, moves = np.zeros(1), np.zeros(1), []
    for step in range(30):
        after, v = rule(1.0, beta).update(state, v, np.array([float(step == 0)]), step)
        moves.append(state[0] - after[0])
        state = after
    pulse[rule.__name__] = np.array(moves)

# %%
for name, moves in pulse.items():
    print(f"{name:18s}: ages 0, 1, 2, 3: {moves[0]:.3f} {moves[1]:.3f} {moves[2]:.3f} {moves[3]:.3f}")

# %%
names = [
    "EMA: (1 - beta) beta^k",
    "heavy ball: beta^k",
    "holds the rate: as the heavy ball",
    "Nesterov: beta^(k+1), newest + 1",
]
ages = np.arange(30)
assert np.allclose(pulse["ema"], 0.1 * 0.9**ages)
assert np.allclose(pulse["heavy_ball"], 0.9**ages)
assert np.allclose(pulse["classical_momentum"], 0.9**ages)
assert np.allclose(pulse["nesterov"], 0.9 ** (ages + 1) + (ages == 0))

# %%
figure, axes = figures.new(
    "Three lines are parallel; Nesterov's has a kink", x="age (steps)", y="weight of the gradient (log axis)"
)
looks = (figures.MOMENTUM, figures.HEAVY_BALL, figures.PLAIN, figures.NESTEROV)
for moves, look, name in zip(pulse.values(), looks, names, strict=True):
    axes.semilogy(moves, **look.points, label=name)
axes.annotate("newest: 1 + beta", (0.3, pulse["nesterov"][0]), (3, 2.0), arrowprops={"arrowstyle": "-"})
axes.set_ylim(3e-3, 12)
axes.legend(ncols=2, fontsize=9, loc="upper right")
figures.show(
    figure,
    alt="Weight of a gradient in the step against its age, log axis, beta 0.9. Heavy ball and the form that "
    "holds the rate lie on each other, from 1 down; the EMA form is parallel, ten times lower; Nesterov's "
    "starts at 1.9 and then runs just below the heavy ball.",
)

# %% [markdown]
# On the log axis the first three are parallel. So one factor makes them equal: **the heavy ball and Keras's
# form need the EMA form's rate times $1 - \beta$.** Nesterov's line has a kink at age 0, where the newest
# gradient counts 1.9 in place of 1. It is another rule, and no rate makes it the same.

# %%
eta = 1.0
equal = [
    me.descend(bowl, [1.0], rule, 60).w
    for rule in (me.ema(eta, beta), me.heavy_ball(0.1, beta), me.classical_momentum(0.1, beta))
]
apart = max(np.abs(path - equal[0]).max() for path in equal)
print(f"EMA at 1, the other two at 0.1: equal to 12 digits: {apart < 1e-12}")
assert apart < 1e-12

# %%
rates = np.geomspace(0.01, 1, 400)
tries = me.descend(bowl, np.ones((400, 1)), me.nesterov(rates, beta), 60).w
nearest = np.abs(tries - equal[0][:, np.newaxis]).max(axis=(0, 2)).min()
print(f"Nesterov at the best of 400 rates: still {nearest:.2f} apart")
assert nearest > 0.1

# %% [markdown]
# The library says how to call the others:

# %%
for target in ("pytorch", "keras", "optax"):
    print(f"{target:8s}", dict(me.convert(1.0, 0.75, target=target)))
assert me.convert(1.0, 0.75)["lr"] == 0.25

# %% [markdown]
# | From the EMA form at $\eta$, $\beta$ | Call |
# |---|---|
# | PyTorch | `SGD(lr=eta * (1 - beta), momentum=beta)` |
# | Keras | `SGD(learning_rate=eta * (1 - beta), momentum=beta)` |
# | Optax | `sgd(eta * (1 - beta), momentum=beta)` |
#
# **Verdict.** *One of four.* At constant numbers three of them are one optimiser, if the sum and Keras's form
# get the smaller rate. When you read "learning rate 0.1, momentum 0.9", ask *mean or sum?* It is a factor of
# 10 at $\beta = 0.9$, of 100 at 0.99.
#
# ## 2. What people say: "set dampening = beta in PyTorch, and you have the EMA"
#
# PyTorch's `SGD` has an option `dampening`: the gradient is added as `(1 - dampening) * g`. With `dampening =
# momentum` that is the EMA's formula. So the paths should be the same, at the same rate.
#
# ### Predict
#
# The parabola, rate 1, $\beta = 0.9$. The EMA form overshoots by 60 %. With `momentum=0.9, dampening=0.9`,
# PyTorch overshoots by
#
# - **A** 60 %,
# - **B** less than 60 %,
# - **C** more than 200 %.

# %%
guess_dampening = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# This is PyTorch's algorithm as its manual states it, for one weight and without the options we don't use.


# %%
def pytorch_sgd(lr, momentum, dampening=0.0, steps=60):
    w, buffer, path = 1.0, None, [1.0]
    for _ in range(steps):
        g = w  # the gradient of the parabola
        buffer = g if buffer is None else momentum * buffer + (1 - dampening) * g
        w = w - lr * buffer
        path.append(w)
    return np.array(path)


# %%
mean, damped = equal[0][:, 0], pytorch_sgd(1.0, 0.9, dampening=0.9)
print(f"your guess: {guess_dampening}; overshoot: EMA {-mean.min():.3f}, dampening {-damped.min():.3f}")

# %%
assert abs(-mean.min() - 0.604) < 5e-4
assert abs(-damped.min() - 2.333) < 5e-4
assert np.allclose(pytorch_sgd(0.1, 0.9), mean, rtol=0, atol=1e-12)

# %% [markdown]
# ### Explain
#
# **C.** 233 %. Look at the second line of the loop: the *first* buffer is $g$, not $(1-\beta) g$. The option
# does not apply to it. So the first gradient comes in ten times too heavy, and it takes long to fade.
# (Without dampening and at the rate 0.1 the same function walks the EMA's path exactly: the cell above
# checks it.)
#
# It is as if beta were 0 for one step:

# %%
first_step_plain = me.ema(1.0, beta=lambda step: 0.0 if step == 0 else 0.9)
as_if = me.descend(bowl, [1.0], first_step_plain, 60).w[:, 0]
print(f"the same to 12 digits: {np.abs(as_if - damped).max() < 1e-12}")
assert np.abs(as_if - damped).max() < 1e-12

# %%
figure, axes = figures.new("One wrong first step: 233 % in place of 60 %", x="step", y="weight w")
axes.plot(mean, **figures.MOMENTUM.points, label="EMA form, rate 1")
axes.plot(damped, **figures.PLAIN.points, label="PyTorch, rate 1, dampening = 0.9")
axes.axhline(0, **figures.TARGET.plot)
axes.legend()
figures.show(
    figure,
    alt="Weight against step. The EMA form dips to -0.60 and calms down. PyTorch with dampening 0.9 dips to "
    "-2.33, then rises to about 1.4, and calms down as slowly.",
)

# %% [markdown]
# **Verdict.** *False.* The formula is right from the second step on, but the first one's error swings on for
# as long as any swing does. Use `lr = eta * (1 - beta)` and leave `dampening` at 0.
#
# ## 3. What people say: "the forms are equal, as long as learning rate and beta are constant"
#
# A careful sentence. It is safe, but says too little: training hardly ever keeps the learning rate constant.
# Which forms part then?
#
# ### Predict
#
# The rate drops tenfold at step 5; beta stays. Rates are converted at each step. Which form still walks the
# EMA's path?
#
# - **A** None: equality needs constants.
# - **B** The heavy ball (PyTorch) does.
# - **C** The form that holds the rate (Keras) does.

# %%
guess_schedule = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# Look first. Choose a second form and a schedule, or press the buttons. The panel on the right has a log
# axis: a line at the bottom means *equal to rounding*. Can you find, for the heavy ball and for Keras's form,
# the kind of schedule that parts it from the EMA?

# %%
explorers.conventions()

# %% [markdown]
# Now all of it at once: five schedules, each form against the EMA, both converted by $1 - \beta_t$ at each
# step.

# %%
constant = schedules.constant
plans = {
    "both constant": (constant(1.0), constant(0.9)),
    "rate drops tenfold": (schedules.multistep_decay(1.0, [5], 0.1), constant(0.9)),
    "rate warms up": (schedules.warmup(1.0, 10), constant(0.9)),
    "beta drops to 0.5": (constant(1.0), schedules.join([0.9, 0.5], [5])),
    "beta warms up": (constant(1.0), schedules.linear(0.5, 0.9, 10)),
}


# %%
def three_forms(eta, beta):
    def converted(step):
        return eta(step) * (1 - beta(step))

    rules = me.ema(eta, beta), me.heavy_ball(converted, beta), me.classical_momentum(converted, beta)
    return [me.descend(bowl, [1.0], rule, 60).w[:, 0] for rule in rules]


# %%
results = {name: three_forms(*plan) for name, plan in plans.items()}
print(f"your guess: {guess_schedule}\n{'':20s}{'heavy ball':15s}Keras's form")
gaps = {}
for name, (base, summed, held) in results.items():
    gaps[name] = np.abs(summed - base).max(), np.abs(held - base).max()
    told = ["equal" if gap < 1e-12 else f"{gap:.1g} apart" for gap in gaps[name]]
    print(f"{name:20s}{told[0]:15s}{told[1]}")

# %%
together = np.array(list(gaps.values())) < 1e-12
assert together[:, 0].tolist() == [True, True, True, False, False]
assert together[:, 1].tolist() == [True, False, False, True, True]

# %%
dips = [-path.min() for path in results["rate drops tenfold"]]
print("overshoot after the drop: EMA, heavy ball, Keras's form:", *(f"{dip:.2f}" for dip in dips))
assert np.allclose(dips, [0.14, 0.14, 1.29], atol=5e-3)

# %%
titles = ("Rate drops: Keras's form parts", "Beta drops: the heavy ball parts")
figure, panels = figures.new(*titles, x="step", y="weight w", size=(10.5, 4))
labels = ("EMA", "heavy ball (PyTorch)", "holds the rate (Keras)")
for axes, name in zip(panels, ("rate drops tenfold", "beta drops to 0.5"), strict=True):
    for path, look, label in zip(results[name], looks, labels, strict=False):
        axes.plot(path[:41], **look.points | {"linewidth": 5 if label == "EMA" else 1.5}, label=label)
    axes.axvline(5, **figures.TARGET.plot)
    axes.set_ylim(-1.4, 1.1)
panels[1].legend(loc="lower right")
figures.show(
    figure,
    alt="Weight over 40 steps; a schedule changes at step 5. Left, the rate drops tenfold: EMA and heavy "
    "ball both dip to -0.14, Keras's form to -1.29. Right, beta drops to 0.5: EMA and Keras's form both "
    "dip to -0.14, the heavy ball to -0.65.",
)

# %%
held_dips = [-path.min() for path in results["beta drops to 0.5"]]
warm_dips = [-path.min() for path in results["beta warms up"]]
print("overshoot after beta's drop:", *(f"{dip:.2f}" for dip in held_dips))
print("overshoot after its warm-up:", *(f"{dip:.2f}" for dip in warm_dips))
assert np.allclose(held_dips, [0.14, 0.65, 0.14], atol=6e-3)
assert np.allclose(warm_dips, [0.36, 0.30, 0.36], atol=6e-3)

# %%
both = three_forms(plans["rate drops tenfold"][0], plans["beta drops to 0.5"][1])
pairs = [np.abs(both[i] - both[k]).max() for i, k in ((0, 1), (0, 2), (1, 2))]
print(f"rate and beta both drop: each two of the three part: {min(pairs) > 0.01}")
assert min(pairs) > 0.01

# %% [markdown]
# ### Explain
#
# **B.** Ask what is stored in the velocity, and what it is multiplied by *later*:
#
# - EMA and heavy ball store gradients. The step multiplies them by **today's** rate. When the rate drops, the
#   whole velocity counts less at once, in both. They stay together under *any* schedule of the rate.
# - Keras's form stores finished steps. Those keep the rate they were made at. When the rate drops, the old
#   long steps roll on: 129 % overshoot in place of 14 %.
# - When **beta** drops, the heavy ball holds a sum that was piled up at the old beta, and the new factor $1 -
#   \beta = 0.5$ fits it no more: it counts five times too much. When beta *warms up* it is the other way
#   round: the sum counts too little, and overshoots less, 0.30 in place of 0.36. In Keras's form, as in the
#   EMA at constant rate, each gradient has come in with the factor of its own day. These two stay together.
#
# **Verdict.** *Too careful by half.* Equal under any schedule of the **rate**: EMA and heavy ball. Equal
# under any schedule of **beta**: EMA and Keras's form. Under both at once: none. So a recipe with a warm-up,
# of the rate or of beta, is not the same recipe in Keras and PyTorch; lesson 08 shows what it does.
#
# ## 4. What people say: "beta is usually 0.5 to 0.9"
#
# A number to convert is also a number to choose. Those are the values in many manuals, but a beta is not good
# in itself. A small beta leaves the flattest direction slow; a large one lets all directions swing long. In
# between there is a best one: fewest steps, each beta with the rate that suits it. On a quadratic it depends
# on the condition number $\kappa$ only (Polyak 1964; lesson 04 shows where it comes from):
#
# $$\sqrt\beta = \frac{\sqrt\kappa-1}{\sqrt\kappa+1} \qquad\text{or}\qquad
# \kappa = \left(\frac{1+\sqrt\beta}{1-\sqrt\beta}\right)^2$$

# %%
betas = np.array([0.5, 0.9, 0.95, 0.99, 0.999])
made_for = ((1 + np.sqrt(betas)) / (1 - np.sqrt(betas))) ** 2
for value, kappa in zip(betas, made_for, strict=True):
    print(f"beta {value:5.3f} is made for a condition number of {kappa:12,.0f}")

# %%
assert np.allclose(made_for[:3], [34, 1442, 6082], atol=0.5)
assert np.allclose(theory.optimal(1.0, made_for)[1], betas)

# %% [markdown]
# ### Predict
#
# We fit straight lines to the shipped digits by least squares (64 pixels, 1536 training images). A *penalty*
# pulls all weights towards zero: it adds 0.001 to each curvature (*ridge*). The condition number is about
# 10,500. Which beta is best?
#
# - **A** 0.5
# - **B** 0.9
# - **C** 0.96

# %%
guess_beta = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# We take the 64 curvatures of the real problem (the eigenvalues of a matrix; lesson 03 looks at their
# directions), with three penalties. For each beta we look for the rate that makes the slowest of the
# directions fastest, and count the steps until its distance is down to 1 %.

# %%
images = me.load_digits().train_images
spread = np.linalg.eigvalsh(images.T @ images / len(images))
grid, etas = np.linspace(0.3, 0.995, 140), np.geomspace(0.05, 200, 600)
penalties = (0.01, 0.001, 0.0001)


# %%
def fewest_steps(curvatures):
    ends = np.stack([curvatures[0] * etas, curvatures[-1] * etas])  # the flattest and the stiffest decide
    factors = theory.convergence_rate(ends[..., np.newaxis], grid).max(axis=0)
    return np.log(0.01) / np.log(factors.min(axis=0))


counts = {penalty: fewest_steps(spread + penalty) for penalty in penalties}

# %%
print(f"your guess: {guess_beta}")
for penalty, steps in counts.items():
    kappa = (spread[-1] + penalty) / (spread[0] + penalty)
    best = theory.optimal(spread[0] + penalty, spread[-1] + penalty)[1]
    print(f"penalty {penalty:g}: kappa {kappa:8,.0f}, best beta {best:.3f}, {steps.min():.0f} steps")
    assert abs(grid[steps.argmin()] - best) < 0.01
print(f"smallest curvature without a penalty: {abs(spread[0]):.6f}")
assert abs(spread[0]) < 1e-9
assert (images == 0).all(axis=0).any()  # pixels that are never inked

# %%
steps = counts[0.001]
at_half, at_nine = np.interp([0.5, 0.9], grid, steps)
more = at_half / steps.min(), at_nine / steps.min()
print(f"penalty 0.001: beta 0.5 needs {more[0]:.0f} times as many, beta 0.9 {more[1]:.1f} times")
assert np.allclose(more, [31, 4.8], rtol=0.05)

# %%
assert abs(theory.optimal(spread[0] + 0.001, spread[-1] + 0.001)[1] - 0.962) < 5e-4

# %%
title = "The best beta belongs to the problem"
figure, axes = figures.new(title, x="beta", y="steps down to 1 % (log axis)")
for (penalty, steps), role in zip(counts.items(), figures.SERIES, strict=False):
    axes.semilogy(grid, steps, **role.plot, label=f"penalty {penalty:g}")
    axes.plot(grid[steps.argmin()], steps.min(), role.marker, color=role.colour, markersize=10)
axes.axvspan(0.5, 0.9, color=figures.PALE, zorder=0, label="'usually 0.5 to 0.9'")
axes.legend(fontsize=9)
figures.show(
    figure,
    alt="Fewest steps down to 1 % of the distance against beta, for ridge regression on the digits with "
    "three penalties. The lowest points lie at beta 0.88, 0.96 and 0.99, two of them beyond the shaded range "
    "from 0.5 to 0.9.",
)

# %% [markdown]
# ### Explain
#
# **C.** The worse conditioned the problem, the larger the best beta. Two of these three problems are beyond
# the usual range. (Some pixels are never inked, so without a penalty the smallest curvature is 0: here the
# penalty alone sets $\kappa$, and with it the best beta.) Sutskever et al. (2013) go up to 0.999.
#
# **Verdict.** *Incomplete.* 0.5 is best for $\kappa = 34$, 0.9 for 1442, 0.99 for about 158,000. And
# "best" is about the long run of a quadratic, each beta with its own rate; lesson 04 has the price.
#
# ## 5. Real data: identical curves, then not
#
# Softmax regression on the digits, batches of 64, 8 epochs of 24 steps, five seeds. Three forms, rates
# converted. The plan changes at step 48, after two epochs.
#
# ### Predict
#
# The learning rate drops tenfold at step 48. Each of the forms sees the same batches. How far do the batch
# losses of PyTorch's and Keras's form differ at most?
#
# - **A** It can't be seen: below 0.1 %.
# - **B** By a few per cent.
# - **C** By more than a tenth.

# %%
guess_real = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
digits, model = me.load_digits(), networks.softmax_regression()


def trained(rule, seed):
    return me.train(model, digits, rule, 8, batch_size=64, rng=np.random.default_rng(seed)).loss


# %%
def losses(eta, beta, seed):
    def converted(step):
        return eta(step) * (1 - beta(step))

    forms = me.ema(eta, beta), me.heavy_ball(converted, beta), me.classical_momentum(converted, beta)
    return [trained(rule, seed) for rule in forms]


# %%
real_plans = {
    "both constant": (constant(1.0), constant(0.9)),
    "rate drops tenfold": (schedules.multistep_decay(1.0, [48], 0.1), constant(0.9)),
    "beta drops to 0.5": (constant(1.0), schedules.join([0.9, 0.5], [48])),
    "beta warms up": (constant(1.0), schedules.linear(0.5, 0.95, 48)),
}
curves = {name: [losses(*plan, seed) for seed in range(5)] for name, plan in real_plans.items()}

# %%
apart, before, last = {}, {}, {}
for name, runs in curves.items():
    off = np.array([[other / base - 1 for other in more] for base, *more in runs])
    apart[name], before[name] = np.abs(off).max(axis=-1), np.abs(off[..., :49]).max()
    last[name] = off[..., -24:].mean(axis=-1)  # over the last epoch; (seeds, forms)

# %%
print(f"your guess: {guess_real}; largest difference of a batch loss from the EMA's, five seeds")
for name, both in apart.items():
    ball, keras = (
        "none" if np.all(part < 1e-9) else f"{part.min():.0%} to {part.max():.0%}" for part in both.T
    )
    print(f"{name:20s} heavy ball: {ball:12s} Keras's form: {keras}")

# %%
ends = {name: offs.mean(axis=0) for name, offs in last.items()}
print("mean difference in the last epoch: Keras's form, rate drops", f"{ends['rate drops tenfold'][1]:+.0%};")
print(f"heavy ball, beta drops {ends['beta drops to 0.5'][0]:+.0%}, warms up {ends['beta warms up'][0]:+.0%}")
assert abs(ends["rate drops tenfold"][1] + 0.09) < 0.01
assert abs(ends["beta warms up"][0] - 0.07) < 0.01
assert np.all(last["beta drops to 0.5"][:, 0] < -0.005)

# %%
assert max(before[name] for name in list(real_plans)[:3]) < 1e-9  # up to step 48 all three are one
assert np.all(apart["both constant"] < 1e-9)
assert np.all(apart["rate drops tenfold"][:, 0] < 1e-9)
assert np.all(apart["rate drops tenfold"][:, 1] > 0.1)
assert np.all(apart["beta drops to 0.5"][:, 1] < 1e-9)
assert np.all(apart["beta drops to 0.5"][:, 0] > 0.02)

# %%
titles = ("Rate drops: only Keras's form parts", "Beta drops: only the heavy ball parts")
figure, panels = figures.new(*titles, x="step", y="loss relative to the EMA form", size=(10.5, 4))
for axes, name in zip(panels, list(real_plans)[1:3], strict=True):
    for k, label in ((1, labels[1]), (2, labels[2])):
        ratio = np.array([run[k] / run[0] for run in curves[name]]).T
        axes.plot(ratio, **looks[k].plot | {"linewidth": 1.3}, label=[label] + 4 * ["_"])
    axes.axvline(48, **figures.TARGET.plot)
    axes.set_ylim(0.82, 1.18)
panels[0].legend(loc="upper right")
figures.show(
    figure,
    alt="Batch loss relative to the EMA form over 192 steps, five seeds. Until step 48 all lie at 1. After "
    "the rate's drop only Keras's form leaves 1, downwards to about 0.9; after beta's drop only the heavy "
    "ball does, to about 0.95, and comes back to 0.98.",
)

# %% [markdown]
# ### Explain
#
# **C.** Up to step 48 the three curves are one, to nine digits and more, in all five seeds. Then exactly the
# form parts that section 3 names, and the other stays.
#
# On the parabola Keras's form did badly after the drop; here it ends 9 % *lower*. It does the same thing in
# both: it travels further. That is bad close to a minimum and good far from one, and this loss is still
# falling. It is no merit of a form: when beta warms up, the heavy ball travels *less*, and ends 7 % higher.
#
# ## Check yourself
#
# Answer before you unfold.
#
# **1.** A paper uses the EMA form with rate 0.5 and beta 0.9. What do you give PyTorch?
#
# <details><summary>Answer</summary>
# <p>lr = 0.5 * (1 - 0.9) = 0.05, momentum = 0.9, dampening left at 0.</p>
# </details>
#
# **2.** How much weight has a gradient that is three steps old, in the EMA form and in the heavy ball, at
# beta = 0.9?
#
# <details><summary>Answer</summary>
# <p>EMA: 0.1 * 0.9^3 = 0.073. Heavy ball: 0.9^3 = 0.729. Ten times as much, so its rate must be ten times
# smaller.</p>
# </details>
#
# **3.** You port a PyTorch training with a step decay of the rate to Keras, with the same numbers. Is it the
# same training?
#
# <details><summary>Answer</summary>
# <p>Up to the first decay, yes. Then Keras's velocity still holds steps of the old rate, which roll on;
# PyTorch multiplies all it remembers by the new rate at once.</p>
# </details>
#
# **4.** Your rate is constant, but beta rises from 0 to 0.9. Which form walks with the EMA, if rates are
# converted at each step?
#
# <details><summary>Answer</summary>
# <p>The one that holds the rate (Keras). The heavy ball's sum was piled up at smaller betas; it counts too
# little, and parts.</p>
# </details>
#
# **5.** Somebody sets momentum = 0.9 and dampening = 0.9 in PyTorch to get the EMA. What goes wrong, and
# when?
#
# <details><summary>Answer</summary>
# <p>The first buffer is g in place of 0.1 g: the first gradient counts ten times too much. At h = 1 the
# overshoot is 233 % in place of 60 %.</p>
# </details>

# %%
answers = me.convert(0.5, 0.9)["lr"], pulse["ema"][3], pulse["heavy_ball"][3]
print("lr {:.3f}; weights at age 3: {:.3f} and {:.3f}".format(*answers))
assert np.allclose(answers, [0.05, 0.0729, 0.729])

# %% [markdown]
# ## Key points
#
# - **Four forms**: mean (EMA), sum (heavy ball, PyTorch), step (Keras), look-ahead (Nesterov). At the same
#   number 0.1 their overshoots are 0.15, 0.60 and 0.39 (EMA, heavy ball, Nesterov).
# - **Convert** by the factor $1-\beta$, 0.1 at beta = 0.9: then three of the forms are one, to 12 digits.
# - **Dampening is a trap**: 233 % overshoot in place of 60 %, because the first buffer is g.
# - **Schedules of the rate** part only Keras's form off (overshoot 1.29 in place of 0.14), **schedules of
#   beta** only the heavy ball (0.65 in place of 0.14).
# - **Beta belongs to a condition number**: 0.5 to 34, 0.9 to 1442; the digits' 10,500 wants 0.962.

# %% [markdown]
# ## Say it in a lecture
#
# **Ask the room.** "Learning rate 0.1, momentum 0.9: write down the update rule." Collect the answers: there
# will be at least two. Then show the first figure.
#
# **What goes wrong.** People convert the wrong way round: the *sum* needs the *smaller* rate. They take
# Nesterov for a convention; it is another rule. And they say "the same up to scaling" and forget the
# schedule.
#
# **In a short hour** skip the hand-written rules and section 4. Keep the first figure, section 2, and the
# explorer.

# %% [markdown]
# ## Go deeper
#
# - Polyak (1964), "Some methods of speeding up the convergence of iteration methods", *USSR Computational
#   Mathematics and Mathematical Physics* 4(5). The heavy ball and its best numbers.
# - Nesterov (1983), "A method for solving the convex programming problem with convergence rate O(1/k^2)",
#   *Soviet Mathematics Doklady* 27. The look-ahead.
# - Sutskever, Martens, Dahl and Hinton (2013), "On the importance of initialization and momentum in deep
#   learning", *ICML*. The form whose velocity holds the rate, and betas up to 0.999.
# - PyTorch's manual, `torch.optim.SGD`. Its note says how its form differs from Sutskever's; its pseudocode
#   shows the first buffer.

# %% [markdown]
# ## Exercises
#
# [Exercises of lesson 01](exercises/01_update_rule.ipynb): write one step of the rule, convert a rate, unroll
# the velocity's weights, find the condition number a beta is made for, and take one step that looks ahead.
#
# Next: lesson 02 asks what the velocity does to noise.
