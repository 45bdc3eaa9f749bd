"""The folder of the identity: closed to others, and whole after a power cut at any line."""

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from stat import S_IMODE
from typing import TypeVar

import pytest

from tests.device.identity.authority import LOGIN, Authority
from tests.power_cut import after_each_cut
from triporteur_device.identity import Identity
from triporteur_device.identity.papers import BadPapers, signing_request
from triporteur_device.identity.store import Store

Seen = TypeVar("Seen")
OTHER_LOGIN = "enrol-" + "f" * 16


def modes(directory: Path) -> dict[str, int]:
    """Of everything in the folder, and of the folder itself, by name."""
    everything = (directory, *directory.rglob("*"))
    return {path.name: S_IMODE(path.stat().st_mode) for path in everything}


def every_cut(
    store: Store, work: Callable[[Store], object], look: Callable[[Identity], Seen]
) -> list[Seen]:
    """What `look` sees of the unit after a power cut at each line of the work, and after all."""
    cuts = store.directory.with_name("cuts")
    cuts.mkdir()

    def before(folder: Path) -> Callable[[], object]:
        copy = folder / "identity"
        shutil.copytree(store.directory, copy, symlinks=True)
        return partial(work, Store(copy))

    def look_there(folder: Path) -> Seen:
        return look(Identity(folder / "identity", "ben"))

    seen = list(after_each_cut(cuts, ("device/triporteur_device/",), before, look_there))
    assert len(seen) > 10
    return seen


@pytest.fixture
def store(identity: Identity) -> Store:
    return identity.store


def test_everything_is_its_owners_alone_whatever_the_umask(
    store: Store, authority: Authority
) -> None:
    store.put_bundle(authority.bundle())
    store.bundle_key()
    store.install(authority.papers())
    found = modes(store.directory)
    folders = {store.directory.name, "current", store.generation()}
    assert {name for name, mode in found.items() if mode == 0o700} == folders
    assert {mode for name, mode in found.items() if name not in folders} == {0o600}
    assert {"key.pem", "bundle.json", "certificate.pem"} <= set(found)


