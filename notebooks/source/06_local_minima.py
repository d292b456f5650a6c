# %% [markdown]
# # 06 · Local minima: does momentum roll out of bad ones into better ones?
#
# **Question.** People say that momentum escapes from local minima, and even that it finds the global one.
# From where does it get out, and is it the momentum that does it?
#
# **Minutes.** 30 to read and run; 45 in a lecture.
#
# **You need.** The update rule (lesson 01). What kinetic energy is, roughly: speed can be turned into
# height. Section 5 uses the best tuning of lesson 04.
#
# **Objectives.** After this lesson you can
#
# - keep the energy ledger of a run, and say from it where the run can never get to,
# - predict whether a start can cross a barrier at all, before you choose any beta,
# - show that momentum leaves good valleys as well as bad ones,
# - name the rivals, a large learning rate and noise, and control for them,
# - judge claims about "better minima" in a network: same start, a rate that suits both rules, several seeds.

# %%
import numpy as np

import momentum_edu as me
from momentum_edu import explorers, figures, landscapes, networks

# %% [markdown]
# | Sign | Meaning | Unit |
# |---|---|---|
# | $w$, $f(w)$ | the weight, and its loss: the *height* | |
# | $v$ | velocity: the moving average of gradients | |
# | $\eta$, $\beta$ | learning rate, momentum coefficient | |
# | $L$ | the largest curvature on the way | |
# | $E_t$ | energy: height, plus a term for the last move | as $f$ |
#
# The rule of this course, in words: *the velocity keeps a share beta of itself and takes in a share 1 -
# beta of the new gradient; the weight moves against the velocity.*
#
# $$v_t = \beta\,v_{t-1} + (1-\beta)\,g_t \qquad w_t = w_{t-1} - \eta\,v_t \qquad v_0 = 0$$
#
# ## Look first: a ball, two valleys
#
# The curve $f(x) = x^4/4 - x^2/2 + 0.15\,x$ has a shallow valley on the right and a deeper one on the
# left, with a barrier between. We put a ball down at 1.7, at rest, high above the right valley.

# %%
curve = landscapes.double_well(tilt=0.15)
(left, right), barrier = curve.minima[:, 0], curve.saddles[0, 0]
top = curve.value(curve.saddles)[0]
print(f"valleys at {left:.2f} and {right:.2f}, barrier at {barrier:.2f}")
assert np.allclose([left, right, barrier], [-1.07, 0.91, 0.15], atol=5e-3)

# %%
pair = {"plain descent": me.gradient_descent(0.1), "momentum": me.ema(0.1, beta=0.95)}
plain, ball = (me.descend(curve, [1.7], rule, steps=200) for rule in pair.values())
print(f"plain descent ends at {plain.w[-1, 0]:.2f}, momentum at {ball.w[-1, 0]:.2f}")
assert abs(plain.w[-1, 0] - right) < 1e-3
assert abs(ball.w[-1, 0] - left) < 0.02

# %% [markdown]
# Momentum crossed, plain descent did not. To see what paid for the climb, we keep a ledger. In words:
# *energy is height plus a term for the last move.* With the right factor (section 1 says why this one) it is
#
# $$E_t = f(w_t) + \frac{\beta}{2\,\eta\,(1-\beta)}\,\lvert w_t - w_{t-1}\rvert^2$$
#
# At the start the ball is at rest: the last move is 0, the energy is the height.

# %%
ledger = me.energy(ball, curve)
over = int(np.argmax(ball.w[:, 0] < barrier))
print(f"energy at the start {ledger[0]:.2f}, on the barrier {ledger[over]:.3f}, its top {top:.3f}")
print(f"it never rises: {np.diff(ledger).max() < 1e-12}")
assert np.allclose([ledger[0], top], [0.90, 0.011], atol=5e-3)
assert ledger[0] > ledger[over] > top
assert np.diff(ledger).max() < 1e-12

