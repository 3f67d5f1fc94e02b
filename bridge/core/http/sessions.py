"""Flask's session interface over our table: the cookie is a random token, everything else stays on the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Flask
from flask.sessions import SessionInterface, SessionMixin
from flask.wrappers import Request, Response
from werkzeug.datastructures import CallbackDict

from bridge.core import sessions
from bridge.core.db import Database

__all__ = ["COOKIE", "ServerSession", "ServerSessions"]

COOKIE = "accel_session"


class ServerSession(CallbackDict[str, object], SessionMixin):
    """A session's data, with who it is; ``modified`` says that there is something to write."""

    def __init__(self, data: Mapping[str, object], *, token: str = "", person_id: int | None = None) -> None:
        super().__init__(dict(data), _mark_modified)
        self.token = token
        self.person_id = person_id
        self.retired_tokens: list[str] = []
        self.needs_touch = False
        self.modified = False

    def sign_in(self, person_id: int) -> None:
        """Become a person, under a new token: one that was known before sign-in must not be worth anything after."""
        self._retire()
        self.person_id = person_id
        self.modified = True

    def sign_out(self) -> None:
        self._retire()
        self.person_id = None

    def _retire(self) -> None:
        if self.token:
            self.retired_tokens.append(self.token)
        self.token = ""
        self.clear()


def _mark_modified(session: CallbackDict[str, object]) -> None:
    session.modified = True  # type: ignore[attr-defined]  # CallbackDict hands over itself, a ServerSession


class ServerSessions(SessionInterface):
    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        token = request.cookies.get(COOKIE, "")
        if not token:
            return ServerSession({})
        now = self._clock()
        with self._database.reading() as db:
            row = sessions.find_session(db, token, now=now)
            if row is None:
                return ServerSession({})
            session = ServerSession(row.data, token=token, person_id=row.person_id)
            session.needs_touch = sessions.needs_touch(row, now=now)
            return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, ServerSession):  # pragma: no cover - Flask hands back what open_session made
            raise TypeError("not our session")
        response.vary.add("Cookie")
        if not (session.modified or session.needs_touch or session.retired_tokens):
            return
        self._write(session)
        self._set_cookie(app, session, response)

    def _write(self, session: ServerSession) -> None:
        from flask import request

        now = self._clock()
        with self._database.writing() as db:
            for token in session.retired_tokens:
                sessions.end_session(db, token)
            row = sessions.find_session(db, session.token, now=now) if session.token else None
            if row is None and (session or session.person_id is not None):
                agent = request.user_agent.string
                row, session.token = sessions.start_session(db, person_id=session.person_id, user_agent=agent, now=now)
            if row is not None:
                row.data, row.seen_at = dict(session), now

    def _set_cookie(self, app: Flask, session: ServerSession, response: Response) -> None:
        from flask import request

        path = self.get_cookie_path(app)
        if not session.token:
            response.delete_cookie(COOKIE, path=path)
            return
        response.set_cookie(
            COOKIE,
            session.token,
            max_age=int(sessions.LIFETIME.total_seconds()),
            path=path,
            secure=request.is_secure,  # over plain http in a LAN a Secure cookie would never come back
            httponly=True,
            samesite="Lax",
        )

    def get_cookie_path(self, app: Flask) -> str:
        from flask import request

        return request.script_root or "/"
