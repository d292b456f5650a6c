# %% [markdown]
# # 04 · Acceleration: is momentum faster, than what, and at what price?
#
# **Question.** Everybody says that momentum accelerates training. Faster than what? By how much? And what
# do I pay for it?
#
# **Minutes.** 30 to read and run; 45 in a lecture.
#
# **You need.** The update rule (lesson 01), $h = \eta\lambda$ and the ringing band (lesson 03).
#
# **Objectives.** After this lesson you can
#
# - tell a fair comparison of two optimisers from an unfair one,
# - say when momentum overtakes plain descent at the same rate, and why so late,
# - compute the best learning rate and beta from the smallest and largest curvature, and the gain they bring,
# - name the price of the best tuning, and lower it,
# - tune momentum on a real problem.

# %%
import numpy as np

import momentum_edu as me
from momentum_edu import explorers, figures, landscapes, networks, theory

# %% [markdown]
# | Sign | Meaning | Unit |
# |---|---|---|
# | $w$, $g$, $v$ | weight, gradient, velocity: the moving average of gradients | |
# | $\eta$, $\beta$ | learning rate, momentum coefficient | |
# | $\lambda$ | curvature: how fast the gradient grows with the distance | |
# | $h = \eta\lambda$ | rate times curvature; plain descent shrinks $w$ by $1 - h$ each step | none |
# | $\kappa$ | condition number: largest curvature over smallest | none |
# | tenfold | steps in which the distance shrinks ten times, in the long run | steps |
#
# The rule of this course, in words: *the velocity keeps a share beta of itself and takes in a share 1 -
# beta of the new gradient; the weight moves against the velocity.*
#
# $$v_t = \beta\,v_{t-1} + (1-\beta)\,g_t \qquad w_t = w_{t-1} - \eta\,v_t \qquad v_0 = 0$$
#
# ## Look first: three comparisons, three answers
#
# A long narrow valley: curvature 1 along it, 1442 across. So $\kappa = 1442$. We start with half of the
# loss in each direction; the first loss is 1. The goal is a loss of one millionth. Plain descent gets its
# best rate, $2/(1+\kappa)$: there both directions shrink equally fast, by $(\kappa-1)/(\kappa+1)$ a step.
# Momentum's best rate, $1/\sqrt\kappa$, is derived in section 2.

# %%
kappa, beta = 1442.0, 0.9
valley, start = landscapes.ravine(kappa), [1.0, kappa**-0.5]
plain_rate = 2 / (1 + kappa)
rules = {
    "plain descent, its best rate": me.gradient_descent(plain_rate),
    "momentum, same rate": me.ema(plain_rate, beta),
    "momentum as in PyTorch, same number": me.heavy_ball(plain_rate, beta),
    "momentum, its own best rate": me.ema(kappa**-0.5, beta),  # best in the long run
}


# %%
def steps_to(goal, loss):
    """Return the step from which on the loss stays at or below the goal; time is the first axis."""
    return len(loss) - np.argmax((loss > goal)[::-1], axis=0)


losses = {name: me.descend(valley, start, rule, steps=5200).loss for name, rule in rules.items()}
needed = {name: int(steps_to(1e-6, loss)) for name, loss in losses.items()}

# %%
for name, count in needed.items():
    print(f"{name}: {count} steps, {needed['plain descent, its best rate'] / count:.2f} times as fast")
assert list(needed.values()) == [4981, 4680, 412, 242]

# %%
title = "Three momentum runs: 1.06, 12 and 21 times as fast"
figure, axes = figures.new(title, x="step (log axis)", y="loss (log axis)", size=(8.2, 4.2))
roles = (figures.PLAIN, figures.SERIES[5], figures.HEAVY_BALL, figures.MOMENTUM)
for (name, loss), role in zip(losses.items(), roles, strict=True):
    axes.loglog(np.arange(1, needed[name] + 1), loss[1 : needed[name] + 1], **role.plot, label=name)
    axes.plot(needed[name], 1e-6, color=role.colour, marker=role.marker, markersize=8)
axes.set(ylim=(5e-7, 1e3))
axes.legend(fontsize=9, loc="lower left")
figures.show(
    figure,
    alt="Loss against step, both on log axes, down to a millionth. Plain descent arrives at step 4981, "
    "momentum at the same rate at 4680, PyTorch's form at 412, momentum at its best rate at 242; the last "
    "first rises to 98.",
)

# %% [markdown]
# Three people test momentum with $\beta = 0.9$ against plain descent. All three are honest. One reports
# "6 % faster", one "12 times", one "21 times". Who is right?
#
# The second has compared the *same number* in two forms. PyTorch's form adds gradients up, so its steps
# are $1/(1-\beta) = 10$ times larger (lesson 01). That is momentum *and* a tenfold rate, and he must ask
# whether plain descent could take that rate too. (Here it can't: it would blow up. Lesson 05 has a case where
# it can.)
#
# A **fair comparison** says what is held fixed:
#
# 1. *Same rate*, in a form whose steps are equally long. Then only momentum differs. (Section 1)
# 2. *Best against best*: each rule gets its own best rate in the long run. (Section 2)
#
# Both count steps to the same goal, from the same start. A step costs one gradient in either rule.
#
# ## 1. What people say: "Momentum accelerates convergence"
#
# The picture behind it: a ball that rolls down a long slope gathers speed. Gradients all point the same
# way, so momentum should pull ahead from early on. We hold the rate fixed and look at one flat direction
# with $h = 0.001$. Plain descent does not ring there; it creeps.
#
# ### Predict
#
# Same rate, $\beta = 0.9$. From which step on is momentum nearer to the minimum than plain descent?
#
# - **A** From step 1.
# - **B** From about step 10, when the velocity has built up.
# - **C** From about step 1000.

