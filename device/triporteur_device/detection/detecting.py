"""One port after the other: listened to at every speed first, then asked if that is allowed.

Where anything speaks unasked nothing is sent: it may be the line between a motor and its display,
which has one master.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from triporteur_device.detection.candidates import Candidate
from triporteur_device.detection.ear import Ear, ask
from triporteur_device.link import Link, LinkLost
from triporteur_wire.quantities import Value

#: VE.Direct speaks once a second, and its first block is a part.
_LISTEN_MS = 3_500
#: What plugging in may leave on a line; more is somebody who speaks.
_SILENCE_BYTES = 8
_READ_TIMEOUT_S = 0.1

#: Opens a port at a baud; what is given last is all that may be sent there. Raises LinkLost.
OpenPort = Callable[[str, int, AbstractSet[bytes]], Link]


class Unknown(StrEnum):
    """Why nothing is known of a port."""

    #: it cannot be opened; the reason is told
    CLOSED = "closed"
    #: nobody speaks, and nobody said that it may be asked
    SILENT = "silent"
    #: somebody speaks in no way known here
    STRANGE = "strange"
    #: nobody answered
    UNANSWERED = "unanswered"
    #: nothing but the questions came back
    ECHO = "echo"
    #: something came back, and no whole answer
    GARBLED = "garbled"
    #: good frames whose figures cannot be; what is told
    IMPLAUSIBLE = "implausible"


@dataclass(frozen=True, slots=True)
class Found:
    """What speaks at a port, and what it said."""

    candidate: Candidate
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Nothing:
    """Why nothing was found, and details of it."""

    why: Unknown
    detail: str = ""


Outcome = Found | Nothing


class Detector:
    """Looks at ports. `mono_ms` is a clock, `say` takes one line an attempt."""

    def __init__(
        self, open_port: OpenPort, mono_ms: Callable[[], int], say: Callable[[str], None]
    ) -> None:
        self._open_port = open_port
        self._mono_ms = mono_ms
        self._say = say

    def listen(self, port: str, candidates: list[Candidate]) -> Outcome:
        """Who speaks there unasked; SILENT when nobody does."""
        heard_bytes = 0
        try:
            for baud in dict.fromkeys(each.spec.baud for each in candidates):
                ears = [Ear(each) for each in candidates if each.spec.baud == baud]
                heard_bytes += self._hear(port, baud, ears)
                for ear in ears:
                    self._say(f"{port}: listened for {ear.candidate}: {ear.told}")
                    if ear.is_sure:
                        return Found(ear.candidate, ear.values)
        except LinkLost as error:
            return Nothing(Unknown.CLOSED, str(error))
        if heard_bytes >= _SILENCE_BYTES:
            return Nothing(Unknown.STRANGE, f"{heard_bytes} bytes")
        return Nothing(Unknown.SILENT)

    def ask(self, port: str, candidates: list[Candidate]) -> Outcome:
        """Who answers there. Only for ports that are silent and may be asked."""
        worst = Nothing(Unknown.UNANSWERED)
        for candidate in candidates:
            try:
                line = self._open_port(port, candidate.spec.baud, candidate.spec.requests)
                try:
                    ear = ask(line, candidate, self._mono_ms)
                finally:
                    line.close()
            except LinkLost as error:
                return Nothing(Unknown.CLOSED, str(error))
            self._say(f"{port}: asked {candidate}: {ear.told}")
            if ear.frames and not ear.oddity:
                return Found(candidate, ear.values)
            worst = max(worst, _trouble(ear), key=_how_telling)
        return worst

    def _hear(self, port: str, baud: int, ears: list[Ear]) -> int:
        """Listens until one of the ears is sure, or for a while; how many bytes came."""
        line = self._open_port(port, baud, frozenset())
        try:
            count, ends_ms = 0, self._mono_ms() + _LISTEN_MS
            while self._mono_ms() < ends_ms and not any(ear.is_sure for ear in ears):
                data = line.read(_READ_TIMEOUT_S)
                count += len(data)
                for ear in ears:
                    ear.listen(data)
            return count
        finally:
            line.close()


def _trouble(ear: Ear) -> Nothing:
    if ear.frames:
        return Nothing(Unknown.IMPLAUSIBLE, f"{ear.candidate.spec.name} tells {ear.oddity}")
    if ear.garbled_bytes:
        return Nothing(Unknown.GARBLED, f"{ear.garbled_bytes} bytes")
    return Nothing(Unknown.ECHO if ear.echo_bytes else Unknown.UNANSWERED)


def _how_telling(nothing: Nothing) -> int:
    return list(Unknown).index(nothing.why)
