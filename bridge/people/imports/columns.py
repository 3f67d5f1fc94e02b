"""What each table has: its columns, their headings in Russian and English, and other names they are known by.

Headings belong to the file format: a Russian template is read where the page is English. Hence they stand here in both
languages and not in the catalogue of messages; what explains a column is a message like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bridge.core.i18n import N_, Language
from bridge.core.permissions import Role
from bridge.people.imports.text import fold_heading

__all__ = [
    "EXAMPLE_WORDS",
    "REMEDY",
    "ROLE_NAMES",
    "ROW_NUMBER",
    "TABLES",
    "Column",
    "Field",
    "Table",
    "TableKey",
    "heading",
    "roles_text",
]


class TableKey(StrEnum):
    """The tables that can be imported; the words stand in addresses and commands."""

    SCHOOLS = "schools"
    PEOPLE = "people"
    MENTORS = "mentors"
    EXPERTS = "experts"


class Field(StrEnum):
    """What a column holds."""

    UID = "uid"
    CODE = "code"
    NAME = "name"
    SHORT_NAME = "short_name"
    FULL_NAME = "full_name"
    LAST_NAME = "last_name"
    FIRST_NAME = "first_name"
    MIDDLE_NAME = "middle_name"
    SCHOOL = "school"
    ORGANISATION = "organisation"
    POSITION = "position"
    ROLES = "roles"
    EMAIL = "email"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    USERNAME = "username"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes
    ----------
    ru, en
        The heading in a template.
    synonyms
        Other headings that mean the same, as people's own lists have them.
    longest
        Characters that the store has room for.
    width
        Of the column in a template, in characters.
    help
        What to enter, for the instruction sheet; a message.
    example_ru, example_en
        The example row's cell.
    is_required
        Whether a new record needs it.
    in_template
        False for a column that is understood but not asked for.
    """

    field: Field
    ru: str
    en: str
    synonyms: tuple[str, ...]
    longest: int
    width: int
    help: str
    example_ru: str = ""
    example_en: str = ""
    is_required: bool = False
    in_template: bool = True

    def heading(self, language: str) -> str:
        return self.ru if language == Language.RU else self.en

    def example(self, language: str) -> str:
        return self.example_ru if language == Language.RU else self.example_en


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of file: its columns in the order of the template, and the role that its people get."""

    key: TableKey
    ru: str
    en: str
    about: str
    columns: tuple[Column, ...]
    role: Role | None = None

    def title(self, language: str) -> str:
        return self.ru if language == Language.RU else self.en

    @property
    def template(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.in_template)

    @property
    def required(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.is_required)

    def column(self, field: str) -> Column:
        return next(column for column in self.columns if column.field == field)

    def has(self, field: str) -> bool:
        return any(column.field == field for column in self.columns)

    @property
    def headings(self) -> Mapping[str, Field]:
        """Every heading that is understood, folded -> its field."""
        return {
            fold_heading(name): column.field
            for column in self.columns
            for name in (column.ru, column.en, *column.synonyms)
        }


UID = Column(
    Field.UID,
    "Код записи",
    "Record code",
    ("uid", "код строки"),
    16,
    16,
    N_("Filled in by the program. Leave it as it is: by this code a changed name is still the same record."),
    "пример",
    "example",
)
LAST_NAME = Column(
    Field.LAST_NAME,
    "Фамилия",
    "Last name",
    ("surname", "family name", "lastname"),
    100,
    20,
    N_("With ё where it is written so."),
    "Очирова",
    "Ochirova",
    is_required=True,
)
FIRST_NAME = Column(
    Field.FIRST_NAME,
    "Имя",
    "First name",
    ("given name", "firstname"),
    100,
    16,
    N_("In full, without initials."),
    "Татьяна",
    "Tatyana",
    is_required=True,
)
MIDDLE_NAME = Column(
    Field.MIDDLE_NAME,
    "Отчество",
    "Patronymic",
    ("middle name", "middlename"),
    100,
    18,
    N_("In full; leave it empty where there is none."),
    "Сергеевна",
    "Sergeevna",
)
FULL_NAME = Column(
    Field.FULL_NAME,
    "ФИО",
    "Full name",
    ("фамилия имя отчество", "ф и о", "фамилия имя отчество полностью", "полное имя"),
    300,
    40,
    N_("Last name, first name and patronymic in one cell, in place of three columns."),
    in_template=False,
)
SCHOOL = Column(
    Field.SCHOOL,
    "Школа",
    "School",
    ("оо", "образовательная организация", "школа оо", "место работы школа", "учреждение", "institution"),
    300,
    34,
    N_("Choose it from the list. A school that is not there is added by the table of schools first."),
    "Сарпинская СОШ",
    "Sarpinskaya school",
)
ORGANISATION = Column(
    Field.ORGANISATION,
    "Организация",
    "Organisation",
    ("место работы", "работодатель", "employer", "workplace"),
    300,
    34,
    N_("For those who are of no school of the district: a university, a methodical centre."),
    "Калмыцкий государственный университет",
    "Kalmyk State University",
)
POSITION = Column(
    Field.POSITION,
    "Должность",
    "Position",
    ("job", "job title", "title"),
    200,
    28,
    N_("As in the staff list."),
    "учитель математики",
    "teacher of mathematics",
)
EMAIL = Column(
    Field.EMAIL,
    "E-mail",
    "E-mail address",
    ("email", "электронная почта", "эл почта", "почта", "адрес электронной почты", "адрес эл почты", "mail"),
    200,
    30,
    N_("One address; two people cannot have the same."),
    "ochirova@example.ru",
    "ochirova@example.ru",
)
PHONE = Column(
    Field.PHONE,
    "Телефон",
    "Phone",
    ("тел", "номер телефона", "мобильный телефон", "контактный телефон", "сотовый", "phone number", "mobile"),
    60,
    20,
    N_("In any form in which it can be dialled."),
    "+7 900 000-00-00",
    "+7 900 000-00-00",
)
ID_NUMBER = Column(
    Field.ID_NUMBER,
    "Индивидуальный номер",
    "ID number",
    ("idnumber", "табельный номер", "индивидуальный номер moodle"),
    255,
    22,
    N_("The number of the profile in Moodle, or of your own staff list. It tells namesakes apart."),
    "А-017",
    "A-017",
)
USERNAME = Column(
    Field.USERNAME,
    "Логин Moodle",
    "Moodle login",
    ("логин", "логин в moodle", "имя пользователя", "username", "login", "moodle username"),
    100,
    20,
    N_("Only for those whom Moodle has; by it the program finds the person."),
    "ochirova.t",
    "ochirova.t",
)
ROLES = Column(
    Field.ROLES,
    "Роль",
    "Role",
    ("роли", "роль в программе", "roles"),
    200,
    22,
    N_("Choose it from the list; several are separated by a semicolon. A role is added, never taken away."),
    "участник",
    "participant",
)

PERSON = (UID, LAST_NAME, FIRST_NAME, MIDDLE_NAME, FULL_NAME, SCHOOL)
CONTACTS = (EMAIL, PHONE)

_SCHOOL_COLUMNS = (
    UID,
    Column(
        Field.CODE,
        "Код школы",
        "School code",
        ("код", "код оо", "номер оо", "code", "school id"),
        40,
        14,
        N_("The department's own short code, if it has one: by it the program finds the school."),
        "03",
        "03",
    ),
    Column(
        Field.NAME,
        "Полное название",
        "Full name",
        ("название", "наименование", "полное наименование", "школа", "наименование оо", "название школы", "name"),
        300,
        52,
        N_("As in the charter: МБОУ «Сарпинская СОШ»."),
        "МБОУ «Сарпинская СОШ»",
        "Sarpinskaya Secondary School",
        is_required=True,
    ),
    Column(
        Field.SHORT_NAME,
        "Краткое название",
        "Short name",
        ("краткое наименование", "сокращённое название", "сокращенное наименование", "short"),
        120,
        30,
        N_("For tables and lists; made of the full name where left out."),
        "Сарпинская СОШ",
        "Sarpinskaya school",
    ),
)

TABLES: Mapping[TableKey, Table] = {
    table.key: table
    for table in (
        Table(
            TableKey.SCHOOLS,
            "Школы",
            "Schools",
            N_("The schools of the municipality: people and vacancies refer to them."),
            _SCHOOL_COLUMNS,
        ),
        Table(
            TableKey.PEOPLE,
            "Люди",
            "People",
            N_("Participants, tutors, heads of schools: names, schools, positions, contacts."),
            (*PERSON, POSITION, ROLES, *CONTACTS, ID_NUMBER, USERNAME),
        ),
        Table(
            TableKey.MENTORS,
            "Наставники",
            "Mentors",
            N_("Acting heads who mentor; each gets the mentor's role."),
            (*PERSON, POSITION, *CONTACTS, ID_NUMBER),
            Role.MENTOR,
        ),
        Table(
            TableKey.EXPERTS,
            "Эксперты",
            "Experts",
            N_("Public experts, also from outside; each gets the expert's role."),
            (*PERSON, ORGANISATION, POSITION, *CONTACTS, ID_NUMBER),
            Role.EXPERT,
        ),
    )
}

ROLE_NAMES: Mapping[Role, tuple[str, str]] = {
    Role.PARTICIPANT: ("участник", "participant"),
    Role.TEACHER: ("преподаватель", "tutor"),
    Role.MENTOR: ("наставник", "mentor"),
    Role.HEAD: ("руководитель ОО", "head of a school"),
    Role.EXPERT: ("общественный эксперт", "public expert"),
}
"""Roles that a file may give, in Russian and English. Those that open the department's pages are given by hand."""

EXAMPLE_WORDS = frozenset({"пример", "example"})
"""What marks the example row in the column of the record's code."""

REMEDY = ("Что исправить", "What to correct")
ROW_NUMBER = ("Строка файла", "Row of the file")
"""Columns of an error report; a mended report is uploaded as it is, so they are known and not read."""


def roles_text(roles: Iterable[str], language: str) -> str:
    """Roles as a cell holds them: «наставник; руководитель ОО»."""
    held, place = set(roles), 0 if language == Language.RU else 1
    return "; ".join(names[place] for role, names in ROLE_NAMES.items() if role in held)


def heading(table: Table, field: str, language: str) -> str:
    """A column's heading, for sentences; empty for what belongs to no column."""
    return table.column(field).heading(language) if table.has(field) else ""
