"""The web-service functions this package calls, by Moodle's names."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["TEXT_FUNCTIONS", "WRITES", "Function"]


class Function(StrEnum):
    """Moodle's ``wsfunction`` names."""

    SITE_INFO = "core_webservice_get_site_info"
    CATEGORIES = "core_course_get_categories"
    COURSES_BY_FIELD = "core_course_get_courses_by_field"
    COURSE_CONTENTS = "core_course_get_contents"
    UPDATES_SINCE = "core_course_get_updates_since"
    ENROLLED_USERS = "core_enrol_get_enrolled_users"
    USERS_BY_FIELD = "core_user_get_users_by_field"
    COURSE_GROUPS = "core_group_get_course_groups"
    GROUP_MEMBERS = "core_group_get_group_members"
    COURSE_GROUPINGS = "core_group_get_course_groupings"
    GROUPINGS = "core_group_get_groupings"
    COHORTS = "core_cohort_get_cohorts"
    COHORT_SEARCH = "core_cohort_search_cohorts"
    COHORT_MEMBERS = "core_cohort_get_cohort_members"
    ASSIGNMENTS = "mod_assign_get_assignments"
    SUBMISSIONS = "mod_assign_get_submissions"
    ASSIGNMENT_GRADES = "mod_assign_get_grades"
    GRADEBOOK = "gradereport_user_get_grade_items"
    GRADE_ITEMS = "core_grades_get_gradeitems"
    WORKSHOPS = "mod_workshop_get_workshops_by_courses"
    WORKSHOP_SUBMISSIONS = "mod_workshop_get_submissions"
    WORKSHOP_GRADES_REPORT = "mod_workshop_get_grades_report"
    WORKSHOP_FORM = "mod_workshop_get_assessment_form_definition"
    ACTIVITY_COMPLETION = "core_completion_get_activities_completion_status"
    COURSE_COMPLETION = "core_completion_get_course_completion_status"
    QUIZZES = "mod_quiz_get_quizzes_by_courses"
    SCALE_VALUES = "core_competency_get_scale_values"

    UPDATE_GRADES = "core_grades_update_grades"
    SAVE_GRADE = "mod_assign_save_grade"
    SAVE_GRADES = "mod_assign_save_grades"
    SEND_MESSAGES = "core_message_send_instant_messages"
    CREATE_USERS = "core_user_create_users"
    ENROL_USERS = "enrol_manual_enrol_users"
    ADD_COHORT_MEMBERS = "core_cohort_add_cohort_members"
    ADD_GROUP_MEMBERS = "core_group_add_group_members"
    CREATE_GROUPS = "core_group_create_groups"


WRITES: frozenset[str] = frozenset(
    {
        Function.UPDATE_GRADES,
        Function.SAVE_GRADE,
        Function.SAVE_GRADES,
        Function.SEND_MESSAGES,
        Function.CREATE_USERS,
        Function.ENROL_USERS,
        Function.ADD_COHORT_MEMBERS,
        Function.ADD_GROUP_MEMBERS,
        Function.CREATE_GROUPS,
    }
)
"""Calls that change the site: repeated only when the request surely did not arrive."""

TEXT_FUNCTIONS: frozenset[str] = frozenset(
    {
        Function.CATEGORIES,
        Function.COURSES_BY_FIELD,
        Function.COURSE_CONTENTS,
        Function.COURSE_GROUPS,
        Function.COURSE_GROUPINGS,
        Function.GROUPINGS,
        Function.COHORTS,
        Function.COHORT_SEARCH,
        Function.ASSIGNMENTS,
        Function.GRADEBOOK,
        Function.WORKSHOPS,
        Function.QUIZZES,
    }
)
"""Calls whose names people read. They ask for the site's text filters: without them a name written in several languages
comes with all of them run together, because Moodle strips the tags that tell the languages apart. None asks for
``moodlewssettingraw``: raw bodies come in whatever format the author chose (Markdown, plain text), formatted ones are
always HTML, and names only differ by entities, which :mod:`lms_sync.payloads` undoes.
"""
