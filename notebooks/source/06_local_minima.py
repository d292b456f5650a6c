# %% [markdown]
# # 06 · Local minima: does momentum roll out of bad ones into better ones?
#
# **Question.** People say that momentum escapes from local minima, and even that it finds the global one.
# From where does it get out, and is it the momentum that does it?
#
# **Minutes.** 30 to read and run; 45 in a lecture.
#
# **You need.** The update rule (lesson 01). What kinetic energy is, roughly: speed can be turned into
# height.
#
# **Objectives.** After this lesson you can
#
# - keep the energy ledger of a run, and say from it where the run can never get to,
# - predict whether a start can cross a barrier at all, before you choose any beta,
# - show that momentum leaves good valleys as well as bad ones,
# - name the rivals, a large learning rate and noise, and control for them,
# - judge claims about "better minima" from the spread over seeds.

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
# *energy is height plus a term for the speed.* With the right factor before the speed it is
#
# $$E_t = f(w_t) + \frac{\beta}{2\,\eta\,(1-\beta)}\,\lvert w_t - w_{t-1}\rvert^2$$

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
view.plot(ball.w[:, 0], ball.loss, **figures.MOMENTUM.points | {"linewidth": 0}, label="momentum")
view.plot(plain.w[:, 0], plain.loss, **figures.PLAIN.points | {"linewidth": 0}, label="plain descent")
book.plot(ledger, **figures.MOMENTUM.plot, label="energy")
book.plot(ball.loss, color=figures.BLACK, linewidth=1, label="height")
book.fill_between(ball.step, ball.loss, ledger, color=figures.VERMILION, alpha=0.25, label="speed")
for axes in (view, book):
    axes.axhline(top, **figures.TARGET.plot)
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
title = "Nobody crosses from below the barrier's top, whatever beta is"
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
# 2/L$ the energy never rises from there (O'Neill and Wright). Beta decides how slowly
# the budget is spent, not how large it is.

# %%
curvature = curve.hessian(np.array([1.9]))[0, 0]  # the steepest place on the way
largest_rise = np.diff(me.energy(me.descend(curve, starts, me.ema(0.1, betas), 400), curve), axis=0).max()
print(f"2 / L = {2 / curvature:.2f}; largest rise of any energy: below 1e-12: {largest_rise < 1e-12}")
assert abs(2 / curvature - 0.20) < 5e-3
assert largest_rise < 1e-12

# %% [markdown]
# **Verdict.** *False* from below the barrier's top: 0 of 62, even at beta = 0.99. *True* from above, on
# what is left of the budget: 29 of 38. So momentum doesn't climb *out of* a minimum. It may roll *past*
# one on its first way down.
#
# ## 2. "... into better ones"
#
# Rolling past a bad valley is good. What about rolling past a good one?
#
# ### Predict
#
# We mirror the tilt: now the right valley is the deep one. Same starts on the right, up to 2.2, $\beta =
# 0.99$. What happens to the balls that start above the barrier?
#
# - **A** They all stay: the ball prefers the deeper valley.
# - **B** Some leave the deep valley for the shallow one.
# - **C** As many leave as before.

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
# to leave, because more of the budget is spent on the way through it. But 12 of 33 left the better
# valley for the worse; 35 of 56 went the other way.
#
# **Verdict.** Momentum leaves good valleys as well as bad ones, only less often.
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
# standard deviation 1 (seed 0). We wait for 1000 steps at a rate of 0.1.

# %%
bottom = np.full((200, 1), right)
shaken = {}
for name, rule in {"plain descent": me.gradient_descent(0.1), "momentum": me.ema(0.1, 0.9)}.items():
    rng = np.random.default_rng(0)
    ends = me.descend(curve, bottom, rule, steps=1000, noise=1.0, rng=rng, keep_every=10).w[-1, :, 0]
    shaken[name] = np.mean(ends < barrier)
    print(f"{name}: {shaken[name]:.0%} are in the left valley")

# %%
assert abs(shaken["plain descent"] - 0.85) < 0.02
assert abs(shaken["momentum"] - 0.66) < 0.02