# %%
guess_lead = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
bowl, h = landscapes.quadratic([1.0]), 0.001  # curvature 1, so the rate is h
plain = me.descend(bowl, [1.0], me.gradient_descent(h), steps=3000).w[:, 0]
momentum = me.descend(bowl, [1.0], me.ema(h, beta), steps=3000).w[:, 0]

# %%
overtakes = int(np.argmax(momentum < plain))
print(f"your guess: {guess_lead}; momentum takes the lead at step {overtakes}")
print(f"by then {plain[overtakes]:.1%} of the way is left")
assert overtakes == 1005
assert abs(plain[overtakes] - 0.366) < 5e-4

# %% [markdown]
# ### Explain
#
# **C.** To see why, we measure the lead *in steps*: at which step was plain descent where momentum is now?

# %%
steps = np.arange(3001)
lead = np.log(momentum) / np.log(1 - h) - steps
slope = (lead[3000] - lead[2000]) / 1000
print(f"furthest behind: {-lead.min():.1f} steps, at step {np.argmin(lead)}; then +{slope:.4f} a step")
assert np.allclose([lead.min(), 1000 * slope], [-8.7, 9.2], atol=0.05)

# %%
title = "Nearly nine steps late, a thousand steps to win them back"
figure, axes = figures.new(title, x="step", y="lead of momentum (steps)")
axes.plot(steps[:2001], lead[:2001], **figures.MOMENTUM.plot)
axes.axhline(0, **figures.PLAIN.plot)
axes.plot(overtakes, 0, "o", color=figures.BLACK)
axes.annotate("takes the lead\nat step 1005", (1030, -2.6))
axes.annotate("plain descent", (40, 0.4), color=figures.BLUE)
figures.show(
    figure,
    alt="Lead of momentum over plain descent in steps: it drops to 8.7 behind within 60 steps, then climbs "
    "along a straight line, crosses 0 at step 1005, and is 9 ahead at step 2000.",
)

# %% [markdown]
# Two things happen. **The velocity is late** by $\beta/(1-\beta) = 9$ steps: it starts from zero. And it
# is an average of *past* gradients, which on the way down were larger. So each step is longer than plain
# descent's, by a factor of about $1 + h\,\beta/(1-\beta)$. Here that wins 0.009 steps a step. Nine steps
# lost, 0.009 won each time:
#
# $$\text{break-even} \approx \frac{\beta/(1-\beta)}{h\,\beta/(1-\beta)} = \frac1h$$
#
# Beta cancels out. And by step $1/h$ plain descent has only $1/e = 37\,\%$ of its way left.

# %%
for b, rate in ((0.5, 1e-3), (0.9, 1e-4), (0.9, 1e-2), (0.99, 1e-4)):
    pair = [theory.response(rate, value, steps=int(2 / rate)) for value in (0.0, b)]  # beta = 0 is plain
    crossing = int(np.argmax(pair[1] < pair[0]))
    print(f"beta = {b:<4}, h = {rate:g}: break-even at step {crossing}, times h: {crossing * rate:.3f}")
    assert 1 <= crossing * rate < 1.08

# %% [markdown]
# And in the long run? The *gain* is how many plain steps one momentum step is worth.

# %%
creeping = np.geomspace(1e-5, 0.99, 20_001)  # plain descent does not jump across the minimum
for b in (0.5, 0.9, 0.99):
    gain = np.log(theory.convergence_rate(creeping, b)) / np.log(1 - creeping)
    loses = creeping[np.flatnonzero(gain > 1)[-1]]
    print(f"beta = {b}: gain at most {gain.max():.3f}, at h = {creeping[gain.argmax()]:.4f}", end="; ")
    print(f"below 1 from h = {loses:.4f} on")
    assert gain.max() < 2
    assert abs(creeping[gain.argmax()] / theory.ringing_band(b)[0] - 1) < 2e-3
    assert abs(loses / (1 - np.sqrt(b)) - 1) < 2e-3

# %% [markdown]
# At the same rate, for $h < 1$, the gain never reaches two. It is largest where the ringing sets in (lesson
# 03), at $h = 0.026$ for $\beta = 0.9$. From there on momentum shrinks by $\sqrt\beta$ a step, whatever $h$
# is. Plain descent shrinks by $1 - h$, so from $h = 1 - \sqrt\beta$ on it is the faster one.
#
# But in the first figure momentum at the same rate lies *below* plain descent from the start! That is the
# stiff half of the loss. Plain descent jumps from wall to wall there ($h = 1.9986$) and loses it as slowly as
# the flat half. Momentum soon calms the jumps (lesson 02). We start again, without the stiff half.

