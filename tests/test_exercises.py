"""Every exercise against every kind of answer: no wrong one passes, no right one fails."""

import importlib
import json
from decimal import Decimal
from fractions import Fraction

import IPython
import numpy as np
import pytest

from momentum_edu.exercises.attempt import UNDEFINED, attempt
from momentum_edu.exercises.check import LESSONS, NotCorrectError, check, exercises, find, hint, solution
from momentum_edu.exercises.verdict import SEED, judge, show

STYLES = {
    name: styles
    for lesson in LESSONS
    for name, styles in importlib.import_module(f"styles.lesson_{lesson[:2]}").STYLES.items()
}
ALL = [exercise for lesson in LESSONS for exercise in exercises(lesson)]
FUNCTIONS = [exercise for exercise in ALL if exercise.cases]
VALUES = [exercise for exercise in ALL if not exercise.cases]

each = pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.name)
each_function = pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda exercise: exercise.name)
each_value = pytest.mark.parametrize("exercise", VALUES, ids=lambda exercise: exercise.name)


def answer_of(exercise, compute):
    """Return what a learner would define: the function itself, or the value that it computes."""
    return compute if exercise.cases else compute()


def line(exercise, answer, seed=SEED):
    return judge(exercise, answer, seed).line


def test_names_are_unique_and_each_lesson_has_three_to_five_exercises():
    assert len({exercise.name for exercise in ALL}) == len(ALL)
    assert all(3 <= len(exercises(lesson)) <= 5 for lesson in LESSONS)
    assert set(STYLES) == {exercise.name for exercise in ALL}


@each
def test_the_reference_is_correct_on_any_inputs(exercise):
    for seed in (SEED, 1, 2):
        assert line(exercise, answer_of(exercise, exercise.reference), seed) == f"{exercise.name}: correct"


@each
def test_other_right_styles_are_correct(exercise):
    assert len(STYLES[exercise.name]) >= 2
    for answer in STYLES[exercise.name]:
        assert line(exercise, answer) == f"{exercise.name}: correct"


@each
def test_each_wrong_idea_gets_its_own_hint_and_no_other(exercise):
    assert len(exercise.mistakes) >= 3
    assert len({mistake.idea for mistake in exercise.mistakes}) == len(exercise.mistakes)
    for mistake in exercise.mistakes:
        for seed in (SEED, 1, 2):
            verdict = judge(exercise, answer_of(exercise, mistake.answer), seed)
            assert verdict.line == f"{exercise.name}: wrong - {mistake.idea}: {mistake.hint}"
            assert (verdict.idea, verdict.stronger) == (mistake.idea, mistake.stronger)


@each
def test_inputs_are_varied_and_drawn_from_the_seed(exercise):
    first, again, other = exercise.draw(1), exercise.draw(1), exercise.draw(2)
    np.testing.assert_equal(first, again)
    if exercise.cases and not exercise.condition:
        assert len(first) >= 3
        assert repr(first) != repr(other)


@each
def test_untouched_and_undefined_are_not_solved_yet(exercise):
    def stub(*arguments):
        raise NotImplementedError

    untouched = [..., None, stub, lambda *arguments: ...] if exercise.cases else [..., None]
    for answer in untouched:
        assert line(exercise, answer) == f"{exercise.name}: not solved yet"
    assert line(exercise, UNDEFINED).startswith(
        f"{exercise.name}: not solved yet - there is no {exercise.name}"
    )


@each_function
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda right: "word" if not isinstance(right, str) else 3, "asked for"),
        (lambda right: {"result": right}, "a dict"),
        (lambda right: np.ones((2, 3, 4)), "asked for"),
        (lambda right: (right, right, right, right), "asked for"),
        (lambda right: object(), "an object"),
    ],
    ids=["wrong type", "dict", "wrong shape", "too many", "object"],
)
def test_a_wrong_kind_of_result_is_named(exercise, spoil, said):
    told = line(exercise, lambda *arguments: spoil(exercise.reference(*arguments)))
    assert told.startswith(f"{exercise.name}: wrong - ")
    assert said in told


def spoil_numbers(value, change):
    if isinstance(value, tuple):
        return tuple(spoil_numbers(part, change) for part in value)
    return change(np.asarray(value, dtype=float)) if not isinstance(value, str | bool) else change


NUMERIC = [
    exercise
    for exercise in FUNCTIONS
    if not isinstance(exercise.reference(*exercise.draw(SEED)[0]), str | bool | np.bool_)
]


@pytest.mark.parametrize("exercise", NUMERIC, ids=lambda exercise: exercise.name)
def test_nan_float32_and_complex_are_named(exercise):
    for change, said in (
        (lambda a: a * np.nan, "nan"),
        (lambda a: a.astype(np.float32), "float32"),
        (lambda a: a + 1j, "complex128"),
    ):
        told = line(exercise, lambda *a, change=change: spoil_numbers(exercise.reference(*a), change))
        if said == "float32" and exercise.tolerance > np.finfo(np.float32).eps:  # its digits are enough
            assert told == f"{exercise.name}: correct"
            continue
        assert told.startswith(f"{exercise.name}: wrong - ")
        assert said in told


