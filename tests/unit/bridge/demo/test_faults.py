import json
import time

import pytest

from bridge.demo.faults import Answer, FaultKind, Faults, Latency, spoil

ROWS = Answer(json.dumps([{"id": number, "name": "Айса"} for number in range(40)]).encode())


def _spoilt(kind, **options):
    return spoil(ROWS, kind, Faults(seed=3, slow_s=0.0, huge_bytes=1_000_000, **options))


def test_there_are_more_than_twenty_kinds():
    assert len(FaultKind) >= 20


@pytest.mark.parametrize("kind", FaultKind)
def test_every_kind_changes_the_answer_unless_it_repeats_a_page(kind):
    assert (_spoilt(kind) != ROWS) is (kind is not FaultKind.REPEATED_PAGE)


def test_the_same_seed_draws_the_same_faults():
    draws = [[Faults(seed=5, rate=0.5).draw("f")] for _ in range(2)]
    first, second = Faults(seed=5, rate=0.5), Faults(seed=5, rate=0.5)

    assert draws[0] == draws[1]
    assert [first.draw("f") for _ in range(200)] == [second.draw("f") for _ in range(200)]


def test_about_the_asked_share_of_calls_meets_a_fault():
    faults = Faults(seed=1, rate=0.3)

    met = sum(faults.draw("f") is not None for _ in range(2_000))

    assert 500 < met < 700
    assert faults.injected.total() == met
    assert len(faults.injected) == len(FaultKind)


def test_a_limit_ends_them():
    faults = Faults(seed=1, rate=1.0, limit=3)

    assert sum(faults.draw("f") is not None for _ in range(50)) == 3


def test_only_the_named_functions_meet_them():
    faults = Faults(seed=1, rate=1.0, functions=frozenset({"mod_assign_get_grades"}))

    assert faults.draw("core_course_get_contents") is None
    assert faults.draw("mod_assign_get_grades") is not None


def test_a_script_is_followed_and_then_all_is_well():
    faults = Faults.script(FaultKind.HTML_PAGE, None, FaultKind.HUGE)

    assert [faults.draw("f") for _ in range(5)] == [FaultKind.HTML_PAGE, None, FaultKind.HUGE, None, None]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FaultKind.TOO_MANY_REQUESTS, 429),
        (FaultKind.UNAVAILABLE, 503),
        (FaultKind.SERVER_ERROR, 500),
        (FaultKind.BAD_GATEWAY, 502),
        (FaultKind.LOGIN_REDIRECT, 303),
        (FaultKind.FOREIGN_REDIRECT, 302),
        (FaultKind.HTML_PAGE, 200),
        (FaultKind.EXCEPTION_IN_200, 200),
    ],
)
def test_statuses_are_those_of_real_sites(kind, status):
    assert _spoilt(kind).status == status


@pytest.mark.parametrize("kind", [FaultKind.TOO_MANY_REQUESTS, FaultKind.UNAVAILABLE])
def test_a_busy_site_says_when_to_come_back(kind):
    assert ("Retry-After", "7") in _spoilt(kind, retry_after_s=7).headers


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (FaultKind.EXCEPTION_IN_200, "dmlreadexception"),
        (FaultKind.INVALID_RESPONSE, "invalidresponse"),
        (FaultKind.TOKEN_REVOKED, "invalidtoken"),
        (FaultKind.MAINTENANCE, "sitemaintenance"),
        (FaultKind.HIDDEN_COURSE, "requireloginerror"),
        (FaultKind.PHP_ERROR, None),
    ],
)
def test_errors_come_in_words_with_their_codes(kind, code):
    fields = json.loads(_spoilt(kind).body)

    assert fields["exception"]
    assert fields.get("errorcode") == code


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.TRUNCATED_JSON,
        FaultKind.DUPLICATE_JSON,
        FaultKind.PHP_NOTICE,
        FaultKind.BROKEN_UTF8,
        FaultKind.EMPTY_BODY,
        FaultKind.HTML_PAGE,
    ],
)
def test_broken_bodies_do_not_parse(kind):
    with pytest.raises(ValueError, match=r".*"):
        json.loads(_spoilt(kind).body.decode())


