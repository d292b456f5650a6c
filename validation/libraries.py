"""Run Keras and Optax with what `convert` gives: ``python -m validation.libraries`` (needs keras, optax).

PyTorch is compared in the tests. Prints the largest distance between their paths and ours after 50 steps.
"""

import os

import numpy as np

from momentum_edu import convert, descend, landscapes, rules

CURVATURES, START, STEPS = np.array([0.3, 2.0, 7.0]), np.array([1.0, -2.0, 0.5]), 50
RULES = {
    rule.__name__: rule for rule in (rules.ema, rules.heavy_ball, rules.classical_momentum, rules.nesterov)
}


def main() -> None:
    """Compare every rule."""
    os.environ["KERAS_BACKEND"] = "jax"
    import jax

    jax.config.update("jax_enable_x64", True)
    import keras

    keras.config.set_floatx("float64")
    import optax

    for name, rule in RULES.items():
        ours = descend(landscapes.quadratic(CURVATURES), START, rule(0.08, 0.85), STEPS).w[-1]

        optimiser = optax.sgd(**convert(0.08, 0.85, name, "optax"))
        w = jax.numpy.array(START)
        state = optimiser.init(w)
        for _ in range(STEPS):
            update, state = optimiser.update(CURVATURES * w, state)
            w = optax.apply_updates(w, update)

        sgd = keras.optimizers.SGD(**convert(0.08, 0.85, name, "keras"))
        variable = keras.Variable(START, dtype="float64")
        sgd.build([variable])
        for _ in range(STEPS):
            sgd.apply([CURVATURES * variable.value], [variable])

        distances = [float(np.abs(np.asarray(theirs) - ours).max()) for theirs in (w, variable.value)]
        print(f"{name:<20} Optax {distances[0]:.0e}, Keras {distances[1]:.0e}")


if __name__ == "__main__":
    main()