@pytest.mark.parametrize(
    "exercise", [e for e in NUMERIC if not e.condition], ids=lambda exercise: exercise.name
)
def test_an_unknown_wrong_number_shows_the_first_input_and_no_hint(exercise):
    verdict = judge(exercise, lambda *a: spoil_numbers(exercise.reference(*a), lambda x: x * 1.01 + 0.001))
    assert verdict.idea == ""
    assert f"for {exercise.arguments[0]}=" in verdict.reason
    assert "expected" in verdict.reason


def test_a_near_miss_says_how_far_it_is_off_where_four_digits_do_not_show_it():
    right = find("growth_root").reference
    told = line(find("growth_root"), lambda *a: right(*a) + 3e-6)
    before, after = told.split(": it gives ")[1].split(", expected ")
    assert after == f"{before} (3e-06 apart)"


def test_one_result_for_two_and_the_wrong_order_are_named():
    right = find("ema_step").reference
    assert "it gives 3 numbers in one array, and 2 results" in line(find("ema_step"), lambda *a: right(*a)[0])
    assert line(find("ema_step"), lambda *a: np.array(right(*a))) == "ema_step: correct"
    turned = line(find("ema_step"), lambda *a: right(*a)[::-1])
    assert turned.endswith(": the results come in another order than w, v")


def test_a_fraction_is_a_number():
    assert line(find("quick_rate"), Fraction(41, 2)) == "quick_rate: correct"
    assert line(find("quick_rate"), Decimal("20.5")) == line(find("quick_rate"), np.float32(20.5))
    assert line(find("quick_rate"), Decimal("20.5")) == "quick_rate: correct"
    assert line(find("quick_rate"), Fraction(77, 2)).startswith("quick_rate: wrong - along the ridge")


@pytest.mark.parametrize("rate", [3.0, 12.0, 20.0, 37.9, 38.0, 38.1, 60.0])
def test_a_rate_is_quick_where_a_run_of_it_is(rate):
    """Step by step, without the library: out within 60 steps, and along the ridge it dies out."""

    def run(curvature, start, steps):
        w, v, path = start, 0.0, [start]
        for _ in range(steps):
            v = 0.9 * v + 0.1 * curvature * w
            w -= rate * v
            path.append(w)
        return np.abs(path)

    quick = run(-0.1, 1e-6, 60).max() >= 1 and run(1.0, 1.0, 5000)[-100:].max() < 0.01
    assert (line(find("quick_rate"), rate) == "quick_rate: correct") == quick


PREDICTIONS = [exercise for exercise in VALUES if not exercise.condition]


@pytest.mark.parametrize("exercise", PREDICTIONS, ids=lambda exercise: exercise.name)
def test_a_wrong_prediction_is_not_told_the_right_one(exercise):
    right = exercise.reference()
    wrong = {bool: not right, str: "something else"}.get(type(right))
    if isinstance(right, tuple):
        wrong = tuple(1.7 * part + 0.123 for part in right)
    elif wrong is None:
        wrong = 1.7 * right + 0.123
    told = judge(exercise, wrong).reason
    assert told.endswith(", and that is not it")
    assert show(right) not in told.replace(show(wrong), "")


@each_function
def test_missing_return_print_exception_and_exit_are_named(exercise):
    def prints(*arguments):
        print(exercise.reference(*arguments))

    def raises(*arguments):
        raise IndexError("index 3 is out of bounds")

    assert line(exercise, lambda *a: None) == f"{exercise.name}: wrong - it returns nothing: write return"
    assert line(exercise, prints) == f"{exercise.name}: wrong - it prints its result: return it"
    assert "it raised IndexError: index 3 is out of bounds" in line(exercise, raises)
    assert "it raised SystemExit" in line(exercise, lambda *a: exit())
    assert "it raised TypeError" in line(exercise, lambda: 0)
    assert "no function but a float" in line(exercise, 0.5)


WITH_ARRAYS = [e for e in FUNCTIONS if any(isinstance(x, np.ndarray) for x in e.draw(SEED)[0])]


@pytest.mark.parametrize("exercise", WITH_ARRAYS, ids=lambda exercise: exercise.name)
def test_a_changed_argument_is_named(exercise):
    position = next(i for i, x in enumerate(exercise.draw(SEED)[0]) if isinstance(x, np.ndarray))

    def mutates(*arguments):
        result = exercise.reference(*arguments)
        arguments[position][...] += 1
        return result

    assert f"changes its argument {exercise.arguments[position]} in place" in line(exercise, mutates)


@each_value
def test_a_wrong_kind_of_value_is_named(exercise):
    for answer, said in (
        ("0.6", "'0.6'"),
        (np.ones((2, 3)), "asked for"),
        (lambda: 1.0, "a function"),
        (True, "True"),
        (float("nan"), "asked for" if isinstance(exercise.reference(), tuple) else "nan"),
        ({}, "a dict"),
    ):
        told = line(exercise, answer)
        assert told.startswith(f"{exercise.name}: wrong - ")
        assert said in told


