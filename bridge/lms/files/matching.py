"""Whose rows and items a gradebook export's are: pure, from the export and what the store knows of its course.

People are known again by ID number, login, e-mail, or name with school, in this order; items by ID number, or kind and
name. Whoever and whatever is new gets a negative id, which no Moodle ever gives: the next import finds it by the same
words. An export is silent about what it does not list, so nothing is taken for deleted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from bridge.lms.files.fitting import misfit, room_of
from bridge.lms.files.ranges import Range, inferred_range, scale_positions, total_range
from lms_sync.files.gradebook import GradeColumn, GradeSheet, SheetMark, SheetPerson
from lms_sync.payloads.fields import canonical
from lms_sync.plan import Coverage, Part
from lms_sync.records import Course, Enrolment, GradebookGrade, GradeItem, Kind, Record, User

__all__ = ["PARTICIPANT", "Assumption", "Doubt", "DoubtCode", "KnownCourse", "Matched", "match"]

PARTICIPANT = "student"
_MOST_DECIMALS = 5


class DoubtCode(StrEnum):
    """Why a row is left out although the file has no fault there."""

    SEVERAL = "several"  # several people here fit it
    TOO_LONG = "too_long"  # a text longer than Moodle has
    OUT_OF_RANGE = "out_of_range"  # a mark above the item's maximum


class Assumption(StrEnum):
    """What is taken for true because the file does not say."""

    RANGE = "range"  # the item's maximum
    WORDS = "words"  # words without percentages: they are shown, and cannot be counted


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row, or one mark of it, that is left out; ``name`` is the person or the item."""

    row: int
    column: int | None
    code: DoubtCode
    name: str = ""


