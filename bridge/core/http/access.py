"""Rules of routes: a view cannot be added without saying who may open it.

``route`` finds what a URL names by its opaque ids, asks the rule, runs the view in the request's database session and
commits what an unsafe method changed. A thing of another municipality is a 404, as if it were not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bridge.core.http import current
from bridge.core.permissions import ANYONE, Actor, Facts, can_act_as_nobody, may_know_of
from bridge.errors import Forbidden, NotFound

__all__ = [
    "Found",
    "Resolver",
    "Rule",
    "add_resolver",
    "commit",
    "open_to_everybody",
    "require_rules",
    "route",
    "rule_of",
]

RULE = "access_rule"
RESOLVERS = "accelerator.resolvers"
SIGN_IN = "people.sign_in"

Rule = Callable[[Actor, Facts], bool]
View = Callable[..., ResponseReturnValue]


@dataclass(frozen=True, slots=True)
class Found:
    """What a URL's id stands for, and whose it is."""

    thing: object
    facts: Facts


Resolver = Callable[[Session, str, Mapping[str, object]], Found | None]
"""From a session, an opaque id and what the URL named before it."""


def add_resolver(app: Flask, name: str, resolver: Resolver) -> None:
    """Say how a URL's argument of this name becomes a thing."""
    app.extensions.setdefault(RESOLVERS, {})[name] = resolver


def route(
    blueprint: Blueprint,
    path: str,
    *,
    rule: Rule,
    methods: tuple[str, ...] = ("GET",),
    **options: Any,  # noqa: ANN401
) -> Callable[[View], View]:
    """Like ``Blueprint.route``, with the rule that every route must have."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**uids: str) -> ResponseReturnValue:
            try:
                return _answered(view, rule, uids)
            except BaseException:
                # The web session is saved after the error page is made: it must not wait for this one's lock.
                current.close_session()
                raise

        give_rule(guarded, rule)
        blueprint.add_url_rule(path, view_func=guarded, methods=list(methods), **options)
        return guarded

    return decorate


def _answered(view: View, rule: Rule, uids: Mapping[str, str]) -> ResponseReturnValue:
    session = current.db_session(write=request.method not in current.SAFE_METHODS)
    try:
        things, facts = _resolve(session, uids)
    except NotFound:
        # Whoever is not signed in learns nothing of which ids exist: the answer is as for one that does.
        things, facts = {}, Facts()
        if current.actor().is_signed_in or rule(ANYONE, facts):
            raise
    refusal = _refusal(rule, facts)
    if refusal is not None:
        current.close_session()
        return refusal
    answer = current_app.make_response(view(**things))
    commit()
    return answer


def commit() -> None:
    """Keep what the view did, before its answer leaves."""
    if request.method not in current.SAFE_METHODS:
        current.db_session().commit()


def _resolve(session: Session, uids: Mapping[str, str]) -> tuple[dict[str, object], Facts]:
    resolvers: Mapping[str, Resolver] = current_app.extensions.get(RESOLVERS, {})
    things: dict[str, object] = {}
    named = Facts()
    for name, uid in uids.items():
        found = resolvers[name](session, uid, things) if name in resolvers else Found(uid, Facts())
        if found is None or not _fits(named, found.facts):
            raise NotFound("There is no such page.")
        things[name] = found.thing
        named = _merge(named, found.facts)
    # A page that names nothing is about the reader's own municipality.
    return things, _merge(Facts(municipality_id=current.actor().municipality_id), named)


def _fits(outer: Facts, inner: Facts) -> bool:
    """Whether two things of one URL are of one municipality: a person is never on a page of another's season."""
    return None in {outer.municipality_id, inner.municipality_id} or outer.municipality_id == inner.municipality_id


def _merge(outer: Facts, inner: Facts) -> Facts:
    """The inner thing's facts, with the outer's where it has none."""
    known = {name: getattr(inner, name) for name in Facts.__dataclass_fields__ if getattr(inner, name) is not None}
    return replace(outer, **known)


def _refusal(rule: Rule, facts: Facts) -> ResponseReturnValue | None:
    actor = current.actor()
    if rule(actor, facts):
        return None
    if not actor.is_signed_in and not request.path.startswith("/api/"):
        return redirect(url_for(SIGN_IN, next=request.full_path.rstrip("?")))
    if not may_know_of(actor, facts):
        raise NotFound("There is no such page.")
    raise Forbidden("This page is not open to your role. The organiser can give you the right.")


def give_rule(view: Callable[..., object], rule: Rule) -> None:
    """Note a view's rule on it; whoever calls this sees to it that the rule is asked."""
    setattr(view, RULE, rule)


def rule_of(view: Callable[..., object]) -> Rule | None:
    """The rule a view was added with."""
    rule: Rule | None = getattr(view, RULE, None)
    return rule


def open_to_everybody(app: Flask, *endpoints: str) -> None:
    """Give the rule of doors to views that no ``route`` made: static files, the switch of languages."""
    for endpoint in endpoints:
        give_rule(app.view_functions[endpoint], can_act_as_nobody)


def require_rules(app: Flask) -> None:
    """Refuse to start with a route that anybody could open by mistake.

    Raises
    ------
    RuntimeError
        Naming the endpoints without a rule.
    """
    bare = sorted(name for name, view in app.view_functions.items() if rule_of(view) is None)
    if bare:
        raise RuntimeError(f"routes without a rule: {', '.join(bare)}")
