"""`triporteur-device record`: the raw bytes of a port into a file, with where they come from.

A device that speaks unasked is listened to. One that only answers is asked as the agent would ask
it, when its protocol is named. The file plays back as a source with `port = "replay:FILE"`, and
becomes a test in `tests/captures`: see docs/devices/capture.md.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event

from msgspec.structs import replace

from triporteur_device.asking import Asking
from triporteur_device.capture import Provenance, Tap, digest, recount, write_provenance
from triporteur_device.clock import boottime_ms
from triporteur_device.conversation import Conversation
from triporteur_device.link import open_link
from triporteur_device.protocols import ProtocolSpec

_log = logging.getLogger(__name__)
_READ_TIMEOUT_S = 0.1
_REPORT_S = 5.0


@dataclass(frozen=True, slots=True)
class Subject:
    """What is recorded; `spec` is None to listen only, `unit` and `device` are the installer's."""

    baud: int
    spec: ProtocolSpec | None
    unit: str
    device: str


def run(port: str, file: Path, subject: Subject, stop: Event) -> int:
    """Records until `stop`, into a new file.

    Raises LinkLost when the port is gone, and keeps what was heard; FileExistsError rather than
    write over another recording; OSError on the file.
    """
    line = open_link(port, subject.baud, subject.spec.requests if subject.spec else frozenset())
    try:
        if file.exists():
            raise FileExistsError(f"{file} is there already; name another file")
        with file.open("xb", buffering=0) as out:
            tap, began = Tap(line, out.write), datetime.now(UTC)
            try:
                _listen(_turn(tap, subject.spec), tap, stop)
            finally:
                _describe(file, subject, began, tap)
    finally:
        line.close()
    return 0


def _turn(tap: Tap, spec: ProtocolSpec | None) -> Callable[[], object]:
    if spec is None:
        return partial(tap.read, _READ_TIMEOUT_S)
    return Conversation(tap, spec, Asking(spec.poller), boottime_ms).turn


def _listen(turn: Callable[[], object], tap: Tap, stop: Event) -> None:
    report_s = time.monotonic() + _REPORT_S
    while not stop.is_set():
        turn()
        if time.monotonic() >= report_s:
            report_s += _REPORT_S
            _log.info("%d bytes so far; Ctrl-C ends the recording", tap.heard)


def _describe(file: Path, subject: Subject, began: datetime, tap: Tap) -> None:
    raw = file.read_bytes()
    questions = list(dict.fromkeys(question for _, question in tap.asked))
    provenance = Provenance(
        protocol=subject.spec.name if subject.spec else None,
        baud=subject.baud,
        began_utc=f"{began:%Y-%m-%dT%H:%M:%SZ}",
        seconds=round((datetime.now(UTC) - began).total_seconds(), 1),
        unit=subject.unit,
        device=subject.device,
        bytes=len(raw),
        sha256=digest(raw),
        questions=tuple(question.hex() for question in questions),
        asked=tuple((at, questions.index(question)) for at, question in tap.asked),
    )
    if subject.spec:
        counted = recount(subject.spec, raw, provenance)
        provenance = replace(provenance, frames=counted.frames, discarded=counted.discarded)
    write_provenance(file, provenance)
    frames = "" if provenance.frames is None else f", {provenance.frames} frames"
    _log.info("%d bytes%s in %s", len(raw), frames, file)
