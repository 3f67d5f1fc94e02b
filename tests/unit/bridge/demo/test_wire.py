import json

from bridge.demo.errors import MoodleError, PhpError
from bridge.demo.shapes import INT, Multiple
from bridge.demo.wire import error_json, error_xml, nested, to_json, to_xml


def test_brackets_become_nested_arrays():
    fields = [("options[0][name]", "userfields"), ("options[0][value]", "id"), ("courseid", "2")]

    assert nested(fields) == {"options": {"0": {"name": "userfields", "value": "id"}}, "courseid": "2"}


def test_empty_brackets_count_on():
    assert nested([("ids[]", "3"), ("ids[]", "4"), ("ids[7]", "5"), ("ids[]", "6")]) == {
        "ids": {"0": "3", "1": "4", "7": "5", "8": "6"}
    }


def test_a_later_field_replaces_an_earlier_one():
    assert nested([("a", "1"), ("a", "2"), ("b", "x"), ("b[0]", "y")]) == {"a": "2", "b": {"0": "y"}}


def test_dots_and_spaces_of_names_become_underscores():
    assert nested([("my.name here", "1")]) == {"my_name_here": "1"}


def test_a_broken_name_stays_a_plain_one():
    assert nested([("a[b", "1"), ("[x]", "2")]) == {"a[b": "1", "[x]": "2"}


def test_json_is_ascii_with_escaped_slashes_like_php_writes_it():
    assert to_json({"url": "http://x", "имя": "Айса"}) == (
        '{"url":"http:\\/\\/x","\\u0438\\u043c\\u044f":"\\u0410\\u0439\\u0441\\u0430"}'
    )


def test_a_void_success_is_null_in_json_and_empty_in_xml():
    assert to_json(None) == "null"
    assert to_xml(None, None) == '<?xml version="1.0" encoding="UTF-8" ?>\n<RESPONSE>\n</RESPONSE>\n'


def test_an_answer_in_xml_has_a_root():
    assert to_xml([1], Multiple(INT)).endswith("<RESPONSE>\n<MULTIPLE>\n<VALUE>1</VALUE>\n</MULTIPLE>\n</RESPONSE>\n")


def test_an_error_has_exception_code_and_message():
    error = MoodleError("invalidtoken", "Invalid token")

    assert json.loads(error_json(error)) == {
        "exception": "core\\exception\\moodle_exception",
        "errorcode": "invalidtoken",
        "message": "Invalid token",
    }
    assert "<ERRORCODE>invalidtoken</ERRORCODE>" in error_xml(error)


def test_an_error_of_php_itself_has_no_code():
    error = PhpError('Attempt to assign property "x" on null')

    assert json.loads(error_json(error)).keys() == {"exception", "message"}
    assert "ERRORCODE" not in error_xml(error)
    assert "&quot;x&quot;" in error_xml(error)
