import json

from bridge.demo.accounts import LIMITED_TOKEN, SERVICE_TOKEN
from bridge.demo.functions import FUNCTIONS

SEND = "core_message_send_instant_messages"


def test_messages_go_singly_and_failures_are_minus_one(ask, tables, participant, now):
    rows = ask(
        SEND,
        token=SERVICE_TOKEN,
        messages=[
            {"touserid": participant(1).id, "text": "Срок завтра", "clientmsgid": "a1"},
            {"touserid": 9999, "text": "x"},
            {"touserid": participant(1).id, "text": "я" * 5000},
        ],
    )

    assert [row["msgid"] for row in rows] == [1, -1, -1]
    assert rows[0]["clientmsgid"] == "a1"
    assert [(m.touserid, m.text, m.timecreated) for m in tables.messages] == [(participant(1).id, "Срок завтра", now)]


def test_messages_need_their_right(ask, participant):
    messages = [{"touserid": participant(1).id, "text": "x"}]

    assert ask(SEND, token=LIMITED_TOKEN, messages=messages)["errorcode"] == "nopermissions"


def test_quizzes_are_listed_and_their_attempts_are_not(ask, course_id, activity):
    quizzes = ask("mod_quiz_get_quizzes_by_courses", courseids=[course_id("select"), course_id("group")])["quizzes"]

    assert [(row["coursemodule"], row["grade"]) for row in quizzes] == [(activity("test").id, 40)]
    assert ask("mod_quiz_get_user_attempts", quizid=quizzes[0]["id"])["attempts"] == []


def test_calendar_entries_are_made_where_one_may(ask, tables, course_id):
    mine = {"name": "Защита", "eventtype": "user", "timestart": 1_800_000_000}
    course = {"name": "Курс", "eventtype": "course", "courseid": course_id("select")}
    site = {"name": "Сайт", "eventtype": "site"}

    limited = ask("core_calendar_create_calendar_events", token=SERVICE_TOKEN, events=[mine, course, site])
    whole = ask("core_calendar_create_calendar_events", events=[course, site])

    assert [event["name"] for event in limited["events"]] == ["Защита"]
    assert len(limited["warnings"]) == 2
    assert [event["eventtype"] for event in whole["events"]] == ["course", "site"]
    assert len(tables.events) == 3


def test_a_file_gets_an_address(ask):
    answer = ask(
        "core_files_upload",
        component="user",
        filearea="draft",
        itemid=0,
        filepath="/",
        filename="a.txt",
        filecontent="eA==",
    )

    assert answer["url"].endswith("/a.txt")


def test_forums_are_none_and_the_grade_tree_is_json_in_a_string(ask, course_id):
    assert ask("mod_forum_get_forums_by_courses", courseids=[course_id("select")]) == []
    tree = json.loads(ask("core_grades_get_grade_tree", courseid=course_id("group")))
    assert [child["name"] for child in tree["children"]][0] == "Групповой проект"  # noqa: RUF015 - the list is shown on failure


def test_the_site_lists_exactly_what_it_answers(ask):
    assert {each["name"] for each in ask("core_webservice_get_site_info")["functions"]} == FUNCTIONS.keys()
