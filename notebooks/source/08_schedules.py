# %% [markdown]
# # 08 · Schedules: which of them takes the first swing away, and which makes it worse?
#
# **Question.** My loss swings in the first epochs. I am told to schedule the learning rate. Which
# schedule helps, which harms, and does it depend on my library?
#
# **Minutes.** 30 to read and run; 40 in a lecture.
#
# **You need.** The update rule and its forms (lesson 01), and what overshoot is (lesson 03).
#
# **Objectives.** After this lesson you can
#
# - say why decay comes too late for an early swing, and what it is good for,
# - explain why a short warm-up of the learning rate makes the swing worse, and when it does not,
# - tell which form of the rule your library uses from what a warm-up does to the swing,
# - take the early rise away with a warm-up of momentum, in our form and PyTorch's, and say when that fails,
# - rank five schedules on a real network by rise and by final loss, and against plain descent.

# %%
import numpy as np

import momentum_edu as me
from momentum_edu import explorers, figures, landscapes, networks, schedules, theory

# %% [markdown]
# | Sign | Meaning | Unit |
# |---|---|---|
# | $\eta_t$, $\beta_t$ | learning rate and momentum coefficient at step $t$: now they may change | |
# | $h = \eta\lambda$ | learning rate, as our form counts it, times curvature | none |
# | swing | the weight goes past the minimum and comes back: about 20 steps at $h = 1$ | steps |
# | overshoot | of the *weight*: its farthest point past the minimum / the first distance | none |
# | rise | of the *loss*: its largest climb above its lowest value so far (*draw-up*) | loss |
# | warm-up | a value that rises from small to its full size over the first steps | steps |
#
# The rule of this course, with both numbers free to change. In words: *the velocity is a moving average
# of gradients; today's rate multiplies the whole velocity.*
#
# $$v_t = \beta_t\,v_{t-1} + (1-\beta_t)\,g_t \qquad w_t = w_{t-1} - \eta_t\,v_t \qquad v_0 = 0$$
#
# We start where lesson 03 ended: one parabola of curvature 1, start at 1, at rest, $\eta = 1$, $\beta =
# 0.9$. It overshoots by 0.604.

# %%
bowl = landscapes.quadratic([1.0])


def walk(rule, steps=120):
    return me.descend(bowl, [1.0], rule, steps).w[:, 0]


# %%
constant = walk(me.ema(learning_rate=1.0, beta=0.9))
overshoot = -constant.min()
print(f"overshoot {overshoot:.3f}, at step {constant.argmin()}")
assert abs(overshoot - 0.604) < 5e-4
assert constant.argmin() == 9

# %% [markdown]
# ## 1. What people say: "Let the learning rate decay, and the oscillation goes"
#
# It sounds right. Large steps swing, small steps do not. So let the steps get smaller as training goes
# on. A popular shape is half a cosine, from the full rate down to zero.
#
# ### Predict
#
# The rate falls from 1 to 0 along a cosine over 300 steps. Without decay the overshoot is 0.604. With
# it?
#
# - **A** About 0.30, half of it.
# - **B** About 0.50.
# - **C** 0.60: hardly a change.

# %%
guess_decay = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
cosine = schedules.cosine_decay(1.0, steps=300)
decayed = walk(me.ema(cosine, beta=0.9))
print(f"your guess: {guess_decay}; overshoot {-decayed.min():.4f}, without decay {overshoot:.4f}")
print(f"the rate at step 9, where the swing turns: {cosine(9):.1%} of the first")

# %%
assert abs(-decayed.min() - 0.6033) < 5e-5
assert abs(cosine(9) - 0.998) < 5e-4

# %%
titles = ("The first swing turns at step 9 ...", "... before the rate has moved")
figure, (left, right) = figures.new(*titles, x="step", y=("weight w", "learning rate"))
left.plot(constant, **figures.PLAIN.plot | {"color": figures.GREY}, label="constant rate")
left.plot(decayed, **figures.MOMENTUM.points | {"markevery": 3}, label="cosine decay")
left.axhline(0, **figures.TARGET.plot)
left.legend()
right.plot(cosine(np.arange(301)), **figures.MOMENTUM.plot)
right.axvline(9, **figures.TARGET.plot)
right.annotate("step 9: the swing turns", (16, 0.1))
figures.show(
    figure,
    alt="Left: two paths over 120 steps lie on each other at first; both turn at step 9 at -0.60. Right: "
    "the rate falls from 1 to 0 over 300 steps; at step 9 it is still 0.998.",
)

# %% [markdown]
# ### Explain
#
# **C.** The swing turns at step 9. By then the cosine has taken away 0.2 % of the rate. *Decay is for the
# end of a run, and the swing is at its beginning.*
#
# Could one decay faster? Halve the rate every 5 steps, and the swing does shrink. But look where the
# weight stops.

