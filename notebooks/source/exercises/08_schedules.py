# %% [markdown]
# # 08 · Exercises: schedules
#
# **You need.** Lesson [08_schedules](../08_schedules.ipynb), and NumPy. **Minutes.** 40.
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

from momentum_edu import descend, ema, landscapes, schedules
from momentum_edu.exercises import check, hint, solution

# %% [markdown]
# ## 1. A warm-up
#
# In the first `warmup_steps` steps the rate rises in equal parts: $1/n$ of the peak at step 0, $2/n$ at
# step 1, the peak at step $n - 1$. After that it stays at the peak. Steps count from 0. Return the rate at
# `step`.


# %% answer="warmup_rate"
def warmup_rate(peak, warmup_steps, step):
    """Return the rate at this step: one number."""
    ### BEGIN SOLUTION
    return peak * min((step + 1) / warmup_steps, 1)
    ### END SOLUTION


# %% check="warmup_rate"
check("warmup_rate", globals())

# %% [markdown]
# ## 2. A cosine decay
#
# From `initial` at step 0 the rate falls along half a cosine to `final` at step `steps`, and stays there.
# Return the rate at `step`.


# %% answer="cosine_rate"
def cosine_rate(initial, final, steps, step):
    """Return the rate at this step: one number."""
    ### BEGIN SOLUTION
    share = min(step / steps, 1)
    return final + (initial - final) * (1 + np.cos(np.pi * share)) / 2
    ### END SOLUTION


# %% check="cosine_rate"
check("cosine_rate", globals())

# %% [markdown]
# ## 3. Predict: does decay cure the overshoot?
#
# At the constant rate $h = 1$ with $\beta = 0.9$ the EMA rule overshoots by 0.604. How much does it
# overshoot when the rate decays along a cosine over 300 steps, from $h = 1$ to 0?

# %% answer="overshoot_with_cosine"
### BEGIN SOLUTION
run = descend(landscapes.quadratic([1.0]), [1.0], ema(schedules.cosine_decay(1.0, 300), 0.9), 600)
overshoot_with_cosine = -run.w.min()
### END SOLUTION

# %% check="overshoot_with_cosine"
check("overshoot_with_cosine", globals())

# %% [markdown]
# ## 4. Predict: and a warm-up?
#
# The same run with a learning-rate warm-up over the first 10 steps, in the EMA form: how much does it
# overshoot?

# %% answer="overshoot_with_warmup"
### BEGIN SOLUTION
run = descend(landscapes.quadratic([1.0]), [1.0], ema(schedules.warmup(1.0, 10), 0.9), 600)
overshoot_with_warmup = -run.w.min()
### END SOLUTION

# %% check="overshoot_with_warmup"
check("overshoot_with_warmup", globals())

# %% [markdown]
# ## 5. Design a schedule that does cure it
#
# Keep $h = 1$, and let *beta* depend on the step. From step 60 on it is to be 0.9; before that it is
# yours. The overshoot is to be 0.10 at most.


# %% answer="calm_momentum"
def calm_momentum(step):
    """Return beta at this step (0, 1, 2, ...): one number."""
    ### BEGIN SOLUTION
    return 0.9 * min(step / 30, 1)
    ### END SOLUTION


# %% check="calm_momentum"
check("calm_momentum", globals())

# %% [markdown]
# ## Afterwards
#
# `python3 course.py check notebooks/exercises/08_schedules.ipynb` says the same in a terminal, and
# `python3 course.py check` alone how far you are in the whole course.
