# %% [markdown]
# # 09 · Diagnose your run: my loss oscillates; why, and what do I do?
#
# **Question.** I have a training log and nothing else. Does it ring, is it noise, is the rate too large?
# And what do I change?
#
# **Minutes.** 35 to read and run; 45 in a lecture.
#
# **You need.** Lesson 03 (what ringing is) or 07 (how it looks in a network). A log of your own, if you
# have one.
#
# **Objectives.** After this lesson you can
#
# - read a log in any usual form, and say what it cannot show,
# - tell ringing, noise, instability and a smooth fall apart by three measurements,
# - compute period, damping and curvature from the peaks of a loss, by hand,
# - choose a cure, predict what it leaves, and check that,
# - say how often such a diagnosis is right, and which three runs decide where the log does not.

# %%
import numpy as np

import momentum_edu as me
from momentum_edu import explorers, figures, networks, schedules, theory
from momentum_edu.diagnosis.command import table
from momentum_edu.diagnosis.logs import parse_log
from momentum_edu.diagnosis.shipped_logs import load_logs

# %% [markdown]
# | Sign | Meaning | Unit |
# |---|---|---|
# | $P$ | period of the loss's ripple: from one peak to the next | steps |
# | $\theta = \pi / P$ | angle by which the weight turns in a step | none |
# | $\lambda$, $h = \eta\lambda$ | curvature; learning rate times curvature | |
# | fall | from the first loss to the lowest | loss |
# | turn | a step at which the loss stops falling or stops rising | |
# | limit | the largest rate that a curvature bears (lesson 03) | |
#
# The logs of this lesson are real. 1500 runs of PyTorch's SGD, 300 steps each, come with the course: five
# tasks, full batch and mini-batches, many rates and betas. The *cause* of each was decided by control runs
# (without momentum, other batches, a tenth of the rate), not by the look of the log. Where two causes mix, or
# one is weak, it is marked as *several*.

# %%
logs = load_logs()
print(len(logs), "runs,", sum(log.held_out for log in logs), "of them kept apart for a fair test")
assert len(logs) == 1500

# %% [markdown]
# ## 1. What people say: "Just log the loss once an epoch"
#
# First the log must be read. Every tool writes it in its own way. Here is one run, written in four ways.

# %%
run = logs[1221]
start = run.losses[:60]
as_csv = "step,loss,val_loss\n" + "\n".join(f"{t},{loss:.6g},{loss:.2g}" for t, loss in enumerate(start))
as_json = "\n".join(f'{{"step": {t}, "train/loss": {loss:.6g}}}' for t, loss in enumerate(start))
as_prints = "\n".join(f"step {t} loss {loss:.6g} acc 0.5" for t, loss in enumerate(start))
as_keras = "\n".join(f"1/1 - 0s - 3ms/step - accuracy: 0.5 - loss: {loss:.6g}" for loss in start)

# %%
for text in (as_csv, as_json, as_prints, as_keras):
    log = parse_log(text)
    print(f"{text.splitlines()[1]:<52} -> column {log.column!r}, {len(log.losses)} losses")
    assert np.allclose(log.losses, start, rtol=1e-5)

# %% [markdown]
# A log that cannot be read says where it goes wrong.

# %%
try:
    parse_log("epoch,loss\n0,2.31\n1,n/a\n")
except ValueError as error:
    print(error)

# %% [markdown]
# ### Predict
#
# This run took 300 steps. Its loss rises again several times: first after 12 steps, then every 18 to 20. Now
# say that 20 steps are an epoch, and that the log keeps one loss an epoch: 15 values. What does it show?
#
# - **A** The same ripple, only coarser.
# - **B** A smooth fall.
# - **C** Noise.

# %%
guess_epochs = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
by_step, by_epoch = me.diagnose(run.losses), me.diagnose(run.losses[::20])
print(f"your guess: {guess_epochs}")
print(f"each step:  {by_step.kind}. {by_step.explanation}")
print(f"each epoch: {by_epoch.kind}. {by_epoch.explanation}")

# %%
assert by_step.kind == "ringing"
assert 11 < by_step.period < 15
tops = [swing.peak for swing in by_step.evidence.swings]
assert 11 <= tops[0] <= 13
assert 16 <= min(np.diff(tops[:7])) <= max(np.diff(tops[:7])) <= 22
assert by_epoch.kind == "smooth"

