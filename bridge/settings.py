"""The only reader of the environment. Every setting is listed in docs/settings.md, and a test holds that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from environs import Env, EnvValidationError
from marshmallow.validate import OneOf, Range

from bridge.errors import SettingsError

__all__ = ["PREFIX", "Settings"]

PREFIX = "ACCEL_"

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation runs; one attribute a setting, named as the variable is without its prefix.

    Attributes
    ----------
    data
        Folder for the database file, the generated secret and uploaded files.
    database_url
        SQLAlchemy URL; empty means the SQLite file in ``data``.
    secret_keys
        Newest first; the first signs and encrypts, the others still open what they closed. Empty: one is generated
        in ``data``.
    host, port
        Where ``accelerator serve`` listens.
    base_url
        The address people use, where it differs from what the server sees; empty: taken from the request.
    trusted_proxies
        How many proxies in front set X-Forwarded-* headers.
    allow_private_lms
        Whether an LMS may live at a private or loopback address.
    ca_file
        PEM bundle to verify an LMS with (certificates of the national CA are not in certifi); a mail server's
        certificate may come from it, too.
    smtp_url
        Where mail is handed in, with user and password; empty: no mail is sent.
    mail_from
        The sender of mail.
    executor_id
        Stable name of this worker; two processes must not share one.
    rate_limit_storage
        Where sign-in attempts are counted; memory counts per process.
    log_level
        Least serious message that is logged.
    sync_minutes
        The shortest pause between two readings of an LMS; where nothing changes the pauses grow to twelve of it.
    """

    data: Path
    database_url: str = field(repr=False)
    secret_keys: tuple[str, ...] = field(repr=False)
    host: str
    port: int
    base_url: str
    trusted_proxies: int
    allow_private_lms: bool
    ca_file: str
    smtp_url: str = field(repr=False)
    mail_from: str
    executor_id: str
    rate_limit_storage: str
    log_level: str
    sync_minutes: int

    @classmethod
    def from_env(cls) -> Settings:
        """Read every setting at once.

        Raises
        ------
        SettingsError
            Naming every variable that cannot be used, not only the first.
        """
        env = Env(eager=False, prefix=PREFIX)
        settings = cls(
            data=env.path("DATA", Path("data")),
            database_url=env.str("DATABASE_URL", ""),
            secret_keys=tuple(env.list("SECRET_KEYS", [], subcast=str) or ()),
            host=env.str("HOST", "127.0.0.1"),
            port=env.int("PORT", 8000, validate=Range(0, 65535)),
            base_url=(env.str("BASE_URL", "") or "").rstrip("/"),
            trusted_proxies=env.int("TRUSTED_PROXIES", 0, validate=Range(0, 10)),
            allow_private_lms=env.bool("ALLOW_PRIVATE_LMS", False),
            ca_file=env.str("CA_FILE", ""),
            smtp_url=env.str("SMTP_URL", ""),
            mail_from=env.str("MAIL_FROM", ""),
            executor_id=env.str("EXECUTOR_ID", "local"),
            rate_limit_storage=env.str("RATE_LIMIT_STORAGE", "memory://"),
            log_level=env.str("LOG_LEVEL", "INFO", validate=OneOf(LOG_LEVELS)),
            sync_minutes=env.int("SYNC_MINUTES", 5, validate=Range(1, 24 * 60)),
        )
        try:
            env.seal()
        except EnvValidationError as err:
            raise SettingsError("These settings cannot be used: %(problems)s.", problems=_problems(err)) from err
        return settings

    def resolved_database_url(self) -> str:
        """The database's URL, with the default filled in and PostgreSQL on the driver that we ship."""
        url = self.database_url or f"sqlite:///{(self.data / 'accelerator.sqlite3').resolve()}"
        if url.startswith(("postgres://", "postgresql://")):
            url = "postgresql+psycopg://" + url.split("://", 1)[1]
        return url

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The variables read, with their prefix."""
        return tuple(PREFIX + field.name.upper() for field in fields(cls))


def _problems(err: EnvValidationError) -> str:
    messages = err.error_messages if isinstance(err.error_messages, Mapping) else {"": list(err.error_messages)}
    return "; ".join(f"{name} ({' '.join(texts)})" for name, texts in sorted(messages.items()))
