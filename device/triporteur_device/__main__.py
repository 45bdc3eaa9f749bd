"""`triporteur-device`: the agent aboard, and the tools around it."""

import argparse
import logging
import os
import signal
import sqlite3
import sys
import threading
from pathlib import Path

from triporteur_device.commands import (
    decode,
    detect,
    journal,
    plan,
    readiness,
    record,
    show_config,
    status,
)
from triporteur_device.config import load
from triporteur_device.crew import CrewFailed
from triporteur_device.downlink import settled
from triporteur_device.protocols import PROTOCOLS
from triporteur_device.simulators import command as simulate
from triporteur_device.storage import AlreadyRunning
from triporteur_wire.configuration import BadConfiguration
from triporteur_wire.denied import denied
from triporteur_wire.manager import Manager

_CONFIG = Path("/etc/triporteur/unit.toml")


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 well, 1 cannot go on, 2 asked wrongly or configured wrongly."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.command(asked))
    except BadConfiguration as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0  # `| head` has seen enough
    except (OSError, sqlite3.Error, AlreadyRunning, CrewFailed) as error:
        print(f"triporteur-device: {denied(error)}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="triporteur-device", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="read the sources, keep the journal, tell the depot")
    _add_config(run)
    run.add_argument(
        "--check-config", action="store_true", help="only check the file; 2 when it has faults"
    )
    run.add_argument(
        "--show-config", action="store_true", help="only show what counts, and where it is from"
    )
    run.set_defaults(command=_run)

    show = commands.add_parser("status", help="how this unit fares now")
    _add_config(show)
    show.add_argument("--json", action="store_true", help="the whole status as JSON")
    show.add_argument(
        "--plan",
        type=_hours,
        metavar="HOURS",
        help="what so many hours without the depot would mean",
    )
    show.set_defaults(command=_status)

    leave = commands.add_parser(
        "readiness", help="may this unit leave? 0 go, 1 caution, 2 no-go, 3 unknown"
    )
    _add_config(leave)
    leave.add_argument("--json", action="store_true", help="the verdict and its figures as JSON")
    leave.set_defaults(command=lambda asked: readiness.run(asked.config, as_json=asked.json))

    keep = commands.add_parser("journal", help="every record of the journal, one a line")
    _add_config(keep)
    keep.add_argument("--json", action="store_true", help="one JSON object a line")
    keep.set_defaults(command=lambda asked: journal.run(load(asked.config), as_json=asked.json))

    join = commands.add_parser("enrol", help="let this unit in at the depot, with its bundle")
    join.add_argument("file", type=Path, metavar="FILE", help="the bundle that the depot made")
    _add_config(join)
    join.add_argument("--now", action="store_true", help="enrol at once, and say how it went")
    join.set_defaults(command=_enrol)

    first = commands.add_parser(
        "first-boot", help="take in what lies on the boot partition: bundle, unit.toml, updates.pub"
    )
    first.set_defaults(command=_first_boot)

    sick = commands.add_parser("doctor", help="what is wrong with this unit, and what to do")
    _add_config(sick)
    sick.add_argument("--json", action="store_true", help="one JSON object a line")
    sick.set_defaults(command=_doctor)

    shown = commands.add_parser("release", help="which release runs, and what became of the last")
    shown.add_argument("--json", action="store_true", help="the same as JSON")
    instead = shown.add_mutually_exclusive_group()
    instead.add_argument(
        "--choose", action="store_true", help="as root, at boot: services run what is chosen"
    )
    instead.add_argument("--apply", action="store_true", help="as root: try what lies there")
    shown.set_defaults(command=_release)

    newer = commands.add_parser("update", help="another release, from a file; as root")
    what = newer.add_mutually_exclusive_group(required=True)
    what.add_argument("file", type=Path, nargs="?", metavar="FILE", help="what the depot signed")
    what.add_argument("--withdraw", action="store_true", help="take back the one that waits")
    newer.add_argument("--no-wait", action="store_true", help="do not wait for what becomes of it")
    newer.set_defaults(command=_update)

    look = commands.add_parser(
        "detect", help="what hangs on the serial ports, as [[source]] tables"
    )
    detect.add_arguments(look)
    look.set_defaults(command=detect.run)

    read = commands.add_parser("decode", help="hex lines on standard input to events as JSON")
    read.add_argument("protocol", metavar="PROTOCOL", help=", ".join(sorted(PROTOCOLS)))
    read.set_defaults(command=lambda asked: decode.run(asked.protocol))

    take = commands.add_parser("record", help="keep a port's raw bytes, and where they come from")
    take.add_argument("port", help="/dev/… or socket://host:port")
    take.add_argument("file", type=Path)
    how = take.add_mutually_exclusive_group()
    how.add_argument(
        "--protocol", choices=sorted(PROTOCOLS), help="at its baud, asking what the agent would ask"
    )
    how.add_argument("--baud", type=int, default=9600, help="only listen, at this baud (9600)")
    take.add_argument("--unit", default="", help="the unit that the device is aboard")
    take.add_argument("--device", default="", help="what the device is: maker, model, cells, Ah")
    take.set_defaults(command=_record)

    trike = commands.add_parser("simulate", help="a trike's devices on pseudo-terminals")
    simulate.add_arguments(trike)
    trike.set_defaults(command=simulate.run)
    return parser


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, default=_CONFIG, help=f"default: {_CONFIG}")