# %%
titles = ("It starts high, and rolls over", "Its energy only falls")
figure, (view, book) = figures.new(*titles, x=("x", "step"), y=("height f(x)", "energy"), size=(10, 4))
x = np.linspace(-1.7, 1.8, 200)
view.plot(x, curve.value(x[:, np.newaxis]), color=figures.BLACK)
view.plot(plain.w[:, 0], plain.loss, **figures.PLAIN.points | {"linestyle": ""}, label="plain descent")
view.plot(ball.w[:, 0], ball.loss, **figures.MOMENTUM.points | {"linestyle": ""}, label="momentum")
book.plot(ledger, **figures.MOMENTUM.plot, label="energy")
book.plot(over, ledger[over], "o", color=figures.BLACK, label=f"crosses, at step {over}")
book.plot(ball.loss, color=figures.BLACK, linewidth=1, label="height")
book.fill_between(ball.step, ball.loss, ledger, color=figures.VERMILION, alpha=0.25, label="speed")
for axes in (view, book):
    axes.axhline(top, **figures.TARGET.plot, label="barrier's top")
    axes.legend()
figures.show(
    figure,
    alt="Left: a curve with two valleys; momentum's dots run from 1.7 over the barrier into the left "
    "valley, plain descent's end in the right one. Right: energy falls from 0.90 to -0.41 and never rises; "
    "it is just above the barrier's height, 0.01, when the ball crosses.",
)

# %% [markdown]
# ## 1. What people say: "Momentum escapes from local minima"
#
# The picture is that of a ball with a swing. A large enough beta, and it rolls out.
#
# ### Predict
#
# 100 balls stand in the right half, from just beside the barrier up to 1.9. Of these, 62 stand *lower*
# than the barrier's top. We turn beta up to 0.99. How many of the 62 get across?
#
# - **A** None.
# - **B** Some, those nearest to the top.
# - **C** Nearly all.

# %%
guess_below = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
starts = np.linspace(barrier + 0.01, 1.9, 100)[:, np.newaxis]
low = curve.value(starts) < top
betas = np.array([[0.5], [0.9], [0.95], [0.99]])
runs = me.descend(curve, starts, me.ema(0.1, betas), steps=4000, keep_every=10)
crossed = runs.w[-1, ..., 0] < barrier  # (betas, starts)

# %%
print(f"your guess: {guess_below}; {low.sum()} starts below the top, {(~low).sum()} above")
for beta, row in zip(betas[:, 0], crossed, strict=True):
    print(f"beta = {beta}: across from below {(row & low).sum()}, from above {(row & ~low).sum()}")
assert low.sum() == 62
assert (crossed & low).sum() == 0
assert (crossed & ~low).sum(axis=1).tolist() == [0, 3, 15, 29]

# %%
title = "From below the barrier's top nobody crosses, whatever beta is (rate 0.1)"
figure, axes = figures.new(title, x="start x", y="momentum beta", size=(8.2, 3.6))
for row, got_out in enumerate(crossed):
    axes.plot(starts[~got_out], np.full((~got_out).sum(), row), "x", color=figures.BLUE, markersize=5)
    axes.plot(starts[got_out], np.full(got_out.sum(), row), "o", color=figures.VERMILION, markersize=5)
axes.axvspan(barrier, starts[low].max(), color=figures.PALE, zorder=0)
axes.plot([], [], "o", color=figures.VERMILION, label="crosses")
axes.plot([], [], "x", color=figures.BLUE, label="stays")
axes.set(yticks=range(4), yticklabels=[f"{beta:g}" for beta in betas[:, 0]], ylim=(-0.5, 4.2))
axes.text(0.2, 3.6, "start below the barrier's top")
axes.legend(loc="upper right", ncols=2)
figures.show(
    figure,
    alt="Starts from 0.16 to 1.9 for four betas. In the grey part, up to 1.24, all stay. Beyond, 0 of 38 "
    "cross at beta 0.5, 3 at 0.9, 15 at 0.95 and 29 at 0.99.",
)

