"""Every command as it is typed: what it prints, what it leaves behind, and with which code it ends."""

from __future__ import annotations

import csv
import io
import json
import socket
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from sqlalchemy import create_engine, text

from bridge.demo import changes
from bridge.demo.accounts import ADMIN_TOKEN, LEAST_PRIVILEGE, add_service_account
from bridge.demo.recordings import load_recordings
from bridge.demo.server import Served, serve_in_thread
from bridge.demo.tables import Category
from tests.functional.conftest import FIXTURE, FOUNDED, PASSWORD, Story
from tests.functional.shell import Said, Shell
from tests.support import postgres

DONE, REFUSED, USAGE, UNREACHABLE, PARTLY = range(5)

pytestmark = pytest.mark.xdist_group("command-line")

Founded = tuple[Shell, dict[str, Said]]


def rows(shell: Shell, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(shell.database_file)) as connection:
        return connection.execute(query).fetchall()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# ---------------------------------------------------------------- the installation


def test_without_a_database_a_command_says_which_to_run(founded: Founded) -> None:
    said = founded[1]["too early"]
    assert (said.code, said.out) == (USAGE, "")
    assert said.error.endswith("Run: accelerator db upgrade")


def test_upgrade_prints_the_revision(founded: Founded) -> None:
    said = founded[1]["upgrade"]
    assert (said.code, said.err) == (DONE, "")
    assert said.out.strip().isalnum()


def test_before_the_first_run_a_command_says_which_to_run(founded: Founded) -> None:
    said = founded[1]["unset"]
    assert (said.code, said.error) == (REFUSED, "This installation is not set up yet. Run: accelerator setup")


def test_setup_founds_once(founded: Founded) -> None:
    shell, said = founded
    assert (said["setup"].code, said["setup"].out) == (DONE, "The installation is set up.\n")
    assert (said["setup again"].code, said["setup again"].error) == (
        REFUSED,
        "This installation is set up already. Sign in.",
    )
    assert rows(shell, "SELECT count(*) FROM municipality") == [(1,)]
    assert rows(shell, "SELECT login FROM local_account") == [("metodist",)]