# %%
along = [2**0.5, 0.0]
plain_along, ema_along = (
    me.descend(valley, along, rule, steps=5200).loss for rule in list(rules.values())[:2]
)
ahead = int(np.argmax(ema_along[1:] < plain_along[1:])) + 1
print(f"along the valley: {steps_to(1e-6, plain_along)} and {steps_to(1e-6, ema_along)} steps; ", end="")
print(f"momentum is ahead from step {ahead} on; 1/h = {1 / plain_rate:.0f}")

# %%
stiff_left = [kappa * me.descend(valley, start, rule, 20).w[20, 1] ** 2 for rule in list(rules.values())[:2]]
print(
    f"of the stiff half, after 20 steps: {stiff_left[0]:.0%} left without momentum, {stiff_left[1]:.0%} with"
)
assert (steps_to(1e-6, plain_along), steps_to(1e-6, ema_along), ahead) == (4981, 4927, 727)
assert np.allclose(stiff_left, [0.946, 0.122], atol=1e-3)

# %% [markdown]
# **Verdict.** At the same rate: *hardly true*. Along a flat direction it starts 9 steps late, breaks even at
# step $1/h$ (1005 at $h = 0.001$), and gains less than a factor of two. In the valley above it saves 54 of
# 4981 steps that way, and 247 more because it calms a direction in which plain descent jumps to and fro.
#
# ## 2. What people say: "It lets you use a larger learning rate"
#
# This is the better argument. Across the valley plain descent blows up from $h = 2$ on. So its rate must
# stay below $2/1442$, and along the valley it creeps. Momentum tolerates $h$ up to $2(1+\beta)/(1-\beta)$,
# which is 38 at $\beta = 0.9$ (lesson 03).
#
# ### Predict
#
# Each rule gets its own best tuning. How many times faster is momentum in the long run, for $\kappa =
# 1442$?
#
# - **A** Less than twice.
# - **B** About $\sqrt\kappa = 38$ times.
# - **C** About $\kappa = 1442$ times.

# %%
guess_best = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# Look for the fastest tuning by hand. In the map on the left all that is not grey converges; the greener,
# the faster. The blue square is plain descent at its best. You are right above it, at the same rate, with
# $\beta = 0.9$. (Your loss starts lower: the stiff half again.) Move the rate to the right. Then change
# $\kappa$, and look where the star goes.

# %%
explorers.acceleration()

# %% [markdown]
# Now in numbers. In the long run the slower of the two directions counts. `theory.convergence_rate` gives the
# factor by which the distance in a direction shrinks in each step.

# %%
curvatures = np.array([1.0, kappa])
best_rate, best_beta = theory.optimal(1.0, kappa)
factor_plain = theory.convergence_rate(plain_rate * curvatures, 0.0).max()
factor_best = theory.convergence_rate(best_rate * curvatures, best_beta).max()
long_run = np.log(factor_best) / np.log(factor_plain)

# %%
print(f"best tuning: rate {best_rate:.4f}, beta {best_beta:.3f}")
for name, factor in (("plain descent", factor_plain), ("momentum", factor_best)):
    print(f"{name}: {factor:.5f} a step, ten times nearer in {-np.log(10) / np.log(factor):.0f} steps")
print(f"your guess: {guess_best}; gain in the long run: {long_run:.1f}")
assert abs(best_rate - 0.0263) < 5e-5
assert abs(best_beta - 0.9) < 5e-4
assert abs(long_run - 38) < 0.1

# %% [markdown]
# That was theory. Six valleys, both rules at their best, and we count the steps to a loss of one
# millionth.

# %%
kappas = np.array([10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0])
curved = np.stack([np.ones(6), kappas], axis=-1)  # (valleys, directions)
starts = curved**-0.5
tuned = me.ema(*theory.optimal(1.0, kappas))
counts = {}
for name, rule in (("plain", me.gradient_descent(2 / (1 + kappas))), ("momentum", tuned)):
    paths = me.descend(lambda w: curved * w, starts, rule, steps=11_000).w
    counts[name] = steps_to(1e-6, (curved * paths**2).sum(axis=-1) / 2)

# %%
power = {name: np.polyfit(np.log(kappas[2:]), np.log(count[2:]), 1)[0] for name, count in counts.items()}
for name, count in counts.items():
    print(f"{name}:", *count.tolist(), f"steps; from kappa = 100 on they grow as kappa^{power[name]:.2f}")
assert np.allclose(list(power.values()), [1.0, 0.55], atol=0.01)
assert counts["plain"].tolist() == [35, 104, 346, 1037, 3454, 10362]
assert (counts["momentum"][0], counts["momentum"][-1]) == (15, 360)

# %%
title = "Plain descent pays for kappa, momentum for its square root"
figure, axes = figures.new(
    title, x="condition number kappa (log axis)", y="steps to a loss of 1e-6 (log axis)"
)
for name, role in (("plain", figures.PLAIN), ("momentum", figures.MOMENTUM)):
    axes.loglog(kappas, counts[name], **role.points | {"markersize": 7}, label=f"{name}, at its best")
axes.loglog(kappas, 2 * kappas, **figures.TARGET.plot)
axes.loglog(kappas, 4 * np.sqrt(kappas), **figures.TARGET.plot)
axes.text(700, 900, "slope 1")
axes.text(700, 70, "slope 1/2")
axes.legend(loc="upper left")
figures.show(
    figure,
    alt="Steps to the goal against the condition number, on log axes. Plain descent: a line of slope 1 from "
    "35 steps at kappa 10 to 10362 at 3000. Momentum: 15 to 360, nearly along slope 1/2.",
)

