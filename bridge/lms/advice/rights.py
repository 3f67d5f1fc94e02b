"""What is lost without each right of the reading role: told where the examination finds that it is missing."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.core.i18n import N_

__all__ = ["EFFECTS"]

_NO_ACTIVITY = N_("Such activities are not shown to the account, nor their columns of the gradebook.")

EFFECTS: Mapping[str, str] = {
    "webservice/rest:use": N_("The account may not call the web service at all."),
    "moodle/course:view": N_("The account may not enter the courses: nothing of them is read."),
    "moodle/course:viewhiddencourses": N_("Courses that are hidden from participants are not read."),
    "moodle/category:viewhiddencategories": N_("Hidden subcategories are not seen, nor that a course stands in one."),
    "moodle/course:enrolreview": N_("Who is enrolled or suspended is not told."),
    "moodle/course:viewsuspendedusers": N_("The works of people whose enrolment is suspended are left out."),
    "moodle/site:accessallgroups": N_(
        "Where groups are separate the account sees nobody: no people, no works, no marks of these courses."
    ),
    "moodle/course:managegroups": N_("Groups and who is in them are not told; group projects stay without members."),
    "moodle/course:viewhiddengroups": N_("Groups that hide their membership are not shown."),
    "moodle/user:viewdetails": N_("Only contact persons of a course are listed: the participants are missing."),
    "moodle/user:viewalldetails": N_(
        "Logins, id numbers, institutions and departments are not told: people have no school."
    ),
    "moodle/site:viewuseridentity": N_("E-mail addresses of people who hide theirs are not told."),
    "moodle/course:viewhiddenuserfields": N_("Fields that the site hides are not told, the e-mail address among them."),
    "moodle/site:viewfullnames": N_("Of some people the first or the last name is not told."),
    "moodle/cohort:view": N_("Cohorts are not read: who belongs to the season is taken from the courses alone."),
    "moodle/course:viewhiddenactivities": N_(
        "Activities that are hidden from participants are not read, nor their columns of the gradebook."
    ),
    "moodle/course:viewhiddensections": N_("Hidden sections of the course are not read."),
    "moodle/course:ignoreavailabilityrestrictions": N_(
        "Activities that are open to some participants only, or not yet open, are not read."
    ),
    "mod/assign:view": N_("Assignments are not read at all: no works and no marks."),
    "mod/assign:viewgrades": N_("Works handed in and what graders entered are not read."),
    "gradereport/user:view": N_("The gradebook is not read: there are no published marks."),
    "moodle/grade:viewall": N_("The gradebook is not read: there are no published marks."),
    "moodle/grade:viewhidden": N_("Marks and columns that the gradebook hides from participants are missing."),
    "report/progress:view": N_("Who has completed which activity is not read."),
    "report/completion:view": N_("Who has completed the course is not read."),
    "mod/workshop:view": N_("Workshops are not read: no peer reviews."),
    "mod/workshop:viewallassessments": N_("The reviews of workshops are not read."),
    "mod/workshop:viewallsubmissions": N_("The works of workshops are not read; the list looks empty."),
    "mod/workshop:viewauthornames": N_("The works of workshops come without their authors."),
    "mod/workshop:viewreviewernames": N_("The reviews of workshops come without their reviewers."),
    "mod/quiz:view": N_("Quizzes are not shown to the account, nor their columns of the gradebook."),
    "mod/lti:view": _NO_ACTIVITY,
    "mod/h5pactivity:view": _NO_ACTIVITY,
    "mod/data:view": _NO_ACTIVITY,
    "mod/glossary:view": _NO_ACTIVITY,
    "mod/feedback:view": _NO_ACTIVITY,
    "mod/bigbluebuttonbn:view": _NO_ACTIVITY,
    "moodle/grade:edit": N_("Marks cannot be written into the gradebook."),
    "mod/assign:grade": N_("Marks cannot be written into assignments."),
}
"""Capability -> message id."""
