# %% [markdown]
# # 06 · Exercises: local minima
#
# **You need.** Lesson [06_local_minima](../06_local_minima.ipynb), and NumPy. **Minutes.** 45.
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

from momentum_edu import descend, ema, gradient_descent, landscapes
from momentum_edu.exercises import check, hint, solution

# %% [markdown]
# ## 1. The ledger
#
# `path` holds the points of an EMA run that starts at rest, shape `(steps + 1, d)`, and `heights` the
# values of the function there. Return the energy at each point: $E_t = f(w_t) + \frac{\beta}{2\,\eta\,(1 -
# \beta)}\,|w_t - w_{t-1}|^2$. At the start there is no speed.


# %% answer="momentum_energy"
def momentum_energy(heights, path, learning_rate, beta):
    """Return the energy at each point: shape (steps + 1,)."""
    ### BEGIN SOLUTION
    moves2 = (np.diff(path, axis=0) ** 2).sum(axis=-1)
    kinetic = beta / (2 * learning_rate * (1 - beta)) * moves2
    return heights + np.concatenate([[0.0], kinetic])
    ### END SOLUTION


# %% check="momentum_energy"
check("momentum_energy", globals())

# %% [markdown]
# ## 2. From where could it cross?
#
# `landscapes.double_well(tilt)` is $f(x) = x^4/4 - x^2/2 + \mathrm{tilt}\cdot x$; its barrier is at
# `.saddles[0, 0]`. At rates up to $2/L$ energy never grows, so a ball put down at rest to the right of the
# right valley can cross only from some $x$ on. Return that $x$.


# %% answer="lowest_crossing_start"
def lowest_crossing_start(tilt):
    """Return the start that is as high as the barrier: one number."""
    ### BEGIN SOLUTION
    well = landscapes.double_well(tilt)
    level = well.value(well.saddles)[0]
    roots = np.roots([0.25, 0.0, -0.5, tilt, -level])
    return roots[np.abs(roots.imag) < 1e-6].real.max()
    ### END SOLUTION


# %% check="lowest_crossing_start"
check("lowest_crossing_start", globals())

# %% [markdown]
# ## 3. Predict: where does it end?
#
# `landscapes.double_well(0.1)` has its valleys at $-1.047$ and $0.946$ and its barrier at $0.101$. A run
# starts at rest at $1.3$ with $\eta = 0.1$ and a huge $\beta = 0.99$. At which $x$ does it end?

# %% answer="resting_place"
### BEGIN SOLUTION
resting_place = descend(landscapes.double_well(0.1), [1.3], ema(0.1, 0.99), 4000).w[-1, 0]
### END SOLUTION

# %% check="resting_place"
check("resting_place", globals())

# %% [markdown]
# ## 4. A convex function that fools the heavy ball
#
# Lessard, Recht and Packard (2016) gave the slope of a convex function on which a well-tuned heavy ball
# circles for ever: $25x$ below 1, $x + 24$ from 1 to 2, $25x - 24$ from 2 on. Write it for an array `x`.


# %% answer="kinked_slope"
def kinked_slope(x):
    """Return the slope at each x: the shape of x."""
    ### BEGIN SOLUTION
    return np.where(x < 1, 25 * x, np.where(x < 2, x + 24, 25 * x - 24))
    ### END SOLUTION


# %% check="kinked_slope"
check("kinked_slope", globals())

# %% [markdown]
# ## 5. Find a rate that jumps
#
# Is it momentum that crosses barriers? Find a learning rate at which *plain* descent on
# `landscapes.double_well(0.1)`, started at $1.5$ in the right valley, settles in the left one at $-1.047$
# within 400 steps.

# %% answer="jumping_rate"
### BEGIN SOLUTION
jumping_rate = 0.8
### END SOLUTION

# %% check="jumping_rate"
check("jumping_rate", globals())

# %% [markdown]
# ## Afterwards
#
# `python3 course.py check notebooks/exercises/06_local_minima.ipynb` says the same in a terminal, and
# `python3 course.py check` alone how far you are in the whole course.
