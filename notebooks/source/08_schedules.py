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
# - take the swing away with a warm-up of momentum, and name the rate at which that goes wrong,
# - rank five schedules on a real network by swing and by final loss.

# %%
import numpy as np

import momentum_edu as me
from momentum_edu import explorers, figures, landscapes, networks, schedules, theory

# %% [markdown]
# | Sign | Meaning | Unit |
# |---|---|---|
# | $\eta_t$, $\beta_t$ | learning rate and momentum coefficient at step $t$: now they may change | |
# | $h = \eta\lambda$ | learning rate times curvature | none |
# | overshoot | the farthest point past the minimum, as a fraction of the first distance | none |
# | warm-up | a value that rises from small to its full size over the first steps | steps |
# | draw-up | the largest rise of a loss above its lowest value so far | loss |
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
titles = ("The swing is over ...", "... before the rate has moved")
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
# What is decay good for, then? For noise. We add noise to each gradient (2000 runs, seed 0) and look at
# the distance that stays at the end.

# %%
left_over = {}
for name, rate in {"constant": 1.0, "cosine": cosine}.items():
    rng = np.random.default_rng(0)
    noisy = me.descend(bowl, np.ones((2000, 1)), me.ema(rate, 0.9), steps=300, noise=1.0, rng=rng)
    left_over[name] = noisy.w[-1].std()
    print(f"{name}: typical distance at the end {left_over[name]:.2f}")
assert abs(left_over["constant"] - 0.72) < 0.03
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
titles = ("Warm-up waits, then swings farther", "While it waits, the velocity fills")
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
# **C.** It gets worse: 0.849. Think of a bow. While the rate is small the weight hardly moves, so the
# gradient stays large, and the velocity fills with large gradients: 0.39 instead of 0.26. Then the rate
# comes up. *Today's rate multiplies the whole velocity, the old gradients too.* The bow is let go.
#
# Is 10 an unlucky number? We try each length from 1 to 80.

# %%
lengths = np.arange(1, 81)
by_length = np.array([-walk(me.ema(schedules.warmup(1.0, int(n)), 0.9), steps=60).min() for n in lengths])
helps = lengths[by_length < overshoot - 1e-9]

# %%
print(f"worst length: {lengths[by_length.argmax()]} steps; it helps from {helps[0]} steps on")
assert lengths[by_length.argmax()] == 10
assert helps[0] == 39
assert np.all(np.diff(helps) == 1)

# %% [markdown]
# Ten is about the worst: the bow is let go just when it is fully drawn. (Half a swing takes about ten
# steps here.) Only from 39 steps on, four times that, does the warm-up help.
#
# **Verdict.** *False* for short warm-ups in this form. *True* for long ones, of several swings.
#
# ## 3. "But in my library warm-up helps": the form matters
#
# Not every library multiplies the whole velocity by today's rate. In Keras the velocity *holds* the rate:
#
# $$v_t = \beta\,v_{t-1} - \alpha_t\,g_t \qquad w_t = w_{t-1} + v_t$$
#
# With $\alpha = \eta(1-\beta)$ and both constant it walks the same path as ours (lesson 01). PyTorch's
# form sums gradients, `v = beta v + g`, and multiplies by today's rate, as ours does.
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
# ## 4. So what does take the swing away?
#
# The swing comes from being late (lesson 03), and being late comes from beta. So leave the rate alone,
# and let *beta* start small: from 0 up to 0.9 over the first 30 steps. That is a **warm-up of
# momentum**.
#
# ### Predict
#
# In a moment you can try all of it by hand. Guess first: which schedule leaves no swing, on the parabola
# and on a real network, and ends no worse? One for the rate, or one for beta?

# %%
guess_cure = "?"  # write "rate" or "beta"

# %% [markdown]
# ### Run
#
# Choose a shape for the rate and one for beta, and look for a pair that leaves no swing. Then raise the
# largest rate, and see whether your cure stands it. The parabola has curvature 10 here and the rate is
# 0.1, so $h = 1$ as above. The network starts from seed 1. Grey and dashed: both constant.

# %%
explorers.schedules()

# %% [markdown]
# Now by number, and not only at $h = 1$, where plain descent happens to land on the minimum in its first
# step. We go through rates from $h = 0.1$ to 3.

# %%
rising_beta = schedules.linear(0.0, 0.9, steps=30)
print(f"your guess: {guess_cure}; h = 1: overshoot {-walk(me.ema(1.0, rising_beta)).min():.2f}")
assert abs(-walk(me.ema(1.0, rising_beta)).min() - 0.03) < 5e-3

