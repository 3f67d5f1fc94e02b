"""Every finding has a sentence and a way out, and the files for Moodle's administrator are those of the docs."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bridge.lms import recipe
from bridge.lms.advice import EFFECTS, Fix, advise, steps_of
from lms_sync.doctor import RIGHTS, Finding, FindingCode, RoleName, Severity, functions_of
from lms_sync.errors import ErrorCode

DOCS = Path(__file__).parents[4] / "docs" / "moodle"
FACTS = defaultdict(lambda: 3, error=ErrorCode.BAD_TOKEN.value, errorcode="nopermissions", names="Тест", release="4.5")


def filled(text: str, places: object) -> str:
    values = defaultdict(lambda: 3)
    values.update(places)  # type: ignore[call-overload]
    return text % values


@pytest.mark.parametrize("code", [code for code in FindingCode if code is not FindingCode.RIGHT_MISSING])
def test_every_finding_says_what_to_do(code: FindingCode) -> None:
    facts = dict(
        FACTS, columns=2, courses=1, seconds=90, people=3, functions=5, category=2, activities=1, retryable=True
    )
    finding = Finding(code, Severity.NOTE, "core_course_get_contents", facts=facts)
    advice = advise(finding, username="companion")
    assert filled(advice.text, advice.places).strip()
    if advice.fix is not Fix.NOTHING:
        assert steps_of(advice.fix)


@pytest.mark.parametrize("capability", RIGHTS)
@pytest.mark.parametrize("likely", [True, False])
def test_every_missing_right_says_what_is_lost_and_where_it_is_given(capability: str, *, likely: bool) -> None:
    finding = Finding(FindingCode.RIGHT_MISSING, Severity.LESSENS, capability, (2,), dict(FACTS), is_likely=likely)
    advice = advise(finding, username="companion")
    assert capability in advice.text % advice.places
    assert ("probably" in advice.text) is likely
    assert advice.effect == EFFECTS[capability]
    assert [step % defaultdict(str, advice.places) for step in steps_of(advice.fix)]


@pytest.mark.parametrize("name", recipe.FILES)
def test_the_files_of_the_docs_are_those_that_the_page_gives(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == recipe.file_content(name)


def test_a_preset_holds_the_rights_of_its_role_and_no_more() -> None:
    for name, role in recipe.FILES.items():
        if role is None:
            continue
        root = ET.fromstring(recipe.file_content(name))  # noqa: S314  our own file
        allowed = {element.text for element in root.iter("allow")}
        wanted = {right.capability for right in RIGHTS.values() if right.role is role}
        assert allowed - {"webservice/rest:use"} == wanted - {"webservice/rest:use"}
        assert next(element.text for element in root.iter("level")) == "system"


def test_the_list_of_functions_is_what_the_companion_calls() -> None:
    lines = recipe.service_functions().splitlines()
    assert {line for line in lines if line and not line.startswith("#")} == functions_of()
    assert RoleName.READING in recipe.FILES.values()
