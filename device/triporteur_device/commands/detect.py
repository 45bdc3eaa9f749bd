"""`triporteur-device detect`: what hangs on the serial ports, as tables for unit.toml.

Listens on every port, and asks only where the installer says that it may. Progress and advice go
to standard error, tables to standard output. Exit status 1 when no device was found.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from triporteur_device.clock import boottime_ms
from triporteur_device.detection import (
    Detector,
    Found,
    Memory,
    OpenPort,
    Outcome,
    Unknown,
    askable,
    found_ports,
    listeners,
    stable_name,
    tables,
)
from triporteur_device.link import open_link

_MEMORY = Path("/var/lib/triporteur/detected.json")
_WAKE = "wake the battery (press its button, or plug its charger in)"
_ADVICE = {
    Unknown.CLOSED: "It cannot be opened. Unplug and plug it again; end what else reads it"
    " (systemctl stop triporteur-device); or join its group: dialout.",
    Unknown.SILENT: "Silent. If the cable is a battery's own and not a display's, it may be asked:"
    " triporteur-device detect --ask {port}",
    Unknown.STRANGE: "Something speaks here in no way known, so nothing was asked: it may be a"
    " display's line. If it is a battery's, check that RX and ground are well connected.",
    Unknown.UNANSWERED: "Nothing answered. Check the cable (TX to RX, RX to TX, ground to ground;"
    f" RS485: A to A) and that the isolator is fed on both sides; {_WAKE}; then try again.",
    Unknown.ECHO: f"Only our own questions came back: {_WAKE}; if it is awake, TX and RX touch.",
    Unknown.GARBLED: "Something answers, and not one whole frame. Check the ground and the"
    " isolator; exchange A and B of RS485; keep the cable away from the motor's.",
    Unknown.IMPLAUSIBLE: "Something answers what cannot be true. Keep what it says for the"
    " workshop: triporteur-device record {port} FILE --protocol, with the name told here",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares what `detect` takes."""
    parser.add_argument("ports", nargs="*", metavar="PORT", help="default: every serial port")
    parser.add_argument(
        "--ask",
        action="append",
        default=[],
        metavar="PORT",
        help="a port that may be asked: a battery's or a controller's own cable, never a display's",
    )
    parser.add_argument(
        "--remember",
        type=Path,
        default=_MEMORY,
        metavar="FILE",
        help=f"what is tried first next time; default: {_MEMORY}",
    )


def run(
    asked: argparse.Namespace,
    open_port: OpenPort = open_link,
    mono_ms: Callable[[], int] = boottime_ms,
) -> int:
    """Looks at the ports, and prints what was found; the exit status."""
    may_ask = [stable_name(port) for port in asked.ask]
    ports = [stable_name(port) for port in [*asked.ports, *asked.ask]] or found_ports()
    if not ports:
        _tell("No serial port here. Plug the adapter in, or name the port.")
        return 1
    memory = Memory(asked.remember)
    detector = Detector(open_port, mono_ms, _tell)
    found = dict(_found(dict.fromkeys(ports), detector, memory, _confirming(may_ask)))
    sys.stdout.write(tables(found))
    sys.stdout.flush()
    _keep(memory, found)
    return 0 if found else 1


def _found(
    ports: dict[str, None], detector: Detector, memory: Memory, may_ask: Callable[[str], bool]
) -> Iterator[tuple[str, Found]]:
    for port in ports:
        outcome = _outcome(port, detector, memory, may_ask)
        if isinstance(outcome, Found):
            yield port, outcome
        else:
            detail = f" ({outcome.detail})" if outcome.detail else ""
            _tell(f"{port}: {_ADVICE[outcome.why].format(port=port)}{detail}")


def _outcome(
    port: str, detector: Detector, memory: Memory, may_ask: Callable[[str], bool]
) -> Outcome:
    heard = detector.listen(port, memory.first(port, listeners()))
    if isinstance(heard, Found) or heard.why is not Unknown.SILENT or not may_ask(port):
        return heard
    return detector.ask(port, memory.first(port, askable()))


def _confirming(may_ask: list[str]) -> Callable[[str], bool]:
    """Whether a port may be asked; somebody at a terminal is asked in turn."""

    def confirm(port: str) -> bool:
        if port in may_ask:
            return True
        if not sys.stdin.isatty():
            return False
        _tell(f"{port} is silent. Is it a battery's or a controller's own cable, with no display")
        sys.stderr.write("on it? Then it may be asked. Ask? [y/N] ")
        sys.stderr.flush()
        return sys.stdin.readline().strip().lower() in {"y", "yes", "o", "oui"}

    return confirm


def _keep(memory: Memory, found: dict[str, Found]) -> None:
    try:
        memory.keep({port: each.candidate for port, each in found.items()})
    except OSError as error:
        _tell(f"Not remembered ({error}); with --remember FILE elsewhere.")


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
