import pytest

from bridge.demo.accounts import SERVICE_TOKEN
from bridge.demo.tables import ProfileField

USERS = "core_enrol_get_enrolled_users"


def _options(**values):
    return [{"name": name, "value": value} for name, value in values.items()]


@pytest.fixture
def people(ask, course_id):
    def listed(key="select", token=SERVICE_TOKEN, **options):
        options.setdefault("userfields", "id,roles,groups,institution")
        return ask(USERS, token=token, courseid=course_id(key), options=_options(**options))

    return listed


def test_everybody_is_listed_by_id_with_the_role_in_this_course(people):
    rows = people("individual")

    ids = [row["id"] for row in rows]
    roles = {row["roles"][0]["shortname"] for row in rows}
    assert ids == sorted(ids)
    assert len(rows) == 40 + 4 + 6
    assert roles == {"student", "editingteacher", "mentor"}


def test_only_the_named_fields_come(people):
    assert set(people(userfields="id,email", limitnumber=1)[0]) == {"id", "fullname", "email"}


def test_a_birth_date_comes_only_where_custom_fields_are_asked_for(people, tables, participant):
    user = participant(1)

    asked = next(row for row in people(userfields="id,customfields") if row["id"] == user.id)
    unasked = next(row for row in people() if row["id"] == user.id)

    assert asked["customfields"][0]["shortname"] == "birthdate"
    assert asked["customfields"][0]["value"] == user.profile["birthdate"]
    assert "customfields" not in unasked
    assert user.profile["birthdate"] not in repr(unasked)


def test_without_a_list_of_fields_the_birth_date_comes_unasked(ask, course_id, participant):
    rows = ask(USERS, courseid=course_id("select"), options=_options(limitnumber=1))

    assert rows[0]["id"] == participant(1).id
    assert rows[0]["customfields"][0]["shortname"] == "birthdate"


def test_an_edited_row_is_answered_edited(people, participant):
    participant(3).institution = "МБОУ «Новая СОШ»"

    assert next(row for row in people() if row["id"] == participant(3).id)["institution"] == "МБОУ «Новая СОШ»"


def test_pages_add_up_to_the_whole(people):
    whole = people()
    pages = [row for start in range(0, 60, 7) for row in people(limitfrom=start, limitnumber=7)]

    assert pages == whole
    assert people(limitfrom=len(whole), limitnumber=7) == []


def test_a_page_is_cut_before_hidden_people_drop_out_of_it(people, tables, participant):
    tables.site.hidden_profiles = {participant(2).id, participant(3).id}

    first, second = people(limitfrom=0, limitnumber=4), people(limitfrom=4, limitnumber=4)

    assert len(first) == 2
    assert len(second) == 4
    assert first[-1]["id"] < second[0]["id"]


def test_active_and_suspended_part_the_course(people, participant):
    active = {row["id"] for row in people("group", onlyactive=1)}
    suspended = {row["id"] for row in people("group", onlysuspended=1)}

    assert suspended == {participant(17).id, participant(34).id}
    assert active | suspended == {row["id"] for row in people("group")}
    assert not active & suspended


def test_an_enrolment_that_has_ended_is_not_active(people, tables, participant, course_id, now):
    tables.enrolments[course_id("select"), participant(1).id].timeend = now - 1
    tables.enrolments[course_id("select"), participant(2).id].timestart = now + 1

    active = {row["id"] for row in people(onlyactive=1)}

    assert not active & {participant(1).id, participant(2).id}


def test_one_group_may_be_asked_for(people, tables):
    group = next(iter(tables.groups.values()))

    assert {row["id"] for row in people("group", groupid=group.id)} == group.members
    assert people("group", groupid=999) == []


def test_people_may_be_asked_for_by_what_they_may_do(people, participant):
    rows = people("individual", withcapability="mod/assign:grade")

    assert {row["roles"][0]["shortname"] for row in rows} == {"editingteacher", "mentor"}
    assert people("individual", withcapability="no/such:capability") == []


@pytest.mark.parametrize("by", ["firstname", "lastname", "siteorder", "id"])
def test_people_are_sorted_as_asked(people, tables, by):
    column = {"siteorder": "lastname"}.get(by, by)
    up, down = people(sortby=by), people(sortby=by, sortdirection="desc")

    values = [getattr(tables.users[row["id"]], column) for row in up]
    assert values == sorted(values)
    assert [row["id"] for row in down] == [row["id"] for row in up][::-1]


@pytest.mark.parametrize("options", [{"sortby": "email"}, {"sortdirection": "sideways"}])
def test_another_order_is_refused(people, options):
    assert people(**options)["errorcode"] == "invalidparameter"


def test_an_unknown_field_is_refused(people):
    assert people(userfields="id,salary")["errorcode"] == "invaliduserfield"


@pytest.mark.parametrize(
    ("capabilities", "options", "code"),
    [
        ({"moodle/course:viewparticipants", "moodle/course:enrolreview"}, {}, "nopermissions"),
        ({"moodle/course:enrolreview"}, {"onlyactive": 1}, "nopermissions"),
        ({"moodle/role:review"}, {"withcapability": "mod/assign:submit"}, "nopermissions"),
        ({"moodle/site:accessallgroups"}, {"groupid": 1}, "nopermissions"),
        ({"moodle/course:view"}, {}, "errorcoursecontextnotvalid"),
    ],
)
def test_a_missing_right_is_named(people, tables, capabilities, options, code):
    tables.tokens[SERVICE_TOKEN].capabilities -= capabilities

    assert people("group", **options)["errorcode"] == code


def test_separate_groups_hide_everybody_from_who_is_in_none(people, tables):
    tables.tokens[SERVICE_TOKEN].capabilities.remove("moodle/site:accessallgroups")

    assert people("group") == []
    assert len(people("select")) == 44