# %% [markdown]
# ### Explain
#
# **A.** Momentum lives on a budget. The ball starts at rest with the height it has, and for $\eta \le
# 2/L$ the energy never rises from there (O'Neill and Wright). Beta decides how slowly the budget is spent,
# not how large it is. Why? Call a move $d_t = w_t - w_{t-1}$.
#
# - The rule says $d_{t+1} = \beta d_t - \eta(1-\beta)\,g_t$. So the slope is a difference of two moves:
#   $g_t = (\beta d_t - d_{t+1}) / (\eta(1-\beta))$.
# - Where no curvature exceeds $L$, the height changes by at most $g_t\,d_{t+1} + \frac L2 d_{t+1}^2$.
# - Put $g_t$ in, and use $d_t\,d_{t+1} \le (d_t^2 + d_{t+1}^2)/2$. What is left, with the factor from above,
#   is
#
# $$E_{t+1} - E_t \le \Big(\frac L2 - \frac1\eta\Big)\,d_{t+1}^2$$
#
# which can't be positive while $\eta \le 2/L$. We check it at each step of all 400 runs.

# %%
largest = curve.hessian(np.array([1.9]))[0, 0]  # L: the largest curvature on the way
all_runs = me.descend(curve, starts, me.ema(0.1, betas), 400)
rise = np.diff(me.energy(all_runs, curve), axis=0)
allowed = (largest / 2 - 1 / 0.1) * np.diff(all_runs.w[..., 0], axis=0) ** 2

# %%
print(f"2 / L = {2 / largest:.2f}; no energy rises: {rise.max() < 1e-12}")
print(f"nor more than the inequality allows: {np.all(rise <= allowed + 1e-12)}")
assert abs(2 / largest - 0.20) < 5e-3
assert rise.max() < 1e-12
assert np.all(rise <= allowed + 1e-12)

# %% [markdown]
# **Verdict.** *False* from below the barrier's top, at rates up to $2/L$: 0 of 62, even at beta = 0.99.
# *True* from above, on what is left of the budget: 29 of 38. So momentum doesn't climb *out of* a minimum.
# It may roll *past* one on its first way down.
#
# ## 2. "... into better ones"
#
# Rolling past a bad valley is good. What about rolling past a good one?
#
# ### Predict
#
# We mirror the tilt: now the right valley is the deep one. 120 starts on the right, from just beside the
# barrier up to 2.2 (higher than before), for both tilts; $\beta = 0.99$. What happens to the balls that
# start above the barrier of the *deep* valley?
#
# - **A** They all stay: the ball prefers the deeper valley.
# - **B** Some leave the deep valley for the shallow one.
# - **C** As many leave as leave the shallow one.

# %%
guess_good = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
leavers = {}
for name, tilt in {"shallow": 0.15, "deep": -0.15}.items():
    place = landscapes.double_well(tilt)
    edge, rim = place.saddles[0, 0], place.value(place.saddles)[0]
    row = np.linspace(edge + 0.01, 2.2, 120)[:, np.newaxis]
    ends = me.descend(place, row, me.ema(0.1, 0.99), steps=2000, keep_every=10).w[-1, :, 0]
    leavers[name] = int((ends < edge).sum()), int((place.value(row) > rim).sum())

# %%
print(f"your guess: {guess_good}")
for name, (gone, above) in leavers.items():
    print(f"out of the {name} valley: {gone} of {above} that start above the barrier")
assert leavers == {"shallow": (35, 56), "deep": (12, 33)}

# %% [markdown]
# ### Explain
#
# **B.** The ball doesn't know which valley is better. It knows height and speed. A deep valley is harder
# to leave, because more of the budget is spent on the way through it.
#
# **Verdict.** Momentum leaves good valleys as well as bad ones, only less often: 12 of 33 against 35 of 56.
#
# ## 3. Is it the momentum? Two rivals
#
# Our plain descent never crossed. But it had a small rate, 0.1, and no noise. A fair test gives the rivals
# a chance.
#
# ### Predict
#
# *Plain* descent from the same 100 starts, at a rate of 0.8. How many cross?
#
# - **A** None: without momentum it only goes downhill.
# - **B** About as many as with momentum.

# %%
guess_rival = "?"  # write "A" or "B"

# %% [markdown]
# ### Run

# %%
rates = np.arange(1, 9)[:, np.newaxis] / 10
swarm = {}
for beta in (0.0, 0.9, 0.99):
    ends = me.descend(curve, starts, me.ema(rates, beta), steps=1500, keep_every=10).w[-1, ..., 0]
    swarm[beta] = ends < barrier  # (rates, starts)

