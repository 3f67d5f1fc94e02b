"""Secrets: encryption at rest, keyed hashes, passwords. Keys come from the settings, newest first."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bridge.errors import SettingsError

__all__ = ["Vault", "hash_password", "kept_secret", "load_keys", "password_needs_rehash", "verify_password"]

_hasher = PasswordHasher()

KEY_FILE = "secret.key"
MIN_KEY_LENGTH = 32


class Vault:
    """What can be closed with our keys.

    Parameters
    ----------
    keys
        At least one secret of 32 characters or more; the first closes, all of them open.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys or any(len(key) < MIN_KEY_LENGTH for key in keys):
            raise SettingsError("Each of ACCEL_SECRET_KEYS must have at least 32 characters.")
        self._keys = tuple(keys)
        self._fernet = MultiFernet([Fernet(_derive(key, "fernet")) for key in keys])

    def __repr__(self) -> str:
        return f"Vault({len(self._keys)} keys)"

    def encrypt(self, text: str) -> str:
        """Close a text for the database."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, closed: str) -> str:
        """Open what ``encrypt`` closed.

        Raises
        ------
        SettingsError
            When none of the keys fits: the secret was lost or replaced.
        """
        try:
            return self._fernet.decrypt(closed.encode()).decode()
        except InvalidToken as err:
            raise SettingsError(
                "A stored secret cannot be opened: none of ACCEL_SECRET_KEYS is the key it was closed with."
            ) from err

    def digest(self, purpose: str, text: str) -> str:
        """A keyed hash (hex SHA-256) that only this installation can make; ``purpose`` keeps uses apart."""
        return hmac.new(_derive(self._keys[0], purpose), text.encode(), hashlib.sha256).hexdigest()

    @property
    def signing_keys(self) -> tuple[str, ...]:
        """Keys for signatures, newest first, other than the encryption's."""
        return tuple(_derive(key, "signing").decode() for key in self._keys)


def _derive(key: str, purpose: str) -> bytes:
    return base64.urlsafe_b64encode(hmac.new(key.encode(), purpose.encode(), hashlib.sha256).digest())


def load_keys(configured: Sequence[str], data: Path) -> tuple[str, ...]:
    """The configured keys, or the one kept in the data folder, made at first use and readable by its owner only."""
    if configured:
        return tuple(configured)
    return (kept_secret(data / KEY_FILE, secrets.token_urlsafe(48)),)


def kept_secret(path: Path, proposed: str) -> str:
    """The secret kept in a file that only its owner may read; the proposed one where there is none yet.

    Whole or not at all: of several processes that start together all read the one that was first.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(proposed + "\n")
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # another process was first; its secret is the one
        finally:
            draft.unlink()
    return path.read_text().strip()


def hash_password(password: str) -> str:
    """Argon2id with the library's current parameters."""
    return _hasher.hash(password)


def verify_password(stored: str, password: str) -> bool:
    """Whether the password is the one that was hashed; a damaged hash is a no."""
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False


def password_needs_rehash(stored: str) -> bool:
    """Whether the parameters have moved on since this hash was made."""
    return _hasher.check_needs_rehash(stored)
