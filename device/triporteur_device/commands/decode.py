"""`triporteur-device decode PROTOCOL`: hexadecimal bytes to JSON, as the unit would read them.

One chunk per input line, cut anywhere. `request>response` tells the question too, for protocols
whose answers mean nothing without it.
One JSON object per event:
`{"frame": {...}, "measures": {...}}` or `{"discarded": "checksum", "hex": "..."}`.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import TextIO

from triporteur_device.protocols import (
    PROTOCOLS,
    BadPayload,
    Discarded,
    Event,
    Fault,
    ProtocolSpec,
)


def run(protocol: str) -> int:
    """Decodes standard input to standard output; the exit status, as `decode`."""
    # Read as bytes: a line that is not text must be told, not end the command.
    return decode(
        protocol, (line.decode("ascii", "replace") for line in sys.stdin.buffer), sys.stdout
    )


def decode(protocol_name: str, lines: Iterable[str], out: TextIO) -> int:
    """Writes one JSON line per event and returns the exit status.

    0 whatever the bytes: wrong ones are events too, and a line that is not hexadecimal is told
    on standard error and skipped. 2 for a protocol not known here.
    """
    spec = PROTOCOLS.get(protocol_name)
    if spec is None:
        known = ", ".join(sorted(PROTOCOLS))
        sys.stderr.write(f"Unknown protocol {protocol_name!r}; choose one of: {known}.\n")
        return 2
    decoder = spec.decoder()
    for request, chunk in _chunks(lines):
        if request:
            decoder.asked(request)
        _tell(spec, decoder.receive(chunk), out)
    _tell(spec, decoder.reset(), out)
    return 0


def _chunks(lines: Iterable[str]) -> Iterator[tuple[bytes, bytes]]:
    for number, line in enumerate(lines, start=1):
        request, _, response = line.rpartition(">")
        try:
            yield bytes.fromhex(request), bytes.fromhex(response)
        except ValueError:
            sys.stderr.write(
                f"Line {number} skipped: write bytes as pairs of hexadecimal digits,"
                " for example dd0300.\n"
            )


def _tell(spec: ProtocolSpec, events: Iterable[Event], out: TextIO) -> None:
    out.writelines(json.dumps(_described(spec, event)) + "\n" for event in events)


def _described(spec: ProtocolSpec, event: Event) -> dict[str, object]:
    if isinstance(event, Discarded):
        return _discarded(event)
    try:
        reading = spec.reading(event)
    except BadPayload:
        return _discarded(Discarded(Fault.PAYLOAD, event.raw))
    return {"frame": dict(reading.fields), "measures": dict(reading.values)}


def _discarded(event: Discarded) -> dict[str, object]:
    return {"discarded": event.fault, "hex": event.raw.hex()}