# %%
counts = {beta: out.sum(axis=1) for beta, out in swarm.items()}
from_below = sum((out & low).sum() for out in swarm.values())
print(
    f"your guess: {guess_rival}; plain descent at 0.1 and 0.8: {counts[0.0][0]} and {counts[0.0][-1]} cross"
)
print(f"with beta = 0.9: {counts[0.9][0]} and {counts[0.9][-1]}; from below, all together: {from_below}")
assert counts[0.0].tolist() == [0, 0, 0, 7, 15, 20, 24, 23]
assert (counts[0.9][0], counts[0.9][-1]) == (3, 28)
assert (counts[0.99].min(), counts[0.99].max()) == (25, 29)
assert from_below == 0

# %%
title = "A large rate jumps barriers without any momentum"
figure, axes = figures.new(title, x="learning rate", y="starts that cross (of 100)")
roles = (figures.PLAIN, figures.MOMENTUM, figures.VELOCITY)
for (beta, count), role in zip(counts.items(), roles, strict=True):
    axes.plot(rates[:, 0], count, **role.points, label="plain descent" if beta == 0 else f"beta = {beta}")
axes.axhline(38, **figures.TARGET.plot)
axes.text(0.1, 39, "start above the barrier: 38")
axes.set_ylim(-1, 44)
axes.legend(loc="lower right")
figures.show(
    figure,
    alt="Starts that cross against the learning rate. Plain descent: 0 up to 0.3, then 7, 15, 20, 24, 23. "
    "Beta 0.9: from 3 at 0.1 to 28 at 0.8. Beta 0.99: 25 to 29 at every rate.",
)

# %% [markdown]
# The other rival is noise. 200 balls lie at the *bottom* of the right valley. Each gradient gets noise of
# standard deviation 1 (seed 0), at a rate of 0.1. When does a ball first come to the left valley's bottom?

# %%
bottom = np.full((200, 1), right)
arrival = {}
for name, rule in {"plain descent": me.gradient_descent(0.1), "momentum": me.ema(0.1, 0.9)}.items():
    rng = np.random.default_rng(0)
    there = me.descend(curve, bottom, rule, steps=5000, noise=1.0, rng=rng).w[..., 0] < left
    arrival[name] = np.where(there.any(axis=0), there.argmax(axis=0), np.inf)
    print(f"{name}: {np.isfinite(arrival[name]).mean():.1%} within 5000 steps, ", end="")
    print(f"median step {np.median(arrival[name]):.0f}")

# %%
assert np.median(arrival["momentum"]) > 1.3 * np.median(arrival["plain descent"])
assert np.allclose([np.median(steps) for steps in arrival.values()], [475, 721], atol=5)
assert all(np.isfinite(steps).mean() >= 0.99 for steps in arrival.values())

# %% [markdown]
# ### Explain
#
# **B.** At a rate of 0.8 plain descent crosses from 23 of 100 starts, momentum with $\beta = 0.9$ from 28. A
# step that is as long as a valley is wide doesn't see the barrier. So "with momentum it escaped, without it
# did not" proves little if the rate was not varied too. (At $\beta = 0.99$ the rate changes little: 25 to
# 29. And from *below* the top nobody crossed even so, at any of these rates.)
#
# Noise pays into the budget at each step. So even from the bottom nearly all get out within 5000 steps, with
# momentum and without. Momentum is later, 721 steps against 475: the top of a barrier is left as a saddle
# is, and at the same rate momentum grows more slowly there (lesson 05).
#
# **Verdict.** Momentum is one of three ways over a barrier. A large rate and noise do it without.
#
# ## 4. Try it
#
# A ball on the curve; the thin line above the curve is its energy on the way. Below, the map: coloured
# starts, on either side, get into the other valley; grey ones lie below the barrier's top.
#
# 1. Set beta to 0, then raise the rate.
# 2. Tilt the curve until the ball sits in the better valley. Does it still get out?
# 3. Up to which rate does no colour come into the grey part? And where does it come in first?

# %%
explorers.local_minimum()

# %% [markdown]
# What you should have found: the guarantee ends at $2/L$. Far beyond it, at a rate of 1.5, balls get out
# even from below, but where beta is *small*: they jump to and fro in a valley that can't hold such steps. At
# $\beta = 0.9$ none does.