# %%
fast = walk(me.ema(schedules.step_decay(1.0, 0.5, every=5), beta=0.9), steps=300)
print(f"halved every 5 steps: overshoot {-fast.min():.3f}; after 300 steps still at {fast[-1]:.3f}")
assert abs(-fast.min() - 0.393) < 5e-4
assert abs(fast[-1] + 0.104) < 5e-4

# %% [markdown]
# The rate dies before the weight has arrived: it stands still at 10 % of the first distance, for ever.
#
# What is decay good for, then? For noise. We add noise of standard deviation 1 to each gradient (2000 runs,
# seed 0) and look at the typical distance (standard deviation) after 300 steps.

# %%
left_over = {}
for name, rate in {"constant": 1.0, "cosine": cosine}.items():
    rng = np.random.default_rng(0)
    noisy = me.descend(bowl, np.ones((2000, 1)), me.ema(rate, 0.9), steps=300, noise=1.0, rng=rng)
    left_over[name] = noisy.w[-1].std()
    print(f"{name}: typical distance at the end {left_over[name]:.2f}")
assert abs(left_over["constant"] - 0.73) < 0.02
assert abs(left_over["cosine"] - 0.15) < 0.02

# %% [markdown]
# **Verdict.** *False* for the early swing: 0.604 becomes 0.603. *True* for the noise at the end: decay
# brings 0.73 down to 0.15. These are two troubles with two cures.
#
# ## 2. What people say: "Then start with small steps: warm the rate up"
#
# This aims at the right end of the run. The swing comes early, so take small steps early. Let the rate
# rise from 0.1 to 1 over the first 10 steps.
#
# ### Predict
#
# What does a warm-up of the rate over 10 steps do to the overshoot of 0.604?
#
# - **A** Smaller.
# - **B** The same.
# - **C** Larger.

# %%
guess_warmup = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
warm = schedules.warmup(1.0, steps=10)
held = me.descend(bowl, [1.0], me.ema(1.0, 0.9), steps=60)
warmed = me.descend(bowl, [1.0], me.ema(warm, 0.9), steps=60)
print(f"your guess: {guess_warmup}; overshoot {-warmed.w.min():.3f}, without warm-up {overshoot:.3f}")
print(f"largest velocity {warmed.v.max():.2f}, without warm-up {held.v.max():.2f}")

# %%
assert abs(-warmed.w.min() - 0.849) < 5e-4
assert abs(warmed.v.max() - 0.39) < 5e-3
assert abs(held.v.max() - 0.26) < 5e-3

# %%
titles = ("Rate warm-up swings farther", "Its velocity fills more")
figure, panels = figures.new(*titles, x="step", y=("weight w", "velocity v"))
for axes, one, other in zip(panels, (warmed.w, warmed.v), (held.w, held.v), strict=True):
    axes.plot(other[:41, 0], **figures.PLAIN.plot | {"color": figures.GREY}, label="constant rate")
    axes.plot(one[:41, 0], **figures.MOMENTUM.points, label="rate warm-up, 10 steps")
    axes.axhline(0, **figures.TARGET.plot)
    axes.axvspan(0, 10, color=figures.PALE, zorder=0)
panels[0].legend()
figures.show(
    figure,
    alt="Left: with rate warm-up the weight starts slowly, turns at -0.85 at step 12; with a constant rate "
    "at -0.60 at step 9. Right: the velocity peaks at 0.39 with warm-up, at 0.26 without.",
)

# %% [markdown]
# ### Explain
#
# **C.** It gets worse: 0.849. Think of drawing a bow. While the rate is small the weight moves little, so
# the gradient stays large, and the velocity fills with large gradients: 0.39 instead of 0.26. Meanwhile the
# rate comes up. *Today's rate multiplies the whole velocity, the old gradients too.*
#
# Is 10 an unlucky number? We try each length from 1 to 80.

# %%
lengths = np.arange(1, 81)
by_length = np.array([-walk(me.ema(schedules.warmup(1.0, int(n)), 0.9), steps=60).min() for n in lengths])
helps = lengths[by_length < overshoot - 1e-9]

# %%
print(f"worst length: {lengths[by_length.argmax()]} steps; it helps from {helps[0]} steps on")
print(f"over 80 steps: overshoot {by_length[-1]:.2f}")
assert lengths[by_length.argmax()] == 10
assert helps[0] == 39
assert abs(by_length[-1] - 0.455) < 1e-3
assert np.all(np.diff(helps) == 1)

