"""The search of test_privacy.py finds what is planted: in every spelling, and wherever it lies."""

import base64
import random
import sqlite3
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from ipaddress import IPv4Address, IPv6Network
from pathlib import Path

import pytest

from tests.network.capture import Frame
from tests.network.lab import Lab
from tests.network.reporting import sealed
from tests.network.streams import streams
from tests.network.traces import Person, Traces, readable

ULA = IPv6Network("fd32:cd9c:1::/64")
ANNE = Person(bytes.fromhex("d25ec0de0bad"), IPv4Address("10.77.2.51"), ULA, "Zebulon-00042")
PAUL = Person(bytes.fromhex("d25ec0de0bae"), IPv4Address("10.77.2.5"), ULA, "Zebulon-00043")
TRACES = Traces([ANNE])
NOISE = bytes(range(256)) * 40


@pytest.mark.parametrize(
    "spelled",
    [
        "d2:5e:c0:de:0b:ad",
        "D2-5E-C0-DE-0B-AD",
        "d25ec0de0bad",
        "D25EC0DE0BAD",
        "d25e.c0de.0bad",
        "d2:5e:c0:de:b:ad",
        "10.77.2.51",
        "0a4d0233",
        "0A:4D:02:33",
        "::ffff:10.77.2.51",
        "::ffff:a4d:233",
        "fe80::d05e:c0ff:fede:bad",
        "FE80:0000:0000:0000:D05E:C0FF:FEDE:0BAD",
        "fd32:cd9c:1:0:d05e:c0ff:fede:bad",
        "fd32cd9c00010000d05ec0fffede0bad",
        "d05ec0fffede0bad",
        "Mozilla/5.0 (Linux; zebulon-00042)",
        b"\xd2\x5e\xc0\xde\x0b\xad",
        b"\x0a\x4d\x02\x33",
        b"\xd0\x5e\xc0\xff\xfe\xde\x0b\xad",
    ],
)
def test_every_spelling_is_found_and_nobody_elses(spelled: str | bytes) -> None:
    planted = spelled.encode() if isinstance(spelled, str) else spelled
    assert TRACES.within(NOISE + planted + NOISE)
    assert Traces([PAUL]).within(NOISE + planted + NOISE) == set()
    assert TRACES.within(NOISE) == set()


def packed_twice(text: bytes) -> bytes:
    return NOISE + zlib.compress(b"x" + zlib.compress(text) + b"y") + NOISE


@pytest.mark.parametrize("hide", [packed_twice, base64.b64encode])
def test_what_is_packed_or_encoded_is_found(hide: Callable[[bytes], bytes]) -> None:
    for word in (*ANNE.packed(), *(text.encode() for text in ANNE.written())):
        hidden = hide(b"somebody was here: " + word + b" and left")
        assert TRACES.within(hidden), word


def test_what_is_packed_can_be_read_too() -> None:
    assert b"zebulon" in readable(packed_twice(b"zebulon"))


@pytest.fixture
def card(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Of a database that is open, with a table for whatever there is."""
    with closing(sqlite3.connect(tmp_path / "some.db", isolation_level=None)) as made:
        made.executescript("PRAGMA journal_mode = WAL; PRAGMA secure_delete = OFF")
        made.execute('CREATE TABLE "a b" (c)')
        yield made


def plant(card: sqlite3.Connection, value: str | bytes) -> None:
    card.execute('INSERT INTO "a b" VALUES (?)', (value,))


def test_a_row_is_found_that_is_in_the_side_file_only(
    card: sqlite3.Connection, tmp_path: Path
) -> None:
    plant(card, ANNE.address.packed)
    assert tmp_path / "some.db-wal" in TRACES.on_disk(tmp_path)


def test_a_deleted_row_is_found_in_the_free_pages(card: sqlite3.Connection, tmp_path: Path) -> None:
    plant(card, "d2:5e:c0:de:0b:ad" * 500)
    card.execute('DELETE FROM "a b"')
    card.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert card.execute('SELECT count(*) FROM "a b"').fetchone() == (0,)
    assert TRACES.on_disk(tmp_path).keys() == {tmp_path / "some.db"}


def test_a_packed_value_is_found_that_is_longer_than_a_page(
    card: sqlite3.Connection, tmp_path: Path
) -> None:
    plant(card, zlib.compress(random.Random(1).randbytes(9000).hex().encode() + ANNE.mac))
    card.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert TRACES.within((tmp_path / "some.db").read_bytes()) == set()
    assert TRACES.on_disk(tmp_path) == {tmp_path / "some.db": {ANNE.mac}}


def test_a_name_of_a_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "station-D25EC0DE0BAD").mkdir()
    (tmp_path / "station-D25EC0DE0BAD" / "empty").touch()
    assert len(TRACES.on_disk(tmp_path)) == 1


def frame(number: int, said: bytes, flags: int = 0x10) -> Frame:
    tcp = struct.pack("!HHIIBBHHH", 40_000, 1883, number % 2**32, 0, 5 << 4, flags, 0, 0, 0)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40 + len(said), 0, 0, 64, 6, 0, bytes(4), bytes(4))
    padding = b"\xad" * 6  # as Ethernet has it, where little is said
    return Frame("tcp", "192.0.2.2", "192.0.2.1", 1883, bytes(14) + ip + tcp + said + padding)


def test_a_stream_is_put_together_from_frames_in_any_order() -> None:
    first = 2**32 - 10
    frames = [
        frame(first + 8, ANNE.mac[3:]),
        frame(first, b"", flags=0x02),
        frame(first + 1, b"mac " + ANNE.mac[:3]),
        frame(first + 1, b"mac"),
        frame(first, b"\0"),  # a sign of life
    ]
    assert streams(frames, 1883) == [b"mac " + ANNE.mac]
    assert streams(frames, 8883) == []
    with pytest.raises(AssertionError, match="a gap"):
        streams(frames[:2], 1883)


def test_who_is_sealed_writes_into_his_own_folders_only(tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    own.mkdir()
    with Lab(tmp_path) as lab:
        lab.unit.run(*sealed(own), "touch", own / "file")
        for place in (other, Path("/var/tmp/other"), Path("/tmp/other"), Path("/run/other")):
            with pytest.raises(AssertionError, match="Read-only file system"):
                lab.unit.run(*sealed(own), "touch", place)
    assert (own / "file").exists()
