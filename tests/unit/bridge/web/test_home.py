from lxml import html


def tree(answer):
    return html.fromstring(answer.text)


def said(element):
    return " ".join(element.text_content().split())


def test_groups_come_in_the_order_of_their_deadlines(client):
    page = tree(client.get("/home"))
    caps = [said(cap) for cap in page.xpath("//h2[@class='todo-cap']")]
    assert caps == ["Просрочено", "На этой неделе", "Позже", "Без срока"]


def test_there_is_one_primary_button_and_it_is_the_first_things(client):
    page = tree(client.get("/home"))
    buttons = page.xpath("//main//*[contains(@class, 'btn-primary')]")
    assert [said(button) for button in buttons] == ["Рассмотреть"]


def test_nine_things_are_shown_and_the_rest_is_one_click_away(client):
    page = tree(client.get("/home-long"))
    assert len(page.xpath("//ol[contains(@class, 'todo')]/li[not(ancestor::details)]")) == 9
    assert page.xpath("string(//details/summary)") == "Ещё 4"
    assert len(page.xpath("//details//li")) == 4


def test_a_group_without_deadlines_has_no_column_for_them(client):
    page = tree(client.get("/home"))
    classes = page.xpath("//section[@aria-label]/ol/@class")
    assert classes == ["todo", "todo", "todo", "todo undated"]


def test_the_stage_under_way_is_the_current_step(client):
    page = tree(client.get("/home"))
    assert [step.xpath("string(b)") for step in page.xpath("//ol[@class='steps']/li[@aria-current='step']")] == [
        "3. Индивидуальные проекты"
    ]


def test_the_page_says_how_fresh_its_data_are(client):
    assert "Данные Moodle на 14:05" in tree(client.get("/home")).xpath("string(//p[@class='fresh'])").replace(
        "\u00a0", " "
    )
    old = tree(client.get("/home-empty")).xpath("string(//p[@class='fresh'])").replace("\u00a0", " ")
    assert "Данные Moodle на 15.02.2028, 14:05" in old
    assert "Данных из Moodle ещё нет" in client.get("/home-first").text.replace("\u00a0", " ")


def test_a_refresh_is_a_post_with_its_token(client):
    page = tree(client.get("/home"))
    (form,) = page.xpath("//form[@id='refresh']")
    assert form.get("method") == "post"
    assert form.xpath(".//input[@name='csrf_token']/@value")[0]
    assert page.xpath("//button[@form='refresh']")


def test_an_event_has_its_hour_and_a_deadline_says_until(client):
    whens = [when.text_content().split() for when in tree(client.get("/home")).xpath("//span[@class='when']")]
    assert ["завтра", "до", "17:00"] in whens
    assert ["пт,", "18", "февраля", "15:00"] in whens


def test_nothing_to_do_is_said_in_words(client):
    assert "Сейчас дел нет" in tree(client.get("/home-empty")).xpath("string(//main)")


def test_a_new_installation_is_told_where_to_begin(client):
    page = tree(client.get("/home-first"))
    assert page.xpath("//main//a[contains(@class, 'btn-primary')]/@href") == ["/season/new"]
