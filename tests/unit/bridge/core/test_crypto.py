from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from bridge.core.crypto import (
    Vault,
    hash_password,
    kept_secret,
    load_keys,
    password_needs_rehash,
    verify_password,
)
from bridge.errors import SettingsError

OLD, NEW, THIRD = "o" * 32, "n" * 32, "t" * 32


def test_what_was_closed_opens_again() -> None:
    assert Vault([NEW]).decrypt(Vault([NEW]).encrypt("токен")) == "токен"


def test_the_same_text_is_closed_differently_each_time() -> None:
    vault = Vault([NEW])
    assert vault.encrypt("x") != vault.encrypt("x")


def test_after_a_rotation_the_old_key_still_opens_and_the_new_one_closes() -> None:
    closed = Vault([OLD]).encrypt("токен")
    rotated = Vault([NEW, OLD])
    assert rotated.decrypt(closed) == "токен"
    assert Vault([NEW]).decrypt(rotated.encrypt("токен")) == "токен"
    with pytest.raises(SettingsError):
        Vault([OLD]).decrypt(rotated.encrypt("токен"))


def test_a_lost_key_is_told_in_a_sentence_without_the_secret() -> None:
    closed = Vault([OLD]).encrypt("токен")
    with pytest.raises(SettingsError, match="none of ACCEL_SECRET_KEYS is the key it was closed with") as caught:
        Vault([NEW, THIRD]).decrypt(closed)
    assert closed not in str(caught.value)


@pytest.mark.parametrize("damage", ["", "x", "gAAAA", "\x00", "токен"])
def test_what_was_never_closed_is_refused_in_the_same_way(damage: str) -> None:
    with pytest.raises(SettingsError):
        Vault([NEW]).decrypt(damage)


def test_one_changed_character_is_refused() -> None:
    closed = Vault([NEW]).encrypt("токен")
    middle = len(closed) // 2
    forged = closed[:middle] + ("A" if closed[middle] != "A" else "B") + closed[middle + 1 :]
    with pytest.raises(SettingsError):
        Vault([NEW]).decrypt(forged)


@pytest.mark.parametrize("keys", [[], ["short"], [NEW, "o" * 31]])
def test_weak_keys_are_refused(keys: list[str]) -> None:
    with pytest.raises(SettingsError, match="at least 32 characters"):
        Vault(keys)


def test_no_key_shows_in_what_is_printed() -> None:
    vault = Vault([NEW, OLD])
    shown = f"{vault!r} {vault}"
    assert shown == "Vault(2 keys) Vault(2 keys)"


def test_a_digest_depends_on_key_purpose_and_text() -> None:
    digests = {
        Vault([key]).digest(purpose, text) for key in (NEW, OLD) for purpose in ("a", "b") for text in ("x", "y")
    }
    assert len(digests) == 8
    assert Vault([NEW]).digest("a", "x") == Vault([NEW, OLD]).digest("a", "x")


def test_signatures_and_encryption_have_keys_of_their_own() -> None:
    vault = Vault([NEW, OLD])
    assert len(set(vault.signing_keys)) == 2
    assert not {NEW, OLD} & set(vault.signing_keys)


# ---------------------------------------------------------------- the kept secret


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "secret.key"
    mask = os.umask(0)
    try:
        assert kept_secret(path, "first") == "first"
    finally:
        os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert kept_secret(path, "second") == "first"
    assert [entry.name for entry in path.parent.iterdir()] == ["secret.key"]


def test_of_several_that_start_together_all_get_the_one_secret(tmp_path: Path) -> None:
    path, found = tmp_path / "secret.key", []
    together = threading.Barrier(8)

    def start(number: int) -> None:
        together.wait()
        found.append(kept_secret(path, f"secret {number}"))

    threads = [threading.Thread(target=start, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [path.read_text().strip()] * 8
    assert list(tmp_path.iterdir()) == [path]


def test_configured_keys_leave_no_file(tmp_path: Path) -> None:
    assert load_keys([NEW, OLD], tmp_path) == (NEW, OLD)
    assert list(tmp_path.iterdir()) == []


def test_a_generated_key_is_long_enough_and_stays(tmp_path: Path) -> None:
    keys = load_keys([], tmp_path)
    assert len(keys[0]) >= 32
    assert load_keys([], tmp_path) == keys
    assert load_keys([], tmp_path / "elsewhere") != keys


# ---------------------------------------------------------------- passwords


def test_a_password_is_kept_as_argon2id_and_verified() -> None:
    stored = hash_password("верный")
    assert stored.startswith("$argon2id$")
    assert verify_password(stored, "верный")
    assert not verify_password(stored, "неверный")
    assert not password_needs_rehash(stored)


def test_a_hash_of_weaker_parameters_is_to_be_made_anew() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("верный")
    assert verify_password(weak, "верный")
    assert password_needs_rehash(weak)


@pytest.mark.parametrize("damage", ["", "x", "$argon2id$", "верный"])
def test_a_damaged_hash_is_a_no(damage: str) -> None:
    assert verify_password(damage, "верный") is False