# %%
figure, axes = figures.new("One value an epoch hides the ringing", x="step", y="training loss")
axes.plot(run.losses[:161], **figures.MOMENTUM.plot, label="each step")
axes.plot(
    range(0, 161, 20), run.losses[:161:20], **figures.PLAIN.points | {"markersize": 8}, label="each epoch"
)
axes.legend()
figures.show(
    figure,
    alt="Loss over 160 steps. Logged each step it falls in eight waves; logged every 20 steps, the nine "
    "points lie on a curve that falls without a wave, from 0.86 to 0.17.",
)

# %% [markdown]
# ### Explain
#
# **B.** Between two values lie 20 steps, a whole ripple: each value is taken at the same height of its wave.
# What is faster than two values apart can not be seen; it can even look like a slower wave that is not there.
# (The period that is told, 13 steps, is that of the first swing: section 3 says why.)
#
# **Verdict.** *True* for a slow trend. *False* for ringing, which is a matter of steps. **Log every step,
# at least for the first few hundred.**
#
# ## 2. What people say: "It goes up and down, so momentum is too large"
#
# Up and down is what noise does too, and what a rate does that is too large. Here are six logs.

# %%
places = (1221, 1222, 920, 969, 948, 1434)
six = [logs[place] for place in places]
names = [f"run {number}" for number in range(1, 7)]

# %%
figure, panels = figures.new(*names, x="step", y="training loss", rows=2, size=(11, 5.6))
for axes, log in zip(panels, six, strict=True):
    axes.plot(log.losses, color=figures.VERMILION, linestyle="-", linewidth=1.2)
figures.show(
    figure,
    alt="Six losses over 300 steps. Run 1 falls in waves that fade. Run 2 too, with jitter. Run 3 falls "
    "with even jitter. Run 4 falls without a wave. Run 5 leaps above its start and goes on in small bumps. "
    "Run 6 falls and leaps twice, at steps 66 and 154, with a fringe after each.",
)

# %% [markdown]
# ### Predict
#
# Give each run a letter. **R** ringing: momentum swings past the minimum. **N** noise: each step sees
# other images. **I** instability: the rate is at or beyond its limit. **S** smooth. **?** if the log
# alone does not tell.

# %%
my_letters = "------"  # six letters, the first for run 1

# %% [markdown]
# ### Run
#
# Go through the six with the first slider. *% shown* lets the log grow: watch when the verdict comes.
# Three bars say what it rests on. Below stand the evidence and the advice. Then paste a log of your own.

# %%
explorers.diagnosis()

# %% [markdown]
# The same in numbers. The three measurements are: the share of steps at which the loss **turns**; the
# **largest rise that stands out**, as a share of the fall (where the loss jumps all along, neighbouring steps
# are averaged before); and how much of the first ripples one fading **wave** explains.

# %%
letter = {"ringing": "R", "noise": "N", "instability": "I", "smooth": "S", "unclear": "?"}
six_found = [me.diagnose(log.losses, diverged=log.diverged) for log in six]
for name, log, found, mine in zip(names, six, six_found, my_letters, strict=True):
    e = found.evidence
    rise = max((swing.rise for swing in e.swings), default=0.0) / e.fall
    wave = f"{e.ringing.explained:4.0%}" if e.ringing else "   -"
    print(f"{name}, you {mine}: turns {e.turning_share:4.0%}, largest rise {rise:4.0%}, wave {wave}", end="")
    print(f" -> {letter[found.kind]} {found.kind}; known cause: {log.cause}")

# %%
assert "".join(letter[found.kind] for found in six_found) == "RRNSI?"
assert [log.cause for log in six] == ["ringing"] * 2 + ["noise", "smooth"] + ["instability"] * 2
turns = [found.evidence.turning_share for found in six_found]
assert max(turns[0], turns[3], turns[4]) < 0.25
assert abs(turns[2] - 2 / 3) < 0.05
assert [log.losses.max() > 1.02 * log.losses[0] for log in six] == [False] * 4 + [True] * 2
of_three_steps = 1 + 0.97 - 2 * np.sqrt(0.97) * np.cos(np.pi / 3)  # PyTorch's rate times curvature
assert abs(theory.overshoot(of_three_steps, 0.97, "heavy_ball") - 0.97**1.5) < 0.01
assert six_found[0].evidence.ringing.explained > 0.95 > 0.5 > six_found[4].evidence.ringing.explained

