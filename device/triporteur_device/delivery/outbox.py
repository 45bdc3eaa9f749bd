"""What waits in the journals, on its way: batches out, PUBACKs and marks back."""

import logging
from collections.abc import Callable

from triporteur_device.delivery.backlog import Backlog, read_backlog
from triporteur_device.delivery.journals import Journals
from triporteur_device.delivery.shipper import Shipper
from triporteur_device.journal import Stretch, merged
from triporteur_wire.envelope import Batch
from triporteur_wire.messages import MAX_LOGS, Ack

_log = logging.getLogger(__name__)

#: Sends a batch; gives the number of its message.
Send = Callable[[Batch], int]


class Outbox:
    """Use in one thread. Raises sqlite3.Error of the own journal."""

    def __init__(self, journals: Journals, shipper: Shipper, mono_ms: Callable[[], int]) -> None:
        self._journals = journals
        self._shipper = shipper
        self._mono_ms = mono_ms
        self._refused = ""
        self._ack = journals.known()
        self._version = journals.version()
        self.backlog: Backlog = read_backlog(journals, self._ack)
        self._unconfirmed: list[str] = []

    def start_over(self) -> None:
        """The connection is new."""
        self._shipper.start_over()
        self._unconfirmed = [log.log for log in self.backlog.logs]

    def named(self, logs: dict[str, int]) -> dict[str, int]:
        """`logs` and, until each was named once on this connection, some that are aboard besides.

        A depot whose disk was put back to an older state, its broker's with it, knows nothing of
        that. Its marks do: it answers each log that is named with how far it has that.
        """
        room = MAX_LOGS - len(logs)
        asked, self._unconfirmed = self._unconfirmed[:room], self._unconfirmed[room:]
        last = {log.log: log.last_seq for log in self.backlog.logs}
        return {log: last[log] for log in asked if log in last} | logs

    def refresh(self) -> None:
        """Reads what waits anew, if there is anything new."""
        version = self._journals.version()
        if version != self._version:
            self._version = version
            self.backlog = read_backlog(self._journals, self._ack)

    def acknowledge(self, news: Ack) -> Ack:
        """Takes the depot's marks; all that hold now."""
        self._ack = merged(self._ack, news)
        self.backlog = read_backlog(self._journals, self._ack)
        return self._ack

    def ship(self, send: Send) -> None:
        """Sends what may go now."""
        while stretch := self._shipper.next(self.backlog.logs, self._mono_ms()):
            self._send(stretch, send)

    def ship_all(self, send: Send) -> None:
        """Sends what waits, without waiting for more of it."""
        self.refresh()
        self._shipper.hurry()
        self.ship(send)

    @property
    def is_under_way(self) -> bool:
        """Whether the broker still owes an answer."""
        return self._shipper.in_flight > 0

    def answered(self, mid: int, refusal: str) -> None:
        """The broker took a message, or says why it does not; empty when it took it."""
        now_ms = self._mono_ms()
        if refusal:
            if self._shipper.refused(mid, now_ms) and not self._refused:
                _log.warning("depot: the broker does not take records (%s); trying again", refusal)
                self._refused = refusal
        elif self._shipper.accepted(mid, now_ms) and self._refused:
            _log.info("depot: the broker takes records again")
            self._refused = ""

    def close(self) -> None:
        self._journals.close()

    def _send(self, stretch: Stretch, send: Send) -> None:
        batch = self._journals.batch(stretch)
        if batch is None:
            self._shipper.unreadable(stretch.log, self._mono_ms())
            return
        covered = batch.range
        self._shipper.sent(send(batch), stretch.log, covered.first, covered.last, self._mono_ms())
