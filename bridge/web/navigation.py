"""The menu: slices say what they have, the layout shows what this person may open.

An item whose endpoint is not registered in the app is left out, so that no link is dead while slices are being built or
switched off; an item without permission is left out, so that the menu promises nothing that a page then refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from flask import Flask, current_app, request, url_for

from bridge.core.permissions import Actor, Facts
from bridge.web.frame import Frame, Stage

__all__ = ["Menu", "MenuLink", "NavItem", "StageMenu", "build_menu", "register"]

EXTENSION = "bridge.web.navigation"

Place = Literal[1, 2, 3, 4, "season"] | None


@dataclass(frozen=True, slots=True)
class NavItem:
    """A page of the menu.

    Parameters
    ----------
    endpoint
        Flask's name of the view.
    label
        What the link says; lazy, so that it is read in the language of the request.
    stage
        1 to 4: under that stage; ``"season"``: under «Весь набор»; None: above the stages (home).
    permission
        One of the ``can_*`` of `bridge.core.permissions`, asked with the frame's actor and facts.
    count
        How many things wait there; shown where it is more than none.
    values
        The view's URL values, made of the frame's facts (a page of a season needs its id); None where there is nothing
        to show yet, which hides the item.
    covers
        Endpoints of pages that lie under this one: the item is marked while they are open.
    """

    endpoint: str
    label: object
    stage: Place
    permission: Callable[[Actor, Facts], bool]
    count: Callable[[], int] | None = None
    values: Callable[[Facts], Mapping[str, object] | None] | None = None
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MenuLink:
    """A link of the menu; ``current`` is what its aria-current says, or empty."""

    label: str
    url: str
    count: int = 0
    current: Literal["page", "true", ""] = ""


@dataclass(frozen=True, slots=True)
class StageMenu:
    """A stage and what may be opened in it."""

    stage: Stage
    links: tuple[MenuLink, ...]


@dataclass(frozen=True, slots=True)
class Menu:
    """The menu of one request."""

    home: tuple[MenuLink, ...] = ()
    stages: tuple[StageMenu, ...] = ()
    season: tuple[MenuLink, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.home or self.stages or self.season)


def register(app: Flask, *items: NavItem) -> None:
    """Add pages to the app's menu; the order of registration is the order of sight within a stage."""
    app.extensions.setdefault(EXTENSION, []).extend(items)


def build_menu(frame: Frame) -> Menu:
    """What this person may open, with what waits there. Empty for somebody not signed in."""
    if frame.viewer is None:
        return Menu()
    items: list[NavItem] = current_app.extensions.get(EXTENSION, [])
    values = {item: _values(item, frame.facts) for item in items if _may_show(item, frame)}

    def links(place: Place) -> tuple[MenuLink, ...]:
        return tuple(_link(item, found) for item, found in values.items() if item.stage == place and found is not None)

    stages = tuple(StageMenu(stage, links(_stage_place(stage))) for stage in frame.stages)
    # A person with nothing to open in any stage (an expert, a head) gets no list of bare headings.
    has_stage_links = any(stage.links for stage in stages)
    return Menu(links(None), stages if has_stage_links else (), links("season"))


def _stage_place(stage: Stage) -> Place:
    place: Place = stage.number  # type: ignore[assignment]  # a season has stages 1 to 4
    return place


def _may_show(item: NavItem, frame: Frame) -> bool:
    return item.endpoint in current_app.view_functions and item.permission(frame.actor, frame.facts)


def _values(item: NavItem, facts: Facts) -> Mapping[str, object] | None:
    return item.values(facts) if item.values is not None else {}


def _link(item: NavItem, values: Mapping[str, object]) -> MenuLink:
    current: Literal["page", "true", ""] = ""
    if request.endpoint == item.endpoint:
        current = "page"
    elif request.endpoint in item.covers:
        current = "true"
    return MenuLink(
        label=str(item.label),
        url=url_for(item.endpoint, **values),  # type: ignore[arg-type]  # Flask names its own options in the signature
        count=item.count() if item.count else 0,
        current=current,
    )