# %% [markdown]
# ### Explain
#
# **R R N S I ?** Five are named, and rightly. How?
#
# - **Noise turns at two steps out of three.** Take three numbers at random: in 2 of 3 cases the middle one
#   is the highest or the lowest. Run 3: 67 %. A ripple turns twice a period: every 20 steps that is 10 %.
#   Run 1: 9 %. From 42 % on a curve is taken as jumping; no rise stands out in run 3, so it is noise.
# - **Ringing is one fading wave that begins at once.** In run 1 such a wave explains 98 % of the first
#   ripples, and the loss never climbs back to its start.
# - **Instability gains height.** A ripple of three steps or more starts from the height of the start and
#   only loses it: at three steps the overshoot is $\beta^{1.5}$, below 1. Run 5 climbs above where it began.
# - **Run 2 rings *and* jitters.** Averaged, a first rise is left that is more than four times the noise that
#   remains: too large for chance.
# - **Run 6 stays unclear**, and that is an answer. It climbs above its start, as instability does, and it was
#   that. But it also turns at 55 % of its steps, as noise does. Where signs disagree, no name is given.
#
# **Verdict.** "Up and down" is *three* things. *False* as a test for momentum. Ask instead: does it turn at
# random, does it fade, does it rise above its start?
#
# ## 3. What people say: "To know the curvature you need the Hessian"
#
# The Hessian of a network is expensive. Yet lesson 03 tied the period to the curvature. Can we go the
# other way, from the loss to the curvature, with a pencil? First on one parabola, where we know the
# answer: $\eta = 0.1$, $\beta = 0.9$, curvature 10, so $h = 1$.

# %%
losses = 10 * theory.response(1.0, 0.9, steps=60) ** 2 / 2


def peaks(losses):
    """Return the steps whose loss is higher than that of both neighbours."""
    inner = losses[1:-1]
    return 1 + np.flatnonzero((inner > losses[:-2]) & (inner > losses[2:]))


first, second = peaks(losses)[:2]
print(f"peaks of the loss at steps {first} and {second}, at {losses[first]:.3f} and {losses[second]:.3f}")
assert (first, second) == (9, 19)

# %% [markdown]
# ### Predict
#
# The peaks of the *loss* are 10 steps apart. How many steps lie between two turning points of the *weight* on
# the same side?
#
# - **A** 5.
# - **B** 10.
# - **C** 20.

# %%
guess_period = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# Three lines of pencil work. In words: the loss does not know left from right, so it peaks twice while the
# weight goes round once. From the angle comes $a = \eta\lambda(1-\beta)$, from $a$ the curvature.
#
# $$\theta = \frac{\pi}{P} \qquad a = 1 + \beta - 2\sqrt\beta\cos\theta \qquad
# \lambda = \frac{a}{\eta\,(1-\beta)}$$
#
# (PyTorch's rate already holds the factor $1-\beta$: there $\lambda = a/\eta$.)

# %%
theta = np.pi / (second - first)
a = 1 + 0.9 - 2 * np.sqrt(0.9) * np.cos(theta)
by_hand = a / (0.1 * (1 - 0.9))
shrinks = (losses[second] / losses[first]) ** (1 / (2 * (second - first)))
weight = theory.response(1.0, 0.9, steps=60)

# %%
print(f"your guess: {guess_period}; the weight is lowest at {weight[:15].argmin()}, and again at", end=" ")
print(f"{15 + weight[15:40].argmin()}")
print(f"curvature by hand {by_hand:.1f}, true 10; h = {0.1 * by_hand:.2f}")
print(f"each step leaves {shrinks:.3f} of the weight's swing; sqrt(beta) = {np.sqrt(0.9):.3f}")
assert 15 + weight[15:40].argmin() - weight[:15].argmin() in (19, 20)
assert abs(by_hand - 10) < 1
assert abs(shrinks - np.sqrt(0.9)) < 0.005

# %% [markdown]
# **C**, 20 steps. The curvature comes out within 5 %, and the shrinking of the peaks gives beta back:
# loss peaks shrink by $\beta$ a step, the weight by $\sqrt\beta$. If you take the loss's period for the
# weight's, you land far off:

