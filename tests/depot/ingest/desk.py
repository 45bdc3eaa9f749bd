"""A depot's ingest in the test's hand, and messages as units send them."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from tests.depot.fresh import fresh_writer
from triporteur_depot.ingest import Intake, Message, roll_up
from triporteur_wire.envelope import Batch, GivenUp, Range, pack, properties
from triporteur_wire.messages import Ack, Delivery, Status, encode
from triporteur_wire.records import Body, Record, Telemetry, encode_body, kind_of
from triporteur_wire.topics import Channel

LOG = "0123456789abcdef"
OTHER = "fedcba9876543210"


class Depot:
    """An intake over a fresh database, with a clock in the test's hand."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = fresh_writer(path)
        self.now_ms = 1_800_000_000_000
        self.intake = Intake(self.connection, lambda: self.now_ms)

    def take(self, *messages: Message) -> dict[str, Ack]:
        return self.intake.take(messages)

    def roll_up(self) -> None:
        while roll_up(self.connection):
            pass

    def ask(self, query: str) -> list[tuple[object, ...]]:
        return self.connection.execute(query).fetchall()


def record(seq: int, body: Body | None = None, boot_no: int = 1) -> Record:
    said = body or Telemetry("battery", {"soc_pct": seq % 100})
    return Record(LOG, seq, kind_of(said), boot_no, 1000 * seq, msgspec.Raw(encode_body(said)))


def batch(
    first: int, last: int, records: Sequence[Record] | None = None, given: Sequence[GivenUp] = ()
) -> Message:
    held = [record(seq) for seq in range(first, last + 1)] if records is None else records
    covered = Range(LOG, first, last)
    return Message("ben", Channel.JOURNAL, pack(Batch(covered, held, given)), properties(covered))


def sent(payload: bytes, first: int, last: int) -> Message:
    """A journal message of any payload."""
    return Message("ben", Channel.JOURNAL, payload, properties(Range(LOG, first, last)))


def status(logs: dict[str, int], *, retained: bool = False) -> Message:
    said = Status("ben", "Rennes", "1", 1, 5, 7_000, 15, {}, {}, Delivery(True, 0, None, 0, logs))
    return Message("ben", Channel.STATUS, encode(said), retained=retained)


def marks(acks: dict[str, Ack]) -> dict[str, int]:
    return acks["ben"].marks
