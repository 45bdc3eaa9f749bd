"""What a unit lacks is sent again: the broker keeps parcels, and may have lost what it kept."""

import sqlite3

from triporteur_depot.database import transaction
from triporteur_depot.downlink.ledger import Given, given, last_said, made_of, note_sent
from triporteur_depot.downlink.verdicts import Outcome
from triporteur_wire.messages import Status

#: A parcel is sent again after this, then after twice as long, and so on to once a day: a unit
#: that neither takes it nor refuses it shall not spend its 4G on it.
_FIRST_WAIT_MS = 5 * 60_000
_LONGEST_WAIT_MS = 24 * 3_600_000


def resend(connection: sqlite3.Connection, unit: str, now_ms: int) -> list[tuple[str, bytes]]:
    """Topics and payloads, to be published retained, of what the unit's stored status lacks.

    To be called outside a transaction when a status arrived; notes that they are sent. Raises
    sqlite3.Error.
    """
    due = [one for one in given(connection, unit) if _is_due(one, now_ms)]
    if not due:
        return []
    said = last_said(connection, unit)
    lacking = [one for one in due if _lacks(one, said)]
    if lacking:
        with transaction(connection):
            for one in lacking:
                note_sent(connection, one, now_ms)
    return [(one.topic, one.payload) for one in lacking]


def _lacks(one: Given, said: Status | None) -> bool:
    """A refused withdrawal too: its refusal bears no number, and may be of one before."""
    outcome = made_of(one, said).outcome
    return outcome is Outcome.WAITING or (outcome is Outcome.REFUSED and not one.body)


def _is_due(one: Given, now_ms: int) -> bool:
    if one.sent_utc_ms is None:
        return True
    wait_ms = min(_FIRST_WAIT_MS << min(one.sendings - 1, 16), _LONGEST_WAIT_MS)
    return not one.sent_utc_ms <= now_ms < one.sent_utc_ms + wait_ms