# %%
wrong = (1 + 0.9 - 2 * np.sqrt(0.9) * np.cos(2 * theta)) / (0.1 * (1 - 0.9))
print(f"with the two periods mixed up: curvature {wrong:.0f} instead of 10")
assert 3 < wrong / by_hand < 4

# %% [markdown]
# Now a real network, run 1: PyTorch, $\eta$ = 0.008, $\beta$ = 0.985, all images. Its *sharpness*, the
# largest eigenvalue of the Hessian, was measured by power iteration during the first steps.
#
# There are two ways to take a period. Between the first two peaks. Or from the start: a run at rest begins
# *at* a peak, so the first peak comes one period after it. (Plus half a step: momentum starts at rest, and
# the first step already moves the weight, so the run is at rest half a step before step 0.)

# %%
one, two = peaks(run.losses)[:2]
in_words = {"between two peaks": two - one, "from the start": one + 0.5}
ratios = {}
for words, period in in_words.items():
    curvature = (1 + run.beta - 2 * np.sqrt(run.beta) * np.cos(np.pi / period)) / run.rate
    ratios[words] = curvature / run.sharpness
    print(f"{words:<18} P = {period:4.1f}: curvature {curvature:.1f}, measured {run.sharpness:.1f}")

# %%
assert 0.8 < ratios["from the start"] < 1.1
assert ratios["between two peaks"] < 0.6

# %% [markdown]
# ### Explain
#
# **C** on the parabola. On the network the first swing gives 7.8 where 8.6 was measured: 10 % off, from
# the loss alone. The second swing gives less than half. A network rings in many directions, and the
# sharpest is the quickest. Its swing comes first; later the slower ones carry the ripple. *Trust the
# first swing.*
#
# The damping is another matter. On the parabola the peaks gave beta back. Here the first ripples shrink by
# a factor of 0.948 a step, though no direction fades faster than $\sqrt\beta$ = 0.992:

# %%
fading = me.diagnose(run.losses).decay_per_step
print(f"run 1: swings shrink to {fading:.3f} a step; sqrt(beta) = {np.sqrt(run.beta):.3f}")
assert fading < 0.97 < 0.99 < np.sqrt(run.beta)

# %% [markdown]
# Directions of different periods fall out of step, and their sum fades sooner than each of them. *Do not
# read beta off a network's loss.* The period holds better. How well, on the runs kept apart? All that ring at
# full batch:

# %%
ringing = [log for log in logs if log.held_out and log.cause == "ringing" and log.batch == 0]
told = [me.diagnose(log.losses, learning_rate=log.rate, beta=log.beta) for log in ringing]
pairs = [
    (log.sharpness, found.curvature) for log, found in zip(ringing, told, strict=True) if found.curvature > 0
]
measured, estimated = np.array(pairs).T
close = np.mean(np.abs(estimated / measured - 1) < 0.25)

# %%
print(f"{len(ringing)} runs ring; {len(pairs)} are recognised as ringing", end="; ")
print(f"{close:.0%} of these within a quarter")
assert len(pairs) >= 0.7 * len(ringing)
assert close > 0.75
assert np.all(np.abs(np.log(estimated / measured)) < np.log(2))

# %%
figure, axes = figures.new(
    "The period tells the curvature, mostly within a quarter",
    x="sharpness, measured by power iteration",
    y="curvature, from the loss",
    size=(6.4, 4.4),
)
line = np.array([1.5, 12.0])
axes.fill_between(line, 0.75 * line, 1.25 * line, color=figures.PALE, label="within a quarter")
axes.plot(line, line, **figures.TARGET.plot, label="equal")
axes.plot(measured, estimated, "o", color=figures.VERMILION, label="a run that rings")
axes.set(xscale="log", yscale="log", xticks=(2, 5, 10), yticks=(2, 5, 10))
axes.set(xticklabels=("2", "5", "10"), yticklabels=("2", "5", "10"))
axes.minorticks_off()
axes.legend(loc="upper left")
figures.show(
    figure,
    alt="Curvature from the loss against measured sharpness, both 1.5 to 12, logarithmic. The points of the "
    "recognised runs follow the diagonal; more than three in four lie within a quarter of it, all within a "
    "factor of 2.",
)