# %% [markdown]
# Ten, about half a swing, is the worst. Only from 39 steps on, about two whole swings, is the overshoot
# below that without warm-up, and at 80 steps it is still 0.45: smaller, not cured.
#
# **Verdict.** *False* for short warm-ups in this form: they make it worse. Long ones make it smaller.
#
# ## 3. "But in my library warm-up helps": the form matters
#
# Not every library multiplies the whole velocity by today's rate. In Keras the velocity *holds* the rate:
#
# $$v_t = \beta\,v_{t-1} - \alpha_t\,g_t \qquad w_t = w_{t-1} + v_t$$
#
# $\alpha_t$ is the rate as that form counts it. PyTorch's form sums gradients, `v = beta v + g`, and
# multiplies by today's $\alpha$, as ours does. With $\alpha = \eta(1-\beta)$ and all constant the three
# walk the same path (lesson 01): our rate 1 is their 0.1.
#
# ### Predict
#
# The same warm-up over 10 steps in the form whose velocity holds the rate. Ours went from 0.604 up to
# 0.849. And this one?
#
# - **A** Also to 0.849.
# - **B** It stays at 0.604.
# - **C** It goes *down*.

# %%
guess_form = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
forms = {"ours (EMA)": (me.ema, 1.0), "PyTorch": (me.heavy_ball, 0.1), "Keras": (me.classical_momentum, 0.1)}
swings = {}
for name, (form, peak) in forms.items():
    steady, rising = walk(form(peak, 0.9)), walk(form(schedules.warmup(peak, steps=10), 0.9))
    swings[name] = -rising.min()
    print(f"{name:<10} constant {-steady.min():.3f}, warm-up {-rising.min():.3f}")
    assert np.allclose(steady, constant, atol=1e-12)

# %%
print(f"your guess: {guess_form}")
assert abs(swings["ours (EMA)"] - 0.849) < 5e-4
assert abs(swings["PyTorch"] - swings["ours (EMA)"]) < 1e-12
assert abs(swings["Keras"] - 0.428) < 5e-4

# %%
holding = [-walk(me.classical_momentum(schedules.warmup(0.1, int(n)), 0.9), steps=60).min() for n in lengths]
assert np.all(np.diff(holding) < 0)

# %%
figure, axes = figures.new(
    "The same warm-up: worse in one form, better in the other",
    x="length of the warm-up (steps)",
    y="overshoot",
)
axes.plot(lengths, by_length, **figures.MOMENTUM.points | {"markevery": 4}, label="ours (EMA), PyTorch")
axes.plot(
    lengths, holding, **figures.VELOCITY.points | {"markevery": 4}, label="velocity holds the rate (Keras)"
)
axes.axhline(overshoot, **figures.TARGET.plot, label="no warm-up")
axes.set_ylim(0, 1)
axes.legend()
figures.show(
    figure,
    alt="Overshoot against the length of a rate warm-up, 1 to 80 steps. EMA: up from 0.60 to 0.85 at 10 "
    "steps, back to 0.60 at 39, then lower. Velocity holds the rate: falls all the way, 0.43 at 10 steps.",
)

# %% [markdown]
# ### Explain
#
# **C.** Down to 0.428. There each gradient is multiplied by the rate *of its own day*. The large early
# gradients came in at a small rate, and stay small for good. In our form and in PyTorch's, they are
# multiplied by today's rate, as if they had come in at it.
#
# **Verdict.** "The rule" under a schedule is not one rule. Two people can both be right about warm-up:
# one has PyTorch, the other Keras.
#
# ## 4. So what does take the early rise of the loss away?
#
# The swing comes from being late (lesson 03), and being late comes from beta. So leave the rate alone,
# and let *beta* start small: from 0 up to 0.9 over the first 30 steps. That is a **warm-up of
# momentum**.
#
# ### Predict
#
# In a moment you can try all of it by hand. Guess first: which schedule leaves no rise of the loss, on the
# parabola and on a real network? One for the rate, or one for beta?

# %%
guess_cure = "?"  # write "rate" or "beta"

# %% [markdown]
# ### Run
#
# Choose a shape for the rate and one for beta, and look for a pair that leaves no rise. Then raise the
# largest rate, and see whether your cure still works. The parabola has curvature 10 here and the rate is
# 0.1, so $h = 1$ as above. The network starts from seed 1. Grey and dashed: both constant.

# %%
explorers.schedules()

# %% [markdown]
# Now by number, and not only at $h = 1$, where plain descent happens to land on the minimum in its first
# step. For each $h$ up to 4.5 we measure the overshoot of the weight, and the rise of the loss $w^2/2$, as a
# share of the first loss. The rise is what a log shows.

# %%
hs = np.round(np.arange(0.1, 4.55, 0.1), 1)


def swing(rule):
    paths = me.descend(bowl, np.ones((len(hs), 1)), rule, steps=200).w[..., 0]  # (steps + 1, rates)
    return {"overshoot": np.maximum(0, -paths.min(axis=0)), "rise": me.draw_up(paths**2)}


# %%
rising_beta = schedules.linear(0.0, 0.9, steps=30)
betas = {"constant": 0.9, "from 0": rising_beta, "from 0.45": schedules.linear(0.45, 0.9, steps=30)}
several = {name: swing(me.ema(hs, beta)) for name, beta in betas.items()}
shown = np.isin(hs, [0.3, 1.0, 1.5, 1.9, 2.1, 3.0, 4.5])

