"""The shipped data set: 1797 small pictures of handwritten digits."""

import gzip
import zlib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from momentum_edu.checks import Array

ROWS, PIXELS, DARKEST, TEST_ROWS = 1797, 64, 16, 261


@dataclass(frozen=True)
class Digits:
    """Images and labels, split into a training and a test part.

    Attributes
    ----------
    train_images, test_images : float64 array (n, 64)
        8x8 images, row by row; 0 is empty paper, 1 is full ink. Not centred.
    train_labels, test_labels : int array (n,)
        The digit, 0 to 9.
    """

    train_images: Array
    train_labels: NDArray[np.integer[Any]]
    test_images: Array
    test_labels: NDArray[np.integer[Any]]


@lru_cache(maxsize=1)
def load_digits() -> Digits:
    """Return the digits: 1536 training images and 261 test images, always the same split.

    The rows were collected writer by writer, so the first and the last part differ in style. The test rows
    are therefore spread evenly over the file (row ``i * 1797 // 261`` for i = 0 .. 260, about every
    seventh): both parts hold every writer, and the split depends on no random generator. 1536 = 24 * 64
    training images make whole mini-batches. Pixels are divided by 16 and not centred.

    Returns
    -------
    Digits
        Read-only arrays, read from the file once.

    Raises
    ------
    ValueError
        If the data file is damaged.

    Notes
    -----
    Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning
    Repository, 1998 (its test set), doi 10.24432/C50P49, licensed CC BY 4.0.

    Examples
    --------
    >>> digits = load_digits()
    >>> digits.train_images.shape, digits.test_images.shape
    ((1536, 64), (261, 64))
    >>> digits.train_labels[:8]
    array([1, 2, 3, 4, 5, 7, 8, 9])
    """
    file = resources.files("momentum_edu") / "data" / "digits.csv.gz"
    images, labels = parse_digits(file.read_bytes())
    test = np.zeros(ROWS, dtype=bool)
    test[np.arange(TEST_ROWS) * ROWS // TEST_ROWS] = True
    parts = images[~test], labels[~test], images[test], labels[test]
    for part in parts:
        part.flags.writeable = False
    return Digits(*parts)


def parse_digits(packed: bytes) -> tuple[Array, NDArray[np.integer[Any]]]:
    """Turn the gzipped CSV file into images (1797, 64) in [0, 1] and labels (1797,); check both.

    Raises
    ------
    ValueError
        If the bytes are not that file: not gzip, not whole numbers, a wrong shape or a value out of range.
    """
    try:
        lines = gzip.decompress(packed).decode("ascii").splitlines()
        table = np.loadtxt(lines, delimiter=",", dtype=np.int64, ndmin=2)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise ValueError(f"digits.csv.gz must be a gzipped CSV of whole numbers; got {error}") from None
    if table.shape != (ROWS, PIXELS + 1):
        raise ValueError(f"digits.csv.gz must hold {ROWS} rows of {PIXELS + 1} numbers; got {table.shape}")
    pixels, labels = table[:, :PIXELS], np.array(table[:, PIXELS])
    for name, values, largest in (("pixels", pixels, DARKEST), ("labels", labels, 9)):
        if values.min() < 0 or values.max() > largest:
            raise ValueError(
                f"{name} in digits.csv.gz must lie in 0..{largest}; got {values.min()} to {values.max()}"
            )
    return pixels / DARKEST, labels
