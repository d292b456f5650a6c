# %% [markdown]
# # 02 · Exercises: smoothing
#
# **You need.** Lesson [02_smoothing](../02_smoothing.ipynb), and NumPy. **Minutes.** 40.
#
# Write each answer into its cell, run it, then run the check below it. The check says one line: *not
# solved yet*, *wrong* and what went wrong, or *correct*. The line that stands there now is the one to
# reach.
#
# Run the first cell below before all others, and again after each restart of the kernel.
#
# Typed into a new cell (the + above), `hint("NAME")` gives a second, stronger hint, and
# `solution("NAME")` shows a solution. Put the exercise's name for NAME.

# %%
import numpy as np

from momentum_edu.exercises import check, hint, solution

# %% [markdown]
# ## 1. The velocity, step by step
#
# `gradients` holds one gradient a step along its first axis; what follows may be a number or an array.
# Return the velocity of the EMA rule after each step, $v_t = \beta v_{t-1} + (1 - \beta) g_t$ from $v_0 =
# 0$, in the same shape.


# %% answer="smooth"
def smooth(gradients, beta):
    """Return v_1, v_2, ...: the shape of gradients."""
    ### BEGIN SOLUTION
    v = np.zeros_like(gradients[0])
    velocities = []
    for g in gradients:
        v = beta * v + (1 - beta) * g
        velocities.append(v)
    return np.array(velocities)
    ### END SOLUTION


# %% check="smooth"
check("smooth", globals())

# %% [markdown]
# ## 2. Divide the bias out
#
# From $v_0 = 0$ the velocity starts too small: its expected value is $(1 - \beta^t)\,g$. `velocities`
# holds $v_1, v_2, \dots$ Return them without the bias.


# %% answer="unbiased"
def unbiased(velocities, beta):
    """Return the corrected velocities: the shape of velocities."""
    ### BEGIN SOLUTION
    t = np.arange(1, len(velocities) + 1)
    return velocities / (1 - beta**t)
    ### END SOLUTION


# %% check="unbiased"
check("unbiased", globals())

# %% [markdown]
# ## 3. How much noise is left?
#
# The gradients are independent noise with the variance $\mathrm{Var}\,g$. Return $\mathrm{Var}\,v /
# \mathrm{Var}\,g$, long after the start.


# %% answer="variance_left"
def variance_left(beta):
    """Return the ratio of the variances: one number."""
    ### BEGIN SOLUTION
    return (1 - beta) / (1 + beta)
    ### END SOLUTION


# %% check="variance_left"
check("variance_left", globals())

# %% [markdown]
# ## 4. Predict: how many gradients are averaged?
#
# At $\beta = 0.95$, the plain mean of how many gradients is as quiet as the velocity? Commit to a number
# before you compute anything.

# %% answer="averaging_window"
### BEGIN SOLUTION
averaging_window = (1 + 0.95) / (1 - 0.95)
### END SOLUTION

# %% check="averaging_window"
check("averaging_window", globals())

# %% [markdown]
# ## 5. Does a quieter velocity mean a quieter w?
#
# With noisy gradients on a valley, plain descent jitters with a variance proportional to $1 / (2 - h)$,
# EMA momentum at the same rate to $1 / \left(2 - h\,\frac{1 - \beta}{1 + \beta}\right)$. Return momentum's
# variance relative to plain descent's. What does it tend to for small $h$?


# %% answer="noise_floor_ratio"
def noise_floor_ratio(h, beta):
    """Return momentum's variance over plain descent's: one number."""
    ### BEGIN SOLUTION
    return (2 - h) / (2 - h * (1 - beta) / (1 + beta))
    ### END SOLUTION


# %% check="noise_floor_ratio"
check("noise_floor_ratio", globals())

# %% [markdown]
# ## Afterwards
#
# `python3 course.py check notebooks/exercises/02_smoothing.ipynb` says the same in a terminal, and
# `python3 course.py check` alone how far you are in the whole course.
