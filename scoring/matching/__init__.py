"""Who mentors whom: stable many-to-one matching, with the reasons and a certificate.

::

    match(participants, mentors, capacities) -> Matching      explain, render      why, per person
    match_projects(students, lecturers, ...) -> ...            what_if              one more place
                                                               certify              the independent check

Files: ``market`` reads and checks, ``deferred``, ``kiraly``, ``exact`` and ``projects`` decide, ``certificate`` and
``project_certificate`` check and share nothing with them, ``reasons`` and ``words`` explain.
"""

from __future__ import annotations

from scoring.ids import Id
from scoring.language import Language
from scoring.matching.certificate import Certificate, Fault, FaultKind, certify
from scoring.matching.engine import match, match_arrays
from scoring.matching.lottery import draw_lottery
from scoring.matching.market import Market
from scoring.matching.project_certificate import certify_projects
from scoring.matching.project_reasons import explain_project
from scoring.matching.projects import ProjectMarket, ProjectMatching, match_projects
from scoring.matching.reasons import (
    MentorReason,
    ParticipantReason,
    Passed,
    PassedBy,
    Refusal,
    Step,
    explain,
    explain_mentor,
)
from scoring.matching.records import Conflict, Lottery, Matching, Method, Preference, Preferences, Project, Rankings
from scoring.matching.whatif import Move, WhatIf, what_if
from scoring.matching.words import render, render_mentor

__all__ = [
    "Certificate",
    "Conflict",
    "Fault",
    "FaultKind",
    "Id",
    "Language",
    "Lottery",
    "Market",
    "Matching",
    "MentorReason",
    "Method",
    "Move",
    "ParticipantReason",
    "Passed",
    "PassedBy",
    "Preference",
    "Preferences",
    "Project",
    "ProjectMarket",
    "ProjectMatching",
    "Rankings",
    "Refusal",
    "Step",
    "WhatIf",
    "certify",
    "certify_projects",
    "draw_lottery",
    "explain",
    "explain_mentor",
    "explain_project",
    "match",
    "match_arrays",
    "match_projects",
    "render",
    "render_mentor",
    "what_if",
]