def test_a_notice_stands_before_the_whole_answer():
    body = _spoilt(FaultKind.PHP_NOTICE).body

    assert body.startswith(b"<br />")
    assert json.loads(body[body.index(b"[{") :]) == json.loads(ROWS.body)


def test_reordered_rows_are_the_same_rows():
    before, after = json.loads(ROWS.body), json.loads(_spoilt(FaultKind.REORDERED_ROWS).body)

    assert after != before
    assert sorted(after, key=lambda row: row["id"]) == before


def test_repeated_rows_add_copies_of_some():
    after = json.loads(_spoilt(FaultKind.REPEATED_ROWS).body)

    assert len(after) == 44
    assert {row["id"] for row in after} == set(range(40))


def test_a_repeated_page_is_the_last_one_again():
    page = Answer(b"[1]")

    assert spoil(ROWS, FaultKind.REPEATED_PAGE, Faults(), previous=page) is page


def test_one_row_has_a_value_of_another_type_or_lacks_its_key():
    wrong = json.loads(_spoilt(FaultKind.WRONG_TYPE).body)
    missing = json.loads(_spoilt(FaultKind.MISSING_KEY).body)

    assert sum(isinstance(row["id"], dict) for row in wrong) == 1
    assert sum("id" not in row for row in missing) == 1


def test_an_answer_without_rows_is_left_alone():
    plain = Answer(b"<xml/>")

    assert spoil(plain, FaultKind.WRONG_TYPE, Faults()) == plain
    assert json.loads(spoil(Answer(b"[1,2]"), FaultKind.MISSING_KEY, Faults()).body) == [1, 2]


def test_a_huge_answer_is_valid_json_of_the_asked_size():
    chunks = _spoilt(FaultKind.HUGE).chunks

    body = b"".join(piece for _, piece in chunks)
    assert 900_000 < len(body) < 1_100_000
    assert json.loads(body) == json.loads(ROWS.body)


def test_a_slow_loris_sends_everything_in_small_pieces():
    answer = spoil(ROWS, FaultKind.SLOW_LORIS, Faults(slow_s=0.5))

    assert len(answer.chunks) >= 8
    assert all(pause == 0.5 for pause, _ in answer.chunks)
    assert b"".join(piece for _, piece in answer.chunks) == ROWS.body


def test_a_dropped_connection_promised_more_than_it_sent():
    answer = _spoilt(FaultKind.DROPPED)

    assert len(answer.body) < answer.promised_length


@pytest.mark.parametrize(
    ("function", "value", "seconds"),
    [
        ("core_enrol_get_enrolled_users", [{}] * 2000, 4.03),
        ("mod_assign_get_grades", {"assignments": [{"grades": [{}] * 35_000}] * 2}, 1.13),
        ("mod_assign_get_submissions", {"assignments": [{"submissions": [{}] * 2000}]}, 1.53),
        ("gradereport_user_get_grade_items", {"usergrades": [{}] * 100}, 0.43),
        ("mod_workshop_get_grades_report", {"report": {"grades": [{}] * 100}}, 0.07),
        ("core_webservice_get_site_info", {"sitename": "x"}, 0.03),
    ],
)
def test_a_real_sites_time_grows_with_its_rows(function, value, seconds):
    assert Latency().seconds(function, value) == pytest.approx(seconds)
    assert Latency(scale=0.1).seconds(function, value) == pytest.approx(seconds / 10)


def test_waiting_counts_from_the_start_of_the_call():
    started = time.perf_counter()
    Latency(base_s=0.05).wait("f", None, since=started - 0.03)

    assert 0.015 < time.perf_counter() - started < 0.2
