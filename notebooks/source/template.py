# %% [markdown]
# # 99 · The form of a lesson: which parts stand in which order?
#
# **Question.** One sentence, as a learner would ask it. The first picture answers part of it within a minute.
#
# **Minutes.** 25 to read and run; 45 in a lecture.
#
# **You need.** What must be known, in plain words; earlier lessons by name.
#
# **Objectives.** After this lesson you can
#
# - do a first thing (3 to 5 lines, each begins with a verb),
# - copy this file as `NN_name.py`, replace each part, and build it with `momentum-edu build notebooks NN`,
# - rely on the builder to refuse a lesson that leaves this form.

# %%
import numpy as np

import momentum_edu as me
from momentum_edu import figures

# %% [markdown]
# ## 1. What people say: "beta = 0.9 looks back ten steps"
#
# Quote the popular wording fairly, say what it means, then put it to the test. A section decides one claim.
# It has as many rounds of predict, run, explain as it needs; the three headings are always these.
#
# ### Predict
#
# A question with a few answers. Write yours into the cell below and run it, before you go on.
#
# How old is a gradient in the velocity, on average?
#
# - **A** 0.9 steps
# - **B** 9 steps
# - **C** 10 steps

# %%
my_guess = "?"  # write "A", "B" or "C"

# %% [markdown]
# ### Run
#
# What the next cell does, in words, and then the formula.

# %%
beta = 0.9
start = np.zeros(1)
v = me.ema(learning_rate=0.1, beta=beta).init(start)
print(f"before the first step: v = {v[0]:.2f}")

# %%
ages = np.arange(1000)
weights = (1 - beta) * beta**ages
mean_lag = np.sum(ages * weights)
print(f"your guess: {my_guess}; mean lag: {mean_lag:.2f} steps")
assert abs(mean_lag - 9) < 1e-6

# %% [markdown]
# ### Explain
#
# The answer first (**B**), then why, in a few short sentences. The cell that decides prints a rounded number
# and asserts it; numbers are printed with a format, never bare. The title of a figure states the finding, its
# axes say what they show and in which unit, and its alternative text has the numbers.

# %%
figure, axes = figures.new("A gradient's weight halves in 7 steps", x="age (steps)", y="weight")
axes.plot(ages[:40], weights[:40], **figures.VELOCITY.points)
figures.show(figure, alt="Weight against age: 0.1 at age 0, half of that at age 7, near 0 at age 40.")

# %% [markdown]
# ## Key points
#
# - Each point carries the number that supports it: the mean lag at beta = 0.9 is 9 steps.
# - A cell above asserts that number, here 1 of 1.

# %% [markdown]
# ## Say it in a lecture
#
# **Ask the room.** The question that starts the talking. **What goes wrong.** The usual mistake. **In a short
# hour** skip this or that section.

# %% [markdown]
# ## Go deeper
#
# - Author (year), *Title*, where. What it adds.

# %% [markdown]
# ## Exercises
#
# [Exercises of lesson 99](exercises/99_form.ipynb): what they train.
