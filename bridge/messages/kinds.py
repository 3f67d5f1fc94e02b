"""The templates of this slice: an account's first password, a Moodle that is silent, the digest, a test."""

from __future__ import annotations

from pathlib import Path

from bridge.core.i18n import N_
from bridge.messages.catalogue import Catalogue, Template
from bridge.messages.substitution import Placeholder

__all__ = ["ACCOUNT_INVITED", "DIGEST", "SYNC_FAILED", "TEST", "own_catalogue"]

TEXTS = Path(__file__).parent / "texts"

NAME = Placeholder("name", "имя", "name", N_("First name and patronymic of whom it goes to"))
ADDRESS = Placeholder("address", "адрес", "address", N_("Address of the page"), is_needed=True)
DEPARTMENT = Placeholder("department", "отдел", "department", N_("Department that runs the programme"))

_NAME = {"ru": "Тамара Сергеевна", "en": "Tamara"}
_ADDRESS = {"ru": "https://accelerator.example.ru", "en": "https://accelerator.example.ru"}
_DEPARTMENT = {"ru": "Отдел образования", "en": "Education department"}

ACCOUNT_INVITED = Template(
    key="account.invited",
    title=N_("First password"),
    purpose=N_("To somebody who has got a login of their own: the address, the login, the first password."),
    placeholders=(
        NAME,
        Placeholder("programme", "программа", "programme", N_("Name of the programme")),
        DEPARTMENT,
        ADDRESS,
        Placeholder("login", "логин", "login", N_("Login"), is_needed=True),
        Placeholder("password", "пароль", "password", N_("First password"), is_needed=True),
    ),
    path=TEXTS / "account_invited.yaml",
    examples={
        "name": _NAME,
        "programme": {"ru": "Акселератор проектов", "en": "Project accelerator"},
        "department": _DEPARTMENT,
        "address": _ADDRESS,
        "login": {"ru": "ochirova", "en": "ochirova"},
        "password": {"ru": "три-слова-подряд", "en": "three-words-together"},
    },
    is_secret=True,
)

SYNC_FAILED = Template(
    key="sync.failed",
    title=N_("Moodle cannot be read"),
    purpose=N_("To the organisers, once an outage: Moodle has given no data for hours."),
    placeholders=(
        NAME,
        Placeholder("site", "сайт", "site", N_("Name of the Moodle site")),
        Placeholder("hours", "часы", "hours", N_("For how many hours")),
        Placeholder("data", "данные", "data", N_("When data last came")),
        Placeholder("reason", "причина", "reason", N_("Why the last attempt failed")),
        ADDRESS,
    ),
    path=TEXTS / "sync_failed.yaml",
    examples={
        "name": _NAME,
        "site": {"ru": "Акселератор проектов", "en": "Project accelerator"},
        "hours": {"ru": "6", "en": "6"},
        "data": {"ru": "16.02.2028, 08:05", "en": "16 Feb 2028, 08:05"},
        "reason": {
            "ru": "Moodle не отвечает вовремя.",
            "en": "Moodle does not answer in time.",
        },
        "address": _ADDRESS,
    },
    by_hand=False,
)

DIGEST = Template(
    key="digest",
    title=N_("Digest"),
    purpose=N_("What waits for a person, at most once a day; nothing is sent where nothing waits."),
    placeholders=(
        NAME,
        Placeholder("count", "число", "count", N_("How many things wait")),
        Placeholder("list", "список", "list", N_("What waits, a line each"), is_needed=True),
        ADDRESS,
        Placeholder("settings", "настройки", "settings", N_("Where the digest is switched off"), is_needed=True),
    ),
    path=TEXTS / "digest.yaml",
    examples={
        "name": _NAME,
        "count": {"ru": "2", "en": "2"},
        "list": {
            "ru": "— 1 курс Moodle не отнесён ни к одному этапу\n— У 2 человек нет места: ожидается оценка",
            "en": "— 1 course of Moodle belongs to no stage\n— 2 people have no place: a mark is awaited",
        },
        "address": _ADDRESS,
        "settings": {
            "ru": "https://accelerator.example.ru/messages/mine",
            "en": "https://accelerator.example.ru/messages/mine",
        },
    },
    by_hand=False,
)

TEST = Template(
    key="test",
    title=N_("Test message"),
    purpose=N_("To oneself, from the page of settings: whether messages arrive."),
    placeholders=(NAME, DEPARTMENT),
    path=TEXTS / "test.yaml",
    examples={"name": _NAME, "department": _DEPARTMENT},
)


def own_catalogue() -> Catalogue:
    """A catalogue with this slice's templates, for the others to add theirs."""
    return Catalogue(ACCOUNT_INVITED, SYNC_FAILED, DIGEST, TEST)