# %%
hs = np.array([0.1, 0.3, 1.0, 1.5, 1.9, 2.1, 3.0])
several = {}
for name, beta in {
    "constant": 0.9,
    "from 0": rising_beta,
    "from 0.45": schedules.linear(0.45, 0.9, 30),
}.items():
    paths = me.descend(bowl, np.ones((len(hs), 1)), me.ema(hs, beta), steps=200).w[..., 0]
    several[name] = np.maximum(0, -paths.min(axis=0))
    print(f"beta {name:<10}", *(f"{value:6.2f}" for value in several[name]))

# %%
assert np.all(several["from 0"][:4] < several["constant"][:4] - 0.1)
assert np.allclose(several["from 0"][3:5], hs[3:5] - 1)
assert several["from 0"][-1] > 20
assert np.all(several["from 0.45"] < several["constant"] - 0.1)
assert abs(several["from 0.45"][2] - 0.26) < 5e-3

# %%
figure, axes = figures.new(
    "From 0 it helps up to h = 1.5; from 0.45 everywhere", x="h = rate x curvature", y="overshoot"
)
looks = (figures.PLAIN.points | {"color": figures.GREY}, figures.MOMENTUM.points, figures.VELOCITY.points)
labels = ("beta = 0.9 throughout", "beta from 0 to 0.9", "beta from 0.45 to 0.9")
for values, look, label in zip(several.values(), looks, labels, strict=True):
    axes.plot(hs, values, **look, label=label)
axes.axvline(2, **figures.TARGET.plot)
axes.annotate("plain descent\nfails from here", (2.03, 0.06))
axes.set(ylim=(0, 1.5), xlim=(0, 3.1))
axes.legend(loc="upper left")
figures.show(
    figure,
    alt="Overshoot against h. Beta 0.9 throughout: 0.15 to 0.78. Warm-up from 0: nearly 0 up to h = 1, then "
    "h - 1, crossing the constant curve near 1.7, off the scale beyond 2. Warm-up from 0.45: below the "
    "constant curve everywhere.",
)

# %% [markdown]
# ### Explain
#
# **Beta.** Momentum warm-up brings 0.604 down to 0.03 at $h = 1$, and 0.38 down to 0 at $h = 0.3$. While
# the weight is far away nothing is late. Once beta is large, there is no distance left to swing over.
#
# But the run *begins as plain descent*, with all that this means. From $h = 1$ on plain descent
# itself jumps past the minimum, by $h - 1$. From $h = 2$ on it blows up, and so does the warm-up: at $h =
# 3$ it flies out to 22 times the first distance before beta is large enough to catch it.
#
# The way out: start beta higher, just high enough that the rate is stable at once. Lesson 03 gave the
# limit, $h < 2(1+\beta)/(1-\beta)$. It is a compromise: from 0.45 the overshoot at $h = 1$ is 0.26, not
# 0.03. But it is below that of a constant beta at every rate we tried.

# %%
limits = theory.stability_limit(np.array([0.0, 0.45, 0.9]))
print("stable up to h =", *(f"{limit:.2f}" for limit in limits), "at beta = 0, 0.45, 0.9")
assert np.allclose(limits, [2, 5.27, 38], atol=5e-3)

# %%
short = [-walk(me.ema(1.0, schedules.linear(0.0, 0.9, n))).min() for n in (2, 10, 30)]
print("warm-up over 2, 10, 30 steps at h = 1:", *(f"{value:.2f}" for value in short))
assert np.allclose(short, [1.17, 0.09, 0.03], atol=5e-3)

# %% [markdown]
# It must also be long enough. Over 2 steps it is *worse* than none: beta jumps up while the velocity
# still holds the first, undamped gradient.
#
# **Verdict.** Momentum warm-up cures the early swing, if (1) it lasts about half a swing or more, and (2)
# the rate is stable at its first beta.
#
# ## 5. A real network: five schedules ranked
#
# The digits, as in lesson 00: a network 64-32-10, half squared error, all 1536 images in each step, rate
# 0.1, beta 0.9, 40 epochs, five starts (seeds 0 to 4). The rate schedules are a cosine decay over the 40
# epochs, a warm-up over 10, PyTorch's *one cycle* (up over 12 epochs, then down), and *reduce on
# plateau* (halve the rate after 3 epochs without a new low). Momentum warm-up takes 30.
#
# ### Predict
#
# Two schedules make the swing larger. One takes it away. Which is the largest?

