"""`simulate`: one trike whose instruments appear as serial devices."""

import argparse
import contextlib
import datetime
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from triporteur_device.simulators.devices import DEVICES
from triporteur_device.simulators.faults import Faulty
from triporteur_device.simulators.parameters import DAY_S, TrikeParameters
from triporteur_device.simulators.presets import PRESETS, aged_model
from triporteur_device.simulators.session import Session
from triporteur_device.simulators.terminal import Terminal
from triporteur_device.simulators.trike import TrikeModel
from triporteur_device.simulators.words import (
    FAULTS_OF_LINES,
    FAULTS_OF_TRIKE,
    TRIKE,
    Switches,
    switch,
)

_WRONG_USE = 2


@dataclass(frozen=True, slots=True)
class Place:
    """An instrument's name and where its device file shall appear."""

    device: str
    path: Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `simulate` takes."""
    parser.add_argument("--speed", type=_speed, default=1.0, help="how fast the trike lives")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another trike")
    parser.add_argument(
        "--start", type=_time_of_day_s, metavar="HH:MM", help="hour at start (default: now)"
    )
    parser.add_argument(
        "--trike",
        type=_preset,
        metavar="NAME",
        help="; ".join(f"{p.name.replace('_', '-')}: {p.summary}" for p in PRESETS.values()),
    )
    parser.add_argument(
        "--fault",
        type=_fault,
        action="append",
        default=[],
        dest="faults",
        metavar="WHO=WHAT",
        help=f"a fault from the start, of a device ({FAULTS_OF_LINES}) or of the {TRIKE}"
        f" ({FAULTS_OF_TRIKE}); typed while it runs: fault WHO WHAT on, fault WHO WHAT off",
    )
    parser.add_argument(
        "devices",
        type=_place,
        nargs="+",
        metavar="DEVICE=PATH",
        help=f"an instrument and its path; instruments: {', '.join(DEVICES)}",
    )


def run(args: argparse.Namespace) -> int:
    """Simulate until quit, SIGTERM or SIGINT; 0, or 2 for a path or a fault that cannot be."""
    model = _model(args.trike, args.seed, args.start)
    switches: Switches = {place.device: set() for place in args.devices}
    session = Session(model, args.speed, time.monotonic, _say, switches)
    with _signals() as signalled, contextlib.closing(session):
        session.stop_on(signalled)
        try:
            for who, what in args.faults:
                switch(who, what, model, switches, on=True)
            lines = [_open(session, place, args.seed, switches) for place in args.devices]
        except (OSError, ValueError) as error:
            sys.stderr.write(f"{error}\n")
            return _WRONG_USE
        with contextlib.suppress(OSError):  # standard input may be closed
            os.fstat(0)
            session.obey_words_on(0)
        for line in lines:
            _say(line)
        session.run()
    return 0


def _model(trike: str | None, seed: int, start_s: float | None) -> TrikeModel:
    now = datetime.datetime.now().astimezone()
    offset = now.utcoffset()
    local_s = now.timestamp() + (offset.total_seconds() if offset else 0.0)
    if start_s is not None:
        local_s = local_s // DAY_S * DAY_S + start_s
    parameters = TrikeParameters() if trike is None else PRESETS[trike].at(local_s)
    return aged_model(parameters, seed, local_s)


def _open(session: Session, place: Place, seed: int, switches: Switches) -> str:
    instrument = Faulty(DEVICES[place.device](seed), seed, switches[place.device])
    session.add(instrument, Terminal(place.path, instrument.baud))
    return f"{place.device} on {place.path} at {instrument.baud} baud"


@contextlib.contextmanager
def _signals() -> Iterator[int]:
    """A descriptor that can be read once SIGTERM or SIGINT has come."""
    heard, told = socket.socketpair()
    told.setblocking(False)
    former = signal.set_wakeup_fd(told.fileno())
    handlers = {s: signal.signal(s, lambda *_: None) for s in (signal.SIGTERM, signal.SIGINT)}
    # In the background of a shell, words typed there are not for this process.
    handlers[signal.SIGTTIN] = signal.signal(signal.SIGTTIN, signal.SIG_IGN)
    try:
        yield heard.fileno()
    finally:
        signal.set_wakeup_fd(former)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        heard.close()
        told.close()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.0 < speed <= 100_000.0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a speed: give a number above 0")
    return speed


def _time_of_day_s(text: str) -> float:
    try:
        start = datetime.time.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is not an hour: write it as 08:30"
        raise argparse.ArgumentTypeError(message) from None
    return start.hour * 3600.0 + start.minute * 60.0


def _preset(text: str) -> str:
    name = text.replace("-", "_")
    if name not in PRESETS:
        known = ", ".join(PRESETS).replace("_", "-")
        raise argparse.ArgumentTypeError(f"{text!r} is not a trike: choose among {known}")
    return name


def _fault(text: str) -> tuple[str, str]:
    who, equals, what = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not a fault: write it as jbd=noise")
    return who, what


def _place(text: str) -> Place:
    device, equals, path = text.partition("=")
    if device not in DEVICES or not equals or not path:
        message = f"{text!r} is not a device: write one of {', '.join(DEVICES)}, then =PATH"
        raise argparse.ArgumentTypeError(message)
    return Place(device, Path(path))