def test_separate_groups_show_the_mates_of_who_is_in_one(people, tables):
    tables.tokens[SERVICE_TOKEN].capabilities.remove("moodle/site:accessallgroups")
    group = next(iter(tables.groups.values()))
    group.members.add(tables.tokens[SERVICE_TOKEN].userid)

    rows = people("group")

    assert {row["id"] for row in rows} == group.members - {tables.tokens[SERVICE_TOKEN].userid}
    assert all([each["id"] for each in row["groups"]] == [group.id] for row in rows)


def test_without_the_right_to_details_only_teachers_show(people, tables):
    tables.tokens[SERVICE_TOKEN].capabilities.remove("moodle/user:viewdetails")

    assert {row["roles"][0]["shortname"] for row in people()} == {"editingteacher"}


def test_without_the_right_to_all_details_schools_do_not_show(people, tables):
    tables.tokens[SERVICE_TOKEN].capabilities.remove("moodle/user:viewalldetails")

    assert all("institution" not in row for row in people())


def test_without_the_right_to_addresses_they_do_not_show(people, tables):
    tables.tokens[SERVICE_TOKEN].capabilities -= {"moodle/course:useremail", "moodle/site:viewuseridentity"}

    assert all("email" not in row for row in people(userfields="id,email"))


def test_a_name_that_breaks_the_description_refuses_the_page_it_is_on(people, participant):
    participant(9).lastname = "Очиров<br>"

    assert people(limitfrom=0, limitnumber=20)["errorcode"] == "invalidresponse"
    assert len(people(limitfrom=20, limitnumber=20)) == 20


def test_a_group_text_is_cleaned_unless_it_is_asked_for_raw(ask, tables, course_id):
    group = next(iter(tables.groups.values()))
    group.description, group.name = "<p onclick='x()'>Да</p><script>alert(1)</script>", "A & B"
    options = _options(userfields="id,groups", groupid=group.id)

    clean = ask(USERS, courseid=course_id("group"), options=options)[0]["groups"][0]
    raw = ask(USERS, courseid=course_id("group"), options=options, settings={"moodlewssettingraw": "1"})[0]["groups"][0]

    assert (clean["name"], clean["description"]) == ("A &amp; B", "<p>Да</p>")
    assert (raw["name"], raw["description"]) == (group.name, group.description)


def test_a_plain_text_gets_line_breaks_and_a_block(ask, tables, course_id):
    group = next(iter(tables.groups.values()))
    group.description, group.descriptionformat = "Первая\nВторая", 0

    row = ask(USERS, courseid=course_id("group"), options=_options(userfields="id,groups", groupid=group.id))[0]

    assert row["groups"][0]["description"] == '<div class="text_to_html">Первая<br />\nВторая</div>'


def test_custom_fields_of_other_kinds_show_as_they_are(people, tables, participant):
    tables.profile_fields["post"] = ProfileField("post", "Должность")
    participant(1).profile = {"post": "учитель"}

    row = people(userfields="id,customfields")[0]

    assert row["customfields"] == [{"type": "text", "value": "учитель", "name": "Должность", "shortname": "post"}]


# ---------------------------------------------------------------- one's courses, enrolling


def test_ones_courses_are_those_with_an_active_enrolment(ask, participant, course_id):
    rows = ask("core_enrol_get_users_courses", userid=participant(17).id)
    counted = ask("core_enrol_get_users_courses", userid=participant(1).id)

    assert [row["id"] for row in rows] == [course_id("select")]
    assert len(counted) == 4
    assert all(row["enrolledusercount"] >= 44 for row in counted)
    assert (
        "enrolledusercount" not in ask("core_enrol_get_users_courses", userid=participant(1).id, returnusercount=0)[0]
    )


ENROL = "enrol_manual_enrol_users"


@pytest.fixture
def newcomer(ask):
    user = {"username": "new", "password": "x", "firstname": "Новый", "lastname": "Человек", "email": "n@example.test"}
    return ask("core_user_create_users", users=[user])[0]["id"]


def test_an_enrolment_is_made_and_changed(ask, tables, course_id, newcomer):
    row = {"roleid": 5, "userid": newcomer, "courseid": course_id("select")}

    assert ask(ENROL, enrolments=[row]) is None
    assert ask(ENROL, enrolments=[row | {"suspend": 1, "timeend": 99}]) is None

    enrolment = tables.enrolments[course_id("select"), newcomer]
    assert (enrolment.suspended, enrolment.timeend) == (True, 99)
    assert sum(each.userid == newcomer for each in tables.role_assignments.values()) == 1


def test_one_bad_enrolment_refuses_all(ask, tables, course_id, newcomer):
    good = {"roleid": 5, "userid": newcomer, "courseid": course_id("select")}

    assert ask(ENROL, enrolments=[good, good | {"userid": 9999}])["errorcode"] == "invalidrecord"
    assert ask(ENROL, enrolments=[good, good | {"roleid": 77}])["errorcode"] == "wsusercannotassign"
    assert (course_id("select"), newcomer) not in tables.enrolments


def test_a_course_without_manual_enrolment_says_so(ask, tables, course_id, newcomer):
    tables.courses[course_id("select")].enrolmethods = ["cohort"]

    row = {"roleid": 5, "userid": newcomer, "courseid": course_id("select")}
    assert ask(ENROL, enrolments=[row])["errorcode"] == "wsnoinstance"


def test_the_least_rights_do_not_include_enrolling(ask, course_id, participant):
    row = {"roleid": 5, "userid": participant(1).id, "courseid": course_id("select")}

    assert ask(ENROL, token=SERVICE_TOKEN, enrolments=[row])["errorcode"] == "nopermissions"
