"""Every stored column is in a register, and none speaks of a person."""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

import triporteur_depot.columns
import triporteur_device.delivery.columns
import triporteur_device.departure.columns
import triporteur_device.detection.columns
import triporteur_device.downlink.columns
import triporteur_device.identity.columns
import triporteur_device.journal.columns
import triporteur_kiosk.console.access.columns
import triporteur_kiosk.gate.keeper.columns
import triporteur_kiosk.public.columns
import triporteur_kiosk.usage.columns
from tests.architecture.tree import ROOT
from tests.device.identity.authority import Authority
from tests.kiosk.access.trike import Trike
from triporteur_depot.database import open_writer
from triporteur_device.boots import boot_number
from triporteur_device.delivery.link_meter import LinkMeter
from triporteur_device.departure.kept import KeptFile
from triporteur_device.departure.outings import Kept
from triporteur_device.detection import Memory, askable
from triporteur_device.downlink import Downlink
from triporteur_device.identity import Identity
from triporteur_device.journal import JournalWriter
from triporteur_device.readiness import Pack, ReadinessKeeper, encode_state
from triporteur_kiosk.console.access.phones import Phones
from triporteur_kiosk.gate.keeper.budget import Budget
from triporteur_kiosk.public.editions import Editions, Places
from triporteur_kiosk.usage.journal import UsageJournal
from triporteur_kiosk.usage.words import WORDS
from triporteur_wire import envelope, messages, records
from triporteur_wire.parcels import pack
from triporteur_wire.readiness import USUAL_OUTING
from triporteur_wire.register import Column
from triporteur_wire.topics import Channel

ABOARD = triporteur_device.journal.columns.STORED
FROM_THE_DEPOT = triporteur_device.downlink.columns.STORED
OF_THE_LINK = triporteur_device.delivery.columns.STORED
OF_THE_DEPARTURE = triporteur_device.departure.columns.STORED
OF_THE_PORTS = triporteur_device.detection.columns.STORED
TO_BE_KNOWN = triporteur_device.identity.columns.STORED
IN_THE_KIOSK = triporteur_kiosk.usage.columns.STORED
SHOWN = triporteur_kiosk.public.columns.STORED
OF_THE_CONSOLE = triporteur_kiosk.console.access.columns.STORED
OF_THE_GATE = triporteur_kiosk.gate.keeper.columns.STORED
AT_THE_DEPOT = triporteur_depot.columns.STORED
CONTENT = ROOT / "kiosk" / "content" / "content.toml"
PERSONAL = re.compile(
    r"(^|_)(mac|bssid|ip|ipv4|ipv6|address|user_agent|agent|hostname|imei|imsi|cookie|session"
    r"|person|people|visitor|user|owner|first_name|last_name|full_name|surname|nickname|nom|prenom"
    r"|phone|telephone|mobile|email|mail|account|login|password|token|birth\w*|gender"
    r"|lat|lon|latitude|longitude|gps|position)(_|$)"
)


def named(columns: Iterable[Column]) -> list[tuple[str, str]]:
    return sorted((each.table, each.column) for each in columns)


def stored(path: Path) -> Iterator[tuple[str, str]]:
    """Every column of every table of an SQLite file."""
    connection = sqlite3.connect(path)
    yield from connection.execute(
        """SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_xinfo(t.name) AS c
        WHERE t.type IN ('table', 'view') AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"""
    )
    connection.close()


def test_what_a_unit_keeps_is_what_its_register_says(tmp_path: Path) -> None:
    JournalWriter(tmp_path / "device.journal", 1, 0, "test").close()
    boot_number(tmp_path / "boot.json", "a boot")
    boot = msgspec.json.decode((tmp_path / "boot.json").read_bytes(), type=dict[str, object])
    kept = [*stored(tmp_path / "device.journal"), *(("boot.json", field) for field in boot)]
    assert sorted(kept) == named(ABOARD)


