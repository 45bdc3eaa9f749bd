"""A certificate by a publicly trusted authority, which the operator had made at the depot.

    operator ═▶ agent ─▶ pushed ─▶ examined ─▶ kept, shown
                             └─▶ verdict ─▶ agent ═▶ depot

The agent replaces the file `pushed`; an empty one takes the certificate back.
"""

import logging
from pathlib import Path

from triporteur_kiosk.console.access.slot import Slot
from triporteur_kiosk.secured.chains import BadChain
from triporteur_kiosk.verdict import Verdict
from triporteur_wire.parcels import MAX_PARCEL_BYTES, Applied, text_of, unpack
from triporteur_wire.reading import Unreadable

_log = logging.getLogger(__name__)


class Pushed:
    """Takes what the agent puts at `path` into the slot, and says what came of it."""

    def __init__(self, path: Path, verdict: Path, slot: Slot) -> None:
        self._path = path
        self._slot = slot
        self._verdict = Verdict(verdict)
        self._payload: bytes | None = None
        self._applied = Applied()

    def look(self) -> None:
        """Takes what was put since the last look, or says why not."""
        payload = self._read()
        if payload == self._payload:
            self._verdict.say_again()
            return
        self._payload = payload
        if payload is not None:
            self._applied = self._judged(payload)
            self._verdict.say(self._applied)

    def _judged(self, payload: bytes) -> Applied:
        revision = 0
        try:
            if not payload:
                self._slot.clear()
                return Applied()
            parcel = unpack(payload)
            revision = parcel.revision
            self._slot.put(text_of(parcel))
        except (Unreadable, BadChain, OSError) as error:
            _log.warning("the certificate that the depot sent is refused: %s", error)
            before = self._applied
            return Applied(before.revision, before.sha256, revision, (str(error),))
        _log.info("certificate: the one that the depot sent is used, revision %d", revision)
        return Applied(revision, parcel.sha256)

    def _read(self) -> bytes | None:
        """None while nothing was ever put there; what was good before is good then."""
        try:
            with self._path.open("rb") as file:
                return file.read(MAX_PARCEL_BYTES + 1)
        except OSError:
            return None