# %% [markdown]
# ### Explain
#
# **B.** Why the square root? Lesson 03 has the answer ready. While a direction rings, it shrinks by
# $\sqrt\beta$ a step, *whatever its curvature*. The band of ringing reaches from $h_c = (1-\sqrt\beta)/
# (1+\sqrt\beta)$ to $1/h_c$: its ends differ by a factor of $1/h_c^2$. **The best tuning takes the smallest
# beta whose band holds all curvatures**, and the rate that puts the smallest at its low end $h_c$:
#
# $$\frac{1}{h_c^2} = \kappa \;\Rightarrow\; \sqrt{\beta^*} = \frac{\sqrt\kappa-1}{\sqrt\kappa+1} \qquad
# \eta^* = \frac{1}{\sqrt{\lambda_{\min}\lambda_{\max}}}$$

# %%
low, high = theory.ringing_band(best_beta)
print(f"the band: h = {low:.4f} to {high:.2f}; the valley: {best_rate:.4f} to {best_rate * kappa:.2f}")
assert np.allclose([low, high], best_rate * curvatures, rtol=1e-9)
assert abs(np.sqrt(best_beta) - (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)) < 1e-12

# %% [markdown]
# To the goal of one millionth the gain was 21, not 38: the best tuning loses time at the start. Section 4
# shows where.
#
# **Verdict.** *True*, and this is what momentum is good for: best against best it gains $\sqrt\kappa$ in the
# long run. A small $\kappa$ leaves little to gain: 15 steps against 35 at $\kappa = 10$. The rate must be
# raised; along a flat direction beta alone gains less than a factor of two. (In PyTorch the same tuning is
# `lr` $= \eta^*(1-\beta^*)$, lesson 01. If you know only the largest curvature, choose a beta and put that
# curvature on the upper end of its band, $\eta = 1/(h_c\lambda_{\max})$.)
#
# ## 3. What people say: "beta is usually 0.5 to 0.9"
#
# As a description it is fair: many recipes say 0.9. As advice it hides a question: for which problem?
#
# ### Predict
#
# You know $\kappa = 34$. With $\beta = 0.9$ and the best rate for it, how fast is momentum, compared with
# plain descent at *its* best?
#
# - **A** About five times as fast.
# - **B** About as fast.
# - **C** About five times slower.

# %%
guess_beta = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# For each beta and each $\kappa$ we look for the best rate among 1201, and note the steps to come ten times
# nearer. First: to which $\kappa$ does a beta belong?

# %%
own_betas = np.array([0.5, 0.9, 0.99])
own_kappas = ((1 + np.sqrt(own_betas)) / (1 - np.sqrt(own_betas))) ** 2
for b, k in zip(own_betas, own_kappas, strict=True):
    print(f"beta = {b} is best for kappa = {k:.0f}")
assert np.allclose(own_kappas, [34, 1442, 158402], atol=0.5)

# %%
across = np.r_[0.0, own_betas, 1 - np.geomspace(1, 0.003, 100)]
rates = np.geomspace(0.001, 1000, 1201)  # times 1 / sqrt(kappa)
h_pairs = rates[:, None, None, None] * own_kappas[:, None] ** np.array([-0.5, 0.5])
slowest = theory.convergence_rate(h_pairs, across[:, None, None]).max(axis=-1)  # (rates, betas, kappas)
tenfold = -np.log(10) / np.log(slowest.min(axis=0))

# %%
plain_tenfold = -np.log(10) / np.log((own_kappas - 1) / (own_kappas + 1))
print(f"your guess: {guess_beta}")
for column, k in enumerate(own_kappas):
    row = "  ".join(
        f"{value:.0f} (beta {b:g})" for b, value in zip(own_betas, tenfold[1:4, column], strict=True)
    )
    print(f"kappa = {k:.0f}: {row}; plain descent {plain_tenfold[column]:.0f}")
assert np.argmin(tenfold[1:4], axis=0).tolist() == [0, 1, 2]
assert np.allclose(np.diag(tenfold[1:4]), [6.6, 43.7, 458], rtol=0.01)
assert np.allclose([tenfold[3, 0], tenfold[1, 2] / 1000], [458, 61.2], rtol=0.01)
assert abs(plain_tenfold[0] - 39) < 0.2

# %%
order = np.argsort(across)
title = "Every condition number has a beta of its own"
figure, axes = figures.new(
    title, x="beta (log axis in 1 - beta)", y="steps to come ten times nearer (log axis)", size=(8.2, 4.2)
)
for column, role in enumerate((figures.SERIES[5], figures.SERIES[2], figures.SERIES[0])):
    axes.loglog(
        1 - across[order], tenfold[order, column], **role.plot, label=f"kappa = {own_kappas[column]:.0f}"
    )
    axes.plot(1 - own_betas[column], tenfold[1 + column, column], "*", color=figures.BLACK, markersize=13)
