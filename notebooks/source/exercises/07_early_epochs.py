# %% [markdown]
# # 07 · Exercises: the first epochs
#
# **You need.** Lesson [07_early_epochs](../07_early_epochs.ipynb), and NumPy. **Minutes.** 45.
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

from momentum_edu import draw_up, ema, load_digits, networks, train
from momentum_edu.exercises import check, hint, solution

# %% [markdown]
# ## 1. How much worse did it get?
#
# `losses` is a loss curve. Return the largest rise of the loss above its lowest value so far; 0 if it
# never rises.


# %% answer="largest_rise"
def largest_rise(losses):
    """Return the largest rise from a running minimum: one number."""
    ### BEGIN SOLUTION
    return (losses - np.minimum.accumulate(losses)).max()
    ### END SOLUTION


# %% check="largest_rise"
check("largest_rise", globals())

# %% [markdown]
# ## 2. The sharpness
#
# Return the sharpness of a symmetric matrix of second derivatives: its largest eigenvalue.


# %% answer="sharpness"
def sharpness(hessian):
    """Return the largest eigenvalue: one number."""
    ### BEGIN SOLUTION
    return np.linalg.eigvalsh(hessian)[-1]
    ### END SOLUTION


# %% check="sharpness"
check("sharpness", globals())

# %% [markdown]
# ## 3. Predict the ripple of a log
#
# A network has the measured sharpness $\lambda$ and is trained by the EMA rule, `steps_per_epoch` steps an
# epoch. With $a = \eta\lambda\,(1 - \beta)$ and $\cos\theta = (1 + \beta - a)/(2\sqrt\beta)$, return the
# period of the loss's ripple **in epochs**.


# %% answer="ripple_in_epochs"
def ripple_in_epochs(sharpness, learning_rate, beta, steps_per_epoch):
    """Return the period of the loss in epochs: one number."""
    ### BEGIN SOLUTION
    a = learning_rate * sharpness * (1 - beta)
    theta = np.arccos((1 + beta - a) / (2 * np.sqrt(beta)))
    return np.pi / theta / steps_per_epoch
    ### END SOLUTION


# %% check="ripple_in_epochs"
check("ripple_in_epochs", globals())

# %% [markdown]
# ## 4. Look along one direction
#
# `path` holds the weights at each step, shape `(steps + 1, p)`; `direction` is an eigenvector of any
# length, `minimum` the point where the run ends. Return how far each point lies from the minimum along the
# direction, with its sign.


# %% answer="mode_coordinate"
def mode_coordinate(path, direction, minimum):
    """Return the coordinate at each step: shape (steps + 1,)."""
    ### BEGIN SOLUTION
    unit = direction / np.linalg.norm(direction)
    return (path - minimum) @ unit
    ### END SOLUTION


# %% check="mode_coordinate"
check("mode_coordinate", globals())

# %% [markdown]
# ## 5. Find a calmer beta
#
# The lesson's network, `networks.mlp()` on the digits, full batch, $\eta = 0.1$, `rng =
# np.random.default_rng(0)`, 60 epochs, overshoots early at $\beta = 0.9$. Find a beta of at least 0.5 for
# which `draw_up(history.epoch_loss)` stays below 0.02.

# %% answer="calm_beta"
### BEGIN SOLUTION
calm_beta = 0.7
### END SOLUTION

# %% check="calm_beta"
check("calm_beta", globals())

# %% [markdown]
# ## Afterwards
#
# `python3 course.py check notebooks/exercises/07_early_epochs.ipynb` says the same in a terminal, and
# `python3 course.py check` alone how far you are in the whole course.