@dataclass(frozen=True, slots=True)
class KnownCourse:
    """What the store has of the site's people and of the export's course; ``course`` is None for a new one.

    ``lowest_id`` is the lowest id in use of courses, users and items.
    """

    course: Course | None = None
    lowest_id: int = 0
    users: tuple[User, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()
    items: tuple[GradeItem, ...] = ()
    grades: tuple[GradebookGrade, ...] = ()


@dataclass(frozen=True, slots=True)
class Matched:
    """The export as parts of a reading, and what is to be said of it."""

    course: Course
    parts: tuple[Part, ...]
    doubts: tuple[Doubt, ...]
    assumptions: tuple[tuple[str, Assumption], ...]
    new_people: tuple[SheetPerson, ...]
    known_people: int


def match(sheet: GradeSheet, course_name: str, known: KnownCourse) -> Matched:
    """Find the people and items of an export among those known, and say what it means as parts."""
    return _Matching(sheet, course_name, known).run()


@dataclass(slots=True)
class _Matching:
    sheet: GradeSheet
    course_name: str
    known: KnownCourse
    doubts: list[Doubt] = field(default_factory=list)
    assumptions: list[tuple[str, Assumption]] = field(default_factory=list)
    next_id: int = 0

    def run(self) -> Matched:
        self.next_id = min(0, self.known.lowest_id)
        course = self.known.course or _new_course(self._new_id(), self.course_name)
        found = _People(self.known.users)
        users: dict[int, User] = {}
        new: list[SheetPerson] = []
        for person in self.sheet.people:
            user = self._user(person, found, new)
            if user is not None:
                users[person.row] = user
        items, grades = self._marks(course.course_id, users)
        parts = _parts(course, users.values(), self._enrolments(course.course_id, users), items, grades)
        return Matched(course, parts, tuple(self.doubts), tuple(self.assumptions), tuple(new), len(users) - len(new))

    def _new_id(self) -> int:
        self.next_id -= 1
        return self.next_id

    def _user(self, person: SheetPerson, found: _People, new: list[SheetPerson]) -> User | None:
        candidates = found.fitting(person)
        if len(candidates) > 1:
            self.doubts.append(Doubt(person.row, None, DoubtCode.SEVERAL, _label(person)))
            return None
        user = _updated(candidates[0], person) if candidates else _new_user(0, person)
        column = misfit(Kind.USER, user)
        if column is not None:
            self.doubts.append(Doubt(person.row, None, DoubtCode.TOO_LONG, column))
            return None
        if not candidates:
            new.append(person)
            user = replace(user, user_id=self._new_id())
        return user

    def _enrolments(self, course_id: int, users: Mapping[int, User]) -> Iterator[Enrolment]:
        known = {one.user_id: one for one in self.known.enrolments}
        for person in self.sheet.people:
            if person.row in users:
                user_id = users[person.row].user_id
                here = known.get(user_id, Enrolment(course_id, user_id, (PARTICIPANT,), suspended=False))
                yield here if person.suspended is None else replace(here, suspended=person.suspended)

    def _marks(self, course_id: int, users: Mapping[int, User]) -> tuple[list[GradeItem], list[GradebookGrade]]:
        by_column: dict[int, list[SheetMark]] = defaultdict(list)
        for mark in self.sheet.marks:
            if mark.row in users:
                by_column[mark.number].append(mark)
        told = [self._told(column, by_column[column.number], course_id) for column in self.sheet.columns]
        grades = [grade for one in told for grade in self._grades(one, users)]
        return [one.item for one in told], grades

    def _told(self, column: GradeColumn, marks: Sequence[SheetMark], course_id: int) -> _Told:
        known = _known_item(column, self.known.items)
        if known is None:
            its = self._range(column, marks, column.name or column.idnumber)
            return _Told(column, marks, self._new_item(column, its, course_id), its.positions, _most_places(marks))
        told = scale_positions(marks)
        words = {
            one.label: one.grade
            for one in self.known.grades
            if one.item_id == known.item_id and one.label and one.grade is not None
        }
        item = known if known.item_id > 0 else self._remeasured(known, column, marks)
        positions = {**(told.positions if told is not None else {}), **words}
        return _Told(column, marks, item, positions, _most_places(marks))

    def _remeasured(self, item: GradeItem, column: GradeColumn, marks: Sequence[SheetMark]) -> GradeItem:
        """An item that is known by exports alone, with the range that this one tells better."""
        largest = max((mark.grade for mark in marks if mark.grade is not None), default=Decimal(0))
        its = scale_positions(marks) if column.is_scale else inferred_range(marks)
        if column.item_type in _TOTALS:
            return replace(item, grade_max=max(item.grade_max, total_range(marks).highest))
        if its is not None and not its.is_assumed:
            return replace(item, grade_min=its.lowest, grade_max=its.highest)
        if largest > item.grade_max:
            self.assumptions.append((item.name, Assumption.RANGE))
        return replace(item, grade_max=max(item.grade_max, largest))

    def _new_item(self, column: GradeColumn, its: Range, course_id: int) -> GradeItem:
        name = "" if column.item_type == "course" else column.name or column.idnumber
        return GradeItem(
            item_id=self._new_id(),
            course_id=course_id,
            item_type=column.item_type,
            module=column.module,
            instance_id=None,
            item_number=None,
            course_module_id=None,
            category_id=None,
            name=name[: room_of(Kind.GRADE_ITEM, "name")],
            idnumber=column.idnumber[: room_of(Kind.GRADE_ITEM, "idnumber")],
            grade_min=its.lowest,
            grade_max=its.highest,
            is_scale=column.is_scale,
            locked=False,
        )

    def _range(self, column: GradeColumn, marks: Sequence[SheetMark], name: str) -> Range:
        if column.item_type in _TOTALS:
            return total_range(marks)
        if not column.is_scale:
            its = inferred_range(marks)
            if its.is_assumed and column.has_marks and marks:
                self.assumptions.append((name, Assumption.RANGE))
            return its
        told = scale_positions(marks)
        if told is None:
            self.assumptions.append((name, Assumption.WORDS))
            return Range(Decimal(1), Decimal(max(2, len({mark.label for mark in marks if mark.label}))))
        return told

    def _grades(self, told: _Told, users: Mapping[int, User]) -> Iterator[GradebookGrade]:
        item, column = told.item, told.column
        known = {one.user_id: one for one in self.known.grades if one.item_id == item.item_id}
        marked = {mark.row: mark for mark in told.marks}
        for row, user in users.items():
            before = known.get(user.user_id)
            mark = marked.get(row)
            if mark is None and (before is None or not column.has_marks):
                continue
            empty = before or _no_grade(item, user.user_id)
            grade = told.grade(empty, mark or SheetMark(row, column.number))
            if grade.grade is not None and grade.grade > item.grade_max and item.item_type not in _TOTALS:
                self.doubts.append(Doubt(row, column.number, DoubtCode.OUT_OF_RANGE, item.name))
            else:
                yield grade


@dataclass(frozen=True, slots=True)
class _Told:
    """A column with its marks, the item it is of, and the positions of the words if it is a scale."""

    column: GradeColumn
    marks: Sequence[SheetMark]
    item: GradeItem
    positions: Mapping[str, Decimal]
    places: int
    """To how many decimals the export rounds."""

    def grade(self, before: GradebookGrade, mark: SheetMark) -> GradebookGrade:
        """The grade with what the export says of it; what it does not say (hidden, locked, by whom) stays."""
        # What is known by the site's own words, with their markup, is not replaced by the export's.
        keeps = bool(before.feedback) and self.item.item_id > 0
        told = before if keeps or not mark.feedback else replace(before, feedback=mark.feedback)
        if not self.column.has_marks:
            return told
        if self.column.is_scale:
            return replace(told, grade=self.positions.get(mark.label), label=mark.label)
        grade = mark.grade if mark.grade is not None else _of_percentage(mark.percentage, self.item)
        if grade is None:
            return replace(told, grade=None, label="")
        if before.grade is not None and _rounded(before.grade, self.places) == grade:
            # The export rounds; what is known exactly stays exact.
            return told
        return replace(told, grade=grade, label=f"{grade:.2f}")


_TOTALS = frozenset({"course", "category"})


class _People:
    """Known users by what an export may name them with."""

    def __init__(self, users: Iterable[User]) -> None:
        self._by: dict[tuple[str, ...], list[User]] = defaultdict(list)
        for user in users:
            for key in _keys(user.idnumber, user.username, user.email):
                self._by[key].append(user)
            self._by[_name_key(user.last_name, user.first_name, user.institution)].append(user)

    def fitting(self, person: SheetPerson) -> list[User]:
        """Those who fit by the first word that anybody has; a name alone is of nobody who differs in a word."""
        for key in _keys(person.idnumber, person.username, person.email):
            if key in self._by:
                return self._by[key]
        named = self._by.get(_name_key(person.last_name, person.first_name, person.institution), [])
        return [user for user in named if not _contradicts(user, person)] if person.last_name else []


def _keys(idnumber: str, username: str, email: str) -> Iterator[tuple[str, str]]:
    for name, word in (("idnumber", idnumber), ("username", username), ("email", email)):
        if word:
            yield name, word.casefold()


def _name_key(last_name: str, first_name: str, institution: str) -> tuple[str, ...]:
    return ("name", last_name.casefold(), first_name.casefold(), institution.casefold())


def _contradicts(user: User, person: SheetPerson) -> bool:
    pairs = ((user.idnumber, person.idnumber), (user.username, person.username), (user.email, person.email))
    return any(ours and theirs and ours.casefold() != theirs.casefold() for ours, theirs in pairs)


def _label(person: SheetPerson) -> str:
    name = f"{person.last_name} {person.first_name}".strip()
    return name or person.idnumber or person.username or person.email


def _new_user(user_id: int, person: SheetPerson) -> User:
    return User(
        user_id=user_id,
        username=person.username,
        first_name=person.first_name,
        last_name=person.last_name or person.idnumber,
        email=person.email,
        idnumber=person.idnumber,
        institution=person.institution,
        department=person.department,
    )


def _updated(user: User, person: SheetPerson) -> User:
    """The user with what the export says; an empty cell may be a column that was not exported."""
    names = ("first_name", "last_name", "idnumber", "username", "email", "institution", "department")
    return replace(user, **{name: getattr(person, name) for name in names if getattr(person, name)})


def _new_course(course_id: int, name: str) -> Course:
    return Course(
        course_id=course_id,
        category_id=0,
        short_name=name[: room_of(Kind.COURSE, "short_name")],
        full_name=name[: room_of(Kind.COURSE, "full_name")],
        idnumber="",
        visible=True,
        starts_at=None,
        ends_at=None,
        modified_at=None,
    )


def _known_item(column: GradeColumn, items: Iterable[GradeItem]) -> GradeItem | None:
    """The item that a column is of; None where none fits, or several do."""
    found = [item for item in items if _is_of(column, item)]
    return found[0] if len(found) == 1 else None


def _is_of(column: GradeColumn, item: GradeItem) -> bool:
    if column.idnumber:
        return column.idnumber == item.idnumber
    if column.item_type != item.item_type:
        return False
    if column.item_type == "course":
        return True
    same_kind = column.module is None or item.module in {None, column.module}
    return same_kind and column.name.casefold() == item.name.casefold()


def _no_grade(item: GradeItem, user_id: int) -> GradebookGrade:
    return GradebookGrade(
        item_id=item.item_id,
        course_id=item.course_id,
        user_id=user_id,
        grade=None,
        label="",
        hidden=False,
        locked=False,
        overridden=False,
        feedback="",
        submitted_at=None,
        graded_at=None,
    )


def _of_percentage(percentage: Decimal | None, item: GradeItem) -> Decimal | None:
    if percentage is None:
        return None
    return canonical(item.grade_min + percentage * (item.grade_max - item.grade_min) / 100)


def _rounded(grade: Decimal, places: int) -> Decimal:
    return grade.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _most_places(marks: Iterable[SheetMark]) -> int:
    return max((_places(mark.grade) for mark in marks if mark.grade is not None), default=0)


def _places(grade: Decimal) -> int:
    exponent = grade.as_tuple().exponent
    return min(max(-exponent, 0), _MOST_DECIMALS) if isinstance(exponent, int) else 0


def _parts(
    course: Course,
    users: Iterable[User],
    enrolments: Iterable[Enrolment],
    items: Iterable[GradeItem],
    grades: Iterable[GradebookGrade],
) -> tuple[Part, ...]:
    course_id = course.course_id
    told: tuple[tuple[Kind, int | None, Iterable[Record]], ...] = (
        (Kind.COURSE, course_id, (course,)),
        (Kind.USER, None, users),
        (Kind.ENROLMENT, course_id, enrolments),
        (Kind.GRADE_ITEM, course_id, items),
        (Kind.GRADEBOOK_GRADE, course_id, grades),
    )
    return tuple(Part(kind, scope, Coverage.PARTIAL, tuple(records)) for kind, scope, records in told)
