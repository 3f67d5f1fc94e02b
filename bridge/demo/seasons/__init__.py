"""Seasons of the programme, invented whole: people, courses, works, marks, and a story in them.

Every date is relative to the moment the season is looked at, so that the demo stands at stage 3 whenever it starts.
"""

import random
import time

from bridge.demo.accounts import ADMIN_TOKEN, LIMITED_TOKEN, NO_RIGHTS, SERVICE_TOKEN, add_service_account
from bridge.demo.functions import FUNCTIONS
from bridge.demo.gradebook import regrade
from bridge.demo.seasons.builder import Builder
from bridge.demo.seasons.peers import PeerReview
from bridge.demo.seasons.people import cast_people
from bridge.demo.seasons.places import ELISTA, KETCHENERY, Municipality
from bridge.demo.seasons.plan import BASE_ACTIVITIES, PLACES, SeasonPlan
from bridge.demo.seasons.stages import Stages, open_courses
from bridge.demo.seasons.story import tell
from bridge.demo.tables import SiteSettings, Tables, Token, User

__all__ = ["BASE_ACTIVITIES", "ELISTA", "KETCHENERY", "PLACES", "Municipality", "SeasonPlan", "demo_site", "generate"]

_ADMINISTRATOR = 2
"""Moodle's first account is the guest, the second its administrator."""
_CORE, _PLUGIN = "2024100706", "2024100700"


def empty_site(*, lang: str = "ru") -> Tables:
    """Return a site with its accounts and nothing in it."""
    functions = [(name, _CORE if function.component == "core" else _PLUGIN) for name, function in FUNCTIONS.items()]
    tables = Tables(site=SiteSettings(functions=functions, lang=lang))
    tables.users[_ADMINISTRATOR] = User(_ADMINISTRATOR, "admin", "Администратор", "Сайта", "admin@example.test")
    tables.tokens[ADMIN_TOKEN] = Token(_ADMINISTRATOR, admin=True)
    add_service_account(tables, SERVICE_TOKEN)
    add_service_account(tables, LIMITED_TOKEN, username="limited", capabilities=NO_RIGHTS)
    return tables


def generate(
    seed: int,
    *,
    participants: int = 60,
    activities: int = BASE_ACTIVITIES,
    municipality: Municipality = KETCHENERY,
    prefix: str = "",
    now: float | None = None,
    closed: bool = False,
    patronymics: bool = False,
    tables: Tables | None = None,
) -> Tables:
    """Invent a season.

    Parameters
    ----------
    seed
        The same figures give the same season.
    participants, activities
        Its size: 20 to 5,000 people, 10 to 200 activities.
    prefix
        What accounts and courses begin with; by default the municipality's letter and the first year, as in a25.
    now
        The moment it is looked at, epoch seconds; the present by default.
    closed
        Whether it is over.
    patronymics
        Whether first names carry patronymics.
    tables
        A site to add it to; by default a new one, with the tokens of `bridge.demo.accounts`.

    Returns
    -------
    Tables
        The site with the season in it.

    Raises
    ------
    SeasonError
        The size is out of range.
    """
    moment = int(time.time() if now is None else now)
    plan = SeasonPlan(seed, moment, participants, activities, municipality, prefix, closed, patronymics)
    site = empty_site() if tables is None else tables
    builder = Builder(site, random.Random(seed), moment)  # noqa: S311 - a repeatable draw is the point
    cast = cast_people(builder, plan)
    courses = open_courses(builder, plan, cast)
    stages = Stages(builder, plan, cast, courses)
    essay = stages.selection()
    PeerReview(stages).run()
    stages.teams()
    checkpoint, work = stages.individual()
    tell(stages, essay, checkpoint, work)
    for course in courses.values():
        regrade(site, course.id, stages.day(-1))
    return site


def demo_site(now: float | None = None, *, seed: int = 2026) -> Tables:
    """Return the demo's site: two municipalities at stage 3, and a season that is over.

    Parameters
    ----------
    now
        The moment the demo is looked at, epoch seconds; the present by default.
    """
    moment = time.time() if now is None else now
    site = generate(seed - 2, participants=32, now=moment, closed=True)
    generate(seed, now=moment, tables=site)
    return generate(seed + 1, participants=180, municipality=ELISTA, now=moment, tables=site)