axes.set_xticks([1, 0.5, 0.1, 0.05, 0.01, 0.005], ["0", "0.5", "0.9", "0.95", "0.99", "0.995"])
axes.minorticks_off()
axes.set(xlim=(1.1, 0.003))
axes.legend()
figures.show(
    figure,
    alt="Steps to come ten times nearer, each at its best rate, against beta. Three valleys of the curve: "
    "kappa 34 is fastest at beta 0.5, 7 steps; kappa 1442 at 0.9, 44 steps; kappa 158402 at 0.99, 458 steps.",
)

# %% [markdown]
# ### Explain
#
# **B.** 44 steps against 39: the whole gain is gone. With beta too *large* all directions ring, and ringing
# dies out by $\sqrt\beta$ a step, at any rate (lesson 03). To the right of the stars the three curves are
# one. With beta too *small* the band is too narrow, and the flat directions creep.
#
# **Verdict.** *Incomplete.* Each beta belongs to a condition number: 0.5 to 34, 0.9 to 1442, 0.99 to
# 158,402. Too large costs (at $\kappa = 34$, 458 steps at 0.99 instead of 7), and so does too small (at
# $\kappa = 158{,}402$, some 61,000 at 0.5 instead of 458).
#
# ## 4. The price of the best tuning
#
# In the first figure the fastest run began with a steep climb. We look at the stiff direction alone.
#
# ### Predict
#
# $\kappa = 1442$, best tuning, start at distance 1 in the stiff direction. How far out does the run get
# before it comes in?
#
# - **A** Never beyond 1.
# - **B** To about 2.
# - **C** To about 14.

# %%
guess_price = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
edge = best_rate * (1 - 1e-12)  # at the very edge of the band rounding would decide
stiff = me.descend(landscapes.quadratic([kappa]), [1.0], me.ema(edge, best_beta), steps=150).w[:, 0]
print(f"your guess: {guess_price}; it gets to {np.abs(stiff).max():.2f}, at step {np.abs(stiff).argmax()}")
assert abs(np.abs(stiff).max() - 13.98) < 0.01
assert np.all(stiff[:-1] * stiff[1:] < 0)

# %%
peaks = np.array(
    [np.abs(theory.response(k**0.5 * (1 - 1e-12), theory.optimal(1, k)[1], 200)).max() for k in kappas]
)
ratio = peaks / (np.sqrt(kappas) / np.e)
print(
    "peak over sqrt(kappa)/e:",
    *(f"{value:.3f} (kappa {k:.0f})" for value, k in zip(ratio, kappas, strict=True)),
)
assert np.all(np.abs(ratio[2:] - 1) < 0.01)
assert 1.1 < ratio[0] < 1.15

# %%
titles = ("The stiff direction first rises 14-fold ...", "... and the peak grows as sqrt(kappa)/e")
labels = (("step", "condition number kappa (log axis)"), ("distance", "largest distance (log axis)"))
figure, (left, right) = figures.new(*titles, x=labels[0], y=labels[1], size=(10, 3.8))
left.plot(stiff, color=figures.VERMILION, linewidth=1, label="distance")
left.plot(np.abs(stiff), **figures.TARGET.plot, label="its size")
left.legend()
right.loglog(kappas, peaks, "o", color=figures.VERMILION, markersize=7, label="measured")
right.loglog(kappas, np.sqrt(kappas) / np.e, **figures.TARGET.plot, label="sqrt(kappa) / e")
right.set_yticks([1, 2, 5, 10, 20], ["1", "2", "5", "10", "20"])
right.minorticks_off()
right.legend()
figures.show(
    figure,
    alt="Left: the stiff direction jumps from side to side at each step; its size grows from 1 to 14 at step "
    "18 and then decays. Right: largest distance against kappa on log axes, from 1.3 at kappa 10 to 20 at "
    "3000, along sqrt(kappa)/e.",
)

# %% [markdown]
# ### Explain
#
# **C.** At the best tuning the stiff direction lies at the far end of the band, $h = \sqrt\kappa = 38$. The
# gradient there is 38 times too large for one step. The velocity takes in a tenth of it, and still throws
# the weight from side to side. It doesn't diverge: what the velocity keeps from the last jump points the
# other way, and brakes. At the very end of the band (two equal roots, lesson 03) the size goes like
# $t\,(\sqrt\beta)^t$: first $t$ wins, then the power. The peak comes near step $\sqrt\kappa/2$; a run that
# still rises well after it diverges. In the *loss* the peak is squared: 98 times the first loss in our
# valley, where half of it was stiff.
#
# Must one pay? We stay a little below the best rate.

# %%
shares = np.array([0.5, 0.9, 1 - 1e-9])
below = me.descend(valley, start, me.ema(shares * best_rate, best_beta), steps=600).loss
arrival = steps_to(1e-6, below)
for share, count, rise in zip(shares, arrival, below.max(axis=0), strict=True):
    print(f"{share:4.0%} of the best rate: {count} steps, loss rises to {rise:.1f}")
assert arrival.tolist() == [437, 203, 242]
assert np.allclose(below.max(axis=0), [1.0, 4.3, 97.9], atol=0.1)

# %%
title = "A tenth below the best rate: it rises to 4, not 98, and is sooner at the goal"
figure, axes = figures.new(title, x="step", y="loss (log axis)", size=(8.2, 4))
looks = (figures.SERIES[5], figures.SERIES[2], figures.MOMENTUM)
for column in (2, 1, 0):
    axes.semilogy(below[:451, column], **looks[column].plot, label=f"{shares[column]:.0%} of the best rate")