# %%
everywhere = np.linspace(-1.5, 1.2, 100)[:, np.newaxis]  # in both valleys, all below the top
ends = me.descend(curve, everywhere, me.ema(1.5, np.array([[0.0], [0.9]])), steps=400).w[-1, ..., 0]
jumped = ((ends < barrier) != (everywhere[:, 0] < barrier)).sum(axis=1)
print(f"rate 1.5: without momentum more than 10 of 100 get out: {jumped[0] > 10}; with 0.9: {jumped[1]}")
assert curve.value(everywhere).max() < top
assert jumped[0] > 10
assert jumped[1] == 0

# %% [markdown]
# You can put in a curve of your own, any function of an array of x; its slope is then taken by finite
# differences: `explorers.local_minimum(lambda x: np.cos(3 * x) + 0.1 * x**2, view=(-4, 4))`.
#
# ## 5. What people say: "It reaches the global minimum"
#
# Surely this holds at least where there *is* only one minimum and no barrier?
#
# ### Predict
#
# A convex function: its slope is $25x$ up to $x = 1$, then $x + 24$ up to 2, then $25x - 24$. So it climbs
# everywhere to the right of 0, with a curvature of 25, 1 and 25 again. We take the heavy ball with the rate
# and beta that are best for curvatures from 1 to 25 (lesson 04; Polyak's), and start at 3.3. Where does it
# end?
#
# - **A** At the minimum, 0, and fast.
# - **B** At the minimum, but slowly.
# - **C** Not at the minimum.

# %%
guess_convex = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
kinked = landscapes.lessard()
tuned = me.descend(kinked, [3.3], me.heavy_ball(1 / 9, beta=4 / 9), steps=600)
ours = me.descend(kinked, [3.3], me.ema(0.2, beta=4 / 9), steps=600)  # the same: 0.2 (1 - 4/9) = 1/9
simple = me.descend(kinked, [3.3], me.gradient_descent(1 / 25), steps=600)
small = me.descend(kinked, [3.3], me.ema(2 / 25, beta=4 / 9), steps=600)

# %%
print(f"your guess: {guess_convex}; the last six points:", *(f"{value:.3f}" for value in tuned.w[-6:, 0]))
distance = max(abs(simple.w[-1, 0]), abs(small.w[-1, 0]))
print(f"plain descent, and momentum at 2 / L = 0.08, are at 0 to 12 digits: {distance < 1e-12}")

# %%
assert np.allclose(np.sort(tuned.w[-3:, 0]), [-1.802, 0.647, 2.116], atol=1e-3)
assert np.allclose(tuned.w[-3:], tuned.w[-6:-3], atol=1e-12)
assert np.allclose(ours.w, tuned.w, atol=1e-9)
assert distance < 1e-12

# %%
titles = ("One minimum, no barrier: a slope with two kinks", "And yet it circles for ever")
figure, (shape, axes) = figures.new(*titles, x=("x", "step"), y=("slope f'(x)", "x"), size=(10, 3.8))
places = np.linspace(-3.5, 3.5, 200)[:, np.newaxis]
shape.plot(places, kinked.gradient(places), color=figures.BLACK)
shape.plot(tuned.w[-3:, 0], kinked.gradient(tuned.w[-3:])[:, 0], "o", color=figures.VERMILION)
shape.plot(0, 0, "*", color=figures.BLUE, markersize=12)
axes.plot(tuned.w[:31, 0], **figures.MOMENTUM.points, label="heavy ball, best for curvatures 1 to 25")
axes.plot(simple.w[:31, 0], **figures.PLAIN.points, label="plain descent, rate 1/25")
axes.axhline(0, **figures.TARGET.plot)
axes.legend(loc="upper right")
axes.set_ylim(-3.6, 5.2)
figures.show(
    figure,
    alt="Left: the slope: steep, nearly flat between x = 1 and 2, steep again; zero only at 0. Right: "
    "position over 30 steps: plain descent is at the minimum 0 after two steps; the tuned heavy ball settles "
    "into a cycle of three points, 2.116, 0.647 and -1.802.",
)