# %%
guess_worst = "?"  # write "decay", "rate warm-up", "one cycle", "plateau" or "momentum warm-up"

# %% [markdown]
# ### Run

# %%
digits, network = me.load_digits(), networks.mlp()
starts = np.stack([network.init(np.random.default_rng(seed)) for seed in range(5)])


def train(rule):
    return networks.train(network, digits, rule, 40, start=starts, rng=np.random.default_rng(0)).epoch_loss


# %%
runs = {
    "constant": train(me.ema(0.1, 0.9)),
    "decay": train(me.ema(schedules.cosine_decay(0.1, steps=40), 0.9)),
    "rate warm-up": train(me.ema(schedules.warmup(0.1, steps=10), 0.9)),
    "one cycle": train(me.ema(schedules.one_cycle(0.1, steps=40), 0.9)),
    "momentum warm-up": train(me.ema(0.1, schedules.linear(0.0, 0.9, steps=30))),
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
    print(f"{name:<17}rise {rise.mean():.2f} ({rise.min():.2f} to {rise.max():.2f}), end {end.mean():.2f}")

# %%
assert rises["momentum warm-up"].max() < 0.005
assert np.all(np.abs(rises["decay"] / rises["constant"] - 1) < 0.25)
assert np.allclose(rises["plateau"], rises["constant"], atol=5e-3)
assert np.all(rises["rate warm-up"] > 2 * rises["constant"])
assert np.all(rises["one cycle"] > rises["rate warm-up"])

# %%
order = ["momentum warm-up", "constant", "rate warm-up", "one cycle", "plateau", "decay"]
means = [ends[name].mean() for name in order]
print("loss at the end:", *(f"{name} {value:.2f};" for name, value in zip(order, means, strict=True)))
assert all(np.all(ends["momentum warm-up"] < ends[name]) for name in order[1:])
assert np.all(ends["constant"] < ends["rate warm-up"])
assert np.allclose(means, [0.276, 0.295, 0.308, 0.378, 0.385, 0.388], atol=5e-3)

# %%
shown = ["constant", "momentum warm-up", "rate warm-up", "decay", "one cycle", "plateau"]
titles = ("Seed 3: only one has no second rise", "Momentum warm-up: no rise, lowest loss")
figure, (left, right) = figures.new(
    *titles, x=("epoch", "draw-up (five starts each)"), y=("loss", "loss at the end"), size=(10, 4.2)
)
roles = (figures.SERIES[5], *figures.SERIES[:5])
for name, role in zip(shown, roles, strict=True):
    left.plot(runs[name][:, 3], **role.points | {"markevery": 4, "markersize": 6}, label=name)
    right.plot(rises[name], ends[name], role.marker, color=role.colour, markersize=7)
left.set_ylim(0.2, 2.6)
left.legend(fontsize=9)
figures.show(
    figure,
    alt="Left: six loss curves of seed 3; all but momentum warm-up rise again, one cycle and rate "
    "warm-up highest. Right: momentum warm-up sits at a rise of 0 and a final loss of 0.28; constant and "
    "rate warm-up near 0.3; decay, one cycle and plateau between 0.35 and 0.43.",
)

# %% [markdown]
# ### Explain
#
# **One cycle.** It begins with a warm-up of the rate, and that is what the swing sees. The ranking, by
# the mean rise of five starts:
#
# 1. momentum warm-up, 0.00, in all five, and the lowest final loss, 0.28 (in all five too);
# 2. decay and plateau, 0.14 and 0.15: as much as with a constant rate;
# 3. rate warm-up, 0.36, more than double in each start;
# 4. one cycle of the rate alone, 0.53.
#
# The plateau schedule makes a mistake of its own. It takes the swing for a plateau, and cuts the rate for
# good while the loss is only on its way back. It ends at 0.39, as high as decay. In 40 epochs without
# noise there is nothing for a small rate to mend.
#
# One cycle as PyTorch ships it has a second half: beta goes *down* while the rate goes up, from 0.95 to
# 0.85 and back. That half is a warm-up of momentum, of a kind. How much does it mend?

# %%
cycle = schedules.one_cycle(0.1, steps=40)
both = me.draw_up(train(me.ema(cycle, beta=lambda step: 0.95 - cycle(step))))  # 0.1 at the peak: beta 0.85
print(f"one cycle of rate and beta: rise {both.mean():.2f} ({both.min():.2f} to {both.max():.2f})")
assert np.all(both < rises["one cycle"] / 2)
assert np.all(both > rises["constant"])

# %% [markdown]
# More than half of the rise. It still swings higher than with nothing scheduled, in each of the five:
# 0.21 on average.
#
# And at the rates that momentum affords (lesson 04)? The top curvature of this network is 20 to 23 at
# the start. At rate 0.2 that gives an $h$ of 3.9 to 4.5, beyond the 2 of plain descent. Section 4
# says: from 0 it must go wrong; from 0.45, stable up to 5.27, it should not.

# %%
rng = np.random.default_rng(0)
top = networks.sharpness(network, starts, digits.train_images, digits.train_labels, rng=rng)
print(f"h at rate 0.2: {0.2 * top.min():.1f} to {0.2 * top.max():.1f}")
for first in (0.9, 0.0, 0.45):
    rise = me.draw_up(train(me.ema(0.2, schedules.linear(first, 0.9, steps=30))))
    print(f"rate 0.2, beta from {first}: rise {rise.mean():.2f} ({rise.min():.2f} to {rise.max():.2f})")
    assert {0.9: 0.04 < rise.min() < rise.max() < 0.7, 0.0: rise.mean() > 1, 0.45: rise.max() < 0.01}[first]
assert 3.8 < 0.2 * top.min() < 0.2 * top.max() < 4.7

# %% [markdown]
# It holds. From 0 the loss flies up, by 2.4 on average. From 0.45 there is no rise at all, in any of the
# five. One curvature, measured once, has told us where to start beta.
#
# One warning: this is the squared error. With cross-entropy the picture can turn round; lesson 07 shows
# it.
#
# **Verdict on "scheduling cures the early swing".** *False* of decay, plateau, one cycle and short rate
# warm-up, as long as today's rate multiplies the velocity. *True* of momentum warm-up from a stable
# start, of very long rate warm-ups, and of rate warm-up where the velocity holds the rate.
#
# ## Check yourself
#
# Answer before you unfold.
#
# **1.** Your loss swings in epochs 5 to 20. You add a cosine decay over 300 epochs. What happens to the
# swing?
#
# <details><summary>Answer</summary>
# <p>Nothing to speak of. At the first turn the rate is still 99.8 % of what it was: 0.604 becomes 0.603.
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
# **4.** You warm beta up from 0 to 0.9, and the loss explodes in the first epochs. With beta = 0.9
# throughout it did not. Why, and what do you change?
#
# <details><summary>Answer</summary>
# <p>At beta = 0 the run is plain descent, and your rate is beyond its limit, h = 2. Start beta higher, so
# that 2 (1 + beta) / (1 - beta) is above your h: from 0.45 for h up to 5.27.</p>
# </details>
#
# **5.** Your *reduce on plateau* cuts the rate in epoch 8, and the run ends with a high loss. What did it
# take for a plateau?
#
# <details><summary>Answer</summary>
# <p>The upward half of the swing. Give it more patience than half a swing takes, or take the swing away
# first.</p>
# </details>

# %% [markdown]
# ## Key points
#
# - **Decay comes too late.** Cosine over 300 steps: 0.6037 becomes 0.6033, for at the turn the rate is
#   still 99.8 %. It is for noise: the distance that stays falls from 0.73 to 0.15.
# - **A short rate warm-up draws the bow.** 10 steps: 0.604 becomes 0.849. It helps from 39 steps on.
# - **The form matters.** Where the velocity holds the rate (Keras) the same warm-up gives 0.428. PyTorch's
#   form does as ours.
# - **Momentum warm-up cures.** Over 30 steps at h = 1: 0.03. But it starts as plain descent: at h = 3 it
#   flies out 22-fold. Start at a stable beta: 0.45 bears h up to 5.27.
# - **On the digits**, 5 starts: rise 0.00 with momentum warm-up, 0.15 constant, 0.14 decay, 0.15 plateau,
#   0.36 rate warm-up, 0.53 one cycle. Momentum warm-up also ends lowest, at 0.28.

# %% [markdown]
# ## Say it in a lecture
#
# **Ask the room.** "The first steps are too wild. Warm the rate up: better or worse?" Most will say
# better. Run section 2, then draw a bow. Ask the Keras users to stand up before section 3.
#
# **What goes wrong.** People mix up the two warm-ups: of the rate, and of beta. They hear "warm-up is
# bad"; it is bad for *this* swing. Warm-up has other uses, such as unreliable gradients at the start, and
# this lesson has not tested them. They also test at $h = 1$ only, where plain descent is perfect by luck.
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
# Next: lesson 09 reads a log of your own, and says whether it rings.
