from __future__ import annotations

import pytest

from bridge.core.file_faults import FAULTS, column_letters, file_refusal
from lms_sync.errors import FileFault, FileRefused


@pytest.mark.parametrize("fault", FileFault)
def test_every_fault_has_a_sentence_whose_places_are_filled(fault: FileFault) -> None:
    error = FileRefused(
        fault, "for the log only", member="Лист 1", row=7, column=28, facts={"limit": 20 << 20, "expected": "name"}
    )
    refused = file_refusal(error)
    told = str(refused)
    assert told.endswith(".")
    assert "for the log only" not in told
    assert "%(" not in told
    assert (refused.code, refused.fields) == (fault.value, {"file": FAULTS[fault]})


def test_no_two_faults_share_a_sentence() -> None:
    assert len(set(FAULTS.values())) == len(FileFault)


def test_a_place_is_named_as_a_spreadsheet_shows_it() -> None:
    error = FileRefused(FileFault.BAD_VALUE, "x", member="Оценки", row=7, column=28)
    assert "sheet “Оценки”, row 7, column AB" in str(file_refusal(error))
    too_large = file_refusal(FileRefused(FileFault.TOO_LARGE, "x", facts={"limit": 20 << 20}), field="upload")
    assert "20 MB" in str(too_large)
    assert list(too_large.fields) == ["upload"]


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA")])
def test_columns_have_letters(number: int, letters: str) -> None:
    assert column_letters(number) == letters
