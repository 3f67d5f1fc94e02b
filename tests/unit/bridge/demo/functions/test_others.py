import json

import pytest

from bridge.demo.accounts import LIMITED_TOKEN, SERVICE_TOKEN
from bridge.demo.functions import FUNCTIONS

SEND = "core_message_send_instant_messages"


def _told(ask, *rows):
    return ask(SEND, token=SERVICE_TOKEN, messages=list(rows))


@pytest.fixture
def anybody(tables):
    """Let the service account write to anybody."""
    tables.tokens[SERVICE_TOKEN].capabilities.add("moodle/site:messageanyuser")


def test_a_message_arrives_and_plain_text_is_escaped(anybody, ask, tables, participant, now):
    row = {"touserid": participant(1).id, "text": "Срок <b>завтра</b>\n—", "textformat": 2, "clientmsgid": "a1"}
    (sent,) = _told(ask, row)

    assert (sent["msgid"], sent["clientmsgid"]) == (1, "a1")
    assert sent["text"] == "<p>Срок &lt;b&gt;завтра&lt;/b&gt;<br>\n—</p>"
    assert [(m.touserid, m.text, m.timecreated) for m in tables.messages] == [(row["touserid"], row["text"], now)]


def test_a_message_that_cannot_go_has_the_id_minus_one_and_a_reason(ask, tables, participant):
    someone = participant(1).id
    told = [
        _told(ask, {"touserid": to, "text": text})[0]
        for to, text in ((9999, "x"), (someone, "я" * 2049), (someone, "x"))
    ]

    assert [row["msgid"] for row in told] == [-1, -1, -1]
    assert [row["errormessage"].split()[:4] for row in told] == [
        ["You", "cannot", "send", "a"],
        ["The", "message", "is", "longer"],
        ["You", "can't", "message", "this"],
    ]
    assert tables.messages == []


def test_a_message_may_have_4096_bytes_not_letters(anybody, ask, participant):
    someone = participant(1).id

    assert _told(ask, {"touserid": someone, "text": "я" * 2048})[0]["msgid"] == 1
    assert _told(ask, {"touserid": someone, "text": "я" * 2048 + "a"})[0]["msgid"] == -1


def test_people_of_ones_own_course_can_be_written_to_without_the_right(ask, tables, participant):
    someone = participant(1).id
    course, _ = next(key for key in tables.enrolments if key[1] == someone)
    tables.enrolments[course, tables.tokens[SERVICE_TOKEN].userid] = tables.enrolments[course, someone]

    assert _told(ask, {"touserid": someone, "text": "x"})[0]["msgid"] == 1


def test_in_a_batch_one_failure_spoils_the_answer_about_what_was_sent(anybody, ask, tables, participant):
    told = _told(ask, {"touserid": participant(1).id, "text": "в пачке"}, {"touserid": 9999, "text": "x"})

    assert told["errorcode"] == "formatnotsupported"
    assert [message.text for message in tables.messages] == ["в пачке"]


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
