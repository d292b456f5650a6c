# %% [markdown]
# # 03 · Exercises: overshoot
#
# **You need.** Lesson [03_overshoot](../03_overshoot.ipynb), and NumPy. **Minutes.** 40.
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
# Throughout, $h = \eta\lambda$ is the learning rate times the curvature, and $a = h\,(1 - \beta)$. Two
# steps of the EMA rule on one quadratic mode make $x_{t+1} = (1 + \beta - a)\,x_t - \beta\,x_{t-1}$.
#
# ## 1. Where does the ringing begin?
#
# Return the largest `h` at which the path of the EMA rule does not ring, for `0 < beta < 1`.


# %% answer="largest_calm_h"
def largest_calm_h(beta):
    """Return the largest h = eta lambda without ringing: one number."""
    ### BEGIN SOLUTION
    return (1 - np.sqrt(beta)) / (1 + np.sqrt(beta))
    ### END SOLUTION


# %% check="largest_calm_h"
check("largest_calm_h", globals())

# %% [markdown]
# ## 2. How often does the loss rise?
#
# Inside the ringing band $\cos\theta = (1 + \beta - a) / (2\sqrt\beta)$, and *w* turns by the angle
# $\theta$ in each step. Return the period of the **loss**, in steps.


# %% answer="loss_period"
def loss_period(h, beta):
    """Return the period of the loss in steps: one number."""
    ### BEGIN SOLUTION
    a = h * (1 - beta)
    theta = np.arccos((1 + beta - a) / (2 * np.sqrt(beta)))
    return np.pi / theta
    ### END SOLUTION


# %% check="loss_period"
check("loss_period", globals())

# %% [markdown]
# ## 3. Measure an overshoot
#
# `path` holds one value a step, and it is on its way to `target`; the run may have been cut short before
# it got there. Return how far it shoots past the target, as a fraction of its first distance; 0 if it
# never does.


# %% answer="overshoot_fraction"
def overshoot_fraction(path, target):
    """Return the overshoot as a fraction of the first distance: one number."""
    ### BEGIN SOLUTION
    way = (path - path[0]) / (target - path[0])
    return max(way.max() - 1, 0)
    ### END SOLUTION


# %% check="overshoot_fraction"
check("overshoot_fraction", globals())

# %% [markdown]
# ## 4. Predict: a ten times smaller rate
#
# At $\beta = 0.9$ you lower the learning rate tenfold, from $h = 1$ to $h = 0.1$. How many times longer
# does it take until the envelope of the ringing is down to 1 %? Commit to a number before you compute
# anything.

# %% answer="settling_factor"
### BEGIN SOLUTION
settling_factor = theory.settling_time(0.9, 0.01) / theory.settling_time(0.9, 0.01)  # no eta in it
### END SOLUTION

# %% check="settling_factor"
check("settling_factor", globals())

# %% [markdown]
# ## 5. Find a rate
#
# A valley has the curvature $\lambda = 4$. Find a learning rate for the EMA rule at $\beta = 0.9$ whose
# overshoot lies between 0.10 and 0.20. `theory.overshoot(h, beta)` tells you the overshoot at any `h`.

# %% answer="gentle_rate"
### BEGIN SOLUTION
gentle_rate = 0.1 / 4
### END SOLUTION

# %% check="gentle_rate"
check("gentle_rate", globals())

# %% [markdown]
# ## Afterwards
#
# `python3 course.py check notebooks/exercises/03_overshoot.ipynb` says the same in a terminal, and
# `python3 course.py check` alone how far you are in the whole course.