def test_what_was_open_to_others_is_closed_and_told(
    store: Store, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    store.install(authority.papers())
    key = store.directory / "current" / "key.pem"
    key.chmod(0o644)
    store.directory.chmod(0o755)
    Identity(store.directory, "ben")
    assert set(modes(store.directory).values()) == {0o600, 0o700}
    assert len(caplog.messages) == 2
    assert all("was open to other users" in told for told in caplog.messages)


def test_a_draft_left_open_to_others_does_not_make_the_next_key_so(
    store: Store, authority: Authority
) -> None:
    store.put_bundle(authority.bundle())
    draft = store.directory / "key.pem.new"
    draft.touch(mode=0o666)
    draft.chmod(0o666)
    store.bundle_key()
    assert S_IMODE((store.directory / "key.pem").stat().st_mode) == 0o600


def test_a_power_cut_at_any_line_of_a_switch_leaves_the_old_papers_or_the_new(
    store: Store, authority: Authority
) -> None:
    old, new = authority.papers(until=100), authority.papers(until=400)
    store.install(old)

    def is_new(unit: Identity) -> bool:
        assert unit.context(clock_is_vouched=True).cert_store_stats()["x509_ca"] == 1
        left = {path.name for path in unit.store.directory.iterdir() if path.is_dir()}
        assert left == {"current", unit.store.generation()}
        assert unit.papers in (old, new)
        return unit.papers == new

    seen = every_cut(store, lambda copy: copy.install(new), is_new)
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (False, True)


def test_a_power_cut_while_a_bundle_is_used_up_leaves_the_way_in_open(
    store: Store, authority: Authority
) -> None:
    """Either the unit is enrolled, or it can ask again with the very same key."""
    bundle, papers = authority.bundle(), authority.papers()

    def use(copy: Store) -> None:
        copy.install(papers)
        copy.drop_bundle(bundle.login)

    def look(unit: Identity) -> tuple[bool, bool]:
        if not unit.enrolled:
            assert unit.bundle() == bundle
            assert unit.store.bundle_key() == key
        return unit.enrolled, not unit.pending

    store.put_bundle(bundle)
    key = store.bundle_key()
    seen = every_cut(store, use, look)
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == ((False, False), (True, True))


def test_a_power_cut_while_a_bundle_is_put_in_place_leaves_one_or_the_other(
    store: Store, authority: Authority
) -> None:
    first, second = authority.bundle(), authority.bundle(login=OTHER_LOGIN)
    store.put_bundle(first)
    seen = every_cut(store, lambda copy: copy.put_bundle(second), Identity.bundle)
    assert {first, second} == set(seen)
    assert seen == sorted(seen, key=lambda bundle: bundle == second)


def test_a_power_cut_while_the_key_is_made_leaves_none_or_a_whole_one(
    store: Store, authority: Authority
) -> None:
    store.put_bundle(authority.bundle())
    assert all(
        every_cut(
            store, Store.bundle_key, lambda unit: signing_request(unit.store.bundle_key(), "ben")
        )
    )


def test_the_key_for_a_bundle_is_made_once_and_another_for_the_next(
    store: Store, authority: Authority
) -> None:
    store.put_bundle(authority.bundle())
    key = store.bundle_key()
    assert store.bundle_key() == key
    store.put_bundle(authority.bundle(login=OTHER_LOGIN))
    assert store.bundle_key() != key


def test_using_up_a_bundle_spares_the_one_that_took_its_place(
    store: Store, authority: Authority
) -> None:
    newer = authority.bundle(login=OTHER_LOGIN)
    store.put_bundle(newer)
    store.drop_bundle(LOGIN)
    assert store.has_bundle(newer)
    store.drop_bundle(OTHER_LOGIN)
    assert store.bundle() is None


def test_one_at_a_time_is_at_the_door(store: Store) -> None:
    with store.contact() as first, store.contact() as second:
        assert (first, second) == (True, False)
    with store.contact() as free:
        assert free


def test_in_a_folder_of_others_only_its_own_is_swept_and_closed(
    tmp_path: Path, authority: Authority
) -> None:
    """As when `[identity] directory` is the folder of `unit.toml`, which the kiosk reads too."""
    shared = tmp_path / "etc"
    (shared / "hotspot").mkdir(parents=True)
    (shared / "unit.toml").touch()
    (shared / "hotspot" / "dnsmasq.conf").touch()
    theirs = {path: path.stat().st_mode for path in (shared, *shared.rglob("*"))}
    store = Identity(shared, "ben").store
    store.install(authority.papers())
    (left := shared / "0123abcd").mkdir()
    key = store.folder(store.generation() or "") / "key.pem"
    key.chmod(0o644)
    assert Identity(shared, "ben").enrolled
    assert {path: path.stat().st_mode for path in theirs} == theirs
    assert S_IMODE(key.stat().st_mode) == 0o600
    assert not left.exists()


@pytest.mark.parametrize("file", ["key.pem", "certificate.pem", "authorities.pem"])
def test_a_pipe_or_a_file_without_end_in_a_paper_s_place_holds_nobody_up(
    store: Store, authority: Authority, file: str
) -> None:
    store.install(authority.papers())
    generation = store.generation()
    assert generation
    path = store.folder(generation) / file
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(BadPapers):
        store.read(generation)
    path.unlink()
    path.touch()
    os.truncate(path, 10**11)
    with pytest.raises(BadPapers):
        store.read(generation)


def test_a_pipe_or_a_file_without_end_in_the_bundle_s_place_is_no_bundle(
    store: Store, authority: Authority
) -> None:
    bundle = authority.bundle()
    store.put_bundle(bundle)
    path = store.directory / "bundle.json"
    path.unlink()
    os.mkfifo(path)
    assert not store.has_bundle(bundle)
    path.unlink()
    path.touch()
    os.truncate(path, 10**11)
    assert not store.has_bundle(bundle)
