"""Workshops: works, reviews, and the marks per criterion."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lms_sync import payloads
from lms_sync.client import Call, Function, Params
from lms_sync.client.answers import JsonValue
from lms_sync.errors import AccessDenied, BadAnswer, LmsError, MissingFunction, RemoteException
from lms_sync.payloads import Form, ReportPage
from lms_sync.plan import Coverage, Part, Reach
from lms_sync.reader.desk import Desk, Reading, told
from lms_sync.reader.report import Problem, ProblemCode
from lms_sync.records import (
    CriterionMark,
    Kind,
    Workshop,
    WorkshopAssessment,
    WorkshopCriterion,
    WorkshopSubmission,
)

__all__ = ["WorkshopContents", "read_criterion_marks", "read_works", "read_workshops"]

_COURSES_A_CALL = 50
_REPORT_PAGE = 100
_MOST_PAGES = 1_000
_PHASE_ASSESSMENT = 30
"""Before it the report hides who reviews whom."""


@dataclass(slots=True)
class WorkshopContents:
    """One workshop as this reading found it; ``error`` says why it could not be read, ``skipped`` that nobody asked."""

    workshop: Workshop
    skipped: bool = False
    submissions: dict[int, WorkshopSubmission] = field(default_factory=dict)
    assessments: dict[int, WorkshopAssessment] = field(default_factory=dict)
    authors: set[int] = field(default_factory=set)
    all_works: bool = False
    lacking: LmsError | None = None
    """Why only the works of people in the report are known, with rounded grades."""
    error: LmsError | None = None


def read_workshops(desk: Desk, course_ids: Sequence[int], found: dict[int, list[Workshop]]) -> Iterator[Reading]:
    """Read which workshops the courses have; leaves them in ``found`` by course."""
    for batch in desk.batches(
        Function.WORKSHOPS,
        course_ids,
        lambda ids: {"courseids": ids},
        lambda answer, _ids: (payloads.workshops(answer), payloads.warned(answer, function=Function.WORKSHOPS)),
        size=_COURSES_A_CALL,
    ):
        workshops, warnings = batch.value or ([], [])
        denied = {warning.item_id for warning in warnings if warning.item == "course"}
        for course_id in batch.ids:
            if batch.error is not None:
                yield from told(batch.error, kind=Kind.WORKSHOP, course_id=course_id)
            elif course_id in denied:
                code = ProblemCode.COURSE_NOT_ACCESSIBLE
                yield Problem(course_id=course_id, kind=Kind.WORKSHOP, code=code)
                yield Part(kind=Kind.WORKSHOP, course_id=course_id, coverage=Coverage.NOT_VISIBLE)
            else:
                found[course_id] = [workshop for workshop in workshops if workshop.course_id == course_id]
                records = tuple(found[course_id])
                yield Part(kind=Kind.WORKSHOP, course_id=course_id, coverage=Coverage.WHOLE, records=records)
    desk.progress.step(Kind.WORKSHOP)


def read_works(
    desk: Desk,
    workshops: Mapping[int, Sequence[Workshop]],
    found: dict[int, list[WorkshopContents]],
    *,
    only: Collection[int] | None = None,
) -> Iterator[Reading]:
    """Read works and allocated reviews of all workshops, or of ``only`` some; leaves them in ``found`` by course."""
    owner: dict[int, int] = {}
    for course_id, listed in workshops.items():
        found[course_id] = [
            _read_contents(desk, workshop, owner)
            if only is None or workshop.workshop_id in only
            else WorkshopContents(workshop, skipped=True)
            for workshop in listed
        ]
        yield from _problems(found[course_id])
        yield _works_part(course_id, found[course_id])
        yield _reviews_part(course_id, found[course_id])
        desk.progress.step(f"{Kind.WORKSHOP_ASSESSMENT} {course_id}")


def _read_contents(desk: Desk, workshop: Workshop, owner: dict[int, int]) -> WorkshopContents:
    contents = WorkshopContents(workshop)
    try:
        _read_report(desk, contents, owner)
        _read_all_works(desk, contents)
    except LmsError as err:
        return WorkshopContents(workshop, error=err)
    return contents


def _read_report(desk: Desk, contents: WorkshopContents, owner: dict[int, int]) -> None:
    """Read the report page by page; ``owner`` notes which workshop each review is in.

    A page does not say whose it is: one that brings reviews of another workshop, or nobody new, is an earlier answer
    that was sent again.
    """
    for page in range(_MOST_PAGES):
        read = _read_page(desk, contents, page, owner)
        if read is None or not read.authors:
            return
        contents.submissions |= {work.submission_id: work for work in read.submissions}
        contents.assessments = payloads.merged_reviews((*contents.assessments.values(), *read.assessments))
        contents.authors |= read.authors
        owner |= dict.fromkeys((one.assessment_id for one in read.assessments), contents.workshop.workshop_id)
        if len(contents.authors) >= read.total:
            return


def _read_page(desk: Desk, contents: WorkshopContents, page: int, owner: Mapping[int, int]) -> ReportPage | None:
    workshop = contents.workshop

    def read(answer: JsonValue) -> ReportPage:
        found = payloads.report_page(answer, workshop=workshop)
        owners = {owner.get(one.assessment_id, workshop.workshop_id) for one in found.assessments}
        if owners - {workshop.workshop_id} or (found.authors and found.authors <= contents.authors):
            raise BadAnswer("the answer to another call", function=Function.WORKSHOP_GRADES_REPORT)
        return found

    params: Params = {"workshopid": workshop.workshop_id, "page": page, "perpage": _REPORT_PAGE}
    try:
        return desk.call(Function.WORKSHOP_GRADES_REPORT, params, read)
    except RemoteException as err:
        # A workshop that is empty or still being set up says that there is nothing; so does a page after the last.
        if err.errorcode == "nothingfound":
            return None
        raise


def _read_all_works(desk: Desk, contents: WorkshopContents) -> None:
    """Add the exact grades, and the works of people who left, which the report leaves out."""
    workshop = contents.workshop
    try:
        works = desk.call(
            Function.WORKSHOP_SUBMISSIONS,
            {"workshopid": workshop.workshop_id},
            lambda answer: payloads.workshop_submissions(answer, workshop=workshop),
        )
    except (AccessDenied, MissingFunction) as err:
        contents.lacking = err
        return
    if works and not contents.submissions.keys() <= {work.submission_id for work in works}:
        raise BadAnswer("the report has works that the list has not", function=Function.WORKSHOP_SUBMISSIONS)
    # A token that may not see authors' names cannot tell whose works these are; one that may not see all works gets an
    # empty list, and no error.
    contents.all_works = all(work.author_id for work in works) and bool(works or not contents.submissions)
    contents.submissions |= {work.submission_id: work for work in works if work.author_id}


def _problems(listed: Sequence[WorkshopContents]) -> Iterator[Problem]:
    for contents in listed:
        workshop, facts = contents.workshop, {"workshop_id": contents.workshop.workshop_id}
        for error, kind in ((contents.error, Kind.WORKSHOP_ASSESSMENT), (contents.lacking, Kind.WORKSHOP_SUBMISSION)):
            if error is not None:
                yield Problem.of(error, kind=kind, course_id=workshop.course_id, facts=facts)


def _unread(listed: Sequence[WorkshopContents]) -> Reach:
    return _workshops(
        listed, lambda one: one.skipped or (one.error is not None and not isinstance(one.error, AccessDenied))
    )


def _workshops(listed: Sequence[WorkshopContents], wanted: Callable[[WorkshopContents], bool]) -> Reach:
    return Reach("workshop_id", frozenset(one.workshop.workshop_id for one in listed if wanted(one)))


def _works_part(course_id: int, listed: Sequence[WorkshopContents]) -> Part:
    denied = _workshops(listed, lambda one: isinstance(one.error, AccessDenied))
    # Without the list of all works only those of people in the report are shown.
    partly = [one for one in listed if one.error is None and not one.all_works]
    return Part(
        kind=Kind.WORKSHOP_SUBMISSION,
        course_id=course_id,
        coverage=Coverage.WHOLE,
        records=tuple(work for one in listed for work in one.submissions.values()),
        hidden=(denied, _workshops(partly, lambda _: True)),
        unread=(_unread(listed),),
    )


def _reviews_part(course_id: int, listed: Sequence[WorkshopContents]) -> Part:
    concealed = _workshops(listed, lambda one: _conceals_reviews(one) or isinstance(one.error, AccessDenied))
    # The report lists the reviews of those works whose authors it lists; others' reviews exist out of its sight.
    absent = frozenset(
        work.submission_id for one in listed for work in one.submissions.values() if work.author_id not in one.authors
    )
    return Part(
        kind=Kind.WORKSHOP_ASSESSMENT,
        course_id=course_id,
        coverage=Coverage.WHOLE,
        records=tuple(review for one in listed for review in one.assessments.values()),
        hidden=(concealed, Reach("submission_id", absent)),
        unread=(_unread(listed),),
    )


def _conceals_reviews(contents: WorkshopContents) -> bool:
    return contents.workshop.phase < _PHASE_ASSESSMENT


def read_criterion_marks(
    desk: Desk,
    contents: Mapping[int, Sequence[WorkshopContents]],
    *,
    wanted: Callable[[WorkshopAssessment], bool] = lambda _: True,
) -> Iterator[Reading]:
    """Read the criteria of all workshops, and the marks per criterion of all written reviews, one call a review.

    Parameters
    ----------
    wanted
        Which written reviews to read; the parts are silent about the others. An incremental reading asks for those
        that changed.
    """
    for course_id, listed in contents.items():
        marks = _Marks()
        for one in listed:
            yield from _read_forms(desk, one, marks, wanted)
        yield from marks.parts(course_id, listed)


@dataclass(slots=True)
class _Marks:
    criteria: dict[int, WorkshopCriterion] = field(default_factory=dict)
    marks: list[CriterionMark] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    unread: set[int] = field(default_factory=set)
    without_form: set[int] = field(default_factory=set)

    def parts(self, course_id: int, listed: Sequence[WorkshopContents]) -> Iterator[Part]:
        yield Part(
            kind=Kind.WORKSHOP_CRITERION,
            course_id=course_id,
            coverage=Coverage.WHOLE,
            records=tuple(self.criteria.values()),
            # A form is only seen with a review: a workshop of which none was read tells nothing of its criteria.
            unread=(Reach("workshop_id", frozenset(self.without_form)),),
        )
        yield Part(
            kind=Kind.CRITERION_MARK,
            course_id=course_id,
            coverage=Coverage.WHOLE,
            records=tuple(self.marks),
            sight=(Reach("assessment_id", frozenset(self.seen)),),
            unread=(_unread(listed), Reach("assessment_id", frozenset(self.unread))),
        )


def _read_forms(
    desk: Desk, contents: WorkshopContents, marks: _Marks, wanted: Callable[[WorkshopAssessment], bool]
) -> Iterator[Problem]:
    workshop = contents.workshop
    written = [review for review in contents.assessments.values() if review.grade is not None]
    offered = desk.offers(Function.WORKSHOP_FORM)
    asked = [review.assessment_id for review in written if offered and wanted(review)]
    marks.seen |= contents.assessments.keys()
    marks.unread |= {review.assessment_id for review in written} - set(asked)
    desk.progress.expect(len(asked))
    criteria: dict[int, WorkshopCriterion] = {}
    failures: list[LmsError] = []
    if written and not offered:
        failures.append(MissingFunction("not in the token's service", function=Function.WORKSHOP_FORM))
    label = f"{Kind.CRITERION_MARK} {workshop.course_id}"
    calls = [_form_call(workshop, assessment_id) for assessment_id in asked]
    outcomes = desk.map_distinct(calls, lambda form: form.row_ids, step=lambda: desk.progress.step(label))
    for assessment_id, outcome in zip(asked, outcomes, strict=True):
        if outcome.error is not None:
            failures.append(outcome.error)
            marks.unread.add(assessment_id)
        else:
            form = outcome.get()
            criteria |= {criterion.criterion_id: criterion for criterion in form.criteria}
            marks.marks += form.marks
    marks.criteria |= criteria
    if not criteria:
        marks.without_form.add(workshop.workshop_id)
    if failures:
        facts = {"workshop_id": workshop.workshop_id, "reviews": len(failures)}
        yield Problem.of(failures[0], kind=Kind.CRITERION_MARK, course_id=workshop.course_id, facts=facts)


def _form_call(workshop: Workshop, assessment_id: int) -> Call[Form]:
    return Call(
        Function.WORKSHOP_FORM,
        {"assessmentid": assessment_id, "mode": "assessment"},
        lambda answer: payloads.form(answer, workshop=workshop, assessment_id=assessment_id),
    )
