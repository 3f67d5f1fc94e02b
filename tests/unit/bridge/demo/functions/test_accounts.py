import pytest

from bridge.demo.accounts import SERVICE_TOKEN

NEW = {
    "username": "a.ochirova",
    "password": "Secret-2026!",
    "firstname": "Айса",
    "lastname": "Очирова",
    "email": "a.ochirova@example.test",
}


def test_accounts_are_created_and_found_by_every_field(ask, tables):
    created = ask("core_user_create_users", users=[NEW | {"idnumber": "X-1", "institution": "СОШ"}])[0]

    for field in ("id", "username", "email", "idnumber"):
        value = {"id": created["id"], "idnumber": "X-1"}.get(field, NEW.get(field))
        found = ask("core_user_get_users_by_field", field=field, values=[value, "nobody"])
        assert [row["id"] for row in found] == [created["id"]]
    assert found[0]["lang"] == "ru"
    assert "Secret" not in repr(found)


@pytest.mark.parametrize(
    "change",
    [
        {"username": "A.Ochirova"},
        {"username": "a ochirova"},
        {"username": "admin"},
        {"email": "nowhere"},
        {"email": "ADMIN@example.test"},
        {"password": ""},
        {"firstname": "Айса<b>"},
    ],
)
def test_one_bad_account_refuses_all(ask, tables, change):
    before = len(tables.users)

    assert ask("core_user_create_users", users=[NEW, NEW | {"username": "b", "email": "b@x.test"} | change])[
        "errorcode"
    ] == ("invalidparameter")
    assert len(tables.users) == before


def test_a_password_may_be_left_to_the_site(ask):
    fields = {key: value for key, value in NEW.items() if key != "password"}

    assert ask("core_user_create_users", users=[fields | {"createpassword": 1}])[0]["username"] == "a.ochirova"


def test_creating_needs_its_right(ask):
    assert ask("core_user_create_users", token=SERVICE_TOKEN, users=[NEW])["errorcode"] == "nopermissions"


def test_a_custom_field_is_stored_where_the_site_knows_it(ask, tables):
    fields = [{"type": "birthdate", "value": "1"}, {"type": "nosuch", "value": "2"}]

    created = ask("core_user_create_users", users=[NEW | {"customfields": fields}])[0]

    assert tables.users[created["id"]].profile == {"birthdate": "1"}


def test_accounts_are_changed_and_strangers_warned_of(ask, tables, participant):
    user = participant(1)

    answer = ask(
        "core_user_update_users", users=[{"id": user.id, "suspended": 1, "city": "Элиста"}, {"id": 9999, "city": "x"}]
    )

    assert (user.suspended, user.city) == (True, "Элиста")
    assert [warning["itemid"] for warning in answer["warnings"]] == [9999]


def test_a_search_takes_per_cent_signs_and_warns_of_unknown_keys(ask, participant):
    lastname = participant(1).lastname

    answer = ask(
        "core_user_get_users",
        criteria=[{"key": "lastname", "value": f"{lastname[:3]}%"}, {"key": "colour", "value": "red"}],
    )

    assert participant(1).id in [row["id"] for row in answer["users"]]
    assert all(row["lastname"].startswith(lastname[:3]) for row in answer["users"])
    assert len(answer["warnings"]) == 1
    assert ask("core_user_get_users", criteria={})["errorcode"] == "invalidparameter"


def test_another_search_field_is_refused(ask):
    assert ask("core_user_get_users_by_field", field="city", values=["Элиста"])["errorcode"] == "invalidparameter"
