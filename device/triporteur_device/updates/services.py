"""The services aboard, as systemd runs them: whether they suit a change, and how they bear it.

The portal and the console tell systemd that they are ready once they answered themselves, and the
agent with its first status: what is active answers.
"""

import logging
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from triporteur_device.clock import boottime_ms
from triporteur_device.files import read_guest
from triporteur_device.snapshot import MOST_BYTES, STALE_AFTER_S
from triporteur_device.updates.suiting import unsuited
from triporteur_device.updates.update import Illness
from triporteur_wire.programs import Ask, asked
from triporteur_wire.reading import Unreadable, decode

_log = logging.getLogger(__name__)

_SERVICES = tuple(f"triporteur-{name}.service" for name in ("device", "portal", "console", "gate"))
_TARGET = "triporteur.target"
#: In which a release must be found well, and for how long it must stay so.
_PATIENCE_S = 60.0
_HOLDS_S = 10.0
_LOOK_AGAIN_S = 1.0
_NO_ANSWER = "systemd did not answer"


class _Delivery(msgspec.Struct):
    connected: bool


class _Glimpse(msgspec.Struct):
    """Of a status, what this room needs: a later agent's may hold words that are new to us."""

    version: str
    mono_ms: int
    delivery: _Delivery


_GLIMPSE = msgspec.json.Decoder(_Glimpse)


class Services:
    """`snapshot` is where the agent tells of itself."""

    def __init__(
        self,
        snapshot: Path,
        ask: Ask = asked,
        mono_ms: Callable[[], int] = boottime_ms,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._snapshot = snapshot
        self._ask = ask
        self._mono_ms = mono_ms
        self._wait = wait
        self._active: set[str] | None = None
        self._was_connected = False

    def unsuited(self) -> str:
        """Why now is no time for a change; an agent that does not run is no reason."""
        said = self._said()
        return unsuited(said) if self._glimpse(said) else ""

    def restart(self) -> None:
        """Notes what ran, and has it run what is chosen now.

        Raises OSError where systemd does not take it.
        """
        told = self._glimpse(self._said())
        self._active = self._found_active()
        self._was_connected = told is not None and told.delivery.connected
        self._told("reset-failed", *_SERVICES)
        if self._told("restart", "--no-block", _TARGET) is None:
            raise OSError(_NO_ANSWER)

    def illness(self, version: str) -> Illness | None:
        """Waits until the release is well, and has been for a while; else why it is not."""
        until_ms = self._mono_ms() + round(_PATIENCE_S * 1000)
        well_since_ms: int | None = None
        illness: Illness | None = None
        while (now_ms := self._mono_ms()) < until_ms:
            illness = self._look(version)
            if illness:
                well_since_ms = None
            elif well_since_ms is None:
                well_since_ms = now_ms
            elif now_ms - well_since_ms >= _HOLDS_S * 1000:
                return None
            self._wait(_LOOK_AGAIN_S)
        return illness or Illness("it did not stay well")

    def _look(self, version: str) -> Illness | None:
        active = self._found_active()
        if self._active is None or active is None:
            return Illness(_NO_ANSWER, proves=False)
        if gone := sorted(self._active - active):
            return Illness(f"{', '.join(gone)} did not run within {_PATIENCE_S:.0f} s")
        told = self._glimpse(self._said())
        if told is None or told.version != version:
            return Illness("its agent did not tell of itself")
        if self._was_connected and not told.delivery.connected:
            return Illness("it did not reach the depot, as the one before it did", proves=False)
        return None

    def _said(self) -> bytes:
        """By the agent, last; empty where there is nothing to be read."""
        with suppress(OSError):
            return read_guest(self._snapshot, MOST_BYTES)
        return b""

    def _glimpse(self, said: bytes) -> _Glimpse | None:
        """Of what the agent said last, if that was just now."""
        try:
            found = decode(_GLIMPSE, said)
        except Unreadable:
            return None
        age_ms = self._mono_ms() - found.mono_ms
        return found if 0 <= age_ms <= STALE_AFTER_S * 1000 else None

    def _found_active(self) -> set[str] | None:
        """Of our services, those that run and said that they are ready."""
        told = self._told("show", "--property=Id,ActiveState", *_SERVICES)
        if told is None:
            return None
        shown = [one for one in told.split("\n\n") if one.strip()]
        units = (dict(line.split("=", 1) for line in unit.splitlines()) for unit in shown)
        return {unit["Id"] for unit in units if unit.get("ActiveState") == "active"}

    def _told(self, *words: str) -> str | None:
        """What systemd says; None where it does not."""
        try:
            return self._ask(("systemctl", *words))
        except (OSError, subprocess.SubprocessError) as error:
            _log.error("systemctl %s failed (%s)", words[0], error)
            return None
