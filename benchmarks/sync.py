"""A sync of 2,000 people, 4 courses, 40 activities from a stand-in that takes as long as a real site.

The bar is the sum of the site's own answer times for the same calls: what we do with an answer happens while the next
one is on its way. Completion and marks per criterion, a call each, are measured apart and told as what they would take.
The sync runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.harness import Row, at_most, measured, seconds
from bridge.core.audit import Source
from bridge.core.crypto import Vault
from bridge.core.db import Database
from bridge.demo.accounts import LEAST_PRIVILEGE, add_service_account
from bridge.demo.faults import Latency
from bridge.demo.functions import FUNCTIONS
from bridge.demo.seasons import generate
from bridge.demo.server import Served, serve_in_thread
from bridge.demo.site import StandIn
from bridge.demo.tables import Tables
from bridge.lms import connection as lms
from bridge.lms.models import LmsSite, RunMode
from bridge.lms.sync import Puller
from bridge.migrations.run import upgrade
from bridge.people.models import Municipality
from bridge.people.service import NewMunicipality, create_municipality
from lms_sync.client import Call, Client, Function
from lms_sync.reader.completion import read_completion
from lms_sync.site import describe

__all__ = ["rows"]

PEOPLE, ACTIVITIES, COURSES = 2_000, 40, 4
TOKEN = "of the benchmark"  # noqa: S105  a name, not a secret
A_CALL_EACH = frozenset({Function.WORKSHOP_FORM, Function.ACTIVITY_COMPLETION, Function.COURSE_COMPLETION})
SAMPLE = 100
"""Calls of a kind that are made; the time of all of them is told from these."""


@dataclass(frozen=True, slots=True)
class Run:
    """One sync as its process told it, and what the site took for it."""

    seconds: float
    calls: int
    rows: int
    megabytes: float
    site_seconds: float


def rows() -> list[Row]:
    """Full, unchanged and after a day's changes."""
    tables = generate(2026, participants=PEOPLE, activities=ACTIVITIES)
    add_service_account(tables, TOKEN, username="benchmark", capabilities=LEAST_PRIVILEGE)
    tables.tokens[TOKEN].functions = frozenset(FUNCTIONS) - A_CALL_EACH
    size = f"{PEOPLE:,} people, {COURSES} courses, {ACTIVITIES} activities"
    with tempfile.TemporaryDirectory() as folder, serve_in_thread(StandIn(tables, latency=Latency())) as moodle:
        first = _run(moodle, Path(folder), RunMode.FULL)
        again = _run(moodle, Path(folder), RunMode.FULL)
        quiet = _run(moodle, Path(folder), RunMode.INCREMENTAL)
        apart = _apart(moodle, tables)
    against = "the site's own answer times"
    times = "times the site's"
    return [
        at_most(f"first full sync of {size}", first.seconds / first.site_seconds, times, against, 1.1),
        measured(f"… in seconds, {first.calls} calls, {first.rows:,} rows", first.seconds, "s", "our time in all"),
        at_most("… memory", first.megabytes, "MB", "its own process", 300),
        at_most("full sync of the same, unchanged", again.seconds / again.site_seconds, times, against, 1.1),
        at_most("… memory", again.megabytes, "MB", "its own process", 300),
        measured(
            f"sync of changes, none, {quiet.calls} calls", quiet.seconds, "s", f"site: {quiet.site_seconds:.1f} s"
        ),
        *apart,
    ]


def _run(moodle: Served, folder: Path, mode: RunMode) -> Run:
    moodle.site.calls.clear()
    command = [sys.executable, "-m", "benchmarks.sync", moodle.url, str(folder), mode.value]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return Run(**told, site_seconds=sum(call.seconds for call in moodle.site.calls))


def _apart(moodle: Served, tables: Tables) -> list[Row]:
    """What the calls that are made one by one take: a sample of them, for the number there are."""
    tables.tokens[TOKEN].functions = None
    client = Client(moodle.url, TOKEN, allow_private=True)
    written = [row.id for row in tables.workshop_assessments.values() if row.grade is not None]
    pairs = list(tables.enrolments)
    forms = [
        Call(Function.WORKSHOP_FORM, {"assessmentid": number, "mode": "assessment"}, lambda answer: answer)
        for number in written[:SAMPLE]
    ]
    form_s = seconds(lambda: list(client.map_calls(forms))) / len(forms)
    pair_s = seconds(lambda: list(read_completion(client, describe(client), pairs[:SAMPLE]))) / SAMPLE
    told = f"{SAMPLE} of them, two at a time"
    return [
        measured(f"marks per criterion of {len(written):,} reviews, a call each", len(written) * form_s, "s", told),
        measured(f"completion of {len(pairs):,} people and courses", len(pairs) * pair_s / 60, "min", told),
    ]


def _child(url: str, folder: Path, mode: RunMode) -> dict[str, float]:
    address = f"sqlite:///{folder / 'store.sqlite3'}"
    database, vault = Database(address), Vault(["a key of the benchmark, long enough"])

    def make(site_url: str, token: str) -> Client:
        return Client(site_url, token, allow_private=True, lang="ru")

    puller = Puller(database, vault, make, lambda: datetime.now(UTC))
    site_id = _connected(database, vault, address, url, make)
    started = time.perf_counter()
    report = puller.pull(site_id, mode=mode)
    counts = report.counts
    return {
        "seconds": time.perf_counter() - started,
        "calls": report.calls,
        "rows": counts.inserted + counts.changed,
        "megabytes": _most_megabytes(),
    }


def _most_megabytes() -> float:
    """The most that this process held; the kernel's `ru_maxrss` would be the parent's, which holds the site."""
    status = Path("/proc/self/status").read_text("ascii", "replace")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _connected(database: Database, vault: Vault, address: str, url: str, make: lms.ClientFactory) -> int:
    upgrade(database, address)
    with database.writing() as session:
        site = session.query(LmsSite).first()
        if site is not None:
            return site.id
        now = datetime.now(UTC)
        probed = lms.probe(url, TOKEN, make)
        asked = NewMunicipality("Район", "Отдел образования", "Europe/Moscow")
        place: Municipality = create_municipality(session, asked, now=now, source=Source.SYSTEM)
        site = lms.save_connection(session, place, probed, vault=vault, now=now, source=Source.SYSTEM)
        ids = [row.category_id for row in probed.categories]
        lms.choose_categories(session, site, ids, now=now, source=Source.SYSTEM)
        return site.id


if __name__ == "__main__":
    print(json.dumps(_child(sys.argv[1], Path(sys.argv[2]), RunMode(sys.argv[3]))))
