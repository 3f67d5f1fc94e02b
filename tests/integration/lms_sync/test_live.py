"""Readings of a Moodle of your own: ``ACCEL_MOODLE_URL``, ``ACCEL_MOODLE_TOKEN``, ``ACCEL_MOODLE_CATEGORY`` (an id)."""

from __future__ import annotations

import os

import pytest

from lms_sync.client import Client, Format
from lms_sync.plan import Coverage, Part, known, plan
from lms_sync.reader import Problem, Reader, Scope
from lms_sync.records import Kind
from lms_sync.site import describe, requirements

pytestmark = [
    pytest.mark.live,
    pytest.mark.enable_socket,
    pytest.mark.skipif("ACCEL_MOODLE_URL" not in os.environ, reason="no Moodle is named"),
]


def readings(answer_format: Format) -> list[Part | Problem]:
    client = Client(
        os.environ["ACCEL_MOODLE_URL"],
        os.environ["ACCEL_MOODLE_TOKEN"],
        allow_private=True,
        answer_format=answer_format,
    )
    site = describe(client)
    assert requirements(site).met
    scope = Scope(category_ids=(int(os.environ["ACCEL_MOODLE_CATEGORY"]),), criterion_marks=False)
    return list(Reader(client, site, scope).read())


def test_a_site_reads_the_same_twice_and_in_both_formats() -> None:
    first, second = readings(Format.JSON), readings(Format.XML)
    assert [one for one in (*first, *second) if isinstance(one, Problem)] == []
    parts = [one for one in first if isinstance(one, Part)]
    assert {part.kind for part in parts if part.records} >= {Kind.COURSE, Kind.USER, Kind.ENROLMENT}
    for part in (one for one in second if isinstance(one, Part) and one.coverage is Coverage.WHOLE):
        (before,) = [one for one in parts if (one.kind, one.course_id) == (part.kind, part.course_id)]
        assert plan(part, known(before.records)).is_empty, f"{part.kind} of course {part.course_id}"