axes.axhline(1e-6, **figures.TARGET.plot)
axes.set(ylim=(1e-8, 1e3))
axes.legend()
figures.show(
    figure,
    alt="Loss over 450 steps for three rates. At the best rate it rises to 98 and reaches a millionth at "
    "step 242; at 90 % of it the loss rises to 4, goal at 203; at half of it no rise, goal at 437.",
)

# %% [markdown]
# **Verdict.** The best tuning is the best *in the long run*, at a price of $\sqrt\kappa/e$ in the stiff
# direction. With a rate 10 % lower the loss rises to 4.3 instead of 98, and the goal comes sooner: 203
# steps instead of 242. So do not tune to the edge. A step too far, and it diverges.
#
# ## 5. Real data: steps to a given loss
#
# Softmax regression on the digits: 1536 images of 64 pixels, cross-entropy, an L2 penalty of 0.01, full
# batch, in float32. Five random starts (seeds 0 to 4). The loss is convex, but no parabola: the curvature
# changes on the way. The penalty gives the smallest curvature, 0.01. The largest we measure, at the starts.

# %%
digits, model = me.load_digits(), networks.softmax_regression(l2=0.01)
images, labels = digits.train_images, digits.train_labels
begin = np.stack([model.init(np.random.default_rng(seed)) for seed in range(5)]).astype(np.float32)

# %%
at_start = networks.sharpness(model, begin, images, labels, rng=np.random.default_rng(0))
print("largest curvature at the five starts:", *(f"{value:.2f}" for value in at_start))
assert np.allclose([at_start.min(), at_start.max()], [1.66, 2.30], atol=0.005)

# %%
safe_rate, safe_beta = theory.optimal(0.01, at_start.max())
print(f"kappa = {at_start.max() / 0.01:.0f}: best rate {safe_rate:.2f}, best beta {safe_beta:.3f}")
assert abs(safe_rate - 6.6) < 0.01
assert abs(safe_beta - 0.768) < 5e-4

# %% [markdown]
# ### Predict
#
# The goal: of the loss above its minimum, one ten-thousandth is left. Here $\sqrt\kappa = 15$. How many
# times fewer steps than plain descent does momentum need, each at the best rate that a search finds?
#
# - **A** As many: real data has no such valley.
# - **B** About 4 times fewer.
# - **C** 15 times fewer.

# %%
guess_digits = "?"  # write "A", "B" or "C"


# %% [markdown]
# ### Run
#
# The minimum comes from a long run. Then plain descent and momentum with $\beta = 0.9$ and with the best
# beta, from the first start, at several rates each. The first rate of plain descent is its best by the same
# recipe, $2/(0.01 + 2.30)$.


# %%
def losses_of(rule, start, steps):
    return me.train(model, digits, rule, steps, rng=np.random.default_rng(0), start=start).loss


fit = me.train(model, digits, me.ema(safe_rate, safe_beta), 200, rng=np.random.default_rng(0), start=begin[0])
minimum = fit.loss.min()
at_minimum = float(networks.sharpness(model, fit.w, images, labels, rng=np.random.default_rng(0)))
print(f"lowest loss: {minimum:.4f}; largest curvature there: {at_minimum:.3f}")
assert abs(at_minimum - 0.918) < 5e-4

# %%
recipe, _ = theory.optimal(0.01, at_start.max(), "gradient_descent")
tried = {
    0.0: [recipe, 2.1, 2.15],
    0.9: [2.1, 3.5, 6.0, 10.0],
    safe_beta: [2.1, 3.5, safe_rate, 9.2, 12.0],
}

# %%
sweep = {}
for b, values in tried.items():
    loss = losses_of(me.ema(np.array(values), b), begin[0], 130 if b else 310)
    sweep[b] = steps_to(1e-4, (loss - minimum) / (loss[0] - minimum))

# %%
title = "Beta alone gains little; the rate it affords gains much"
figure, axes = figures.new(
    title, x="learning rate (log axis)", y="steps to the goal (log axis)", size=(8.2, 4)
)
names = ("plain descent", "momentum, beta = 0.9", f"momentum, beta = {safe_beta:.2f}")
for name, b, role in zip(names, tried, (figures.PLAIN, figures.MOMENTUM, figures.VELOCITY), strict=True):
    axes.loglog(tried[b], sweep[b], **role.points | {"markersize": 7}, label=name)
axes.axvline(2 / at_minimum, color=figures.BLUE, linestyle=":")
axes.text(2.23, 290, "plain blows up\nat the minimum", color=figures.BLUE, va="top")
axes.set_xticks([1, 2, 5, 10], ["1", "2", "5", "10"])
axes.set_yticks([30, 50, 100, 200, 300], ["30", "50", "100", "200", "300"])
axes.minorticks_off()
axes.legend(loc="upper right")
figures.show(
    figure,
    alt="Steps to the goal against the learning rate. Plain descent falls from 305 at 0.87 to 125 steps at "
    "2.1, and needs 130 at 2.15. Beta 0.9 lies just below it there, then flattens out at 80. Beta 0.77 "
    "reaches 36 at 6.6, 34 at 9.2 and 37 at 12.",
)