def _hours(text: str) -> float:
    hours = float(text)
    if not 1 <= hours <= 24 * 366:
        raise argparse.ArgumentTypeError(f"found {text}; expected hours, from 1 to 8784")
    return hours


def _status(asked: argparse.Namespace) -> int:
    config, _ = settled(asked.config)
    if asked.plan is not None:
        return plan.run(config, asked.plan, as_json=asked.json)
    return status.run(config, as_json=asked.json)


def _run(asked: argparse.Namespace) -> int:
    load(asked.config)
    if asked.check_config:
        return 0
    if asked.show_config:
        return show_config.run(asked.config)
    _start_log()
    _agent(asked.config, _stopped_by_signals())
    return 0


def _agent(config: Path, stop: threading.Event) -> None:
    # Only the agent pays for paho and its threads; `status` on a Pi must stay quick.
    from triporteur_device import app

    app.run(config, stop, Manager(os.environ))


def _enrol(asked: argparse.Namespace) -> int:
    # Cryptography and paho take their time to load, which other commands need not wait for.
    from triporteur_device.commands import enrol

    config = load(asked.config)
    return enrol.run(config, asked.file, now=asked.now, stop=_stopped_by_signals())


def _doctor(asked: argparse.Namespace) -> int:
    from triporteur_device.commands import doctor

    return doctor.run(asked.config, as_json=asked.json)


def _first_boot(_: argparse.Namespace) -> int:
    from triporteur_device.commands import first_boot
    from triporteur_device.firstboot import Places

    return first_boot.run(Places())


def _release(asked: argparse.Namespace) -> int:
    from triporteur_device.commands import release

    _start_log()
    if asked.choose:
        return release.choose()
    return release.apply() if asked.apply else release.run(as_json=asked.json)


def _update(asked: argparse.Namespace) -> int:
    from triporteur_device.commands import update

    if asked.withdraw:
        return update.withdraw()
    return update.run(asked.file, wait=not asked.no_wait)


def _record(asked: argparse.Namespace) -> int:
    _start_log()
    spec = PROTOCOLS.get(asked.protocol)
    baud = spec.baud if spec else asked.baud
    subject = record.Subject(baud, spec, asked.unit, asked.device)
    return record.run(asked.port, asked.file, subject, _stopped_by_signals())


def _start_log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")


def _stopped_by_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


if __name__ == "__main__":
    sys.exit(main())
