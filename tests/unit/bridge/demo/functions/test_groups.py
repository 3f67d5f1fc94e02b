import pytest

from bridge.demo.accounts import SERVICE_TOKEN


@pytest.fixture
def group(tables):
    return next(iter(tables.groups.values()))


def test_groups_and_groupings_are_listed(ask, course_id, tables):
    groups = ask("core_group_get_course_groups", courseid=course_id("group"))
    groupings = ask("core_group_get_course_groupings", courseid=course_id("group"))
    whole = ask("core_group_get_groupings", groupingids=[groupings[0]["id"]], returngroups=1)[0]

    assert {row["id"] for row in groups} == {row["id"] for row in whole["groups"]} == set(tables.groups)
    assert "groups" not in ask("core_group_get_groupings", groupingids=[groupings[0]["id"]])[0]


def test_one_missing_group_fails_the_batch(ask, group):
    assert ask("core_group_get_group_members", groupids=[group.id, 999])["errorcode"] == "invalidrecord"
    assert ask("core_group_get_groupings", groupingids=[999])["errorcode"] == "invalidrecord"


def test_an_unknown_course_is_said_to_have_no_valid_context(ask):
    assert ask("core_group_get_course_groups", courseid=999)["errorcode"] == "errorcoursecontextnotvalid"


def test_groups_need_the_right_to_manage_them(ask, course_id, tables, group):
    tables.tokens[SERVICE_TOKEN].capabilities.remove("moodle/course:managegroups")

    for function, params in (
        ("core_group_get_course_groups", {"courseid": course_id("group")}),
        ("core_group_get_course_groupings", {"courseid": course_id("group")}),
        ("core_group_get_group_members", {"groupids": [group.id]}),
    ):
        assert ask(function, token=SERVICE_TOKEN, **params)["errorcode"] == "nopermissions"


def test_members_are_added_all_or_none(ask, tables, group, participant):
    newcomer, stranger = participant(30).id, 2
    pairs = [{"groupid": group.id, "userid": newcomer}, {"groupid": group.id, "userid": stranger}]

    assert ask("core_group_add_group_members", members=pairs)["errorcode"] == "invalidparameter"
    assert newcomer not in group.members
    assert ask("core_group_add_group_members", members=pairs[:1]) is None
    assert newcomer in ask("core_group_get_group_members", groupids=[group.id])[0]["userids"]
    assert ask("core_group_add_group_members", members=[{"groupid": group.id, "userid": 9999}])["errorcode"] == (
        "invalidrecord"
    )


def test_a_group_is_created_once(ask, tables, course_id):
    row = {"courseid": course_id("group"), "name": "Новая", "description": ""}

    created = ask("core_group_create_groups", groups=[row])
    again = ask("core_group_create_groups", groups=[row])

    assert tables.groups[created[0]["id"]].name == "Новая"
    assert again["errorcode"] == "invalidparameter"


# ---------------------------------------------------------------- cohorts


def _membership(cohort, user):
    return {
        "cohorttype": {"type": "idnumber", "value": cohort},
        "usertype": {"type": "username", "value": user},
    }


def test_cohorts_are_all_or_nothing(ask, tables):
    cohort = next(iter(tables.cohorts))
    tables.tokens[SERVICE_TOKEN].capabilities.remove("moodle/cohort:view")

    assert ask("core_cohort_get_cohorts")[0]["id"] == cohort
    assert ask("core_cohort_get_cohorts", token=SERVICE_TOKEN)["errorcode"] == "nopermissions"
    assert (
        ask("core_cohort_get_cohort_members", token=SERVICE_TOKEN, cohortids=[cohort])["errorcode"] == "nopermissions"
    )
    assert ask("core_cohort_get_cohort_members", cohortids=[cohort, 999])["errorcode"] == "invalidrecord"
    assert len(ask("core_cohort_get_cohort_members", cohortids=[cohort])[0]["userids"]) == 40
    assert ask("core_cohort_get_cohorts", cohortids=[999]) == []


def test_members_that_cannot_be_added_become_warnings(ask, tables, participant):
    cohort = next(iter(tables.cohorts.values()))
    cohort.members.discard(participant(1).id)
    known, stranger = participant(1).username, "nobody"

    warnings = ask(
        "core_cohort_add_cohort_members",
        members=[
            _membership(cohort.idnumber, known),
            _membership(cohort.idnumber, known),
            _membership(cohort.idnumber, stranger),
            _membership("nothing", known),
            {"cohorttype": {"type": "name", "value": "x"}, "usertype": {"type": "id", "value": "3"}},
        ],
    )["warnings"]

    assert [warning["warningcode"] for warning in warnings] == ["3", "2", "2", "1"]
    assert participant(1).id in cohort.members


def test_a_cohorts_number_is_taken_once(ask, tables):
    row = {"categorytype": {"type": "id", "value": "2"}, "name": "Эксперты", "idnumber": "experts"}

    assert ask("core_cohort_create_cohorts", cohorts=[row])[0]["name"] == "Эксперты"
    assert ask("core_cohort_create_cohorts", cohorts=[row])["errorcode"] == "invalidparameter"