# %%
print(f"your guess: {guess_digits}")
for name, b in zip(names, tried, strict=True):
    print(
        f"{name}:",
        ", ".join(f"{count} (rate {value:.3g})" for value, count in zip(tried[b], sweep[b], strict=True)),
    )
assert np.argmin(sweep[0.0]) == 1  # the best is not the last one tried
assert np.argmin(sweep[safe_beta]) == 3
assert abs(sweep[0.0].min() / sweep[safe_beta].min() - 3.7) < 0.2
assert abs(sweep[0.0][0] / sweep[safe_beta][2] - 8.4) < 0.3
assert np.ptp(sweep[0.9][1:]) <= 10
assert abs(sweep[0.9][0] / sweep[0.0][1] - 0.86) < 0.05

# %% [markdown]
# One start could be luck. All five, with one more tuning: the one for the curvature *at the minimum*, which
# is smaller, so the rate is larger.

# %%
bold_rate, bold_beta = theory.optimal(0.01, at_minimum)
four = {
    "plain, rate 2.1": me.gradient_descent(2.1),
    "beta 0.9, rate 2.1": me.ema(2.1, 0.9),
    "tuned to the starts": me.ema(safe_rate, safe_beta),
    "tuned to the minimum": me.ema(bold_rate, bold_beta),
}
curves = {name: losses_of(rule, begin, 140) - minimum for name, rule in four.items()}
curves = {name: curve / curve[0] for name, curve in curves.items()}
digit_steps = {name: steps_to(1e-4, curve) for name, curve in curves.items()}

# %%
for name in list(four)[:3]:
    count = digit_steps[name]
    print(f"{name}: {count.min()} to {count.max()} steps over five starts")

# %%
quick = digit_steps["tuned to the minimum"] < 40
print(f"tuned to the minimum: {quick.sum()} starts below 40 steps, {(~quick).sum()} above 60, if ever")
assert np.all(np.abs(digit_steps["plain, rate 2.1"] - 126) <= 4)
assert np.all(np.abs(digit_steps["tuned to the starts"] - 36) <= 1)
assert quick.tolist() == [True, False, True, False, True]
assert np.all(digit_steps["tuned to the minimum"][~quick] > 60)
assert curves["tuned to the minimum"].max(axis=0)[~quick].min() > 1.5  # thrown out: above the first loss

# %%
titles = (
    "Tuned to the stiffest place: all five in 36 steps",
    "Tuned to the minimum: two are thrown out",
)
y_label = "loss above the minimum / the first (log axis)"
figure, panels = figures.new(*titles, x="step", y=y_label, size=(10.6, 4.2))
for axes, name in zip(panels, ("tuned to the starts", "tuned to the minimum"), strict=True):
    for key, role in (("plain, rate 2.1", figures.PLAIN), (name, figures.MOMENTUM)):
        axes.semilogy(curves[key], color=role.colour, linestyle=role.style, linewidth=1.2)
        axes.plot([], [], **role.plot, label=key)
    axes.axhline(1e-4, **figures.TARGET.plot, label="goal")
    axes.set(ylim=(1e-5, 300))
    axes.legend(loc="upper right", fontsize=9)
figures.show(
    figure,
    alt="Loss above the minimum for five starts on a log axis. Left: tuned to the starts, all five fall to a "
    "ten-thousandth in 36 steps, plain descent in about 126. Right: tuned to the minimum, three fall a "
    "little faster, two are thrown out above the first loss and come later, or not in 140 steps.",
)

# %% [markdown]
# ### Explain
#
# **B.** Both at the best rate that a search finds: 125 steps against 34. Both by the recipe, tuned to the
# starts: 305 against 36. Momentum keeps its promise: for $\kappa = 230$ and a hundredth of the distance (a
# ten-thousandth of the loss) theory says 35 steps. Plain descent does *better* than its promise of 529, for
# two reasons. That is for the flattest direction, which holds little of this loss: so 305. And the curvature
# falls on the way, from 2.30 to 0.92. So a search finds the rate 2.1, though at the start plain descent
# tolerates 0.87 only: so 125.

# %%
promise = [2 * -np.log(10) / np.log(f) for f in (1 - 2 / (1 + at_start.max() / 0.01), np.sqrt(safe_beta))]
print(f"promised to a hundredth of the distance: plain {promise[0]:.0f} steps, momentum {promise[1]:.0f}")
assert abs(promise[0] - 529) < 0.5
assert abs(promise[1] - 35) < 0.2

