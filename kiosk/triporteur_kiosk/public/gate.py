"""The portal's side of the gate: how far this Wi-Fi goes now, and how far one visitor gets.

The portal serves on without a gate. A page costs one look at a small file in RAM; the gate itself
is asked only by who asks for the Internet, and by at most two visitors at once. The next ones wait
for their turn while it answers; for one that hangs they do not wait, so that it leaves threads to
the others. Answering a probe asks nobody.
"""

import logging
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from threading import BoundedSemaphore

from triporteur_kiosk.asking import ask_line
from triporteur_kiosk.clock import boottime_ms
from triporteur_kiosk.gate.told import read_state
from triporteur_kiosk.loss import Loss
from triporteur_wire.desk import Refused
from triporteur_wire.gate import (
    VISITORS_SOCKET,
    AskVisitor,
    FromPortal,
    GateState,
    Told,
    Visitor,
    Welcome,
    decode_told,
    encode,
)
from triporteur_wire.reading import Unreadable

_log = logging.getLogger(__name__)

_PATIENCE_S = 2.0
_AT_ONCE = 2


class Unanswered(Exception):
    """The gate did not answer in time, or not so that it can be read: it may have acted or not."""


class Gate:
    """The gate whose files and sockets are in `folder`.

    Says in the log when it stops answering, and when it answers again; never who asked.
    """

    def __init__(
        self,
        folder: Path,
        patience_s: float = _PATIENCE_S,
        mono_ms: Callable[[], int] = boottime_ms,
    ) -> None:
        self._folder = folder
        self._socket = folder / VISITORS_SOCKET
        self._patience_s = patience_s
        self._mono_ms = mono_ms
        self._places = BoundedSemaphore(_AT_ONCE)
        self._loss = Loss(
            _log,
            f"the gate does not answer at {self._socket}",
            f"the gate answers again at {self._socket}",
        )

    def state(self) -> GateState | None:
        """What holds for everybody; None while no gate says so."""
        return read_state(self._folder, self._mono_ms)

    def welcome(self, address: str) -> Visitor | Refused:
        """Asks to let the visitor at this address out. Raises Unanswered."""
        told = self._ask(Welcome(_plain(address)))
        if isinstance(told, Visitor | Refused):
            return told
        raise Unanswered("no answer to a welcome")

    def visitor(self, address: str) -> Visitor:
        """How far the visitor at this address gets. Raises Unanswered."""
        told = self._ask(AskVisitor(_plain(address)))
        if isinstance(told, Visitor):
            return told
        raise Unanswered("no answer to a visitor")

    def _ask(self, asked: FromPortal) -> Told:
        if not self._places.acquire(timeout=0 if self._loss.is_so else self._patience_s):
            raise Unanswered("others are being answered")
        try:
            told = decode_told(ask_line(self._socket, encode(asked), self._patience_s))
        except (OSError, Unreadable) as error:
            self._loss.note(error)
            raise Unanswered(str(error)) from error
        finally:
            self._places.release()
        self._loss.end()
        return told


def _plain(address: str) -> str:
    """As the kernel's sets hold it: a socket of both families writes IPv4 as ::ffff:10.42.0.17.

    Raises Unanswered for who has none: a visitor that left while he was being answered.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError as error:
        raise Unanswered("nobody asks") from error
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)
