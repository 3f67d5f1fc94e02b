"""Runs of the sync in words: what each did and cost, and what the last one could not read, course by course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bridge.lms import one_course, runs
from bridge.lms.models import LmsProblem, LmsSite, RunMode, RunState, SyncRun
from bridge.lms.sentences import places, sentence
from bridge.web.messages import gettext as _
from bridge.web.messages import ngettext
from bridge.web.viewmodels import Event, Tag, Tone

__all__ = ["ProblemGroup", "problem_groups", "problem_words", "run_events"]

RUNS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """What could not be read of one course, or of the site as a whole (without a title)."""

    title: str
    problems: tuple[str, ...]


def run_events(session: Session, site: LmsSite) -> tuple[Event, ...]:
    """The last runs, the newest first."""
    latest = runs.latest_runs(session, site, RUNS_SHOWN)
    return tuple(
        Event(at=run.ended_at or run.started_at, text=_words(run), who=_cost(run), tag=_tag(run)) for run in latest
    )


def _words(run: SyncRun) -> str:
    if run.state == RunState.RUNNING.value:
        return _("Being read now")
    if run.state == RunState.FAILED.value:
        return (
            problem_words(run.problems[0].code, run.problems[0].facts) if run.problems else _("The run was broken off")
        )
    return _changes(run)


def _changes(run: SyncRun) -> str:
    counts = (
        ngettext("%(num)d new", "%(num)d new", run.inserted) if run.inserted else "",
        ngettext("%(num)d changed", "%(num)d changed", run.changed) if run.changed else "",
        ngettext("%(num)d gone", "%(num)d gone", run.retired) if run.retired else "",
        ngettext("%(num)d no longer visible", "%(num)d no longer visible", run.not_visible) if run.not_visible else "",
    )
    told = ", ".join(count for count in counts if count)
    return _("Records: %(counts)s", counts=told) if told else _("No changes")


def _cost(run: SyncRun) -> str:
    if run.mode == RunMode.FILE.value:
        return _("a file")
    modes = {RunMode.FULL.value: _("everything"), RunMode.COURSE.value: _("one course")}
    mode = modes.get(run.mode, _("changes"))
    calls = ngettext("%(num)d request", "%(num)d requests", run.calls)
    if run.ended_at is None:
        return f"{mode}, {calls}"
    seconds = round((run.ended_at - run.started_at).total_seconds())
    return _("%(mode)s, %(calls)s, %(seconds)d s", mode=mode, calls=calls, seconds=seconds)


def _tag(run: SyncRun) -> Tag | None:
    if run.state == RunState.FAILED.value:
        return Tag(_("failed"), Tone.BAD)
    if run.state == RunState.PARTLY.value:
        return Tag(_("not everything was read"), Tone.WARN)
    return None


def problem_groups(session: Session, site: LmsSite) -> tuple[ProblemGroup, ...]:
    """What the last run could not read: of the site first, then of each course, a sentence once."""
    latest = runs.last_run(session, site)
    if latest is None or not latest.problems:
        return ()
    names = one_course.course_titles(session, site)
    found: dict[str, dict[str, None]] = {}
    for problem in sorted(latest.problems, key=_by_course):
        title = _title(problem, names)
        found.setdefault(title, {})[problem_words(problem.code, problem.facts)] = None
    return tuple(ProblemGroup(title, tuple(sentences)) for title, sentences in found.items())


def _by_course(problem: LmsProblem) -> tuple[int, int]:
    return problem.moodle_course_id or 0, problem.id


def _title(problem: LmsProblem, names: Mapping[int, str]) -> str:
    course_id = problem.moodle_course_id
    if course_id is None:
        return ""
    return names.get(course_id) or _("Course %(course)d", course=course_id)


def problem_words(code: str, facts: Mapping[str, object]) -> str:
    """A problem as a sentence."""
    return _(sentence(code), **places(facts))