# %%
print(f"your guess: {guess_cure}")
print("h".ljust(20), *(f"{h:6.1f}" for h in hs[shown]))
for name, values in several.items():
    for what, row in values.items():
        print(f"{name + ', ' + what:20}", *(f"{value:6.2f}" for value in np.minimum(row[shown], 999)))

# %%
usual, zero, half = several.values()
assert abs(zero["overshoot"][hs == 1] - 0.03) < 5e-3
assert np.all(zero["overshoot"][hs < 1.65] < usual["overshoot"][hs < 1.65])
assert np.all(zero["overshoot"][hs > 1.75] > usual["overshoot"][hs > 1.75])
assert np.allclose(zero["overshoot"][shown][2:5], [0.5, 0.9, 1.1])
assert zero["rise"][hs < 1.95].max() < 0.005
assert np.all(zero["rise"][hs > 2.15] > usual["rise"][hs > 2.15])
assert 20 < zero["overshoot"][hs == 3] < 24

# %%
assert np.all(half["rise"][hs > 4.15] > usual["rise"][hs > 4.15])
assert np.allclose(half["rise"][shown], [0.0, 0.07, 0.09, 0.23, 0.24, 0.0, 1.18], atol=6e-3)
assert np.allclose(usual["rise"][shown], [0.14, 0.36, 0.43, 0.47, 0.52, 0.56, 0.70], atol=6e-3)

# %%
titles = ("From 0: less overshoot up to h = 1.6 ...", "... and no rise of the loss below h = 2")
y = ("overshoot of the weight", "rise of the loss / first loss")
figure, panels = figures.new(*titles, x="h = rate x curvature", y=y, size=(10, 4.2))
looks = (figures.PLAIN.points | {"color": figures.GREY}, figures.MOMENTUM.points, figures.VELOCITY.points)
labels = ("beta = 0.9 throughout", "beta from 0 to 0.9", "beta from 0.45 to 0.9")
for axes, what in zip(panels, ("overshoot", "rise"), strict=True):
    for values, look, label in zip(several.values(), looks, labels, strict=True):
        axes.plot(hs, values[what], **look | {"markevery": 3}, label=label)
    axes.axvline(2, **figures.TARGET.plot)
    axes.set(ylim=(-0.03, 2.2), xlim=(0, 4.6))
    axes.annotate("limit of\nplain descent", (1.95, 1.2), ha="right")
panels[1].legend(loc="upper right", fontsize=9)
figures.show(
    figure,
    alt="Left: overshoot of the weight against h. Warm-up of beta from 0: nearly 0 up to h = 1, then h - 1, "
    "above the constant curve from 1.7 on. Right: rise of the loss. From 0: none below h = 2, then off the "
    "scale. From 0.45: 0 to 0.25 up to h = 3, above the constant curve, 0.7, from 4.2 on.",
)

# %% [markdown]
# ### Explain
#
# **Beta**, below $h = 2$. At $h = 1$ the overshoot, too, falls from 0.604 to 0.03: while the weight is far
# away nothing is late, and once beta is large there is no distance left.
#
# But the run *begins as plain descent*. Beyond $h = 1$ that jumps past the minimum, by $h - 1$: at $h = 1.9$
# the weight overshoots by 0.90, *more* than with a constant beta, 0.69. Yet each jump ends lower than it
# began, so below $h = 2$ the loss never rises. Beyond $h = 2$ it climbs until beta is large enough: at 2.1 by
# 0.21, still less than with a constant beta; at $h = 3$ the weight flies out to 22 times the first distance.
#
# The way out: start beta higher. Lesson 03 gave the limit of stability, $h < 2(1+\beta)/(1-\beta)$: 5.27 for
# 0.45. From there the loss rises a little (two humps up to $h = 4$: there the first or the second step lands
# near the minimum with velocity left), and *stable is not enough*: at $h = 4.5$ it rises by 1.18, where a
# constant beta gives 0.70. So take the first beta whose limit is $2h$, that is $(h-1)/(h+1)$:

# %%
assert np.allclose(theory.stability_limit(np.array([0.0, 0.45])), [2, 5.27], atol=5e-3)
ruled = {
    h: me.draw_up(walk(me.ema(h, schedules.linear((h - 1) / (h + 1), 0.9, 30))) ** 2) for h in hs[hs > 1]
}
share = np.array(list(ruled.values())) / usual["rise"][hs > 1]
print(
    f"by this rule, h from 1.1 to 4.5: rise at most {max(ruled.values()):.2f}, at most {share.max():.0%}",
    end=" ",
)
print("of that with a constant beta")
assert max(ruled.values()) < 0.13
assert share.max() < 0.2


