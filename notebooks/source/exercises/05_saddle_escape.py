# %% [markdown]
# # 05 · Exercises: leaving a saddle
#
# **You need.** Lesson [05_saddle_escape](../05_saddle_escape.ipynb), and NumPy. **Minutes.** 40.
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

from momentum_edu import theory
from momentum_edu.exercises import check, hint, solution

# %% [markdown]
# ## 1. How fast does it grow?
#
# Along a direction that curves downward, $\lambda = -\gamma$, the EMA rule makes $x_{t+1} = (1 + \beta -
# a)\,x_t - \beta\,x_{t-1}$ with $a = -\eta\gamma\,(1 - \beta)$. Return the factor by which the distance
# grows per step in the long run.


# %% answer="growth_root"
def growth_root(learning_rate, gamma, beta):
    """Return the growth per step: one number above 1."""
    ### BEGIN SOLUTION
    total = 1 + beta + learning_rate * gamma * (1 - beta)
    return (total + np.sqrt(total**2 - 4 * beta)) / 2
    ### END SOLUTION


# %% check="growth_root"
check("growth_root", globals())

# %% [markdown]
# ## 2. How long does it stay?
#
# A distance that starts at `distance` grows by the factor `growth` in each step. After how many steps does
# it reach `radius`? Do not round.


# %% answer="steps_to_escape"
def steps_to_escape(distance, radius, growth):
    """Return the number of steps: one number, not rounded."""
    ### BEGIN SOLUTION
    return np.log(radius / distance) / np.log(growth)
    ### END SOLUTION


# %% check="steps_to_escape"
check("steps_to_escape", globals())

# %% [markdown]
# ## 3. One step on a saddle
#
# $f(w) = \frac12 \sum_i \lambda_i w_i^2$, with the `curvatures` $\lambda_i$, positive and negative. Return
# the new `w` and `v` of the EMA rule. Does one direction know of the other?


# %% answer="saddle_step"
def saddle_step(w, v, curvatures, learning_rate, beta):
    """Return the next point and velocity: w, v."""
    ### BEGIN SOLUTION
    v = beta * v + (1 - beta) * curvatures * w
    w = w - learning_rate * v
    return w, v
    ### END SOLUTION


# %% check="saddle_step"
check("saddle_step", globals())

# %% [markdown]
# ## 4. Predict: does momentum escape sooner?
#
# From distance $10^{-6}$, with $\eta\gamma = 0.01$, plain descent needs 1389 steps to reach distance 1.
# How many does the EMA rule need at the same rate, with $\beta = 0.9$?

# %% answer="ema_escape_step"
### BEGIN SOLUTION
ema_escape_step = np.argmax(1e-6 * theory.response(-0.01, 0.9, 3000) >= 1)
### END SOLUTION

# %% check="ema_escape_step"
check("ema_escape_step", globals())

# %% [markdown]
# ## 5. Find a rate
#
# A pass has the curvature 1 along the ridge and $-0.1$ across it, on the way out. Find a learning rate for
# the EMA rule with $\beta = 0.9$ that gets out, from $10^{-6}$ to 1, within 60 steps, and stays stable along
# the ridge.

# %% answer="quick_rate"
### BEGIN SOLUTION
quick_rate = 20.0
### END SOLUTION

# %% check="quick_rate"
check("quick_rate", globals())

# %% [markdown]
# ## Afterwards
#
# `python3 course.py check notebooks/exercises/05_saddle_escape.ipynb` says the same in a terminal, and
# `python3 course.py check` alone how far you are in the whole course.
