import pytest

from bridge.core.i18n import list_name, short_name


def test_lists_put_the_surname_first():
    assert list_name("Очирова", "Татьяна") == "Очирова Татьяна"
    assert list_name("", " Татьяна ") == "Татьяна"


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        (("Очирова", "Татьяна", "Сергеевна"), "Очирова~Т.~С."),
        (("Очирова", "Татьяна"), "Очирова~Т."),
        (("Эрдниев", "анна-мария", ""), "Эрдниев~А.-М."),
        (("Эрдниев", ""), "Эрдниев"),
        (("", "Баир", "Очирович"), "Баир"),
    ],
)
def test_a_signature_has_initials_that_stay_with_the_surname(parts, shown):
    assert short_name(*parts).replace("\u00a0", "~") == shown