# %% [markdown]
# ### Explain
#
# **C.** It goes round three points for ever: 2.116, 0.647, -1.802. The tuning is best for *parabolas*; this
# slope has kinks (Lessard, Recht and Packard). In our form its rate is 0.2, beyond $2/L = 0.08$, so the
# ledger doesn't hold: in each round energy is put in. At 0.08 the ledger holds, and the same beta arrives.
# (Plain descent is at 0 after two steps because its rate, 1/25, fits the curvature 25 exactly.)

# %%
rises = [np.diff(me.energy(path, kinked)).max() for path in (ours, small)]
print(f"largest rise of the energy: {rises[0]:.0f} at a rate of 0.2, {max(rises[1], 0):.0f} at 0.08")
assert rises[0] > 100
assert rises[1] <= 1e-9

# %% [markdown]
# **Verdict.** *False*, even where the function is convex. There is a guarantee for small enough rates
# there; with several valleys there is none at all.
#
# ## 6. Real data: a better end, or another start?
#
# A small network, 64-4-10 (tanh, squared error), on 128 training images, full batch, for 800 steps; 8
# seeds. With 4 hidden units it can't fit everything, so where it ends matters. Five settings, the same 8
# starts for each: plain descent and momentum at 0.03, both at 0.2, and momentum at 1. Which of these rates
# can the rules take? That depends on the curvature.

# %%
digits = me.load_digits()
images, labels = digits.train_images[:128], digits.train_labels[:128]
model = networks.mlp((64, 4, 10))
weights = np.stack([model.init(np.random.default_rng(seed)) for seed in range(8)])


def curvature(w):
    return networks.sharpness(model, w, images, labels, rng=np.random.default_rng(0))


# %%
steep = curvature(weights)
print(f"largest curvature at the eight starts: {steep.min():.0f} to {steep.max():.0f}")
print(f"plain descent tolerates at most {2 / 0.03:.0f} at a rate of 0.03, {2 / 0.2:.0f} at 0.2;", end=" ")
print(f"momentum {38 / 0.2:.0f} at 0.2, {38 / 1:.0f} at 1")
assert np.allclose([steep.min(), steep.max()], [21.6, 56.0], atol=0.2)

# %% [markdown]
# So 0.03 suits both rules at all eight starts, and even the ledger holds there. At 0.2 all starts are too
# steep for plain descent. At 1 some are too steep for momentum, too.
#
# ### Predict
#
# At 0.03, from the same start: how far is momentum's final loss from plain descent's?
#
# - **A** As far as the losses of different seeds are from each other: it takes another road.
# - **B** By far less.

# %%
guess_seeds = "?"  # write "A" or "B"

# %% [markdown]
# ### Run

# %%
settings = {"plain 0.03": (0.03, 0.0), "momentum 0.03": (0.03, 0.9)}
settings |= {"plain 0.2": (0.2, 0.0), "momentum 0.2": (0.2, 0.9), "momentum 1": (1.0, 0.9)}
eta, beta = np.array(list(settings.values())).T[..., np.newaxis]
trained = me.descend(
    lambda w: model.gradient(w, images, labels), weights, me.ema(eta, beta), steps=800, keep_every=40
)
final = model.loss(trained.w[-1], images, labels)  # (settings, seeds)
assert curvature(trained.w[[1, 20], :2]).max() < 2 / 0.03  # 0.03 stays below 2 / L on the way, too

# %%
gap, spread = np.abs(final[1] - final[0]).max(), np.ptp(final[0])
w = trained.w[-1]
between = np.linalg.norm(w[1] - w[0], axis=-1)  # of the two rules, for each seed
seeds = np.linalg.norm(w[0, :, np.newaxis] - w[0], axis=-1)[~np.eye(8, dtype=bool)]
moved = np.linalg.norm(w[0] - weights, axis=-1)

# %%
print(
    f"your guess: {guess_seeds}; at 0.03, loss: the rules differ by {gap:.3f} at most, seeds by {spread:.3f}"
)
print(f"place: each moved {moved.min():.1f} to {moved.max():.1f}; the rules' ends lie", end=" ")
print(f"{between.max():.2f} apart at most, the seeds' ends {seeds.min():.1f} at least")
assert gap < 0.002 < 0.015 < spread
assert between.max() < 0.16
assert seeds.min() > 4