# %% [markdown]
# **Verdict.** *False*: for the sharpest direction the loss suffices, if it rings, if rate and beta are
# known, and if you want it to a quarter: it tells 2 from 9. *True* for anything finer.
#
# ## 4. What people say: "Then lower the learning rate"
#
# Now a live run. It is the network of lesson 00: 64-32-10, squared error, all 1536 digits in each step,
# rate 0.1, $\beta = 0.9$ in this course's form. It prints its loss. We read the prints, as you would.

# %%
digits, network = me.load_digits(), networks.mlp()


def train(rule, seed, epochs=100, batch_size=None):
    rng = np.random.default_rng(seed)
    return me.train(network, digits, rule, epochs, batch_size=batch_size, rng=rng).loss


printed = "\n".join(f"step {t} loss {loss:.5f}" for t, loss in enumerate(train(me.ema(0.1, 0.9), seed=1)))
live = parse_log(printed).losses

# %%
found = me.diagnose(live, learning_rate=0.1, beta=0.9, convention="ema")
print(printed[:60].replace("\n", " | "), "...")
print(f"{found.kind}, period {found.period:.0f} steps")
assert found.kind == "ringing"
assert 5.5 < found.period < 8.5
assert 13 < found.curvature < 30

# %% [markdown]
# It advises two things, each with a prediction: warm the *momentum* up over the first steps, or take a
# quarter of the rate. The prediction is made for one parabola with the curvature that it found.

# %%
warm_up, lower = found.advice[:2]
print(warm_up, lower, sep="\n")
print(f"warm-up of momentum: {warm_up.effect:.1%} of the first rise predicted to be left")
print(f"quarter of the rate: {lower.effect:.0%}")
assert warm_up.effect < 0.12
assert 0.3 < lower.effect < 0.6

# %% [markdown]
# ### Predict
#
# We try both, in five networks (seeds 0 to 4), each with the advice from its own log. What comes true?
#
# - **A** Neither: a network is no parabola.
# - **B** The warm-up cures at no cost. The lower rate helps too, and costs speed.
# - **C** The lower rate is the better cure.

# %%
guess_cure = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run


# %%
def follow(line, seed):
    """Train again as one line of advice says."""
    if "warmup_steps" in line.change:
        beta = schedules.linear(line.change["warmup_start"], 0.9, line.change["warmup_steps"])
        return train(me.ema(0.1, beta), seed)
    return train(me.ema(0.1 * line.change["learning_rate_factor"], 0.9), seed)


# %%
before = [train(me.ema(0.1, 0.9), seed) for seed in range(5)]
advised = [me.diagnose(y, learning_rate=0.1, beta=0.9, convention="ema").advice[:2] for y in before]
after = [[follow(line, seed) for line in lines] for seed, lines in enumerate(advised)]
rise = np.array([me.draw_up(y) for y in before])
left = np.array([[me.draw_up(y) for y in pair] for pair in after]) / rise[:, None]
predicted = np.array([[line.effect for line in lines] for lines in advised])
end = np.array([[y[-1] for y in pair] for pair in after]) / np.array([y[-1] for y in before])[:, None]

# %%
print(f"your guess: {guess_cure}")
for name, column in (("momentum warm-up", 0), ("quarter rate", 1)):
    low, high = left[:, column].min(), left[:, column].max()
    print(f"{name:<17} left of the rise: at most {predicted[:, column].max():.0%} predicted,", end=" ")
    print(f"{low:.0%} to {high:.0%} found; final loss x {end[:, column].mean():.2f}")

# %%
assert np.all(left[:, 0] < 0.02)
assert np.all(left <= predicted + 0.02)
assert np.all((end[:, 0] > 0.96) & (end[:, 0] < 0.99))
assert np.all((end[:, 1] > 1.4) & (end[:, 1] < 1.6))
assert abs(left[:, 1].max() - 0.39) < 0.02

# %%
titles = ("Seed 1: the warm-up takes the rise away", "What is left stays below the forecast")
labels = ("training loss", "part of the first rise that is left")
figure, (curves, shares) = figures.new(*titles, x=("step", "network (seed)"), y=labels, size=(10, 4))
looks = (figures.MOMENTUM, figures.PLAIN, figures.VELOCITY)
for y, look, name in zip(
    (before[1], *after[1]), looks, ("as it was", "momentum warm-up", "quarter rate"), strict=True
):
    curves.plot(y[:51], **look.points | {"markevery": 5}, label=name)