def test_setup_with_a_weak_password_writes_nothing(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert shell.call("db", "upgrade").code == DONE
    said = shell.call(*FOUNDED, "--password", "short")
    assert said.code == REFUSED
    assert "password" in said.error
    assert rows(shell, "SELECT count(*) FROM municipality") == [(0,)]


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    said = Shell(tmp_path).call("check", ACCEL_PORT="many", ACCEL_SYNC_MINUTES="0")
    assert said.code == USAGE
    assert "ACCEL_PORT" in said.error
    assert "ACCEL_SYNC_MINUTES" in said.error


def test_an_unknown_option_is_a_mistake_in_usage(tmp_path: Path) -> None:
    said = Shell(tmp_path).run("sync", "--everything")
    assert said.code == USAGE
    assert "No such option" in said.err


def test_accounts_are_made_with_a_role(fresh: Shell) -> None:
    words = (
        "user",
        "create",
        "--role",
        "leadership",
        "--last-name",
        "Манджиева",
        "--first-name",
        "Галина",
        "nachalnik",
    )
    made = fresh.run(*words, "--password", PASSWORD)
    assert (made.code, made.out, made.err) == (DONE, "The account nachalnik was created.\n", "")
    assert rows(fresh, "SELECT role FROM role_grant ORDER BY id DESC LIMIT 1") == [("leadership",)]
    again = fresh.call(*words, "--password", PASSWORD)
    assert again.code == REFUSED
    assert "login" in again.error
    assert rows(fresh, "SELECT count(*) FROM person") == [(2,)]


# ---------------------------------------------------------------- Moodle


def test_connect_says_what_it_found(story: Story) -> None:
    said = story.said["connect"]
    assert (said.code, said.err) == (DONE, "")
    first, second = said.out.splitlines()
    assert first.startswith("Moodle is connected: ")
    assert second == "Courses are read from the category “Акселератор проектов — сезон a26”."


def test_the_token_may_be_typed_and_the_category_named(fresh: Shell, moodle: Served) -> None:
    said = fresh.call("connect", moodle.url, "--category", "2", typed=ADMIN_TOKEN + "\n")
    assert said.code == DONE
    assert ADMIN_TOKEN not in said.out + said.err
    assert rows(fresh, "SELECT moodle_category_ids FROM lms_site") == [("[2]",)]


def test_an_unknown_category_is_refused_with_those_there_are(fresh: Shell, moodle: Served, token_file: Path) -> None:
    said = fresh.call("connect", moodle.url, "--token-file", token_file, "--category", "nowhere")
    assert said.code == REFUSED
    assert "“nowhere”" in said.error
    assert "(accel-a26)" in said.error
    assert rows(fresh, "SELECT count(*) FROM lms_site") == [(0,)]


def test_two_possible_categories_are_asked_about(fresh: Shell, token_file: Path) -> None:
    tables = load_recordings(FIXTURE)
    first = tables.categories[2]
    tables.categories[9] = Category(9, "Другой сезон", "accel-b", "", 1, first.parent, 90, 1, 0, "/9")
    with serve_in_thread(tables) as two:
        said = fresh.call("connect", two.url, "--token-file", token_file)
    assert said.code == PARTLY
    assert "Choose the course category with --category." in said.out
    assert "Другой сезон (accel-b)" in said.out
    sync = fresh.call("sync")
    assert (sync.code, sync.error) == (REFUSED, "Choose the course category of the programme first.")


@pytest.mark.parametrize(
    ("case", "code", "told"),
    [
        ("nobody there", UNREACHABLE, "Nothing answers at this address"),
        ("bad token", REFUSED, "Moodle does not accept this token"),
        ("private", REFUSED, "ACCEL_ALLOW_PRIVATE_LMS=1"),
        ("no address", REFUSED, "This is no address of a site"),
    ],
)
def test_a_connection_that_cannot_be_is_told_in_one_line(
    fresh: Shell, moodle: Served, case: str, code: int, told: str
) -> None:
    url = {"nobody there": f"http://127.0.0.1:{free_port()}", "no address": "ftp://moodle.example"}.get(
        case, moodle.url
    )
    token = "no such token" if case == "bad token" else ADMIN_TOKEN
    said = fresh.call(
        "connect", url, ACCEL_MOODLE_TOKEN=token, ACCEL_ALLOW_PRIVATE_LMS="0" if case == "private" else "1"
    )
    assert said.code == code
    assert told in said.error
    assert token not in said.out + said.err
    assert rows(fresh, "SELECT count(*) FROM lms_site") == [(0,)]


def test_sync_before_a_connection_says_which_command_to_run(fresh: Shell) -> None:
    said = fresh.call("sync")
    assert (said.code, said.error) == (REFUSED, "Moodle is not connected yet. Run: accelerator connect URL")


def test_sync_as_json_has_the_documented_shape(story: Story) -> None:
    said = story.said["sync"]
    assert (said.code, said.err) == (DONE, "")
    told = json.loads(said.out)
    assert {name: type(value) for name, value in told.items()} == {
        "run": str,
        "mode": str,
        "calls": int,
        "seconds": float,
        "inserted": int,
        "changed": int,
        "retired": int,
        "not_visible": int,
        "problems": list,
    }
    assert (told["mode"], told["calls"], told["problems"]) == ("full", 302, [])
    assert told["inserted"] > 3400
    assert (told["run"], "done") in rows(story.shell, "SELECT uid, state FROM sync_run")


def test_a_second_sync_finds_nothing_new(story: Story) -> None:
    said = story.said["sync again"]
    told = json.loads(said.out)
    assert (said.code, told["mode"], told["calls"]) == (DONE, "incremental", 12)
    assert (told["inserted"], told["changed"], told["retired"], told["not_visible"]) == (0, 0, 0, 0)


def test_what_could_not_be_read_is_told_and_ends_with_its_own_code(fresh: Shell) -> None:
    tables = load_recordings(FIXTURE)
    add_service_account(tables, "t", username="nearly", capabilities=LEAST_PRIVILEGE - {"moodle/grade:viewall"})
    with serve_in_thread(tables) as moodle:
        assert fresh.call("connect", moodle.url, "--category", "2", ACCEL_MOODLE_TOKEN="t").code == DONE
        said = fresh.run("sync", "--json")
    told = json.loads(said.out)
    assert (said.code, said.err) == (PARTLY, "")
    assert {(one["course"], one["code"]) for one in told["problems"]} == {(n, "access_denied") for n in (2, 3, 4, 5)}
    assert all(set(one) == {"course", "code", "text"} for one in told["problems"])
    assert all("may not read this" in one["text"] for one in told["problems"])
    gone = fresh.run("sync")
    assert gone.code == UNREACHABLE
    assert "Nothing answers at this address" in gone.error
    assert rows(fresh, "SELECT state FROM sync_run ORDER BY id") == [("partly",), ("failed",)]
    assert rows(fresh, "SELECT count(*) FROM lms_course WHERE presence = 'present'") == [(4,)]


# ---------------------------------------------------------------- seasons and their rating


def test_a_season_is_imported_shown_and_exported(story: Story) -> None:
    assert (story.said["import"].code, story.said["import"].out) == (DONE, "The season 2026–2028 is saved.\n")
    shown = story.said["show"]
    assert shown.code == DONE
    assert shown.out == "2026–2028: 2026-09-01 – 2028-06-01, stage 3, 4 courses mapped, 24 places\n"
    exported = yaml.safe_load(story.said["export"].out)
    assert exported["moodle"]["courses"] == {
        "accel-a26-select": 1,
        "accel-a26-group": 2,
        "accel-a26-individual": 3,
        "accel-a26-implement": 4,
    }


def test_what_was_exported_is_imported_to_the_same(story: Story, tmp_path: Path) -> None:
    shell = story.copy(tmp_path)
    file = tmp_path / "exported.yaml"
    file.write_text(story.said["export"].out, encoding="utf-8")
    assert shell.call("season", "import", file).code == DONE
    assert shell.call("season", "export").out == story.said["export"].out
    assert rows(shell, "SELECT count(*) FROM season") == [(1,)]


def test_a_broken_season_file_names_each_line_and_changes_nothing(story: Story, tmp_path: Path) -> None:
    shell = story.copy(tmp_path)
    before = rows(shell, "SELECT name, places, stage_number FROM season")
    file = tmp_path / "broken.yaml"
    file.write_text("version: 1\nname: Другой\nstarts: 2026-09-01\nends: soon\nplaces: -3\ncolour: red\n", "utf-8")
    said = shell.call("season", "import", file)
    assert (said.code, said.out) == (REFUSED, "")
    assert all(f" {line}: {field}:" in said.error for line, field in ((4, "ends"), (5, "places"), (6, "colour")))
    file.write_text(
        "version: 1\nname: Другой\nstarts: 2026-09-01\nends: 2028-06-01\nmoodle:\n  courses:\n    none: 1\n",
        "utf-8",
    )
    said = shell.call("season", "import", file)
    assert said.code == REFUSED
    assert " 7: " in said.error
    assert "“none”" in said.error
    assert rows(shell, "SELECT name, places, stage_number FROM season") == before


def test_rate_as_json_has_the_documented_shape_and_the_known_places(story: Story) -> None:
    said = story.shell.run("rate", "--json")
    assert (said.code, said.err) == (DONE, "")
    told = json.loads(said.out)
    assert set(told) == {"season", "formula_hash", "inputs_hash", "people"}
    assert (told["season"], len(told["people"])) == ("2026–2028", 60)
    assert all(
        set(one) == {"id", "moodle_user_id", "name", "total", "rank", "pending", "terms"} for one in told["people"]
    )
    assert all(set(term) == {"id", "raw", "points"} for one in told["people"] for term in one["terms"])
    whole = [one for one in told["people"] if all(term["raw"] is not None for term in one["terms"])]
    assert len(whole) == 32
    best = [(one["moodle_user_id"], Decimal(one["total"])) for one in whole][:4]
    assert best == [(9, Decimal("93.0")), (31, Decimal("89.7")), (61, Decimal("83.5")), (43, Decimal("82.4"))]
    for one in whole:
        assert sum(Decimal(term["points"]) for term in one["terms"]) == Decimal(one["total"])


def test_rate_as_csv_is_a_table_for_a_spreadsheet(story: Story) -> None:
    said = story.shell.call("rate", "--csv")
    assert said.code == DONE
    header, *lines = csv.reader(io.StringIO(said.out))
    assert header[:4] == ["place", "name", "school", "group"]
    assert header[-2:] == ["total", "pending"]
    assert len(lines) == 60
    assert {len(line) for line in lines} == {len(header)}
    assert lines[0][0] == "1"


def test_the_rating_of_an_unknown_season_is_refused(story: Story) -> None:
    said = story.shell.call("rate", "--season", "1999")
    assert (said.code, said.error) == (REFUSED, "There is no such season. Run: accelerator season show")


# ---------------------------------------------------------------- promises


def test_check_finds_nothing_where_nothing_is_broken(story: Story) -> None:
    said = story.shell.run("check")
    assert (said.code, said.out, said.err) == (DONE, "All invariants hold.\n", "")


def test_check_finds_what_somebody_changed_behind_our_back(story: Story, tmp_path: Path) -> None:
    shell = story.copy(tmp_path)
    with closing(sqlite3.connect(shell.database_file)) as connection, connection:
        connection.execute("UPDATE audit_entry SET act = 'nothing.happened' WHERE number = 2")
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("UPDATE person SET municipality_id = 77 WHERE id = 1")
    said = shell.call("check")
    assert said.code == REFUSED
    assert any(line.startswith("audit log system, entry 2: an entry was changed") for line in said.out.splitlines())
    assert any("refers to a missing row of municipality" in line for line in said.out.splitlines())


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_schema_goes_down_and_up_with_data_in_it(
    story: Story, tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    if kind == "sqlite":
        shell = story.copy(tmp_path)
        url = f"sqlite:///{shell.database_file}"
    else:
        server = request.getfixturevalue("postgres_server")
        url = postgres.create_database(server, "accel_cli")
        shell = Shell(tmp_path, {"ACCEL_DATABASE_URL": url})
        assert shell.call("db", "upgrade").code == DONE
        assert shell.call(*FOUNDED, "--password", PASSWORD).code == DONE
    declined = shell.call("db", "downgrade", "base", typed="n\n")
    assert declined.code == REFUSED
    assert _municipalities(url) == 1
    assert shell.call("db", "downgrade", "base", "--yes").out.splitlines()[-1] == "base"
    assert shell.call("season", "show").code == USAGE
    assert shell.call("db", "upgrade").out == story_revision(story)
    assert _municipalities(url) == 0


def story_revision(story: Story) -> str:
    (revision,) = rows(story.shell, "SELECT version_num FROM alembic_version")[0]
    return f"{revision}\n"


def _municipalities(url: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        count = connection.execute(text("SELECT count(*) FROM municipality")).scalar_one()
    engine.dispose()
    return int(count)


def test_the_doctor_says_how_it_stands_by_its_exit_code(fresh: Shell) -> None:
    tables = load_recordings(FIXTURE)
    add_service_account(tables, "t", username="service")
    with serve_in_thread(tables) as moodle:
        assert fresh.call("connect", moodle.url, "--category", "2", ACCEL_MOODLE_TOKEN="t").code == DONE
        healthy = fresh.call("doctor", "--json")
        tables.tokens["t"].capabilities.remove("mod/workshop:viewreviewernames")
        lessened = fresh.call("doctor")
        tables.tokens["t"].capabilities.remove("moodle/grade:viewall")
        blocked = fresh.call("doctor", "--json")
    silent = fresh.call("doctor")
    assert (healthy.code, json.loads(healthy.out)["health"]) == (DONE, "fine")
    assert lessened.code == PARTLY
    assert "mod/workshop:viewreviewernames" in lessened.out
    assert "1. " in lessened.out, "the steps to mend it"
    assert (blocked.code, json.loads(blocked.out)["health"]) == (REFUSED, "blocked")
    assert silent.code == UNREACHABLE


def test_a_course_is_compared_and_read_again_by_its_short_name(fresh: Shell) -> None:
    tables = load_recordings(FIXTURE)
    with serve_in_thread(tables) as moodle:
        fresh.call("connect", moodle.url, "--category", "2", ACCEL_MOODLE_TOKEN=ADMIN_TOKEN)
        fresh.call("sync")
        assert fresh.call("drift", "a26-select").code == DONE
        changes.unenrol(tables, 2, 23)
        differs = fresh.call("drift", "a26-select", "--json")
        mended = fresh.call("sync", "--course", "a26-select", "--json")
        again = fresh.call("drift", "2")
        unknown = fresh.call("sync", "--course", "no-such")
    assert (differs.code, json.loads(differs.out)["differences"] > 0) == (PARTLY, True)
    told = json.loads(mended.out)
    assert (mended.code, told["mode"], told["retired"]) == (DONE, "course", 1)
    assert again.code == DONE
    assert unknown.code == REFUSED
    assert "a26-select (2)" in unknown.error


def test_the_recipe_is_written_for_moodles_administrator(fresh: Shell, tmp_path: Path) -> None:
    said = fresh.call("recipe", str(tmp_path / "recipe"))
    assert said.code == DONE
    assert sorted(path.name for path in (tmp_path / "recipe").iterdir()) == [
        "functions.txt",
        "role-connection.xml",
        "role-reading.xml",
        "role-writing.xml",
    ]