# %% [markdown]
# The right panel shows the price again. Where the curvature on the way exceeds what the tuning was made
# for, the run can be thrown out first. Two of five starts lose most of the gain, or all of it. So tune
# momentum for the *stiffest place on the way*, not for the end.
#
# **Verdict.** *True* on real data too, if the rate goes up with beta: 36 steps against about 126, even with
# plain descent at the best rate of a search. At the same rate it takes 14 % fewer steps, no more. All this
# was full-batch: what noise does to it, lesson 02 says.
#
# ## Check yourself
#
# Answer before you unfold.
#
# **1.** A colleague switches on `momentum=0.9` in PyTorch, keeps `lr`, and trains ten times faster. "So
# momentum is ten times faster." What do you ask?
#
# <details><summary>Answer</summary>
# <p>How plain descent does at a ten times larger rate, and at its best one. In PyTorch's form the steps are
# 1/(1 - beta) = 10 times longer. If plain descent tolerates that rate too, the gain is the rate's. If it
# blows up there, the gain is what momentum affords.</p>
# </details>
#
# **2.** In EMA form, same rate, beta = 0.9, a direction has h = 0.01. When does momentum take the lead?
# Would beta = 0.5 change that?
#
# <details><summary>Answer</summary>
# <p>Near step 1/h = 100 (measured: 107). Hardly: with beta = 0.5 it is late by 1 step instead of 9, but it
# also wins back nine times less in each step.</p>
# </details>
#
# **3.** The curvatures of a problem lie between 0.01 and 100. Which rate and beta are best, and what do
# they gain in the long run?
#
# <details><summary>Answer</summary>
# <p>The rate is 1/sqrt(0.01 * 100) = 1. kappa = 10,000, so sqrt(beta) = 99/101 and beta = 0.961. The gain
# is sqrt(kappa) = 100.</p>
# </details>
#
# **4.** Your problem has a condition number of 34. You raise beta from 0.5 to 0.99, to be safe. What
# happens?
#
# <details><summary>Answer</summary>
# <p>All directions ring, and ringing dies out by sqrt(0.99) a step: 458 steps to come ten times nearer
# instead of 7. Plain descent would need 39.</p>
# </details>
#
# **5.** You use the best tuning for kappa = 10,000, and the loss rises in the first steps. Does the run
# diverge?
#
# <details><summary>Answer</summary>
# <p>Not necessarily. The stiff direction first rises about sqrt(kappa)/e = 37-fold, and turns near step
# sqrt(kappa)/2 = 50. If it still rises well after that, it diverges. A rate 10 % lower spares you most of
# it.</p>
# </details>

# %%
answer_3 = theory.optimal(0.01, 100.0)
rise_5 = np.abs(theory.response(100 * (1 - 1e-12), answer_3[1], 300))
assert np.allclose(answer_3, [1, 0.961], atol=5e-4)
assert abs(rise_5.max() - 37) < 0.5
assert abs(rise_5.argmax() - 50) <= 1

# %% [markdown]
# ## Key points
#
# - **Compare fairly.** The same beta is 1.06, 12 or 21 times as fast as plain descent, depending on what is
#   held fixed (4680, 412 and 242 steps against 4981, at kappa = 1442).
# - **At the same rate**, along a flat direction, momentum starts 9 steps late (beta = 0.9), breaks even at
#   step 1/h (1005 at h = 0.001), and never gains a factor of 2.
# - **Best against best** it gains sqrt(kappa) in the long run: 38 at kappa = 1442. The gain is the larger
#   rate that it affords.
# - **The best tuning** is the narrowest ringing band that holds all curvatures. Each beta has its kappa:
#   0.5 for 34, 0.9 for 1442, 0.99 for 158,402.
# - **The price**: the stiff direction first rises sqrt(kappa)/e times, 13.98 at kappa = 1442. At 90 % of
#   the best rate the loss rises to 4.3 instead of 98, and the goal comes after 203 steps instead of 242.
# - **On the digits** 36 steps, tuned to the stiffest place, against about 126 of plain descent at the best
#   rate of a search, for 5 of 5 starts. By the same recipe plain descent needs 305. Tuned to the curvature at
#   the minimum, 2 of 5 momentum runs are thrown out first, and need more than 60 steps or don't arrive.

# %% [markdown]
# ## Say it in a lecture
#
# **Ask the room.** "One flat direction, the same rate, with and without momentum: who is ahead after 100
# steps?" Nearly all say momentum; show the figure of section 1. Then show the explorer and ask for the
# fastest point of the map before you move.
#
# **What goes wrong.** People compare the same *number* in two forms. They raise beta and leave the rate.
# They think that a larger beta is a faster one: show the three curves of section 3. And they stop a run
# that rises at first, though it was the fastest.
#
# **In a short hour** skip section 3 and the gain at the end of section 1. Keep the first figure, the
# explorer, and the last figure.

# %% [markdown]
# ## Go deeper
#
# - Polyak (1964), "Some methods of speeding up the convergence of iteration methods", *USSR Computational
#   Mathematics and Mathematical Physics* 4(5). The best tuning, and its square root.
# - Nesterov (1983), "A method for solving the convex programming problem with convergence rate O(1/k^2)",
#   *Soviet Mathematics Doklady* 27. A gain that holds for all convex losses, not only near a minimum.
# - Goh (2017), "Why Momentum Really Works", *Distill*. The map of rates, with pictures to play with.
# - O'Donoghue and Candes (2015), "Adaptive restart for accelerated gradient schemes", *Foundations of
#   Computational Mathematics* 15. What to do when the condition number is unknown.
# - Kidambi et al. (2018), "On the insufficiency of existing momentum schemes for stochastic optimization",
#   *ICLR*; Wang et al. (2023), "The marginal value of momentum for small learning rate SGD", arXiv
#   2307.15196. With noisy gradients the gain can vanish.

# %% [markdown]
# ## Exercises
#
# [Exercises of lesson 04](exercises/04_acceleration.ipynb): compute the best tuning, count its steps,
# predict the break-even and the price, and find a tuning that is fast enough.
#
# Next: lesson 05 takes momentum to a place where the curvature is negative.
