"""The shipped data: whole, attributed, split for ever in one way."""

import gzip
import hashlib
from importlib import resources

import numpy as np
import pytest

from momentum_edu import load_digits
from momentum_edu.digits import parse_digits

DATA = resources.files("momentum_edu") / "data"


def test_the_file_is_the_one_that_was_given():
    digest = hashlib.sha256((DATA / "digits.csv.gz").read_bytes()).hexdigest()
    assert digest == "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"


def test_the_attribution_travels_with_the_data():
    for text in ((DATA / "README.md").read_text(encoding="utf-8"), load_digits.__doc__):
        assert "Alpaydin" in text
        assert "CC BY 4.0" in text
        assert "10.24432/C50P49" in text


@pytest.fixture(scope="module")
def rows():
    text = gzip.decompress((DATA / "digits.csv.gz").read_bytes()).decode()
    return np.loadtxt(text.splitlines(), delimiter=",")


def test_the_parts_make_up_the_file(rows):
    digits = load_digits()
    images = np.vstack([digits.train_images, digits.test_images]) * 16
    labels = np.concatenate([digits.train_labels, digits.test_labels])
    ours = np.column_stack([images, labels])
    np.testing.assert_array_equal(ours[np.lexsort(ours.T)], rows[np.lexsort(rows.T)])


def test_the_split_is_fixed_and_even(rows):
    digits = load_digits()
    assert digits.train_images.shape == (1536, 64)
    assert digits.test_images.shape == (261, 64)
    some = [0, 6, 13, 20, 27, 34]  # the first test rows, by the docstring's formula
    np.testing.assert_array_equal(digits.test_images[:6] * 16, rows[some, :64])
    np.testing.assert_array_equal(digits.test_labels[:6], rows[some, 64])
    share = np.bincount(digits.test_labels) / np.bincount(rows[:, 64].astype(int))
    assert share.min() > 0.09  # of each digit; evenly it would be 0.145
    assert share.max() < 0.18


def test_it_is_read_once_and_cannot_be_changed():
    digits = load_digits()
    assert load_digits() is digits
    for part in (digits.train_images, digits.train_labels, digits.test_images, digits.test_labels):
        with pytest.raises(ValueError, match="read-only"):
            part[0] = 0


GOOD = np.zeros((1797, 65), int)
HIGH = np.full_like(GOOD, 17)
BAD_LABEL = np.where(np.arange(65) == 64, 10, GOOD)


def packed(table):
    return gzip.compress("\n".join(",".join(map(str, row)) for row in table.tolist()).encode())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not gzip", "gzipped CSV of whole numbers"),
        (packed(GOOD)[:50], "gzipped CSV of whole numbers"),
        (packed(GOOD)[:30] + b"xxxx" + packed(GOOD)[34:], "gzipped CSV of whole numbers"),
        (gzip.compress(b"1,2\n3,x\n"), "gzipped CSV of whole numbers"),
        (packed(GOOD[:5]), r"1797 rows of 65 numbers; got \(5, 65\)"),
        (packed(HIGH), "pixels .* must lie in 0..16; got 17 to 17"),
        (packed(BAD_LABEL), "labels .* must lie in 0..9; got 10 to 10"),
    ],
)
def test_a_damaged_file_is_named(content, message):
    with pytest.raises(ValueError, match=message):
        parse_digits(content)


def test_a_sound_file_is_read():
    images, labels = parse_digits(packed(GOOD))
    assert images.shape == (1797, 64)
    assert not labels.any()
