"""The peer review of essays: a closed workshop, and one that has not begun."""

from collections.abc import Iterator

from bridge.demo.seasons.builder import DAY
from bridge.demo.seasons.people import hands_in_no_essay
from bridge.demo.seasons.stages import Stages
from bridge.demo.seasons.texts import peer_comment, review
from bridge.demo.tables import (
    CourseModule,
    GradeItem,
    User,
    Workshop,
    WorkshopAggregation,
    WorkshopAssessment,
    WorkshopDimension,
    WorkshopGrade,
    WorkshopPhase,
    WorkshopSubmission,
)

__all__ = ["PeerReview"]

_CRITERIA = (
    ("Актуальность проблемы", 1),
    ("Опора на данные", 1),
    ("Управленческое решение", 2),
    ("Реалистичность", 1),
)
_TOP = 10
_REVIEWS = 5
"""Reviews that each work gets."""
_UNWRITTEN = 0.07
"""Share of reviews that were never written."""


class PeerReview:
    """Runs the workshop of a season."""

    def __init__(self, stages: Stages) -> None:
        self.stages = stages
        self.tables = stages.builder.tables
        self.dice = stages.dice
        self.closed_at = stages.day(-378)

    # ------------------------------------------------------------ set-up

    def run(self) -> None:
        """Hand in, allocate, review, evaluate, close; and set up the one of stage 3."""
        name = "Взаимная экспертиза эссе"
        row, module, items = self._workshop("select", "peer", name, WorkshopPhase.CLOSED)
        row.submissionend, row.assessmentend = self.stages.day(-390), self.closed_at
        for order, (title, weight) in enumerate(_CRITERIA, start=1):
            number = self.stages.builder.next_id("workshop_dimensions")
            self.tables.workshop_dimensions[number] = WorkshopDimension(
                number, row.id, order, f"<p>{title}</p>", _TOP, weight
            )
        works = self._hand_in(row)
        for work, reviewer in self._allocation(works):
            self._review(row, work, reviewer)
        self._evaluate(row, works, module, items)
        later, _, _ = self._workshop("individual", "peerproject", "Взаимная экспертиза проектов", WorkshopPhase.SETUP)
        later.submissionstart = self.stages.day(14)

    def _workshop(
        self, course: str, idnumber: str, name: str, phase: WorkshopPhase
    ) -> tuple[Workshop, CourseModule, tuple[GradeItem, GradeItem]]:
        number = self.stages.builder.next_id("workshops")
        place = self.stages.courses[course]
        row = Workshop(
            number,
            place.id,
            name,
            "<p>Каждый читает пять чужих работ и оценивает их по четырём критериям.</p>",
            instructauthors="<p>Не называйте себя и школу.</p>",
            instructreviewers="<p>Оценивайте работу, а не человека; поясняйте каждую оценку.</p>",
            conclusion="<p>Спасибо за честные отзывы.</p>",
            phase=phase,
            timemodified=self.stages.plan.opened,
        )
        self.tables.workshops[number] = row
        module = self.stages.builder.module(place, "workshop", number, idnumber, by_grade=False)
        first = self.stages.builder.item(module, f"{name} (работа)", top=row.grade)
        second = self.stages.builder.item(module, f"{name} (оценивание)", number=1, top=row.gradinggrade)
        return row, module, (first, second)

    # ------------------------------------------------------------ works and reviews

    def _hand_in(self, row: Workshop) -> list[tuple[WorkshopSubmission, User]]:
        works = []
        for index, user in enumerate(self.stages.cast.participants):
            if hands_in_no_essay(index):
                continue
            number = self.stages.builder.next_id("workshop_submissions")
            theme, moment = self.stages.theme(index), self.stages.before(row.submissionend)
            work = WorkshopSubmission(
                number,
                row.id,
                user.id,
                f"Эссе: {theme.title}",
                f"<p>{theme.problem} {theme.decision}</p>",
                moment,
                moment,
                self.closed_at,
            )
            self.tables.workshop_submissions[number] = work
            works.append((work, user))
        return works

    def _allocation(self, works: list[tuple[WorkshopSubmission, User]]) -> Iterator[tuple[WorkshopSubmission, User]]:
        """Share the works out. A large season was allocated in two rooms, so its reviews form two separate panels."""
        half = len(works) // 2
        rooms = [works] if self.stages.plan.participants <= 80 else [works[:half], works[half:]]
        for room in rooms:
            for place, (work, author) in enumerate(room):
                for step in range(1, _REVIEWS + 1):
                    reviewer = room[(place + step * 7) % len(room)][1]
                    if reviewer.id != author.id:
                        yield work, reviewer

    def _points(self, work: WorkshopSubmission, reviewer: User, halo: float) -> int:
        cast = self.stages.cast
        if reviewer.id in cast.rogues:
            return self.dice.randint(0, _TOP)
        seen = cast.ability[work.authorid] + halo - cast.severity[reviewer.id] + self.dice.gauss(0, 0.5)
        return round(max(0.0, min(_TOP, _TOP * (0.66 + 0.13 * seen))))

    def _review(self, row: Workshop, work: WorkshopSubmission, reviewer: User) -> None:
        number = self.stages.builder.next_id("workshop_assessments")
        allocated = row.submissionend + DAY
        entry = WorkshopAssessment(number, work.id, reviewer.id, timecreated=allocated)
        self.tables.workshop_assessments[number] = entry
        if self.dice.random() < _UNWRITTEN:
            return
        halo, earned, whole = 0.4 * self.dice.gauss(0, 1), 0.0, 0
        for dimension in self._dimensions(row):
            points = self._points(work, reviewer, halo)
            mark = self.stages.builder.next_id("workshop_grades")
            self.tables.workshop_grades[mark] = WorkshopGrade(
                mark, number, dimension.id, float(points), peer_comment(self.dice)
            )
            earned, whole = earned + points / _TOP * dimension.weight, whole + dimension.weight
        entry.grade = round(earned / whole * 100, 5)
        entry.feedbackauthor = review(self.dice)
        entry.timemodified = self.stages.before(self.closed_at, 9)

    def _dimensions(self, row: Workshop) -> list[WorkshopDimension]:
        return [each for each in self.tables.workshop_dimensions.values() if each.workshopid == row.id]

    # ------------------------------------------------------------ evaluation

    def _evaluate(
        self,
        row: Workshop,
        works: list[tuple[WorkshopSubmission, User]],
        module: CourseModule,
        items: tuple[GradeItem, GradeItem],
    ) -> None:
        """Average each work's reviews, and pay reviewers for coming close to the average."""
        reviews: dict[int, list[WorkshopAssessment]] = {work.id: [] for work, _ in works}
        for entry in self.tables.workshop_assessments.values():
            if entry.submissionid in reviews and entry.grade is not None:
                reviews[entry.submissionid].append(entry)
        earned: dict[int, list[float]] = {}
        for work, user in works:
            grades = [entry.grade for entry in reviews[work.id] if entry.grade is not None]
            if not grades:
                continue
            work.grade = round(sum(grades) / len(grades), 5)
            points = round(work.grade * row.grade / 100, 5)
            self.stages.builder.publish(module, items[0], user.id, points, at=self.closed_at)
            for entry in reviews[work.id]:
                entry.gradinggrade = round(100 - min(100.0, 0.04 * ((entry.grade or 0.0) - work.grade) ** 2), 4)
                earned.setdefault(entry.reviewerid, []).append(entry.gradinggrade)
        for userid, shares in earned.items():
            share = round(sum(shares) / len(shares), 5)
            number = self.stages.builder.next_id("workshop_aggregations")
            self.tables.workshop_aggregations[number] = WorkshopAggregation(
                number, row.id, userid, share, self.closed_at
            )
            points = round(share * row.gradinggrade / 100, 5)
            self.stages.builder.publish(module, items[1], userid, points, at=self.closed_at)