for column, look in ((0, looks[1]), (1, looks[2])):
    shares.plot(predicted[:, column], "_", color=look.colour, markersize=22, markeredgewidth=3)
    shares.plot(left[:, column], look.marker, color=look.colour, markersize=8)
shares.set(ylim=(-0.03, 0.6), xticks=range(5))
shares.annotate("bars: predicted; marks: found", (0.02, 0.93), xycoords="axes fraction")
curves.legend()
figures.show(
    figure,
    alt="Left: seed 1 over 50 steps; as it was it falls to 0.81 and rises to 1.02; with momentum warm-up it "
    "falls without a rise and lowest; at a quarter of the rate it falls slowly. Right: for five networks the "
    "part of the rise that is left: warm-up 0 in all, quarter rate 0 to 0.4, all below the predictions.",
)

# %% [markdown]
# ### Explain
#
# **B.** The warm-up leaves nothing of the rise in any of the five, and they end 2 to 3 % *lower*. A
# quarter of the rate leaves 0 to 39 % where about 45 % was predicted, and after 100 steps the loss is
# half as high again.
#
# The forecasts are upper bounds here. In one parabola all of the loss swings; in a network most of it
# does not.
#
# **Verdict on "lower the rate".** *True*: it helps. *False* as first aid: it costs speed, and a warm-up of
# momentum does more, and here at no cost. (It must begin at a beta that bears the rate; in PyTorch's form,
# where the rate stays as it is, it costs a slow start. Lesson 08 measures both; `diagnose` looks after them.)
# For noise and for instability `diagnose` has lines of advice too: a larger batch or a running mean; a
# quarter of the rate.
#
# Say it to your library. The rate means different things: this run's 0.1 is PyTorch's 0.01.

# %%
lines = list(table(0.1, 0.9, "ema"))
print("\n".join(lines[:4]))
assert "torch.optim.SGD(lr=0.01, momentum=0.9)" in lines[1]
assert "learning_rate=0.01" in lines[2]
assert "learning_rate=0.01" in lines[3]

# %% [markdown]
# If you meant the other way round, 0.1 *in PyTorch*, your $h$ is ten times larger. A mixed-up convention
# is a common cause of ringing; that is why it is on the list of advice. Lesson 01 has the whole story.
#
# ## 5. What people say: "A tool that names the cause must guess"
#
# A fair doubt. So it was tested on 600 runs that it had not seen: seeds 3 and 4, with rates and betas of
# their own, five tasks. 429 of them have one known cause, the other 171 several. `diagnose` sees the losses
# only. It may say *unclear*; that counts as neither right nor wrong.
#
# ### Predict
#
# Out of 100 runs of known cause, how many are named *wrongly*?
#
# - **A** About 20.
# - **B** About 8.
# - **C** About 2.

# %%
guess_wrong = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run

# %%
kinds = ("smooth", "ringing", "noise", "instability", "unclear")
counts = np.zeros((4, 5), dtype=int)
for log in logs:
    if log.held_out and log.cause in kinds:
        kind = me.diagnose(log.losses, diverged=log.diverged).kind
        counts[kinds.index(log.cause), kinds.index(kind)] += 1
right = np.trace(counts) / counts.sum()
unclear = counts[:, 4].sum() / counts.sum()

# %%
print(f"your guess: {guess_wrong}; {counts.sum()} runs of known cause")
print(f"right {right:.0%}, unclear {unclear:.0%}, wrong {1 - right - unclear:.0%}")
assert counts.sum() == 429
assert right > 0.92
assert 1 - right - unclear < 0.02
assert counts[0, 0] == counts[0].sum()
assert unclear > 1 - right - unclear
assert 0.65 < counts[1, 1] / counts[1].sum() < 0.85

# %%
figure, axes = figures.new(
    "Nearly all on the diagonal; most of the rest is 'unclear'", x="diagnosis", y="known cause", size=(7, 3.6)
)
axes.imshow((counts > 0) + 2 * np.eye(4, 5), cmap="Greys", vmin=0, vmax=9, aspect="auto")
for (row, column), count in np.ndenumerate(counts):
    axes.text(column, row, count, ha="center", va="center", weight="bold" if row == column else "normal")
