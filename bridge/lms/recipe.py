"""What Moodle's administrator is given: role presets as Moodle imports them, the service's functions, the recipe.

All is made from :mod:`lms_sync.doctor.rights`, the list that the examination goes by, so that the two cannot differ.
The files in docs/moodle are these (a test holds that).
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from lms_sync.doctor import FUNCTIONS, RoleName, Use, rights_of

__all__ = ["FILES", "file_content", "service_functions"]

_CONTEXTS: Mapping[RoleName, tuple[str, ...]] = {
    RoleName.CONNECTION: ("system",),
    RoleName.READING: ("system", "coursecat", "course"),
    RoleName.WRITING: ("system", "coursecat", "course"),
}

# These texts become part of the Moodle of a Russian school: they are in its language whoever downloads them.
_NAMES: Mapping[RoleName, tuple[str, str, str]] = {
    RoleName.CONNECTION: (
        "companionconnection",
        "Компаньон: подключение",
        "Право обращаться к веб-службам по REST: назначьте роль служебной учётной записи на уровне системы.",
    ),
    RoleName.READING: (
        "companion",
        "Компаньон: чтение сезона",
        (
            "Служебная учётная запись компаньона читает курсы сезона: назначьте роль в категории сезона. "
            "Ничего не меняет в оценках."
        ),
    ),
    RoleName.WRITING: (
        "companionwrite",
        "Компаньон: запись оценок",
        "Добавьте служебной учётной записи в категории сезона, только если компаньон должен записывать оценки.",
    ),
}

_HEADINGS: Mapping[Use, str] = {
    Use.READING: "# The companion's external service: one function a line. Reading.",
    Use.WRITING: "# Writing: does nothing without the write role.",
    Use.MESSAGES: "# Messages in Moodle, only if wanted: need moodle/site:messageanyuser at System.",
}

FILES: Mapping[str, RoleName | None] = {
    "role-connection.xml": RoleName.CONNECTION,
    "role-reading.xml": RoleName.READING,
    "role-writing.xml": RoleName.WRITING,
    "functions.txt": None,
}
"""Name of a file -> the role that it is the preset of; None: the list of functions."""


def file_content(name: str) -> str:
    """A file of the recipe.

    Raises
    ------
    KeyError
        There is none of this name.
    """
    role = FILES[name]
    return service_functions() if role is None else _preset(role)


def service_functions() -> str:
    """The functions of the external service, a line each, under headings."""
    lines = [line for use in Use for line in (_HEADINGS[use], *(str(name) for name in FUNCTIONS[use]))]
    return "\n".join(lines) + "\n"


def _preset(role: RoleName) -> str:
    """A role as Moodle's own export writes it."""
    short_name, name, description = _NAMES[role]
    root = ET.Element("role")
    for tag, text in (("shortname", short_name), ("name", name), ("description", description), ("archetype", "")):
        ET.SubElement(root, tag).text = text
    levels = ET.SubElement(root, "contextlevels")
    for context in _CONTEXTS[role]:
        ET.SubElement(levels, "level").text = context
    for tag in ("allowassign", "allowoverride", "allowswitch", "allowview"):
        ET.SubElement(root, tag)
    permissions = ET.SubElement(root, "permissions")
    for capability in _capabilities(role):
        ET.SubElement(permissions, "allow").text = capability
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode", short_empty_elements=True).replace(" />", "/>")
    body = body.replace("<archetype/>", "<archetype></archetype>")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _capabilities(role: RoleName) -> tuple[str, ...]:
    # The reading role may stand alone, assigned at System on a site that is the programme's own.
    also = rights_of(RoleName.CONNECTION) if role is RoleName.READING else ()
    return tuple(sorted({*rights_of(role), *also}))