@each
def test_hints_are_sentences_and_do_not_give_the_answer_away(exercise):
    for text in [
        *(m.hint for m in exercise.mistakes),
        *(m.stronger for m in exercise.mistakes),
        exercise.stronger,
    ]:
        assert text[-1] in ".?"
        assert len(text) <= 200
    for mistake in exercise.mistakes:
        assert mistake.hint != mistake.stronger


def test_check_prints_or_raises_one_line(capsys):
    right = find("heavy_ball_rate").reference
    check("heavy_ball_rate", {"heavy_ball_rate": right})
    assert capsys.readouterr().out == "heavy_ball_rate: correct\n"
    with pytest.raises(NotCorrectError) as caught:
        check("heavy_ball_rate", {"heavy_ball_rate": lambda eta, beta: eta / (1 - beta)})
    rendered = caught.value._render_traceback_()
    assert "\n" not in str(caught.value)
    assert "goes the wrong way" in rendered[0]
    assert " ".join(line.strip() for line in rendered) == str(caught.value)  # broken between words
    assert 1 < len(rendered) <= 3
    assert all(len(line) <= 80 for line in rendered)


def test_a_wrong_curve_is_drawn_over_the_expected_one(capsys, monkeypatch):
    shown = []
    monkeypatch.setattr("momentum_edu.figures.show", lambda figure, alt: shown.append(figure))
    with pytest.raises(NotCorrectError):
        check("velocity_weights", {"velocity_weights": lambda beta, steps: beta ** np.arange(steps)})
    (figure,) = shown
    mine, expected = figure.axes[0].lines[1].get_ydata(), figure.axes[0].lines[0].get_ydata()
    beta, steps = find("velocity_weights").draw(SEED)[0]
    np.testing.assert_allclose(mine, beta ** np.arange(steps))
    np.testing.assert_allclose(np.sum(expected), 1 - beta**steps)


def test_the_second_hint_and_the_solution_come_only_when_asked_for(capsys):
    wrong = {"heavy_ball_rate": lambda eta, beta: eta / (1 - beta)}
    hint("heavy_ball_rate", wrong)
    assert " ".join(capsys.readouterr().out.split()) == find("heavy_ball_rate").mistakes[0].stronger
    solution("heavy_ball_rate")
    assert "learning_rate * (1 - beta)" in capsys.readouterr().out


def test_the_second_hint_finds_the_answer_where_it_is_asked_for(capsys):
    notebook = {"hint": hint, "heavy_ball_rate": lambda eta, beta: eta / (1 - beta)}
    exec('hint("heavy_ball_rate")', notebook)
    assert " ".join(capsys.readouterr().out.split()) == find("heavy_ball_rate").mistakes[0].stronger


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        ("def heavy_ball_rate(eta, beta:\n    return eta", "SyntaxError: '(' was never closed"),
        ("def heavy_ball_rate(eta, beta):\n    return eta * (1 - beta", "SyntaxError: "),
        (
            "import nowhere\ndef heavy_ball_rate(eta, beta): return eta",
            "ModuleNotFoundError: No module named 'nowhere'",
        ),
        ("heavy_ball_rate = 1 / 0", "ZeroDivisionError: division by zero"),
    ],
)
def test_a_cell_that_failed_is_not_judged_by_the_answer_before_it(monkeypatch, capsys, broken, error):
    shell = IPython.core.interactiveshell.InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    checking = "from momentum_edu.exercises import check\ncheck('heavy_ball_rate', globals())"
    right = "def heavy_ball_rate(eta, beta):\n    return eta * (1 - beta)"
    shell.run_cell(right)
    shell.run_cell(broken)
    failed = shell.run_cell(checking).error_in_exec
    assert str(failed).startswith(f"heavy_ball_rate: wrong - its cell raised {error}")
    shell.run_cell(right)
    assert shell.run_cell(checking).success
    shell.run_cell("heavy_ball_rate = ...\nraise NotImplementedError")
    assert "not solved yet" in str(shell.run_cell(checking).error_in_exec)
    shell.run_cell(right)
    shell.run_cell("heavy_ball_rate + ")  # a line tried elsewhere is no answer
    assert shell.run_cell(checking).success


def test_the_answer_sees_its_own_copy_of_each_input():
    cases = [(np.zeros(2), 0.5)]
    attempt(lambda x, b: x.fill(9), cases, is_function=True)
    assert json.dumps(cases[0][0].tolist()) == "[0.0, 0.0]"


def test_an_unknown_name_is_refused_and_the_nearest_named():
    with pytest.raises(ValueError, match="such as 'heavy_ball_rate'; got 'heavy_bal_rate'"):
        find("heavy_bal_rate")
    with pytest.raises(ValueError, match="name must be that of an exercise; got 'ema'"):
        find("ema")
