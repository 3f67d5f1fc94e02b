import io
import json

import pytest
from werkzeug.test import Client

from bridge.demo.accounts import ADMIN_TOKEN, LIMITED_TOKEN, SERVICE_TOKEN
from bridge.demo.faults import FaultKind, Faults, Latency
from bridge.demo.site import REST_PATH, StandIn

INFO = "core_webservice_get_site_info"


@pytest.fixture
def web(site):
    return Client(site)


def _post(web, fields, **kwargs):
    return web.post(REST_PATH, data=fields, **kwargs)


def _fields(function=INFO, token=ADMIN_TOKEN, **more):
    return {"wstoken": token, "wsfunction": function, "moodlewsrestformat": "json", **more}


# ---------------------------------------------------------------- transport


def test_json_is_given_on_request_and_xml_otherwise(web):
    asked = _post(web, _fields())
    default = _post(web, {"wstoken": ADMIN_TOKEN, "wsfunction": INFO})

    assert asked.content_type == "application/json"
    assert default.content_type == "application/xml; charset=utf-8"
    assert default.text.startswith('<?xml version="1.0" encoding="UTF-8" ?>\n<RESPONSE>')


def test_a_get_is_answered_and_the_body_wins_over_the_query(web):
    got = web.get(REST_PATH, query_string=_fields())
    mixed = web.post(f"{REST_PATH}?wsfunction=core_no_such_function", data=_fields())

    assert got.json["sitename"] == mixed.json["sitename"] == "Акселератор проектов"


def test_a_site_under_a_path_is_answered(web):
    assert web.post(f"/moodle{REST_PATH}", data=_fields()).json["userid"] == 2


def test_with_the_protocol_off_there_is_only_a_bare_status(web, tables):
    tables.site.rest_enabled = False

    answer = _post(web, _fields())

    assert (answer.status_code, answer.data) == (403, b"")


def test_fields_beyond_phps_limit_are_dropped_without_a_word(web, tables):
    tables.site.max_input_vars = 5
    ids = {f"courseids[{number}]": "2" for number in range(9)}

    late = _post(web, ids | _fields("mod_workshop_get_workshops_by_courses"))
    early = _post(web, _fields("mod_workshop_get_workshops_by_courses") | ids)

    # The format was dropped, too, so the refusal comes in the default one.
    assert "<ERRORCODE>invalidtoken</ERRORCODE>" in late.text
    assert "errorcode" not in early.json


def test_other_paths_are_pages(web):
    assert web.get("/").status_code == 200
    assert web.get("/nowhere").status_code == 404


# ---------------------------------------------------------------- who may call what


def test_an_unknown_token_is_refused(ask):
    assert ask(INFO, token="nope")["errorcode"] == "invalidtoken"
    assert ask(INFO, token="")["errorcode"] == "invalidtoken"


def test_an_expired_token_is_refused(ask, tables, now):
    tables.tokens[SERVICE_TOKEN].validuntil = now - 1
    assert ask(INFO, token=SERVICE_TOKEN)["errorcode"] == "accessexception"

    tables.tokens[SERVICE_TOKEN].validuntil = now + 1
    assert ask(INFO, token=SERVICE_TOKEN)["username"] == "companion"


def test_a_token_bound_to_another_address_is_refused(ask, tables):
    tables.tokens[SERVICE_TOKEN].iprestriction = "10.0.0.0/8, 192.168.1.7"
    assert ask(INFO, token=SERVICE_TOKEN)["errorcode"] == "accessexception"

    tables.tokens[SERVICE_TOKEN].iprestriction = "127.0.0.0/8"
    assert ask(INFO, token=SERVICE_TOKEN)["username"] == "companion"


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("suspended", True, "wsaccessusersuspended"),
        ("deleted", True, "wsaccessuserdeleted"),
        ("confirmed", False, "wsaccessuserunconfirmed"),
    ],
)
def test_the_account_behind_the_token_must_be_in_order(ask, tables, column, value, code):
    setattr(tables.users[tables.tokens[SERVICE_TOKEN].userid], column, value)

    assert ask(INFO, token=SERVICE_TOKEN)["errorcode"] == code


def test_maintenance_lets_only_administrators_in(ask, tables):
    tables.site.maintenance = True

    assert ask(INFO, token=SERVICE_TOKEN)["errorcode"] == "sitemaintenance"
    assert ask(INFO)["username"] == "admin"


def test_an_account_needs_the_right_to_the_protocol(ask, tables):
    tables.tokens[SERVICE_TOKEN].capabilities.remove("webservice/rest:use")

    assert ask(INFO, token=SERVICE_TOKEN)["errorcode"] == "accessexception"