axes.set(xticks=range(5), xticklabels=kinds, yticks=range(4), yticklabels=kinds[:4])
axes.grid(visible=False)
figures.show(
    figure,
    alt="A table of counts, known cause down, diagnosis across. Nearly all runs lie on the diagonal: "
    "about 120 smooth, 25 ringing, 185 noise, 75 instability. Off it: some ringing called noise or unclear, "
    "some instability unclear, a few called ringing.",
)

# %% [markdown]
# ### Explain
#
# **C.** About 95 in 100 are right, about 2 wrong; for the rest it says so. Every smooth run is called
# smooth. But look at the row of ringing: it is the smallest and the worst, with about one in four missed.
#
# - **Fast ringing**, a loss period below 3 steps, looks like noise.
# - **Ringing under mini-batch noise** is found only where the first rise is about four times the noise that
#   averaging leaves.
# - **One small late bump** could be ringing or a brush with the limit.
#
# **Verdict.** *False* of these five tasks. *True* as a warning: other tasks were not tested. Large language
# models are not among them.
#
# ## 6. What the log alone cannot tell
#
# So ringing can hide under noise. Here is such a log, live: seed 4, batches of 64 images, 120 steps.

# %%
noisy = train(me.ema(0.1, 0.9), seed=4, epochs=5, batch_size=64)
verdict = me.diagnose(noisy)
print(f"{verdict.kind}: {verdict.explanation}")
assert verdict.kind == "noise"

# %% [markdown]
# ### Predict
#
# Does it ring under the noise? And which one extra run would show it?
#
# - **A** No: the log says noise.
# - **B** Yes; a run *without momentum* shows it.
# - **C** Yes; a run on *all images* shows it.

# %%
guess_control = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# Two control runs from the same initial weights: one on all images, one without momentum as well.

# %%
whole = train(me.ema(0.1, 0.9), seed=4)
without = train(me.ema(0.1, 0.0), seed=4)
print(f"your guess: {guess_control}")
print(f"all images:               {me.diagnose(whole).kind}, rise {me.draw_up(whole):.3f}")
print(f"all images, no momentum:  {me.diagnose(without).kind}, rise {me.draw_up(without):.3f}")

# %%
assert me.diagnose(whole).kind == "ringing"
assert me.diagnose(without).kind == "smooth"
assert 0.02 < me.draw_up(whole) < 0.04
assert me.draw_up(without) < 0.01
assert verdict.noise > 0.5 * me.draw_up(whole)

# %%
figure, axes = figures.new("Noise hides the ripple; all images show it", x="step", y="training loss")
axes.plot(noisy[:61], color=figures.GREY, linestyle="-", linewidth=1, label="batches of 64")
axes.plot(whole[:61], **figures.MOMENTUM.plot, label="all images")
axes.plot(without[:61], **figures.PLAIN.plot, label="all images, no momentum")
axes.legend()
figures.show(
    figure,
    alt="Three losses over 60 steps. Batches of 64: jagged. All images: a rise of 0.03 near step 6, then "
    "a fall. All images without momentum: hardly a rise.",
)

