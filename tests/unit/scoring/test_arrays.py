import numpy as np
import pytest

from scoring.arrays import bool_vector, int_vector, smallest_int, state_vector
from scoring.errors import InvalidInput


def test_whole_numbers_of_any_width_become_int64():
    given = np.array([1, 2], np.uint16)
    vector = int_vector("marks", given, length=2)
    assert vector.dtype == np.int64
    assert vector.tolist() == [1, 2]


def test_int64_is_taken_as_it_is():
    given = np.array([1, 2], np.int64)
    assert int_vector("marks", given, length=2) is given


def test_large_unsigned_numbers_that_fit_are_taken():
    assert int_vector("marks", np.array([2**63 - 1], np.uint64), length=1).tolist() == [2**63 - 1]
    assert int_vector("marks", np.array([], np.uint64), length=0).tolist() == []


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.array([1.0]), "marks: its type is float64, not a type of whole numbers such as int64"),
        (np.array([True]), "marks: its type is bool, not a type of whole numbers such as int64"),
        (np.array([[1]]), "marks: its shape is (1, 1), not (1,)"),
        (np.array([1, 2]), "marks: its shape is (2,), not (1,)"),
        (np.array([2**63], np.uint64), "marks: an entry does not fit into int64"),
    ],
)
def test_other_arrays_are_refused_by_name(array, message):
    with pytest.raises(InvalidInput) as caught:
        int_vector("marks", array, length=1)
    assert str(caught.value) == message


def test_states_are_known_codes():
    given = np.array([0, 4], np.uint8)
    assert state_vector("states", given, length=2, codes=5) is given
    assert state_vector("states", np.array([], np.uint8), length=0, codes=5).size == 0


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.array([0]), "states: its type is int64, not uint8"),
        (np.array([5], np.uint8), "states: the code 5 is unknown, codes go from 0 to 4"),
        (np.array([], np.uint8), "states: its shape is (0,), not (1,)"),
    ],
)
def test_other_states_are_refused(array, message):
    with pytest.raises(InvalidInput) as caught:
        state_vector("states", array, length=1, codes=5)
    assert str(caught.value) == message


def test_masks_are_bool():
    given = np.array([True])
    assert bool_vector("withdrawn", given, length=1) is given
    with pytest.raises(InvalidInput, match="withdrawn: its type is uint8, not bool"):
        bool_vector("withdrawn", np.array([1], np.uint8), length=1)
    with pytest.raises(InvalidInput, match="withdrawn: its shape"):
        bool_vector("withdrawn", given, length=2)


@pytest.mark.parametrize(
    ("largest", "kind"), [(0, "int16"), (32_767, "int16"), (32_768, "int32"), (2**31 - 1, "int32"), (2**31, "int64")]
)
def test_the_smallest_type_that_holds_the_largest_number_is_chosen(largest, kind):
    assert smallest_int(largest) == np.dtype(kind)
