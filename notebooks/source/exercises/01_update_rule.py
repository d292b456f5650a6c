# %% [markdown]
# # 01 · Exercises: the update rule
#
# **You need.** Lesson [01_update_rule](../01_update_rule.ipynb), and NumPy. **Minutes.** 35.
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
# ## 1. One step of the course's rule
#
# $$v_t = \beta\,v_{t-1} + (1 - \beta)\,g_t \qquad w_t = w_{t-1} - \eta\,v_t$$
#
# `w`, `v` and `g` are arrays of one shape. Return the new `w` and the new `v`; leave the arguments as they
# are.


# %% answer="ema_step"
def ema_step(w, v, g, learning_rate, beta):
    """Return the next point and the next velocity: w, v."""
    ### BEGIN SOLUTION
    v = beta * v + (1 - beta) * g
    w = w - learning_rate * v
    return w, v
    ### END SOLUTION


# %% check="ema_step"
check("ema_step", globals())

# %% [markdown]
# ## 2. The same path with PyTorch's rule
#
# The heavy ball, PyTorch's default, is $v = \beta v + g$ and $w = w - \eta v$. Which learning rate must it
# get to walk the same path as the EMA rule at `learning_rate`? Both are constant.


# %% answer="heavy_ball_rate"
def heavy_ball_rate(learning_rate, beta):
    """Return the heavy ball's learning rate: one number."""
    ### BEGIN SOLUTION
    return learning_rate * (1 - beta)
    ### END SOLUTION


# %% check="heavy_ball_rate"
check("heavy_ball_rate", globals())

# %% [markdown]
# ## 3. What the velocity remembers
#
# After `steps` steps of the EMA rule from $v_0 = 0$, the velocity is a weighted sum of the gradients $g_1,
# g_2, \dots$ Return the weights as an array, the oldest gradient's first.


# %% answer="velocity_weights"
def velocity_weights(beta, steps):
    """Return the weights of the gradients, oldest first: shape (steps,)."""
    ### BEGIN SOLUTION
    ages = np.arange(steps)[::-1]
    return (1 - beta) * beta**ages
    ### END SOLUTION


# %% check="velocity_weights"
check("velocity_weights", globals())

# %% [markdown]
# ## 4. Which ravine is this beta made for?
#
# Polyak's best momentum on a ravine with the condition number $\kappa$ obeys $\sqrt\beta = (\sqrt\kappa -
# 1) / (\sqrt\kappa + 1)$. Return the condition number for which `beta` is best.


# %% answer="condition_number_of"
def condition_number_of(beta):
    """Return kappa: one number."""
    ### BEGIN SOLUTION
    root = np.sqrt(beta)
    return ((1 + root) / (1 - root)) ** 2
    ### END SOLUTION


# %% check="condition_number_of"
check("condition_number_of", globals())

# %% [markdown]
# ## 5. One step that looks ahead
#
# Nesterov's rule, as PyTorch writes it: $v = \beta v + g$, then $w = w - \eta\,(g + \beta v)$. Return the
# new `w`, `v`.


# %% answer="nesterov_step"
def nesterov_step(w, v, g, learning_rate, beta):
    """Return the next point and the next velocity: w, v."""
    ### BEGIN SOLUTION
    v = beta * v + g
    w = w - learning_rate * (g + beta * v)
    return w, v
    ### END SOLUTION


# %% check="nesterov_step"
check("nesterov_step", globals())

# %% [markdown]
# ## Afterwards
#
# `python3 course.py check notebooks/exercises/01_update_rule.ipynb` says the same in a terminal, and
# `python3 course.py check` alone how far you are in the whole course.
