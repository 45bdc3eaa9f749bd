"""`triporteur-device record`: the raw bytes of a port into a file, for a workshop's archive.

A device that only answers is asked as the agent would ask it. The file plays back as a source
with `port = "replay:FILE"`.
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


def run(port: str, file: Path, spec: ProtocolSpec, stop: Event) -> int:
    """Appends until `stop`. Raises LinkLost when the port is gone, OSError on the file."""
    with file.open("ab") as out:
        line = open_link(port, spec.baud)
        try:
            count = _copy(line, out.write, spec, stop)
        finally:
            line.close()
    _log.info("%s: %d bytes in %s", port, count, file)
    return 0


def _copy(line: Link, keep: Callable[[bytes], object], spec: ProtocolSpec, stop: Event) -> int:
    decoder = spec.decoder()
    poller = spec.poller() if spec.poller else None
    count = 0
    report_s = time.monotonic() + _REPORT_S
    while not stop.is_set():
        now_s = time.monotonic()
        if poller and (request := poller.next_request(now_s)):
            line.write(request)
        data = line.read(_READ_TIMEOUT_S)
        keep(data)
        count += len(data)
        for event in decoder.receive(data):
            if poller and isinstance(event, Frame):
                poller.received(event, now_s)
        if now_s >= report_s:
            report_s = now_s + _REPORT_S
            _log.info("%d bytes so far; Ctrl-C ends the recording", count)
    return count