def test_a_token_of_a_smaller_service_calls_and_lists_only_its_functions(ask, tables):
    tables.tokens[SERVICE_TOKEN].functions = frozenset({INFO})

    assert [each["name"] for each in ask(INFO, token=SERVICE_TOKEN)["functions"]] == [INFO]
    assert ask("core_course_get_categories", token=SERVICE_TOKEN)["errorcode"] == "accessexception"


def test_a_function_that_does_not_exist_reads_like_a_missing_course(ask):
    unknown, missing = ask("core_no_such_function"), ask("core_enrol_get_enrolled_users", courseid=999)

    assert unknown["errorcode"] == missing["errorcode"] == "invalidrecord"
    assert unknown["message"] != missing["message"]


def test_a_function_outside_the_service_is_refused(ask):
    assert ask("core_user_delete_users", userids=[3])["errorcode"] == "accessexception"


def test_a_call_without_a_function_is_refused(ask):
    assert ask("")["errorcode"] == "invalidparameter"


def test_an_account_without_rights_sees_nothing(ask, course_id):
    course = course_id("select")

    assert ask("core_enrol_get_enrolled_users", token=LIMITED_TOKEN, courseid=course)["errorcode"] == (
        "errorcoursecontextnotvalid"
    )
    assert ask("gradereport_user_get_grade_items", token=LIMITED_TOKEN, courseid=course)["errorcode"] == (
        "requireloginerror"
    )


# ---------------------------------------------------------------- log, faults, time


def test_the_log_keeps_calls_without_their_tokens(site, ask, course_id):
    ask("core_enrol_get_enrolled_users", courseid=course_id("select"), options=[{"name": "limitnumber", "value": 2}])
    ask("core_no_such_function")

    first, second = site.calls
    assert first.function == "core_enrol_get_enrolled_users"
    assert first.params == {
        "courseid": str(course_id("select")),
        "options": {"0": {"name": "limitnumber", "value": "2"}},
    }
    assert first.errorcode is None
    assert first.size > 100
    assert second.errorcode == "invalidrecord"
    assert ADMIN_TOKEN not in repr(site.calls)
    assert site.counts() == {"core_enrol_get_enrolled_users": 1, "core_no_such_function": 1}


def test_a_fault_spoils_the_answer_and_not_the_rows(site, ask, tables):
    site.faults = Faults.script(FaultKind.TOKEN_REVOKED)

    assert ask(INFO)["errorcode"] == "invalidtoken"
    assert ask(INFO)["userid"] == 2
    assert [record.fault for record in site.calls] == [FaultKind.TOKEN_REVOKED, None]


def test_a_repeated_page_is_the_one_asked_for_before(site, ask, course_id):
    def page(start):
        options = [
            {"name": "userfields", "value": "id"},
            {"name": "limitfrom", "value": start},
            {"name": "limitnumber", "value": 5},
        ]
        return ask("core_enrol_get_enrolled_users", courseid=course_id("select"), options=options)

    site.faults = Faults.script(None, FaultKind.REPEATED_PAGE, None)
    first = page(0)

    assert page(5) == first
    assert page(5) != first


def test_a_slow_site_takes_its_time(site, ask):
    site.latency = Latency(base_s=0.03)

    ask(INFO)

    assert site.calls[-1].seconds >= 0.03


def test_a_write_can_be_read_back_with_the_sites_own_clock(tables, item):
    site = StandIn(tables, clock=lambda: 1_900_000_000)
    column = item("project")
    environ = {
        "PATH_INFO": REST_PATH,
        "REQUEST_METHOD": "POST",
        "REMOTE_ADDR": "127.0.0.1",
    }
    body = (
        f"wstoken={ADMIN_TOKEN}&wsfunction=core_grades_update_grades&moodlewsrestformat=json&source=x"
        f"&courseid={column.course}&component=mod_assign&activityid=7&itemnumber=0"
        "&grades[0][studentid]=5&grades[0][grade]=12.5"
    ).encode()
    environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    cmid = next(m.id for m in tables.course_modules.values() if m.idnumber == "project")
    environ["wsgi.input"] = io.BytesIO(body.replace(b"activityid=7", f"activityid={cmid}".encode()))
    environ["CONTENT_LENGTH"] = str(len(environ["wsgi.input"].getvalue()))

    answer = b"".join(site(environ, lambda *_: None))

    assert json.loads(answer) == 0
    assert tables.grade_grades[column.id, 5].timemodified == 1_900_000_000
