# %% [markdown]
# # 09 · Exercises: reading a training log
#
# **You need.** Lesson [09_diagnose_your_run](../09_diagnose_your_run.ipynb), and NumPy. **Minutes.** 40.
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
# ## 1. The period of a ripple
#
# `losses` is a clean, rippling loss curve. A peak is a step whose loss is higher than that of both its
# neighbours. Return the mean distance between neighbouring peaks, in steps.


# %% answer="ripple_period"
def ripple_period(losses):
    """Return the mean distance between peaks: one number."""
    ### BEGIN SOLUTION
    inner = losses[1:-1]
    peaks = np.flatnonzero((inner > losses[:-2]) & (inner > losses[2:]))
    return np.diff(peaks).mean()
    ### END SOLUTION


# %% check="ripple_period"
check("ripple_period", globals())

# %% [markdown]
# ## 2. From the period to the curvature
#
# A loss ripples with the given `period`, in steps. With $\theta = \pi / \mathrm{period}$ and $1 + \beta -
# a = 2\sqrt\beta\cos\theta$, where $a = \eta\lambda\,(1 - \beta)$: return the curvature $\lambda$ that
# makes it ripple so.


# %% answer="curvature_from_ripple"
def curvature_from_ripple(period, learning_rate, beta):
    """Return the curvature: one number."""
    ### BEGIN SOLUTION
    theta = np.pi / period
    a = 1 + beta - 2 * np.sqrt(beta) * np.cos(theta)
    return a / (learning_rate * (1 - beta))
    ### END SOLUTION


# %% check="curvature_from_ripple"
check("curvature_from_ripple", globals())

# %% [markdown]
# ## 3. From the peaks to beta
#
# A peak of the loss stands `first` above the final loss, another one, `steps` steps later, only `second`.
# The peaks of $w$ shrink by $\sqrt\beta$ in each step. Return beta.


# %% answer="beta_from_peaks"
def beta_from_peaks(first, second, steps):
    """Return beta: one number."""
    ### BEGIN SOLUTION
    return (second / first) ** (1 / steps)
    ### END SOLUTION


# %% check="beta_from_peaks"
check("beta_from_peaks", globals())

# %% [markdown]
# ## 4. Noise or ringing?
#
# With $d_t$ the change of the loss from step $t$ to the next, return $\sum_t d_t\,d_{t+1} / \sum_t d_t^2$.
# Noise gives about $-1/2$: a jump up is followed by one down. Ringing gives a positive number: it goes on
# in its direction for a while.


# %% answer="step_correlation"
def step_correlation(losses):
    """Return the correlation of neighbouring changes: one number."""
    ### BEGIN SOLUTION
    d = np.diff(losses)
    return (d[1:] * d[:-1]).sum() / (d**2).sum()
    ### END SOLUTION


# %% check="step_correlation"
check("step_correlation", globals())

# %% [markdown]
# ## Afterwards
#
# `python3 course.py check notebooks/exercises/09_diagnose_your_run.ipynb` says the same in a terminal, and
# `python3 course.py check` alone how far you are in the whole course.
