"""ReduceOnPlateau by what PyTorch documents of ReduceLROnPlateau; no PyTorch needed."""

import math

import numpy as np
import pytest

from momentum_edu.schedules import ReduceOnPlateau


def reductions(plateau, losses):
    """After how many losses the value fell."""
    found, before = [], plateau(0)
    for number, loss in enumerate(losses, 1):
        plateau.observe(loss)
        if plateau(0) < before:
            found.append(number)
        before = plateau(0)
    return found


@pytest.mark.parametrize("patience", [0, 1, 4])
@pytest.mark.parametrize("cooldown", [0, 1, 3])
def test_a_flat_loss_is_waited_for_patience_and_cooldown(patience, cooldown):
    # The first loss is the best one; "patience" losses after it are allowed, the next one is too many.
    first, between = patience + 2, cooldown + patience + 1
    plateau = ReduceOnPlateau(1.0, 0.5, patience, cooldown=cooldown)
    assert reductions(plateau, [0.7] * 20) == list(range(first, 21, between))


def test_the_defaults_are_pytorchs():
    plateau = ReduceOnPlateau(1.0)
    assert plateau(0) == 1.0
    assert reductions(plateau, [0.7] * 40) == [12, 23, 34]
    assert plateau(0) == pytest.approx(1e-3)


def test_an_improvement_begins_the_count_again():
    assert reductions(ReduceOnPlateau(1.0, 0.5, 2), [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5]) == [7]
    assert reductions(ReduceOnPlateau(1.0, 0.5, 2), [1, 1.1, 1.2, 0.5, 0.7, 0.6, 0.4, 0.5]) == []


def test_an_improvement_is_a_loss_below_the_best_by_more_than_the_threshold():
    assert reductions(ReduceOnPlateau(1.0, 0.5, 0, threshold=0.5), [1, 0.5, 0.25, 0.125]) == [2, 4]
    assert reductions(ReduceOnPlateau(1.0, 0.5, 0, threshold=0.0), [1, 1 - 1e-15, 1 - 1e-15]) == [3]
    assert reductions(ReduceOnPlateau(1.0, 0.5, 0), [1, 0.99991]) == [2]
    assert reductions(ReduceOnPlateau(1.0, 0.5, 0), [1, 0.99989]) == []


def test_a_loss_that_is_no_number_is_no_improvement():
    assert reductions(ReduceOnPlateau(1.0, 0.5, 2), [math.nan] * 9) == [3, 6, 9]
    assert reductions(ReduceOnPlateau(1.0, 0.5, 2, cooldown=1), [math.inf] * 8) == [3, 7]


def test_the_value_never_goes_below_the_smallest():
    plateau = ReduceOnPlateau(1.0, 0.5, 0, smallest=0.3)
    assert reductions(plateau, [1] * 9) == [2, 3]
    assert plateau(0) == 0.3


def test_a_change_of_no_more_than_pytorchs_eps_is_not_made():
    assert reductions(ReduceOnPlateau(2e-8, 0.5, 0), [1] * 9) == []
    assert reductions(ReduceOnPlateau(2.1e-8, 0.5, 0), [1] * 9) == [2]


def test_the_value_has_the_shape_of_the_step():
    plateau = ReduceOnPlateau(0.3)
    assert isinstance(plateau(0), float)
    assert plateau(np.zeros((2, 3))).tolist() == [[0.3] * 3] * 2
