"""A depot's database filled by hand, as the ingest would leave it."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from tests.depot.fresh import fresh_writer
from tests.verdicts import LEAVES
from triporteur_depot.ingest.rollups import roll_up
from triporteur_wire.messages import Delivery, Reading, SourceHealth, Status, encode
from triporteur_wire.plan import Plan
from triporteur_wire.quantities import Value
from triporteur_wire.readiness import (
    USUAL_OUTING,
    Action,
    Evening,
    Outing,
    Readiness,
    Reason,
    Verdict,
    What,
    Why,
)
from triporteur_wire.records import (
    Body,
    Event,
    Telemetry,
    encode_body,
    kind_of,
    new_log_id,
)
from triporteur_wire.releases import Told

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


def status(
    readings: Mapping[str, Mapping[str, Value]] | None = None,
    *,
    unit: str = "ben",
    place: str = "Rennes",
    period_s: float = 10.0,
    heard_age_s: float | None = 0.5,
    waiting: int = 0,
    oldest_waiting_s: float | None = None,
    readiness: Readiness | None = None,
    plan: Plan | None = None,
    release: Told | None = None,
) -> Status:
    """A status whose one line is "battery" unless `readings` names others."""
    said = readings or {}
    return Status(
        unit=unit,
        place=place,
        version="0.1.0",
        boot_no=1,
        mono_ms=HOUR_MS,
        utc_ms=None,
        period_s=period_s,
        readings={
            source: {name: Reading(value, 0.4) for name, value in values.items()}
            for source, values in said.items()
        },
        sources={
            source: SourceHealth("jbd", heard_age_s, 100, 0, {}) for source in (said or ["battery"])
        },
        delivery=Delivery(True, waiting, oldest_waiting_s, 0, {}),
        readiness=readiness,
        plan=plan,
        release=release,
    )


@dataclass
class Log:
    """One log being written."""

    connection: sqlite3.Connection
    id: int
    seq: int = 0
    rows: list[tuple[int, int, str, int, bytes]] = field(default_factory=list)

    def add(self, mono_ms: int, body: Body) -> None:
        self.seq += 1
        self.rows.append((self.id, self.seq, kind_of(body), mono_ms, encode_body(body)))

    def say(self, mono_ms: int, **values: Value | None) -> None:
        self.add(mono_ms, Telemetry("battery", dict(values)))

    def event(self, mono_ms: int, name: str, source: str | None = None) -> None:
        self.add(mono_ms, Event(name, source))

    def store(self) -> None:
        """Writes what was added, in one transaction."""
        self.connection.execute("BEGIN")
        self.connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", self.rows)
        self.connection.execute("UPDATE logs SET stored = ? WHERE id = ?", [self.seq, self.id])
        if self.rows:
            self.connection.execute(
                "INSERT INTO dirty (log_id, first, last) VALUES (?, ?, ?)",
                [self.id, self.rows[0][1], self.seq],
            )
        self.connection.execute("COMMIT")
        self.rows.clear()


class Depot:
    """The database of `path`, and the verbs tests need."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = fresh_writer(path)

    def unit(
        self, name: str, said: Status | None, heard_ms: int, offline: str | None = None
    ) -> int:
        """Adds the unit, or replaces what it said last."""
        self.connection.execute(
            """INSERT INTO units (name, status, heard_utc_ms, offline_reason, revision)
            VALUES (?, ?, ?, ?, 1) ON CONFLICT (name) DO UPDATE SET status = excluded.status,
            heard_utc_ms = excluded.heard_utc_ms, offline_reason = excluded.offline_reason,
            revision = revision + 1""",
            [name, encode(said) if said else None, heard_ms, offline],
        )
        row = self.connection.execute("SELECT id FROM units WHERE name = ?", [name]).fetchone()
        return int(row[0])

    def log(self, unit_id: int, boot_no: int = 1) -> Log:
        cursor = self.connection.execute(
            "INSERT INTO logs (unit_id, log, boot_no) VALUES (?, ?, ?)",
            [unit_id, new_log_id(), boot_no],
        )
        return Log(self.connection, int(cursor.lastrowid or 0))

    def anchor(
        self,
        unit_id: int,
        mono_ms: int,
        utc_ms: int,
        *,
        boot_no: int = 1,
        error_ms: int = 20,
        origin: str = "ntp",
    ) -> None:
        self.connection.execute(
            "INSERT INTO anchors VALUES (?, ?, ?, ?, ?, ?)",
            [unit_id, boot_no, mono_ms, utc_ms, error_ms, origin],
        )

    def arrived(self, log: Log, mono_ms: int, utc_ms: int) -> None:
        """Notes that the record of `mono_ms` came at this instant."""
        self.connection.execute(
            "UPDATE logs SET latest_start_utc_ms = ? WHERE id = ?", [utc_ms - mono_ms, log.id]
        )

    def give_up(self, log: Log, first: int, last: int | None, reason: str, at_ms: int) -> None:
        self.connection.execute(
            "INSERT INTO given_up VALUES (?, ?, ?, ?, ?)", [log.id, first, last, reason, at_ms]
        )

    def roll_up(self) -> None:
        """Rolls up everything that was stored, as the ingest does."""
        while roll_up(self.connection):
            pass


def readiness(
    verdict: Verdict = Verdict.GO,
    why: Why = Why.ENOUGH,
    what: What = What.LEAVE,
    number: float | None = None,
    *,
    outing: Outing = USUAL_OUTING,
    evening: Evening | None = None,
    ready_in_min: float | None = 0.0,
    rides: int = 20,
) -> Readiness:
    """A verdict for one reason; the figures are always the same."""
    told = LEAVES.calibration
    return msgspec.structs.replace(
        LEAVES,
        verdict=verdict,
        reasons=(Reason(why, verdict, number),),
        action=Action(what, number),
        outing=outing,
        ready_in_min=ready_in_min,
        evening=evening,
        calibration=msgspec.structs.replace(told, rides=rides) if told and rides else None,
    )