# %% [markdown]
# ### Explain
#
# **C.** All images take the noise away, and a rise of 0.03 stands there. (Your eye may find it in the grey
# line, now that it knows where.) Taking momentum away as well leaves 0.007: so it was ringing. (Without
# momentum *but with batches*, the noise stays and you would have learnt little.)
#
# The log is one run; a cause is a difference *between* runs. Where `diagnose` says *unclear*, it asks for
# these three, a few hundred steps each, from the same initial weights:
#
# | Control run | What it takes away | Then it was |
# |---|---|---|
# | the largest batch that fits | the jumps | noise |
# | $\beta = 0$ at the same rate | the ripple | ringing |
# | a tenth of the rate | what neither of the others took away | instability |
#
# "The same rate" means your library's own number. In PyTorch an unstable rate stays unstable without
# momentum, since the limit sinks from $2(1+\beta)$ to 2; in this course's form it sinks further, from 38 to 2
# at $\beta = 0.9$, so a rate above 2 needs the third run.
#
# ## Your own log
#
# In a terminal: `python3 course.py diagnose LOG --learning-rate 0.01 --beta 0.9`, in PyTorch's words unless
# you add `--convention ema`. Here: give a list, an array or a file's path to the explorer,
# `explorers.diagnosis("my_log.csv")`.
#
# ## Check yourself
#
# Answer before you unfold.
#
# **1.** The loss of one parabola peaks every 12 steps, $\beta = 0.9$. What is the period of the weight? How
# much of a peak is left at the next one?
#
# <details><summary>Answer</summary>
# <p>24 steps: the loss peaks twice a turn. And 0.9 to the power of 12: 28 %, since the loss's ripple
# shrinks by beta a step (the weight's by sqrt(beta)).</p>
# </details>
#
# **2.** A colleague takes the loss's 10 steps for the weight's period. Is the curvature too high or too
# low, and by how much, compared with the right period's?
#
# <details><summary>Answer</summary>
# <p>Too high, by three to four times: the angle is doubled, and the curvature goes about with its
# square.</p>
# </details>
#
# **3.** A log turns at 67 % of its steps. What is it, most likely, and could it still ring?
#
# <details><summary>Answer</summary>
# <p>Noise: a random sequence turns at two steps out of three. It may ring below that; a run on all
# images, or the largest batch that fits, shows it.</p>
# </details>
#
# **4.** A loss rises above its start, comes down, and goes on in bumps that do not fade. Why is that not
# ringing, and what do you change?
#
# <details><summary>Answer</summary>
# <p>A ripple of three steps or more starts from the height of the start and only loses it. This one gains, so
# the rate is at or beyond its limit. Take a quarter of the rate.</p>
# </details>
#
# **5.** The verdict is *unclear*. Which runs do you make?
#
# <details><summary>Answer</summary>
# <p>From the same initial weights: the largest batch (noise goes), beta = 0 at the same rate (ringing
# goes), a tenth of the rate (instability goes).</p>
# </details>

# %% [markdown]
# ## Key points
#
# - **Log every step.** Ripples of 13 to 20 steps, logged every 20, are diagnosed as smooth.
# - **Three measurements.** Noise turns at 2/3 of its steps (67 % in run 3, 9 % in run 1, which rings); a
#   fading wave explains 98 % of run 1's ripple; of the 6, only the 2 unstable ones climb above their start.
# - **A pencil is enough.** Loss peaks 10 steps apart: the weight needs 20, and the curvature comes out
#   within 5 % of 10. Mix the periods up, and it is 3 to 4 times too high.
# - **Trust the first swing.** On a network it gives 7.8 where 8.6 was measured; the second swing gives 3.8.
# - **The advice works.** Five networks: momentum warm-up leaves 0 % of the rise and ends 2 to 3 % lower; a
#   quarter of the rate leaves up to 39 %, and a loss half as high again.
# - **It is right in about 95 of 100 runs** of one known cause kept apart, and wrong in about 2. It misses
#   about 1 in 4 that ring.

# %% [markdown]
# ## Say it in a lecture
#
# **Ask the room.** Show the six logs and let them vote, run by run. Most call run 5 ringing: "it goes up
# and down". Ask: "Does it lose height?" Then open the explorer, set the part shown to nothing and press
# Play. Better still: ask for a log from the room, and paste it.
#
# **What goes wrong.** People forget the factor 2 between loss and weight. They read the second swing,
# where several directions mix. They log by epochs and see nothing. And they take a diagnosis for a
# proof: section 6 is the answer.
#
# **In a short hour** skip the formats (section 1) and the figure of curvatures. Keep the six logs, the
# pencil and the advice.

# %% [markdown]
# ## Go deeper
#
# - Cohen et al. (2021), "Gradient descent on neural networks typically occurs at the edge of stability",
#   *ICLR*. Why full-batch runs go to their limit, and what the loss does there.
# - Goh (2017), "Why Momentum Really Works", *Distill*. The single mode, with its period and its damping.
# - `docs/diagnosis.md` in this course, "How far the diagnosis can be trusted": the 1500 runs, the rule
#   for their causes, the result, and where it fails.

# %% [markdown]
# ## Exercises
#
# [Exercises of lesson 09](exercises/09_diagnose_your_run.ipynb): measure a period, find the curvature
# and beta behind it, and tell noise from ringing by one number.
#
# Next: [lesson 10](10_audit.ipynb) puts each popular sentence about momentum to the test.
