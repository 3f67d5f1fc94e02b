"""The doctor against the stand-in: each right taken away alone, each fault of site and account, is found and named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bridge.demo.accounts import ADMIN_TOKEN, LIMITED_TOKEN, SERVICE_TOKEN
from bridge.demo.faults import FaultKind, Faults
from bridge.demo.functions import FUNCTIONS
from bridge.demo.seasons import generate
from bridge.demo.server import Served, serve_in_thread
from bridge.demo.site import StandIn
from bridge.demo.tables import Tables, Token
from lms_sync.client import Client, Function
from lms_sync.doctor import (
    RIGHTS,
    Examination,
    Finding,
    FindingCode,
    Health,
    Holding,
    Memory,
    RoleName,
    Severity,
    examine,
    functions_of,
    rights_of,
)

FOUND_ALONE = (
    "moodle/course:view",
    "moodle/course:enrolreview",
    "moodle/course:viewsuspendedusers",
    "moodle/site:accessallgroups",
    "moodle/course:managegroups",
    "moodle/user:viewdetails",
    "moodle/user:viewalldetails",
    "moodle/site:viewuseridentity",
    "moodle/cohort:view",
    "moodle/course:viewhiddenactivities",
    "mod/assign:view",
    "gradereport/user:view",
    "moodle/grade:viewall",
    "moodle/grade:viewhidden",
    "report/progress:view",
    "report/completion:view",
    "mod/workshop:viewallassessments",
    "mod/workshop:viewallsubmissions",
    "mod/workshop:viewauthornames",
    "mod/workshop:viewreviewernames",
)
"""Rights whose absence shows in the invented season without knowing anything of it."""

NOTES = {FindingCode.PLAIN_HTTP, FindingCode.WIDE_SERVICE, FindingCode.FUNCTION_MISSING, FindingCode.SUSPENDED_UNGRADED}


@dataclass
class Site:
    """The stand-in and its service account."""

    moodle: Served
    tables: Tables
    category_ids: list[int] = field(default_factory=list)

    @property
    def token(self) -> Token:
        return self.tables.tokens[SERVICE_TOKEN]

    def take(self, *capabilities: str) -> None:
        self.token.capabilities -= set(capabilities)

    def examine(self, token: str = SERVICE_TOKEN, memory: Memory | None = None, **options: object) -> Examination:
        client = Client(self.moodle.url, token, allow_private=True, lang="en", sleep=lambda _seconds: None)
        return examine(client, self.category_ids, memory=memory, **options)  # type: ignore[arg-type]


@pytest.fixture
def site() -> Iterator[Site]:
    tables = generate(7, participants=20)
    with serve_in_thread(StandIn(tables)) as moodle:
        yield Site(moodle, tables, [max(tables.categories)])


def named(found: Examination, subject: str) -> Finding:
    (finding,) = [one for one in found.findings if one.subject == subject]
    return finding


def codes(found: Examination) -> set[FindingCode]:
    return {one.code for one in found.findings}


def test_an_account_with_the_rights_of_the_recipe_is_fine(site: Site) -> None:
    found = site.examine()
    assert found.health is Health.FINE
    assert codes(found) <= NOTES
    assert Holding.MISSING not in found.rights.values()
    assert found.calls <= 60
    assert {record.function for record in site.moodle.site.calls} <= functions_of() | {Function.COHORTS}


@pytest.mark.parametrize("capability", FOUND_ALONE)
def test_a_right_that_is_taken_away_is_named(site: Site, capability: str) -> None:
    site.take(capability)
    found = site.examine()
    finding = named(found, capability)
    assert finding.code is FindingCode.RIGHT_MISSING
    assert finding.severity is RIGHTS[capability].severity
    assert found.rights[capability] is Holding.MISSING
    assert found.health is (Health.BLOCKED if finding.severity is Severity.BLOCKS else Health.LESSENED)


def test_marks_in_assignments_are_seen_by_who_may_give_them(site: Site) -> None:
    site.take("mod/assign:viewgrades", "mod/assign:grade")
    assert named(site.examine(), "mod/assign:viewgrades").severity is Severity.BLOCKS


def remembered(tables: Tables) -> Memory:
    activities: dict[int, dict[int, str]] = {}
    for module in tables.course_modules.values():
        activities.setdefault(module.course, {})[module.id] = module.modname
    return Memory(
        category_ids=frozenset(tables.categories),
        course_ids=frozenset(tables.courses),
        activities=activities,
        groups={group.courseid: frozenset(tables.groups) for group in tables.groups.values()},
    )


@pytest.mark.parametrize("capability", ["mod/quiz:view", "mod/workshop:view"])
def test_a_kind_of_activity_that_vanished_tells_of_its_right(site: Site, capability: str) -> None:
    site.take(capability)
    finding = named(site.examine(memory=remembered(site.tables)), capability)
    assert (finding.code, finding.is_likely) == (FindingCode.RIGHT_MISSING, True)


def test_hidden_courses_and_categories_are_missed_by_their_number(site: Site) -> None:
    memory = remembered(site.tables)
    max(site.tables.courses.values(), key=lambda row: row.id).visible = 0
    assert site.examine(memory=memory).rights["moodle/course:viewhiddencourses"] is Holding.HELD
    site.take("moodle/course:viewhiddencourses")
    assert site.examine(memory=memory).health is Health.LESSENED


def test_a_hidden_section_leaves_a_gap_in_the_numbers(site: Site) -> None:
    section = next(row for row in site.tables.sections.values() if row.section == 2)
    section.visible = 0
    assert site.examine().rights["moodle/course:viewhiddensections"] is Holding.HELD
    site.take("moodle/course:viewhiddensections")
    assert named(site.examine(), "moodle/course:viewhiddensections").course_ids == (section.course,)


def test_a_hidden_group_whose_work_is_listed_is_missed(site: Site) -> None:
    memory = remembered(site.tables)
    assert site.examine(memory=memory).rights["moodle/course:viewhiddengroups"] is Holding.UNKNOWN
    group = next(iter(site.tables.groups.values()))
    del site.tables.groups[group.id]
    found = site.examine(memory=memory)
    assert named(found, "moodle/course:viewhiddengroups").course_ids == (group.courseid,)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Site policy not agreed", FindingCode.SITE_POLICY),
        ("You must change your password to proceed", FindingCode.PASSWORD_CHANGE),
        ("User not fully set-up", FindingCode.PROFILE_INCOMPLETE),
    ],
)
def test_a_fault_of_the_account_is_told_from_one_of_the_courses(site: Site, words: str, code: FindingCode) -> None:
    site.token.account_fault = words
    found = site.examine()
    assert found.health is Health.BLOCKED
    assert [one.code for one in found.findings if one.severity is Severity.BLOCKS] == [code]


def test_an_administrators_token_is_named_and_lacks_nothing(site: Site) -> None:
    found = site.examine(ADMIN_TOKEN)
    assert FindingCode.ADMINISTRATOR in codes(found)
    assert set(found.rights.values()) == {Holding.HELD}


def test_an_account_without_rights_is_blocked(site: Site) -> None:
    found = site.examine(LIMITED_TOKEN)
    assert found.health is Health.BLOCKED
    assert FindingCode.NO_COURSE in codes(found)


def test_a_wrong_clock_is_told_and_how_much_it_matters(site: Site) -> None:
    for seconds, severity in ((0, None), (200, Severity.NOTE), (4_000, Severity.LESSENS)):
        ahead = timedelta(seconds=seconds)
        found = site.examine(wall_clock=lambda ahead=ahead: datetime.now(UTC) - ahead)
        told = [one for one in found.findings if one.code is FindingCode.CLOCK_SKEW]
        assert [one.severity for one in told] == ([] if severity is None else [severity])


@pytest.mark.parametrize(
    ("release", "code"),
    [("3.9.2 (Build: 1)", FindingCode.RELEASE_UNSUPPORTED), ("5.0 (Build: 1)", FindingCode.RELEASE_UNTESTED)],
)
def test_a_release_that_was_not_tried_is_told(site: Site, release: str, code: FindingCode) -> None:
    site.tables.site.release = release
    assert code in codes(site.examine())


def test_a_workshop_in_separate_groups_keeps_changes_from_being_asked_for(site: Site) -> None:
    module = next(row for row in site.tables.course_modules.values() if row.modname == "workshop")
    module.groupmode = 1
    (finding,) = [one for one in site.examine().findings if one.code is FindingCode.CHANGES_UNREADABLE]
    assert (finding.severity, finding.course_ids) == (Severity.NOTE, (module.course,))


def test_without_a_category_or_with_a_foreign_one_there_is_nothing_to_read(site: Site) -> None:
    site.category_ids = []
    assert FindingCode.NO_CATEGORY in codes(site.examine())
    site.category_ids = [999]
    found = site.examine()
    assert FindingCode.CATEGORY_UNSEEN in codes(found)
    assert found.health is Health.BLOCKED


def test_missing_functions_are_named_by_what_they_are_for(site: Site) -> None:
    offered = set(FUNCTIONS) - {Function.GRADEBOOK, Function.COURSE_GROUPS, Function.SCALE_VALUES}
    site.token.functions = frozenset(offered)
    found = site.examine()
    severities = {one.subject: one.severity for one in found.findings if one.code is FindingCode.FUNCTION_MISSING}
    assert severities[Function.GRADEBOOK] is Severity.BLOCKS
    assert severities[Function.COURSE_GROUPS] is Severity.LESSENS
    assert severities[Function.SCALE_VALUES] is Severity.NOTE


def test_cohorts_of_the_category_alone_are_a_note(site: Site) -> None:
    site.token.functions = frozenset(FUNCTIONS) - {Function.COHORTS}
    assert site.examine().rights["moodle/cohort:view"] is Holding.UNKNOWN


def test_a_site_that_refuses_the_token_is_one_finding(site: Site) -> None:
    found = site.examine("no such token")
    (finding,) = found.findings
    assert (finding.code, finding.severity, found.calls) == (FindingCode.SITE_SILENT, Severity.BLOCKS, 1)


def test_what_was_found_before_the_site_fell_silent_stands(site: Site) -> None:
    site.moodle.site.faults = Faults.script(None, None, None, *[FaultKind.MAINTENANCE] * 50)
    found = site.examine()
    assert FindingCode.BROKEN_OFF in codes(found)
    assert FindingCode.PLAIN_HTTP in codes(found)


def test_an_answer_that_is_not_as_documented_ends_its_question_only(site: Site) -> None:
    site.moodle.site.faults = Faults(rate=1.0, kinds=[FaultKind.NULL_BODY], functions=frozenset({Function.WORKSHOPS}))
    found = site.examine()
    assert FindingCode.CALL_FAILED in codes(found)
    assert found.rights["moodle/grade:viewall"] is Holding.HELD


def test_nothing_that_is_said_holds_a_name_or_the_token(site: Site) -> None:
    site.take(*FOUND_ALONE[2:])
    told = repr(site.examine(memory=remembered(site.tables)))
    assert SERVICE_TOKEN not in told
    people = {row.lastname for row in site.tables.users.values() if len(row.lastname) > 4} - {"Служебный"}
    assert not any(name in told for name in people)


def test_the_roles_of_the_recipe_divide_the_rights(site: Site) -> None:
    parts = [set(rights_of(role)) for role in RoleName]
    assert sum(map(len, parts)) == len(RIGHTS)
    assert set.union(*parts) == set(RIGHTS)