def test_what_the_kiosk_keeps_is_what_its_register_says(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.journal"
    journal = UsageJournal(path, lambda: 1, tmp_path / "ack.json", "test")
    journal.open(0)
    assert journal.write(1, records.Usage(3600, {"probe": 1}))
    journal.close()
    assert sorted(stored(path)) == named(IN_THE_KIOSK)


def test_what_the_depot_keeps_is_what_its_register_says(tmp_path: Path) -> None:
    open_writer(tmp_path / "depot.db").close()
    assert sorted(stored(tmp_path / "depot.db")) == named(AT_THE_DEPOT)


def parcels(folder: Path) -> list[tuple[str, str]]:
    """Every field of every file below a folder."""
    return [
        (str(path.relative_to(folder)), field)
        for path in sorted(folder.rglob("*.json"))
        for field in msgspec.json.decode(path.read_bytes(), type=dict[str, object])
    ]


def test_what_the_depot_gives_a_unit_is_what_its_register_says(tmp_path: Path) -> None:
    verdicts = {name: tmp_path / f"{name}-verdict" for name in ("portal", "console")}
    downlink = Downlink(tmp_path, lambda settings: None, verdicts)
    downlink.take(Channel.SETTINGS, "", pack(1, {"unit.place": "Rennes"}))
    downlink.take(Channel.CONTENT, "portal", pack(1, CONTENT.read_text(encoding="utf-8")))
    downlink.take(Channel.CONTENT, "console", pack(1, "a certificate"))
    assert sorted(parcels(tmp_path)) == named(FROM_THE_DEPOT)


def test_what_a_unit_keeps_of_its_link_is_what_its_register_says(tmp_path: Path) -> None:
    meter = LinkMeter(tmp_path / "link.json", 0, lambda: 1_800_000_000_000)
    meter.look(None)
    assert sorted(parcels(tmp_path)) == named(OF_THE_LINK)


def test_what_a_unit_keeps_of_its_ports_is_what_its_register_says(tmp_path: Path) -> None:
    Memory(tmp_path / "detected.json").keep({"/dev/ttyUSB0": askable()[0]})
    assert sorted(parcels(tmp_path)) == named(OF_THE_PORTS)


def test_what_a_unit_keeps_of_its_outings_is_what_its_register_says(tmp_path: Path) -> None:
    KeptFile(tmp_path / "plan.json", tmp_path / "run").write(
        msgspec.json.encode(Kept({"2026-11-22": USUAL_OUTING}, USUAL_OUTING, 1, 60_000))
    )
    state = ReadinessKeeper(Pack()).state
    KeptFile(tmp_path / "readiness.json", tmp_path / "run").write(encode_state(state))
    assert sorted(parcels(tmp_path)) == named(OF_THE_DEPARTURE)


def test_what_a_unit_keeps_to_be_known_is_what_its_register_says(tmp_path: Path) -> None:
    authority, store = Authority(), Identity(tmp_path / "identity", "ben").store
    store.install(authority.papers())
    store.put_bundle(authority.bundle())
    store.bundle_key()
    with store.contact():
        assert sorted([*files(store.directory), *parcels(tmp_path)]) == named(TO_BE_KNOWN)


def files(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file below a folder that has no fields; that `current` leads to under its name."""
    for path in (*folder.iterdir(), *(folder / "current").iterdir()):
        if path.is_file() and path.suffix != ".json":
            yield str(path.parent.relative_to(folder.parent)), path.name


def test_what_the_portal_keeps_is_what_its_register_says(tmp_path: Path) -> None:
    (pushed := tmp_path / "pushed").write_bytes(pack(1, CONTENT.read_text(encoding="utf-8")))
    kept = tmp_path / "kiosk" / "content.json"
    Editions(Places(CONTENT, pushed, kept, tmp_path / "verdict"))
    assert sorted(parcels(kept.parent)) == named(SHOWN)


def test_what_the_console_keeps_is_what_its_register_says(tmp_path: Path) -> None:
    trike = Trike(tmp_path)
    papers = trike.papers()
    trike.config.console_places.pushed.write_bytes(pack(1, trike.certificate()))
    trike.certified(papers)
    folder = trike.config.console_places.directory
    token = Phones(folder, lambda: date(2026, 11, 22)).pair()
    Phones(folder, lambda: date(2026, 11, 21)).find(token)
    kept = [("console", path.name) for path in folder.glob("*.pem")]
    phones = msgspec.json.decode((folder / "phones.json").read_bytes(), type=list[dict[str, Any]])
    kept += [("console/phones.json", field) for phone in phones for field in phone]
    assert sorted(kept) == named(OF_THE_CONSOLE)
    assert {path.suffix for path in folder.iterdir()} == {".pem", ".json"}


def test_what_the_gate_keeps_is_what_its_register_says(tmp_path: Path) -> None:
    Budget(1000, tmp_path / "spent.json").close()
    assert sorted(parcels(tmp_path)) == named(OF_THE_GATE)


@pytest.mark.parametrize("word", WORDS)
def test_a_counted_word_is_nobodys(word: str) -> None:
    assert not PERSONAL.search(word.replace(":", "_"))


@pytest.mark.parametrize(
    "each",
    ABOARD
    + FROM_THE_DEPOT
    + OF_THE_LINK
    + OF_THE_DEPARTURE
    + OF_THE_PORTS
    + TO_BE_KNOWN
    + IN_THE_KIOSK
    + SHOWN
    + OF_THE_CONSOLE
    + OF_THE_GATE
    + AT_THE_DEPOT,
    ids=lambda c: f"{c.table}.{c.column}",
)
def test_a_column_says_what_why_and_how_long_and_nothing_personal(each: Column) -> None:
    assert all([each.what, each.why, each.kept])
    assert not PERSONAL.search(each.column) or each in of_the_unit_itself()


def of_the_unit_itself() -> list[Column]:
    """How a unit logs in at its depot: no person's, and it says so."""
    own = [each for each in TO_BE_KNOWN if each.column in ("login", "token")]
    assert all("random" in each.what and "bundle" in each.what for each in own)
    return own


@pytest.mark.parametrize(
    "kind",
    [
        messages.Reading,
        messages.SourceHealth,
        messages.Delivery,
        messages.Status,
        messages.Offline,
        messages.Ack,
        envelope.Columns,
        envelope.GivenUp,
        *records._KINDS.values(),
    ],
    ids=lambda kind: kind.__name__,
)
def test_what_is_kept_or_sent_whole_has_no_personal_field(kind: type[msgspec.Struct]) -> None:
    assert [field for field in kind.__struct_fields__ if PERSONAL.search(field)] == []


@pytest.mark.parametrize("column", ["mac", "client_ip", "user_agent", "first_name", "gps_lat"])
def test_a_personal_column_would_be_refused(column: str) -> None:
    assert PERSONAL.search(column)


@pytest.mark.parametrize("column", ["name", "description", "mechanism", "last", "age_s"])
def test_another_column_would_not(column: str) -> None:
    assert not PERSONAL.search(column)
