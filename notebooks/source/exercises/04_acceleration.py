# %% [markdown]
# # 04 · Exercises: acceleration
#
# **You need.** Lesson [04_acceleration](../04_acceleration.ipynb), and NumPy. **Minutes.** 45.
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
# ## 1. The best tuning
#
# The curvatures of a ravine lie between `smallest` and `largest`. Return the constant learning rate and
# the beta of the EMA rule that converge fastest. ($\kappa$ is their ratio, $\sqrt\beta = (\sqrt\kappa -
# 1)/(\sqrt\kappa + 1)$.)


# %% answer="best_tuning"
def best_tuning(smallest, largest):
    """Return learning_rate, beta."""
    ### BEGIN SOLUTION
    root = np.sqrt(largest / smallest)
    return 1 / np.sqrt(smallest * largest), ((root - 1) / (root + 1)) ** 2
    ### END SOLUTION


# %% check="best_tuning"
check("best_tuning", globals())

# %% [markdown]
# ## 2. How many steps does that take?
#
# At the best tuning the distance shrinks, in the long run, by $\sqrt\beta$ in each step. After how many
# steps is it down to `tolerance` times the first distance? Do not round.


# %% answer="steps_needed"
def steps_needed(condition_number, tolerance):
    """Return the number of steps: one number, not rounded."""
    ### BEGIN SOLUTION
    root = np.sqrt(condition_number)
    return np.log(tolerance) / np.log((root - 1) / (root + 1))
    ### END SOLUTION


# %% check="steps_needed"
check("steps_needed", globals())

# %% [markdown]
# ## 3. Predict: when does momentum take the lead?
#
# At the *same* small rate, $h = 0.001$, plain descent and EMA momentum with $\beta = 0.9$ start together.
# At which step is momentum nearer to the minimum for the first time?

# %% answer="break_even_step"
### BEGIN SOLUTION
momentum = theory.response(0.001, 0.9, 3000)
plain = theory.response(0.001, 0.0, 3000, "gradient_descent")
break_even_step = np.argmax(momentum < plain)
### END SOLUTION

# %% check="break_even_step"
check("break_even_step", globals())

# %% [markdown]
# ## 4. Predict: the price
#
# On a ravine with $\kappa = 400$ you use the best tuning. Starting at distance 1 along the *stiff*
# direction, how large does that distance get on the way?

# %% answer="stiff_peak"
### BEGIN SOLUTION
rate, beta = theory.optimal(1.0, 400.0)
stiff_peak = np.abs(theory.response(rate * 400, beta, 500)).max()
### END SOLUTION

# %% check="stiff_peak"
check("stiff_peak", globals())

# %% [markdown]
# ## 5. Find a tuning
#
# On the ravine with curvatures 1 and 100, find a learning rate and a beta of the EMA rule that leave less
# than 0.0001 of the first distance after 100 steps, in both directions. Write them as a pair:
# `ravine_tuning = rate, beta`.

# %% answer="ravine_tuning"
### BEGIN SOLUTION
ravine_tuning = (0.1, (9 / 11) ** 2)
### END SOLUTION

# %% check="ravine_tuning"
check("ravine_tuning", globals())

# %% [markdown]
# ## Afterwards
#
# `python3 course.py check notebooks/exercises/04_acceleration.ipynb` says the same in a terminal, and
# `python3 course.py check` alone how far you are in the whole course.
