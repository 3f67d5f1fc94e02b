import pytest

from bridge.demo.errors import InvalidParameter, InvalidResponse
from bridge.demo.shapes import ALPHANUMEXT, BOOL, FLOAT, INT, NOTAGS, RAW, TEXT, Multiple, Single


@pytest.mark.parametrize("text", ["0", "7", "-3", "1795476056"])
def test_a_whole_number_is_taken_from_text(text):
    assert INT.parameter(text) == int(text)


@pytest.mark.parametrize("text", ["", "abc", "1.5", "007", "1e3", " 1", "-0", "0x1", "١"])
def test_what_does_not_survive_a_cast_to_integer_is_refused(text):
    with pytest.raises(InvalidParameter):
        INT.parameter(text)


@pytest.mark.parametrize(("text", "number"), [("77.5", 77.5), ("-1.00000", -1.0), ("1e2", 100.0), (".5", 0.5)])
def test_a_decimal_number_is_taken_from_text(text, number):
    assert FLOAT.parameter(text) == number


@pytest.mark.parametrize("text", ["4,5", "NaN", "inf", "", ".", "1_000", "--1"])
def test_what_is_no_decimal_number_is_refused(text):
    with pytest.raises(InvalidParameter):
        FLOAT.parameter(text)


@pytest.mark.parametrize(("text", "value"), [("0", False), ("1", True)])
def test_a_boolean_is_a_nought_or_a_one(text, value):
    assert BOOL.parameter(text) is value


@pytest.mark.parametrize("text", ["true", "false", "yes", "2", ""])
def test_a_boolean_in_words_is_refused(text):
    with pytest.raises(InvalidParameter):
        BOOL.parameter(text)


def test_an_array_is_no_scalar():
    with pytest.raises(InvalidParameter):
        RAW.parameter({"0": "x"})


def test_a_word_with_other_signs_is_refused():
    assert ALPHANUMEXT.parameter("only_active-1") == "only_active-1"
    with pytest.raises(InvalidParameter):
        ALPHANUMEXT.parameter("only active")


def test_an_unknown_parameter_is_refused():
    with pytest.raises(InvalidParameter, match="Invalid parameter value detected") as caught:
        Single({"courseid": INT}).parameter({"courseid": "2", "nosuch": "1"})
    assert "nosuch" in caught.value.detail


def test_a_missing_parameter_is_refused_unless_it_has_a_default():
    with pytest.raises(InvalidParameter):
        Single({"courseid": INT}).parameter({})
    assert Single({"since": INT.or_else(0), "until": INT.optional()}).parameter({}) == {"since": 0}


def test_a_list_comes_from_an_array_with_any_keys():
    assert Multiple(INT).parameter({"0": "3", "7": "4"}) == [3, 4]


def test_a_scalar_is_no_list_and_no_structure():
    with pytest.raises(InvalidParameter):
        Multiple(INT).parameter("3")
    with pytest.raises(InvalidParameter):
        Single({"id": INT}).parameter("3")


def test_an_answer_keeps_the_order_of_its_description_and_drops_other_keys():
    shape = Single({"id": INT, "name": RAW, "note": RAW.optional()})

    assert list(shape.answer({"name": "x", "secret": 1, "id": 2})) == ["id", "name"]


def test_one_bad_row_refuses_the_whole_answer():
    rows = Multiple(Single({"id": INT}))
    with pytest.raises(InvalidResponse):
        rows.answer([{"id": 1}, {"id": "x"}, {"id": 3}])


def test_a_name_with_markup_refuses_the_answer_where_markup_is_not_allowed():
    with pytest.raises(InvalidResponse):
        NOTAGS.answer("Айса <b>Очирова</b>")
    assert (
        TEXT.answer('<span lang="ru" class="multilang">Айса</span>') == '<span lang="ru" class="multilang">Айса</span>'
    )


def test_null_passes_unless_it_is_ruled_out():
    assert INT.answer(None) is None
    with pytest.raises(InvalidResponse):
        INT.never_null().answer(None)


def test_a_key_that_must_be_there_is_missed():
    with pytest.raises(InvalidResponse):
        Single({"id": INT}).answer({})


def test_a_whole_float_is_printed_as_an_integer():
    assert FLOAT.answer(66.0) == 66
    assert isinstance(FLOAT.answer(66.0), int)
    assert FLOAT.answer(77.5) == 77.5


def test_raw_values_keep_their_own_type():
    assert RAW.answer(0) == 0
    assert RAW.answer("0") == "0"
    assert RAW.answer(value=True) == "1"


def test_xml_marks_null_and_writes_truth_as_a_number():
    shape = Single({"id": INT, "visible": BOOL, "note": RAW.optional()})

    assert shape.xml({"id": 1, "visible": True}) == (
        '<SINGLE>\n<KEY name="id"><VALUE>1</VALUE>\n</KEY>\n<KEY name="visible"><VALUE>1</VALUE>\n</KEY>\n'
        '<KEY name="note"><VALUE null="null"/>\n</KEY>\n</SINGLE>\n'
    )


def test_xml_escapes_what_would_be_markup():
    assert RAW.xml('<p class="x">А & Б</p>') == "<VALUE>&lt;p class=&quot;x&quot;&gt;А &amp; Б&lt;/p&gt;</VALUE>\n"
    assert Multiple(RAW).xml(["a"]) == "<MULTIPLE>\n<VALUE>a</VALUE>\n</MULTIPLE>\n"