# %% [markdown]
# And the larger rates? A hidden unit is *stuck* when its output is beyond 0.95 in size for every image:
# there tanh is flat, and next to no gradient comes through. We count at step 40.

# %%
(inward, bias), _ = model.unpack(trained.w[1])
stuck = (np.abs(np.tanh(images @ inward + bias[..., np.newaxis, :])) > 0.95).all(axis=-2).any(axis=-1)
for name, losses, flat in zip(settings, final, stuck, strict=True):
    print(f"{name}: no unit stuck in {(~flat).sum()} of 8, loss at most {losses[~flat].max():.2f}", end="")
    print(f"; stuck in {flat.sum()}, loss at least {losses[flat].min():.2f}" if flat.any() else "")

# %%
expected = np.zeros((5, 8), dtype=bool)
expected[[2, 4]] = steep > 30  # the five steepest starts
assert np.array_equal(stuck, expected)
assert final[2:][stuck[2:]].min() > 0.29 > 0.27 > final[2:][~stuck[2:]].max()
assert np.abs(final[2] - final[3])[steep < 30].max() < 0.006
assert curvature(trained.w[-1, 2]).max() < 10.5
early = model.loss(trained.w[4, 4], images, labels)  # momentum at 1 after 160 steps
assert np.abs(early - final[3])[steep < 30].max() < 0.0045

# %%
titles = ("At 0.03: the same end from the same start", "Too large a rate: the same five starts fail")
labels_xy = ("largest curvature at the start", "loss after 800 steps")
figure, panels = figures.new(*titles, x=labels_xy[0], y=labels_xy[1], size=(10.4, 4.2))
looks = (figures.PLAIN, figures.MOMENTUM, figures.PLAIN, figures.VELOCITY, figures.MOMENTUM)
for row, (name, role) in enumerate(zip(settings, looks, strict=True)):
    size = 9 if row in (0, 2) else 5
    style = {"color": role.colour, "marker": role.marker, "linestyle": "", "markersize": size}
    panels[int(row > 1)].plot(steep, final[row], **style, alpha=0.8, label=name)
for axes in panels:
    axes.set_ylim(0.22, 0.47)
    axes.legend(loc="upper left")
figures.show(
    figure,
    alt="Loss after 800 steps against the curvature at the start, 8 seeds. Left, at 0.03: both rules between "
    "0.28 and 0.30, one mark on the other. Right: momentum at 0.2 stays below 0.27 everywhere. Plain descent "
    "at 0.2 and momentum at 1 do so for the three starts below curvature 30; from the five steeper ones they "
    "end at 0.30 to 0.31 and 0.30 to 0.39.",
)

