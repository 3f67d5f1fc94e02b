"""The stand-in over a real connection: what a client of the protocol meets."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from bridge.demo.accounts import ADMIN_TOKEN, SERVICE_TOKEN
from bridge.demo.faults import FaultKind, Faults, Latency
from bridge.demo.seasons import generate
from bridge.demo.server import make_server, serve_in_thread
from tests.integration.standin.contract import differences, flattened

REST = "/webservice/rest/server.php"
USERS = {"wsfunction": "core_enrol_get_enrolled_users", "courseid": "3"}


def _post(served, fields, *, token=ADMIN_TOKEN, timeout_s=5.0):
    data = {"wstoken": token, "moodlewsrestformat": "json", **fields}
    return requests.post(served.url + REST, data=data, timeout=timeout_s, allow_redirects=False)


@pytest.mark.parametrize("name", ["gradebook_select", "assign_grades", "groupings_with_groups", "error_wrong_type"])
def test_recorded_calls_are_answered_over_http_as_recorded(served, recordings, name):
    recording = next(each for each in recordings if each.name == name)

    answer = _post(served, {"wsfunction": recording.function, **dict(flattened(recording.params))})

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert list(differences(recording.body, answer.json())) == []


def test_the_site_names_the_address_it_is_served_at(served):
    assert _post(served, {"wsfunction": "core_webservice_get_site_info"}).json()["siteurl"] == served.url
    assert requests.get(f"{served.url}/mod/assign/view.php?id=7", timeout=5).ok


def test_an_edited_row_shows_in_the_next_answer(served, tables):
    tables.users[3].lastname = "Иначева"

    assert "Иначева" in [row["lastname"] for row in _post(served, USERS).json()]


def test_many_clients_are_served_at_once_and_every_call_is_logged(served):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: _post(served, USERS).json(), range(40)))

    assert all(answer == answers[0] for answer in answers)
    assert served.site.counts() == {"core_enrol_get_enrolled_users": 40}


def test_rows_changed_under_the_lock_change_at_once(served, tables):
    seen = set()

    def look():
        for _ in range(30):
            rows = _post(served, {**USERS, "options[0][name]": "limitnumber", "options[0][value]": "2"}).json()
            seen.add(tuple(row["city"] for row in rows))

    clients = [threading.Thread(target=look) for _ in range(3)]
    for client in clients:
        client.start()
    for city in ("Элиста", "Лагань", "Троицкое") * 20:
        with served.site.lock:
            tables.users[3].city = tables.users[4].city = city
    for client in clients:
        client.join()

    assert all(first == second for first, second in seen)


def test_the_server_is_gone_after_the_block(site):
    with serve_in_thread(site) as served:
        port = int(served.url.rsplit(":", 1)[1])
        assert _post(served, USERS).ok

    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_tables_alone_are_served_too():
    with serve_in_thread(generate(1, participants=20)) as served:
        answer = _post(served, {"wsfunction": "core_webservice_get_site_info"}, token=SERVICE_TOKEN)

    assert answer.json()["username"] == "companion"


def test_a_server_may_be_run_by_its_caller(tables, capfd):
    served = make_server(tables)
    thread = threading.Thread(target=served.server.serve_forever)
    thread.start()
    try:
        assert _post(served, USERS).ok
    finally:
        served.server.shutdown()
        thread.join()
        served.server.server_close()

    assert capfd.readouterr() == ("", "")


# ---------------------------------------------------------------- faults

READABLE = {
    FaultKind.REORDERED_ROWS,
    FaultKind.REPEATED_ROWS,
    FaultKind.REPEATED_PAGE,
    FaultKind.SLOW,
    FaultKind.SLOW_LORIS,
    FaultKind.HUGE,
    FaultKind.CLOCK_SKEW,
}
"""Faults that leave the answer whole."""


@pytest.mark.parametrize("kind", FaultKind)
def test_every_fault_reaches_the_client_and_the_next_call_is_well(served, kind):
    whole = _post(served, USERS).json()
    served.site.faults = Faults.script(kind)
    served.site.faults.slow_s, served.site.faults.huge_bytes = 0.01, 2_000_000

    try:
        met = _post(served, USERS).json()
    except (requests.RequestException, ValueError):
        met = None

    ids = {row["id"] for row in whole}
    if kind in READABLE:
        assert {row["id"] for row in met} == ids
    else:
        assert met != whole
    assert _post(served, USERS).json() == whole
    assert served.site.faults.injected == {kind: 1}


def test_a_wrong_clock_shows_in_the_date(served):
    served.site.faults = Faults.script(FaultKind.CLOCK_SKEW)

    assert "2015" in _post(served, USERS).headers["Date"]


def test_a_slow_site_outlasts_an_impatient_client(served):
    served.site.latency = Latency(base_s=1.0)

    with pytest.raises(requests.ReadTimeout):
        _post(served, USERS, timeout_s=0.2)
