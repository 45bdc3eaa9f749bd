"""What the ingest is given: one message, as the broker delivered it."""

from collections.abc import Sequence
from dataclasses import dataclass

from triporteur_wire.topics import Channel


@dataclass(frozen=True, slots=True)
class Message:
    """One message about a unit. `retained` says that the broker kept it: it may be old.

    `received_utc_ms` is the depot's UTC when it arrived; None when it is stored as it arrives.
    """

    unit: str
    channel: Channel
    payload: bytes
    properties: Sequence[tuple[str, str]] = ()
    retained: bool = False
    received_utc_ms: int | None = None
