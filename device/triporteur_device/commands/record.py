"""`triporteur-device record`: the raw bytes of a port into a file, for a workshop's archive.

A device that speaks unasked is listened to. One that only answers is asked as the agent would ask
it, when its protocol is named. The file plays back as a source with `port = "replay:FILE"`.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from triporteur_device.link import Link, open_link
from triporteur_device.protocols import Frame, ProtocolSpec

_log = logging.getLogger(__name__)
_READ_TIMEOUT_S = 0.1
_REPORT_S = 5.0


def run(port: str, file: Path, baud: int, spec: ProtocolSpec | None, stop: Event) -> int:
    """Appends until `stop`. Raises LinkLost when the port is gone, OSError on the file.

    `spec` is None to listen only.
    """
    line = open_link(port, baud)
    try:
        with file.open("ab", buffering=0) as out:
            count = _copy(line, out.write, _asking(spec), stop)
    finally:
        line.close()
    _log.info("%s: %d bytes in %s", port, count, file)
    return 0


Ask = Callable[[bytes, float], bytes | None]


def _asking(spec: ProtocolSpec | None) -> Ask:
    """What to send next, given what was just heard and the time in seconds; None for nothing."""
    if spec is None or spec.poller is None:
        return lambda _data, _now_s: None
    decoder, poller = spec.decoder(), spec.poller()

    def ask(data: bytes, now_s: float) -> bytes | None:
        for event in decoder.receive(data):
            if isinstance(event, Frame):
                poller.received(event, now_s)
        return poller.next_request(now_s)

    return ask


def _copy(line: Link, keep: Callable[[bytes], object], ask: Ask, stop: Event) -> int:
    count = 0
    data = b""
    report_s = time.monotonic() + _REPORT_S
    while not stop.is_set():
        now_s = time.monotonic()
        request = ask(data, now_s)
        if request:
            line.write(request)
        data = line.read(_READ_TIMEOUT_S)
        keep(data)
        count += len(data)
        if now_s >= report_s:
            report_s = now_s + _REPORT_S
            _log.info("%d bytes so far; Ctrl-C ends the recording", count)
    return count