# %% [markdown]
# ### Explain
#
# **B.** At a rate of 0.8 plain descent crosses from 23 of 100 starts, momentum from 28. A step that is as
# long as a valley is wide doesn't see the barrier. So "with momentum it escaped, without it did not" proves
# little if the rate was not varied too. (From *below* the top nobody crossed even so, at any rate here.)
#
# Noise pays into the budget at each step, so with noise everything gets out in the end: 85 % without
# momentum and 66 % with, here. Those who see escapes in mini-batch training see that.

# %% [markdown]
# **Verdict.** Momentum is one of three ways over a barrier. A large rate and noise do it without.
#
# ## 4. Try it
#
# A ball on the curve. The bar on the ball reaches up to its energy. Below, the map: coloured starts get
# into the other valley, grey ones lie below the barrier's top.
#
# 1. Find a start, a beta and a rate with which the coloured part grows into the grey one. (You won't.)
# 2. Set beta to 0, then raise the rate.
# 3. Tilt the curve until the ball sits in the better valley. Does it still get out?

# %%
explorers.local_minimum()

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
# A convex function, its curvature between 1 and 25. We take the heavy ball with the rate and beta that are
# best for these curvatures (Polyak's), and start at 3.3. Where does it end?
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
title = "One minimum, no barrier, and yet it circles for ever"
figure, axes = figures.new(title, x="step", y="x")
axes.plot(tuned.w[:31, 0], **figures.MOMENTUM.points, label="heavy ball, tuned for curvatures 1 to 25")
axes.plot(simple.w[:31, 0], **figures.PLAIN.points, label="plain descent, rate 1/25")
axes.axhline(0, **figures.TARGET.plot)
axes.legend(loc="upper right")
axes.set_ylim(-2.5, 5)
figures.show(
    figure,
    alt="Position over 30 steps: plain descent is at the minimum 0 after two steps; the tuned heavy ball "
    "settles into a cycle of three points, 2.116, 0.647 and -1.802.",
)

# %% [markdown]
# ### Explain
#
# **C.** It goes round three points for ever: 2.116, 0.647, -1.802. The tuning is best for *parabolas*; this
# slope has kinks (Lessard, Recht and Packard). Its rate lies beyond $2/L = 0.08$, so the ledger doesn't
# hold: in each round energy is put in. At 0.08 the ledger holds, and the same beta arrives.

# %%
rises = [np.diff(me.energy(path, kinked)).max() for path in (ours, small)]
print(f"largest rise of the energy: {rises[0]:.0f} at a rate of 0.2, {max(rises[1], 0):.0f} at 0.08")
assert rises[0] > 100
assert rises[1] <= 1e-9

# %% [markdown]
# **Verdict.** *False*, even where the function is convex. There is a guarantee for small enough rates
# there; with several valleys there is none at all.
#
# ## 6. Real data: better minima, or other seeds?
#
# A small network, 64-4-10 (tanh, squared error), on 128 training images, full batch, for 800 steps; 8
# seeds. With 4 hidden units it can't fit everything, so where it ends matters. Five settings, the same 8
# starts for each: plain descent and momentum at 0.1, both at 0.2, and momentum at 1.
#
# ### Predict
#
# At the same rate, 0.1: by how much is momentum's final loss better?
#
# - **A** By more than the seeds differ among each other.
# - **B** By far less than the seeds differ.

# %%
guess_seeds = "?"  # write "A" or "B"

# %% [markdown]
# ### Run

# %%
digits = me.load_digits()
images, labels = digits.train_images[:128], digits.train_labels[:128]
model = networks.mlp((64, 4, 10))
weights = np.stack([model.init(np.random.default_rng(seed)) for seed in range(8)])

# %%
settings = {"plain 0.1": (0.1, 0.0), "momentum 0.1": (0.1, 0.9)}
settings |= {"plain 0.2": (0.2, 0.0), "momentum 0.2": (0.2, 0.9), "momentum 1": (1.0, 0.9)}
eta, beta = np.array(list(settings.values())).T[..., np.newaxis]
trained = me.descend(
    lambda w: model.gradient(w, images, labels), weights, me.ema(eta, beta), steps=800, keep_every=800
)
final = model.loss(trained.w[-1], images, labels)  # (settings, seeds)

# %%
print(f"your guess: {guess_seeds}")
for name, losses in zip(settings, final, strict=True):
    print(f"{name}: median {np.median(losses):.3f}, from {losses.min():.3f} to {losses.max():.3f}")

