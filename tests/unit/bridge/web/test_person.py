from lxml import html


def tree(answer):
    return html.fromstring(answer.text)


def said(element):
    return " ".join(element.text_content().split())


def heading(client, path):
    return said(tree(client.get(path)).xpath("//h1")[0])


def test_ones_own_page_asks_why(client):
    assert heading(client, "/person") == "Почему у вас 58,7 балла"


def test_the_organisers_page_names_the_person(client):
    assert heading(client, "/person-staff") == "Лиджиева Полина"


def test_a_term_shows_how_its_mark_became_points(client):
    row = tree(client.get("/person")).xpath("//table[contains(@class, 'terms')]/tbody/tr")[1]
    assert [said(cell) for cell in row.xpath("td")] == ["48,0 из 80", "60,0 %", "× 15", "9,0", "", "5 рецензий"]
    assert row.xpath("string(td/*[@role='img']/@aria-label)").replace("\u00a0", " ") == "9,0 из 15"


def test_bars_share_one_scale(client):
    widths = [
        float(width) for width in tree(client.get("/person")).xpath("//td[@class='bar-cell']//*[@class='b-bg']/@width")
    ]
    assert widths == [100, 150, 100, 150, 100, 100, 300]


def test_a_pending_term_is_awaited_and_never_zero(client):
    row = tree(client.get("/person-staff")).xpath("//table[contains(@class, 'terms')]/tbody/tr")[6]
    assert [said(cell) for cell in row.xpath("td")][:4] == ["ожидается", "—", "× 30", "ожидается"]


def test_a_work_that_was_not_handed_in_is_zero_and_says_why(client):
    row = tree(client.get("/person")).xpath("//table[contains(@class, 'terms')]/tbody/tr")[4]
    assert [said(cell) for cell in row.xpath("td")][:4] == ["не сдано", "0,0 %", "× 10", "0,0"]


def test_the_foot_is_the_sum_of_weights_and_points(client):
    foot = tree(client.get("/person")).xpath("//table[contains(@class, 'terms')]/tfoot/tr")[0]
    assert [said(cell) for cell in foot.xpath("th|td") if said(cell)] == ["Сумма", "100", "58,7"]


def test_a_mark_names_its_source_grader_and_state(client):
    row = tree(client.get("/person")).xpath("//table[contains(@class, 'marks-list')]/tbody/tr")[0]
    text = said(row)
    for part in (
        "64,4 из 100",
        "20.11.2026, 12:30, Манджиева Б. О.",
        "журнал оценок, 16.02.2028, 14:05",
        "переопределена",
        "заблокирована",
    ):
        assert part in text.replace("\u00a0", " ")


def test_a_mark_is_called_by_its_activity_whatever_its_link_says(client):
    names = [
        said(name)
        for name in tree(client.get("/person")).xpath("//table[contains(@class, 'marks-list')]//th[@scope='row']")
    ]
    assert names[0].startswith("Эссе «Школа, которой я управляю» ↗ Этап 1.")
    assert names[1].startswith("Групповой проект Этап 2.")


def test_nothing_known_is_said_in_words(client):
    page = tree(client.get("/person-unknown"))
    assert "В Moodle ещё нет оценок" in page.xpath("string(//main)").replace("\u00a0", " ")


def test_an_evidence_table_can_be_scrolled_by_keyboard(client):
    (group,) = tree(client.get("/person")).xpath("//div[@class='scroll']")
    assert (group.get("tabindex"), group.get("role")) == ("0", "group")
    assert group.get("aria-label")