# %%
def rise_after(h, steps):
    return me.draw_up(walk(me.ema(h, schedules.linear(0.0, 0.9, steps))) ** 2)


low = hs[hs < 1.95]
turns = [walk(me.ema(h, 0.9)).argmin() for h in low]
full = max(rise_after(h, int(n)) for h, n in zip(low, turns, strict=True))
halved = max(rise_after(h, int(n) // 2) for h, n in zip(low, turns, strict=True))
print(f"over 2 steps at h = 1: rise {rise_after(1.0, 2):.2f}")
print(f"h from 0.1 to 1.9: over half a swing at most {full:.3f}, over a quarter up to {halved:.2f}")
assert np.allclose([rise_after(1.0, 2), full, halved], [1.36, 0.025, 1.12], atol=5e-3)

# %% [markdown]
# The warm-up must also be long enough. Over 2 steps it is *worse* than none, 1.36 against 0.36: the first
# gradient went into the velocity at full weight, and the large beta that follows keeps it there. Half a swing
# (the steps to the first turn at constant beta) is enough.
#
# **And in your library?** All this was our form, with the rate left alone. In PyTorch's and Keras's forms
# our rate is $\alpha/(1-\beta)$. So who leaves *their* rate $\alpha$ alone and raises beta from 0 to 0.9
# raises our rate tenfold as well. Is that the bow of section 2 again?

# %%
alone = swing(me.heavy_ball(0.1 * hs, rising_beta))
print("PyTorch, rate alone: rise", *(f"{value:.2f}" for value in alone["rise"][shown]))

# %%
assert alone["rise"].max() < 0.015
assert alone["overshoot"].max() < 0.125
assert np.allclose(alone["overshoot"], swing(me.classical_momentum(0.1 * hs, rising_beta))["overshoot"])
high = me.draw_up(walk(me.heavy_ball(1.9, rising_beta)) ** 2)
print(f"rate alone, lr x curvature = 1.9 (h = 19 at beta = 0.9): rise {high:.2f}")
assert high < 0.005

# %% [markdown]
# No bow: while beta is small the velocity forgets at once, so nothing is stored up when our rate has grown.
# With their rate left alone the loss never rises by more than 1.5 % up to $h = 4.5$ (Keras's form walks the
# same path). The condition is simple: **their lr times the curvature below 2**, for the run begins as plain
# descent with lr. Our $h$, at beta = 0.9, is ten times that. The price is a slow start (section 5).
#
# In PyTorch, before each step:
#
# ```python
# for group in optimizer.param_groups:
#     group["momentum"] = 0.9 * min(step / 30, 1)
# ```
#
# **Verdict.** Momentum warm-up takes the early rise of the loss away, if it lasts half a swing or more, and
# if the rate times the curvature is below 2 (in our form $\eta$; in PyTorch and Keras their lr, left alone).
# Beyond that, begin at $(h-1)/(h+1)$: less rise, not none.
#
# ## 5. A real network: five schedules ranked
#
# The digits, as in lesson 00: a network 64-32-10, half squared error, all 1536 images in each step, rate
# 0.1, beta 0.9, 40 epochs, five starts (seeds 0 to 4). The rate schedules are a cosine decay over the 40
# epochs, a warm-up over 10, PyTorch's *one cycle* (up over 12 epochs, then down), and *reduce on
# plateau* (halve the rate after 3 epochs without a new low). Momentum warm-up, over 30, is the fifth. Three
# runs to compare: nothing scheduled, plain descent at the same rate, and momentum warm-up in PyTorch's form,
# its rate 0.01 left alone.
#
# ### Predict
#
# Two of the five make the rise larger. One takes it away. Which makes it largest?

# %%
guess_worst = "?"  # write "decay", "rate warm-up", "one cycle", "plateau" or "momentum warm-up"

# %% [markdown]
# ### Run

# %%
digits, network = me.load_digits(), networks.mlp()
starts = np.stack([network.init(np.random.default_rng(seed)) for seed in range(5)])


def train(rule):
    first, rng = starts.astype(np.float32), np.random.default_rng(0)
    return networks.train(network, digits, rule, 40, start=first, rng=rng).epoch_loss


# %%
runs = {
    "constant": train(me.ema(0.1, 0.9)),
    "decay": train(me.ema(schedules.cosine_decay(0.1, steps=40), 0.9)),
    "rate warm-up": train(me.ema(schedules.warmup(0.1, steps=10), 0.9)),
    "one cycle": train(me.ema(schedules.one_cycle(0.1, steps=40), 0.9)),
    "momentum warm-up": train(me.ema(0.1, rising_beta)),
    "plain descent": train(me.gradient_descent(0.1)),
    "PyTorch, warm-up of momentum": train(me.heavy_ball(0.01, rising_beta)),
}

# %% [markdown]
# The plateau schedule listens to the loss, so each start has a rate of its own. We let the gradient
# function tell it.


# %%
def listen(start):
    rate = schedules.ReduceOnPlateau(0.1, factor=0.5, patience=2)

    def gradient(w):
        loss, g = network.loss_and_gradient(w, digits.train_images, digits.train_labels)
        rate.observe(loss)
        return g

    run = me.descend(gradient, start, me.ema(rate, 0.9), steps=40)
    return network.loss(run.w, digits.train_images, digits.train_labels)


runs["plateau"] = np.stack([listen(start) for start in starts], axis=1)

# %%
rises = {name: me.draw_up(curves) for name, curves in runs.items()}
ends = {name: curves[-1] for name, curves in runs.items()}
print(f"your guess: {guess_worst}")
for name in sorted(runs, key=lambda name: rises[name].mean()):
    rise, end = rises[name], ends[name]
    print(f"{name:<29}rise {rise.mean():.2f} ({rise.min():.2f} to {rise.max():.2f}), end {end.mean():.3f}")

# %%
assert max(rises["momentum warm-up"].max(), rises["PyTorch, warm-up of momentum"].max()) < 0.005
assert 0.005 < rises["plain descent"].max() < 0.01
assert np.all(np.abs(rises["decay"] / rises["constant"] - 1) < 0.25)
assert np.allclose(rises["plateau"], rises["constant"], atol=5e-3)
assert np.all(rises["rate warm-up"] > 2 * rises["constant"])
assert np.all(rises["one cycle"] > rises["rate warm-up"])

# %%
order = ["momentum warm-up", "plain descent", "constant", "rate warm-up", "one cycle", "plateau", "decay"]
order = [*order, "PyTorch, warm-up of momentum"]
means = [ends[name].mean() for name in order]
assert all(np.all(ends["momentum warm-up"] < ends[name]) for name in order[1:])
assert np.all(ends["constant"] < ends["rate warm-up"])
assert np.allclose(means, [0.276, 0.280, 0.295, 0.308, 0.378, 0.385, 0.388, 0.390], atol=2e-3)

# %%
drawn = ["constant", "momentum warm-up", "rate warm-up", "decay", "one cycle", "plateau"]
titles = ("Seed 3: of the six, one never rises", "No rise, and the lowest loss of all eight")
figure, (left, right) = figures.new(
    *titles, x=("epoch", "rise (five starts each)"), y=("loss", "loss at the end"), size=(10, 4.2)
)
roles = (figures.SERIES[5], *figures.SERIES[:5])
for name, role in zip(drawn, roles, strict=True):
    left.plot(runs[name][:, 3], **role.points | {"markevery": 4, "markersize": 6}, label=name)
    right.plot(rises[name], ends[name], role.marker, color=role.colour, markersize=7)
for name, marker in (("plain descent", "+"), ("PyTorch, warm-up of momentum", "x")):
    right.plot(rises[name], ends[name], marker, color=figures.GREY, markersize=8, label=name)
left.set_ylim(0.2, 2.6)
for axes in (left, right):
    axes.legend(fontsize=9)
figures.show(
    figure,
    alt="Left: six loss curves of seed 3; all but momentum warm-up rise again, one cycle and rate warm-up "
    "highest. Right: momentum warm-up at a rise of 0 and a final loss of 0.28, plain descent just above; "
    "constant and rate warm-up near 0.3; decay, one cycle, plateau, PyTorch's warm-up from 0.35 to 0.43.",
)

# %% [markdown]
# ### Explain
#
# **One cycle.** It begins with a warm-up of the rate, and that is what the early rise sees. The five, by
# mean rise:
#
# 1. momentum warm-up, 0.00 in all five starts, final loss 0.276, the lowest of all eight runs;
# 2. decay, 0.14, and
# 3. plateau, 0.15: as much as with nothing scheduled, 0.15;
# 4. rate warm-up, 0.36, more than double in each start;
# 5. one cycle of the rate alone, 0.53.
#
# The plateau schedule takes the rise for a plateau, and cuts the rate for good while the loss is only on its
# way back: it ends at 0.39, as decay does. In PyTorch's form, its rate left alone, momentum warm-up has no
# rise either, but pays for its slow start: it too ends at 0.39.
#
# Then why not simply beta = 0? *At this rate* there is hardly a reason: plain descent rises by at most 0.007
# and ends at 0.280. What momentum affords is larger rates (lesson 04): see below.
#
# One cycle as PyTorch ships it moves momentum too, against the rate: from 0.95 *down* to 0.85 while the rate
# goes up, and back. That is no warm-up of momentum; beta starts at its largest. Does it help? Here in
# PyTorch's own form, where beta changes our rate too: at the top it is 0.01/0.15 = 0.067, not 0.1.

# %%
dip = schedules.one_cycle(0.1, steps=40, initial_divisor=1e9)  # from 0 up to 0.1 and back to 0
both = me.draw_up(train(me.heavy_ball(schedules.one_cycle(0.01, steps=40), lambda t: 0.95 - dip(t))))
print(f"one cycle as PyTorch ships it: rise {both.mean():.2f} ({both.min():.2f} to {both.max():.2f})")
assert abs(both.mean() - 0.488) < 0.005
assert np.all(both < rises["one cycle"])
assert np.all(both > 2 * rises["constant"])

# %% [markdown]
# Hardly, even at the smaller rate: 0.49 instead of 0.53, more than double the 0.15 with nothing scheduled.
#
# **At larger rates.** The sharpness (top curvature) of this network is 20 to 23 at the start. At rate 0.2
# that gives an $h$ of 3.9 to 4.5. The parabola of section 4 says: a start of beta from 0 blows up, one from
# 0.45 is stable but does little or harm, and the rule $(h-1)/(h+1)$ asks for 0.64. And the network?

# %%
rng = np.random.default_rng(0)
top = networks.sharpness(network, starts, digits.train_images, digits.train_labels, rng=rng)
cases = [(0.12, 0.0), (0.2, 0.0), (0.2, 0.45), (0.2, 0.64), (0.2, 0.9)]
rules = {case: me.ema(case[0], schedules.linear(case[1], 0.9, steps=30)) for case in cases}
rules[0.2, "plain"] = me.gradient_descent(0.2)
large = {case: train(rule) for case, rule in rules.items()}
rise_at = {case: me.draw_up(curves) for case, curves in large.items()}
end_at = {case: curves[-1].mean() for case, curves in large.items()}

# %%
words = {"plain": "plain descent", 0.9: "beta 0.9 throughout"}
for (rate, first), rise in rise_at.items():
    what = words.get(first, f"beta from {first} to 0.9")
    print(
        f"rate {rate}, h {rate * top.min():.1f} to {rate * top.max():.1f}, {what}: rise {rise.mean():.2f}",
        end="",
    )
    print(f", in {np.sum(rise > 0.01)} of 5 starts; end {end_at[rate, first]:.3f}")

# %%
first, rng = starts.astype(np.float32), np.random.default_rng(0)
landed = networks.train(network, digits, rules[0.2, 0.0], 10, start=first, rng=rng).w.astype(float)
flat = 0.2 * networks.sharpness(network, landed, digits.train_images, digits.train_labels, rng=rng)
print(f"rate 0.2, beta from 0, after 10 epochs: h {flat.min():.1f} to {flat.max():.1f}", end=", ")
print(f"limit at beta = 0.3: {theory.stability_limit(0.3):.2f}")
assert np.allclose([flat.min(), flat.max()], [2.54, 3.40], atol=0.05)

# %%
assert np.allclose([top.min(), top.max()], [19.7, 22.7], atol=0.1)
assert [np.sum(rise_at[case] > 0.01) for case in cases] == [1, 5, 0, 4, 5]
assert np.all(rise_at[0.2, 0.64] < rise_at[0.2, 0.9])
means = [rise_at[0.2, first].mean() for first in (0.0, "plain", 0.64, 0.9)]
assert np.allclose(means, [2.4, 2.8, 0.13, 0.205], atol=0.06)
means = [end_at[0.2, first] for first in (0.45, 0.0, "plain", 0.9)]
assert np.allclose(means, [0.227, 0.231, 0.237, 0.245], atol=2e-3)

# %% [markdown]
# The network does not follow the parabola that far. From 0 the loss leaps by 2.4 on average (plain descent,
# by 2.8), comes back, and *ends lower*, 0.231, than a constant beta, 0.245. Why back? The leap lands where
# the network is flatter: after 10 epochs $h$ is 2.5 to 3.4, and beta is 0.3 by then, stable up to 3.71.
#
# From 0.45 no start rises, better than the parabola promised; it ends at 0.227. From 0.64, as the rule asks,
# four rise, each less than with a constant beta (mean 0.13 against 0.20). And at rate 0.1, where $h$ is 2.0
# to 2.3, nothing rises from 0. So a curvature, measured once, tells *about* where to start beta.
# (All this is the squared error: with cross-entropy the loss hides the swing, lesson 07.)
#
# **Verdict on "scheduling cures the early swing".** *False* of decay, plateau and one cycle. *False* of short
# rate warm-up where today's rate multiplies the velocity; very long ones, and those where the velocity holds
# the rate, make it smaller. *True* of momentum warm-up, for the rise, if it is stable at its first beta.
#
# ## Check yourself
#
# Answer before you unfold.
#
# **1.** Your loss swings in its first 20 steps. You add a cosine decay over 300 steps. What happens to the
# first swing?
#
# <details><summary>Answer</summary>
# <p>Nothing to speak of. At its turn (step 9) the rate is still 99.8 % of what it was: 0.604 becomes 0.603.
# Decay is for the noise at the end.</p>
# </details>
#
# **2.** Why can a warm-up of the rate make the swing larger, although its first steps are smaller?
#
# <details><summary>Answer</summary>
# <p>While the rate is small the weight stays far away and the gradient large, so the velocity fills: 0.39
# instead of 0.26. Then today's full rate multiplies all of it, old gradients too.</p>
# </details>
#
# **3.** With PyTorch, warm-up over 10 steps made a swing worse. A colleague with Keras, same model, same
# numbers, says that it helped. Who is wrong?
#
# <details><summary>Answer</summary>
# <p>Nobody. In PyTorch's form today's rate multiplies the whole velocity (0.849); in Keras's the velocity
# holds the rate, and each gradient keeps the rate of its own day (0.428).</p>
# </details>
#
# **4.** In our form you warm beta up from 0 to 0.9, and the loss explodes in the first steps. With beta = 0.9
# throughout it did not. Why, and what do you change?
#
# <details><summary>Answer</summary>
# <p>At beta = 0 the run is plain descent, and your rate is beyond its limit, h = 2. Take a smaller rate, or
# start beta higher, at (h - 1)/(h + 1), which is stable up to 2h. Just stable is not enough: 0.45 is so up to
# h = 5.27, and at 4.5 is worse than a constant beta.</p>
# </details>
#
# **5.** In PyTorch you leave the rate alone and raise momentum from 0 to 0.9 over 30 steps. What happens to
# the early rise, and what do you pay?
#
# <details><summary>Answer</summary>
# <p>It goes as long as lr times the curvature is below 2: ten times the rate our form allows. You pay with a
# slow start: 0.39 instead of 0.28 after 40 epochs on the digits.</p>
# </details>

# %% [markdown]
# ## Key points
#
# - **Decay comes too late.** Cosine over 300 steps: 0.6037 becomes 0.6033, for at the turn the rate is
#   still 99.8 %. It is for noise: the distance that stays falls from 0.73 to 0.15.
# - **A short rate warm-up draws the bow.** 10 steps: 0.604 becomes 0.849. It helps from 39 steps on.
# - **The form matters.** Where the velocity holds the rate (Keras) the same rate warm-up gives 0.428.
#   PyTorch's form does as ours.
# - **Momentum warm-up takes the rise away**, over 30 steps, from beta = 0: none below h = 2. (At
#   1.9 the weight still overshoots by 0.90: it begins as plain descent.) At h = 3 it flies out 22-fold.
#   Beyond h = 2 begin at (h - 1)/(h + 1): on the parabola at most a fifth of the rise, up to h = 4.5.
# - **In PyTorch and Keras** leave their lr alone and raise momentum: no rise above 1.5 % up to h = 4.5, and a
#   slow start. Keep lr times the curvature below 2.
# - **On the digits**, 5 starts: rise 0.00 with momentum warm-up, 0.15 constant, 0.14 decay, 0.15 plateau,
#   0.36 rate warm-up, 0.53 one cycle. Plain descent at this rate does nearly as well as momentum warm-up (end
#   0.280 against 0.276); at rate 0.2 it leaps by 2.8 and comes back, and warm-up from 0.45 does not rise.

# %% [markdown]
# ## Say it in a lecture
#
# **Ask the room.** "The first steps are too wild. Warm the rate up: better or worse?" Most will say
# better. Run section 2, then draw a bow. Ask the Keras users to stand up before section 3.
#
# **What goes wrong.** People mix up the two warm-ups: of the rate, and of beta. They hear "warm-up is
# bad"; it is bad for *this* swing; its other uses this lesson has not tested. They test at $h = 1$ only,
# where plain descent is perfect by luck. And they take the overshoot of the weight for the rise of the loss:
# at h = 1.9 the one is 0.90, the other 0.
#
# **In a short hour** skip noise (end of section 1) and the plateau. Keep the explorer, section 3 and the
# ranking.

# %% [markdown]
# ## Go deeper
#
# - Sutskever, Martens, Dahl and Hinton (2013), "On the importance of initialization and momentum in deep
#   learning", *ICML*. Beta rises during training; and the form whose velocity holds the rate.
# - Smith (2018), "A disciplined approach to neural network hyper-parameters", arXiv 1803.09820. One cycle:
#   there momentum goes *down* while the rate goes up.
# - Goyal et al. (2017), "Accurate, large minibatch SGD", arXiv 1706.02677. Rate warm-up, and a remark on
#   momentum correction: how the two forms part when the rate changes.

# %% [markdown]
# ## Exercises
#
# [Exercises of lesson 08](exercises/08_schedules.ipynb): write a warm-up and a cosine decay, predict what
# each does to the overshoot, and design a schedule that takes it away.
#
# Next: [lesson 09](09_diagnose_your_run.ipynb) reads a log of your own, and says whether it rings.
