"""The cache folder: entries are whole or absent, whatever happens to it."""

import os
import random
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep

import pytest

from archdsl.base import cache_folder


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_what_is_kept_is_recalled(place: Path) -> None:
    assert cache_folder.recall("a") is None
    cache_folder.keep("a", b"one")
    cache_folder.keep("b", b"")
    assert (cache_folder.recall("a"), cache_folder.recall("b")) == (b"one", b"")
    cache_folder.keep("a", b"two")
    assert cache_folder.recall("a") == b"two"
    assert sorted(p.name for p in place.iterdir()) == ["a", "b"]


@pytest.mark.parametrize("damage", [b"", b"abc", b"four", b"\0" * 9])
def test_a_damaged_entry_is_none(place: Path, damage: bytes) -> None:
    cache_folder.keep("a", b"content")
    (place / "a").write_bytes(damage)
    assert cache_folder.recall("a") is None


@pytest.mark.parametrize("changed", range(16 + 7))
def test_every_byte_is_under_the_signature(place: Path, changed: int) -> None:
    cache_folder.keep("a", b"content")
    whole = bytearray((place / "a").read_bytes())
    assert len(whole) == 16 + 7
    whole[changed] ^= 1
    (place / "a").write_bytes(whole)
    assert cache_folder.recall("a") is None


def test_an_entry_is_signed_for_its_name(place: Path) -> None:
    cache_folder.keep("a", b"content")
    (place / "a").rename(place / "b")
    assert cache_folder.recall("b") is None


def test_a_system_without_links_has_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machines: Callable[[str], None]
) -> None:
    """Pyodide's Python has no `os.link` at all."""
    monkeypatch.delattr(os, "link")
    machines("ours")
    cache_folder.keep("a", b"content")
    assert cache_folder.recall("a") == b"content"


@pytest.fixture
def machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Goes to another machine, or user: one with another key."""

    def go(name: str) -> None:
        monkeypatch.setattr(cache_folder, "key_file", lambda: tmp_path / name / "cache-key")
        cache_folder._key.cache_clear()

    yield go
    cache_folder._key.cache_clear()


def test_what_another_machine_kept_is_not_taken(machines: Callable[[str], None]) -> None:
    machines("theirs")
    cache_folder.keep("a", b"content")
    machines("ours")
    assert cache_folder.recall("a") is None
    cache_folder.keep("b", b"content")
    machines("theirs")
    assert (cache_folder.recall("a"), cache_folder.recall("b")) == (b"content", None)


def test_the_key_is_for_nobody_else_to_read(
    tmp_path: Path, machines: Callable[[str], None]
) -> None:
    machines("ours")
    cache_folder.keep("a", b"content")
    key = tmp_path / "ours" / "cache-key"
    assert key.stat().st_mode & 0o077 == 0
    assert [p.name for p in key.parent.iterdir()] == ["cache-key"]
    key.chmod(0o620)
    machines("ours")
    assert cache_folder.recall("a") is None


def test_without_a_place_for_the_key_nothing_is_kept(
    place: Path, tmp_path: Path, machines: Callable[[str], None]
) -> None:
    (tmp_path / "in the way").write_text("")
    machines("in the way")
    cache_folder.keep("a", b"content")
    assert not place.exists()
    assert cache_folder.recall("a") is None


def test_a_folder_that_cannot_be_made_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ARCHDSL_CACHE_DIR", str(tmp_path / "file"))
    cache_folder.keep("a", b"content")
    assert cache_folder.recall("a") is None


def test_a_user_without_a_home_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARCHDSL_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert cache_folder.folder() is None
    cache_folder.keep("a", b"content")
    assert cache_folder.recall("a") is None


def test_huge_entries_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_folder, "LARGEST", 3)
    cache_folder.keep("small", b"abc")
    cache_folder.keep("large", b"abcd")
    assert (cache_folder.recall("small"), cache_folder.recall("large")) == (b"abc", None)


def test_a_full_folder_loses_its_oldest(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_folder, "MOST", 8)
    for age, name in enumerate("hgfedcba"):
        cache_folder.keep(name, b"content")
        os.utime(place / name, ns=(age, age))
    cache_folder.keep("new", b"content")
    assert sorted(p.name for p in place.iterdir()) == ["a", "b", "c", "d", "e", "f", "new"]


@pytest.mark.parametrize("kills", [15, pytest.param(200, marks=pytest.mark.slow)])
def test_killed_writers_leave_whole_entries(place: Path, kills: int) -> None:
    chance = random.Random(kills)
    whole = [bytes([i]) * (40_000 + i) for i in range(8)]
    seen = set()
    for _ in range(kills):
        writer = os.fork()
        if not writer:
            for content in whole * 100:
                cache_folder.keep("a", content)
            os._exit(0)
        while not place.exists():
            pass
        sleep(chance.uniform(0, 0.02))
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        entry = cache_folder.recall("a")
        assert entry is None or entry in whole
        seen.add(entry)
    assert len(seen - {None}) > 1  # the writers were killed at different moments
    cache_folder.keep("a", b"after")
    assert cache_folder.recall("a") == b"after"


def test_of_two_keys_at_once_the_first_stays(tmp_path: Path) -> None:
    """Another process has read it already, and signs with it."""
    place = tmp_path / "ours" / "cache-key"
    cache_folder._make_key(place)
    first = place.read_bytes()
    cache_folder._make_key(place)  # of a process that saw none before
    assert place.read_bytes() == first
    assert [p.name for p in place.parent.iterdir()] == ["cache-key"]


def test_a_disk_without_links_has_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no links")

    monkeypatch.setattr(os, "link", refuse)
    place = tmp_path / "ours" / "cache-key"
    cache_folder._make_key(place)
    assert len(place.read_bytes()) == cache_folder.KEY_BYTES
    assert [p.name for p in place.parent.iterdir()] == ["cache-key"]