# %% [markdown]
# ### Explain
#
# **B.** From the same start both rules end with the same loss, to 0.001; seeds differ by 0.016. And it is
# the same *place*: 0.14 apart at most, after a way of 1.6 to 1.9. The ends of two seeds lie 4 or more apart.
# Momentum takes the road that plain descent takes. (None has arrived after 800 steps: this compares runs, not
# minima.)
#
# At 0.2 momentum looks better: plain descent ends near 0.30 for 5 of 8 seeds, momentum for none. Did it
# escape from something? No. These are the five steepest starts. Plain descent's first steps are too large
# there and throw the weights out, until the curvature has come down to what the rate allows, 2/0.2 = 10. On
# the way hidden units get stuck, in exactly these five runs. Momentum tolerates more, not all: at a rate
# of 1 units get stuck from *the same five starts*, with curvatures beyond its limit of 38 or near it (there
# the stiff direction first swings far out, lesson 04).
#
# From the three other starts plain descent at 0.2 gets as far as momentum does, to 0.005. Momentum at 1 gets
# lowest, to 0.23, because its steps are longer: after 160 of them it is where 0.2 is after 800, to 0.004.
#
# **Verdict.** *No sign of it* in this network: at a rate that suits both, momentum ends where plain descent
# does, seed by seed. It tolerates larger rates. That can look like an escape if only one rate is shown.
#
# ## Check yourself
#
# Answer before you unfold.
#
# **1.** A ball is put down at rest, a little lower than the top of the barrier. Which beta gets it across?
#
# <details><summary>Answer</summary>
# None (for rates up to 2/L, no noise). Its energy never rises above the height of the start: 0 of 62
# crossed at any beta.
# </details>
#
# **2.** What does beta change, if not the size of the budget?
#
# <details><summary>Answer</summary>
# How slowly it is spent. From above the barrier 0 of 38 cross at beta = 0.5, 3 at 0.9, 15 at 0.95, 29 at
# 0.99.
# </details>
#
# **3.** "With momentum it got out of the bad minimum, without it didn't." Two rivals of momentum can do that
# too. Which two runs would you ask for?
#
# <details><summary>Answer</summary>
# Plain descent at a larger rate, and plain descent with the same noise. Here both crossed as well: from 23
# of 100 starts at a rate of 0.8, and with noise nearly all, sooner than with momentum (475 steps, 721).
# </details>
#
# **4.** Why does a ball leave the deeper valley less often than the shallow one? Because it is better?
#
# <details><summary>Answer</summary>
# No: because more of the budget is spent on the way through. It knows nothing of better. 12 of 33 left
# the deep valley.
# </details>
#
# **5.** A function is convex with a single minimum. Is a well-tuned heavy ball sure to arrive?
#
# <details><summary>Answer</summary>
# No. On a convex function with kinks it circled through 2.116, 0.647 and -1.802 for ever. With a rate of
# at most 2/L (0.08 there) the energy can't rise, and it arrived.
# </details>

# %% [markdown]
# ## Key points
#
# - **Energy never rises** for rates up to 2/L: from below the barrier's top 0 of 62 starts cross, even at
#   beta = 0.99.
# - **From above it may roll over**: 0, 3, 15, 29 of 38 starts at beta = 0.5, 0.9, 0.95, 0.99.
# - **It leaves good valleys too**: 12 of 33 leave the deeper one.
# - **Rivals do the same without momentum**: at a rate of 0.8 plain descent crosses from 23 starts (with
#   beta = 0.9: 28); with noise nearly all cross, plain after 475 steps, momentum after 721 (medians).
# - **No guarantee even where convex**: the tuned heavy ball circles 2.116, 0.647, -1.802.
# - **In a real network**, at a rate that suits both, momentum ends where plain descent does: losses differ
#   by 0.001, those of seeds by 0.016. Too large a rate spoils the same 5 of 8 starts: 0.2 for plain descent,
#   1 for momentum.

# %% [markdown]
# ## Say it in a lecture
#
# **Ask the room.** Draw the two valleys and a ball a little below the top. "Which beta do we need?" Take
# bids, then run section 1. Later: "And plain descent, could it cross?" Most say never; show a rate of 0.8.
#
# **What goes wrong.** People think of a swing that is pushed: momentum is not a push, it only keeps what is
# there. They compare momentum at a large rate with plain descent at a small one. They show one seed.
#
# **In a short hour** skip sections 2 and 5. Keep section 1, the figure of section 3, the explorer, and the
# last figure.

# %% [markdown]
# ## Go deeper
#
# - O'Neill and Wright (2019), "Behavior of accelerated gradient methods near critical points of
#   nonconvex functions", *Mathematical Programming* 176, arXiv 1706.07993. The energy that never rises.
# - Danilova, Kulakova and Polyak, arXiv 1811.00658. Energy never rises, but the loss may: the peaks of the
#   heavy ball.
# - Lessard, Recht and Packard (2016), "Analysis and design of optimization algorithms via integral
#   quadratic constraints", *SIAM Journal on Optimization* 26. The cycle of section 5.
# - Wang et al. (2023), "The Marginal Value of Momentum for Small Learning Rate SGD", arXiv 2307.15196.
#   Why momentum and plain descent end alike at small rates.

# %% [markdown]
# ## Exercises
#
# [Exercises of lesson 06](exercises/06_local_minima.ipynb): keep the ledger yourself, find the lowest start
# that can cross, predict where a ball ends, and find the rate at which plain descent jumps.
#
# Next: lesson 07 returns to the early epochs of a real network.