# %%
gap = abs(np.median(final[0]) - np.median(final[1]))
better = int((final[1] < final[0]).sum())
print(
    f"at 0.1 the medians differ by {gap:.4f}; the seeds by {np.ptp(final[0]):.3f} and {np.ptp(final[1]):.3f}"
)
print(f"momentum is the better one for {better} of 8 seeds")
assert gap < 0.002
assert np.ptp(final[:2], axis=1).min() > 0.008
assert 3 <= better <= 5

# %%
poor = (final > 0.29).sum(axis=1)
print(
    "seeds that end above 0.29:", *(f"{count} ({name})" for name, count in zip(settings, poor, strict=True))
)
assert poor[[0, 1, 3]].tolist() == [0, 0, 0]
assert 3 <= poor[2] <= 6
assert 3 <= poor[4] <= 7
assert final[4].max() > 0.34
assert final[4].min() < 0.25

# %%
sharp = networks.sharpness(model, weights, images, labels, rng=np.random.default_rng(0))
print(f"largest curvature at the starts: {sharp.min():.0f} to {sharp.max():.0f}")
print(f"largest stable rate there: plain {2 / sharp.max():.2f} to {2 / sharp.min():.2f}, ", end="")
print(f"momentum {38 / sharp.max():.1f} to {38 / sharp.min():.1f}")
assert np.allclose([sharp.min(), sharp.max()], [21.6, 56.0], atol=0.2)

# %%
title = "Rates that are too large make the end a lottery, with momentum or without"
figure, axes = figures.new(title, x="final training loss", size=(8.2, 3.6))
looks = (figures.PLAIN, figures.MOMENTUM, figures.PLAIN, figures.MOMENTUM, figures.MOMENTUM)
for row, (losses, role) in enumerate(zip(final, looks, strict=True)):
    axes.plot(losses, np.full(8, -row), color=role.colour, marker=role.marker, linestyle="", alpha=0.7)
    axes.plot(np.median(losses), -row, "|", color=figures.BLACK, markersize=26, markeredgewidth=2)
axes.set(yticks=range(0, -5, -1), yticklabels=settings, ylim=(-4.6, 0.6))
figures.show(
    figure,
    alt="Final losses of 8 seeds for five settings, medians as bars. Plain and momentum at 0.1: both near "
    "0.267. Plain at 0.2: 0.25 to 0.31. Momentum at 0.2: 0.26 to 0.27. "
    "Momentum at 1: 0.23 to 0.39, median 0.32.",
)

# %% [markdown]
# ### Explain
#
# **B.** At the same rate the two medians differ by about 0.0005, the seeds of one setting by 0.01 to 0.02.
# Momentum was better for 4 of 8 seeds: a tossed coin.
#
# At 0.2 momentum *is* better: plain descent ends above 0.29 for 5 of 8 seeds, momentum for none. Did it
# escape from something? No: at a rate of 1 it ends badly just as often, for 5 of 8. What the bad cases share
# is a rate far beyond, or close to, what the rule stands at the steep start: 0.04 to 0.09 for plain descent,
# 38/2 = 19 times as much for momentum (section 2 of lesson 03). Such a start throws the weights about, and
# where they land is a lottery: 0.23 to 0.39, the best end of all and the worst.
#
# **Verdict.** In this network momentum finds no better minima at a rate that suits both: the difference is
# 20 times smaller than the spread over seeds. It stands larger rates. That can look like an escape if only
# one rate is shown.
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
# **3.** "With momentum it got out of the bad minimum, without it didn't." Which two runs would you ask for?
#
# <details><summary>Answer</summary>
# Plain descent at a larger rate, and plain descent with the same noise. Here both crossed as well: 23 of
# 100 starts at a rate of 0.8, and 85 % of the noisy runs.
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
#   beta = 0.9: 28); with noise 85 % of plain runs cross.
# - **No guarantee even where convex**: the tuned heavy ball circles 2.116, 0.647, -1.802.
# - **In a real network** the medians differ by 0.0005 at the same rate, seeds by 0.01 to 0.02; 4 of 8 seeds
#   end better with momentum. At 0.2, too large a rate for plain descent, 5 of its 8 seeds end badly.

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
