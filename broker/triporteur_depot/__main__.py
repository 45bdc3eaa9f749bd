"""`triporteur-depot`: takes in what units deliver, and shows the fleet."""

import argparse
import logging
import os
import signal
import sqlite3
import sys
import threading
from functools import partial
from importlib import import_module
from pathlib import Path

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.commands import (
    backup,
    content,
    damage,
    records,
    release,
    requeue,
    restore,
    settings,
    units,
)
from triporteur_depot.commands.parsing import AnyOrder
from triporteur_depot.commands.security import add_commands
from triporteur_depot.config import load
from triporteur_wire.configuration import BadConfiguration
from triporteur_wire.denied import denied
from triporteur_wire.manager import Manager

_CONFIG = Path("/etc/triporteur/depot.toml")


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 well, 1 cannot go on, 2 asked wrongly or configured wrongly."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.command(asked))
    except BadConfiguration as error:
        print(error, file=sys.stderr)
        return 2
    except AskedWrongly as error:
        print(f"triporteur-depot: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        return 130
    except (OSError, sqlite3.Error, RuntimeError) as error:
        print(f"triporteur-depot: {denied(error)}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="triporteur-depot", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=AnyOrder)

    run = commands.add_parser("run", help="take in what units send, and serve the pages")
    _add_config(run)
    run.add_argument(
        "--check-config", action="store_true", help="only check the file; 2 when it has faults"
    )
    run.set_defaults(command=_run)

    for name, help_text in (
        ("ingest", "only take in what units send"),
        ("pages", "only serve the pages, whatever becomes of the ingest"),
        ("mosquitto", "run the broker as it is set up, and ask it whether it answers"),
    ):
        part = commands.add_parser(name, help=help_text)
        _add_config(part)
        part.set_defaults(command=partial(_part, name))

    show = commands.add_parser("records", help="every stored record of a unit, one a line")
    _add_config(show)
    records.add_arguments(show)
    show.set_defaults(
        command=lambda asked: records.run(
            load(asked.config).database_path,
            asked.unit,
            as_json=asked.json,
            since=asked.since,
            until=asked.until,
        )
    )

    fleet = commands.add_parser("units", help="how every unit fares, who needs someone first")
    _add_config(fleet)
    units.add_arguments(fleet)
    fleet.set_defaults(command=lambda asked: units.run(load(asked.config), asked))

    over = commands.add_parser("settings", help="what lies over units' own configuration")
    _add_config(over)
    settings.add_arguments(over)
    over.set_defaults(command=lambda asked: settings.run(load(asked.config), asked))

    shown = commands.add_parser("content", help="the content files that units show")
    content.add_arguments(shown, _add_config)
    shown.set_defaults(command=lambda asked: content.run(load(asked.config), asked))

    again = commands.add_parser("requeue", help="reads unreadable batches again, after an upgrade")
    _add_config(again)
    requeue.add_arguments(again)
    again.set_defaults(command=lambda asked: requeue.run(load(asked.config), asked))

    copied = commands.add_parser("backup", help="a copy of the database, while the depot runs")
    _add_config(copied)
    copied.add_argument(
        "copy", type=Path, nargs="?", metavar="COPY",
        help="a file, replaced when it is there; without, one more in [backup] directory",
    )  # fmt: skip
    copied.set_defaults(command=_backup)

    restored = commands.add_parser("restore", help="puts a copy of the database in its place")
    _add_config(restored)
    restored.add_argument("copy", type=Path, metavar="COPY", help="what `backup` made")
    restored.set_defaults(
        command=lambda asked: restore.run(load(asked.config).database_path, asked.copy)
    )

    sick = commands.add_parser("doctor", help="what is wrong with this depot, and what to do")
    _add_config(sick)
    sick.add_argument("--json", action="store_true", help="one JSON object a line")
    sick.set_defaults(command=_doctor)

    broken = commands.add_parser("damage", help="whether a damaged database was set aside")
    _add_config(broken)
    damage.add_arguments(broken)
    broken.set_defaults(
        command=lambda asked: damage.run(load(asked.config).database_path, noted=asked.noted)
    )

    sealed = commands.add_parser("legal", help="opens the sealed log of who passed a unit's Wi-Fi")
    sealed.add_argument("files", type=Path, nargs="+", metavar="FILE", help="days, as the unit has")
    sealed.add_argument("--key", type=Path, required=True, help="in PEM; it asks for its password")
    sealed.add_argument("--certificate", type=Path, required=True, help="the one aboard")
    sealed.add_argument("--why", required=True, help="is written down beside the key")
    sealed.set_defaults(command=_legal)

    newer = commands.add_parser("release", help="what units are updated with: made, signed, sent")
    release.add_arguments(newer, _add_config)
    newer.set_defaults(command=release.run)

    add_commands(commands, _add_config)
    return parser


def _legal(asked: argparse.Namespace) -> int:
    from triporteur_depot.commands import legal

    try:
        return legal.run(asked.files, asked.key, asked.certificate, asked.why)
    except ValueError as error:
        raise AskedWrongly(str(error)) from error


def _backup(asked: argparse.Namespace) -> int:
    config = load(asked.config)
    return backup.run(config.database_path, asked.copy) if asked.copy else backup.nightly(config)


def _doctor(asked: argparse.Namespace) -> int:
    from triporteur_depot.commands import doctor

    return doctor.run(asked.config, as_json=asked.json)


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, default=_CONFIG, help=f"default: {_CONFIG}")


def _run(asked: argparse.Namespace) -> int:
    config = load(asked.config)
    if asked.check_config:
        return 0
    stop = _started()
    # `records` should not pay for flask and paho.
    from triporteur_depot import app

    app.run(config, stop)
    return 0


def _part(name: str, asked: argparse.Namespace) -> int:
    config, stop = load(asked.config), _started()
    import_module(f"triporteur_depot.{name}_service").run(config, stop, Manager(os.environ))
    return 0


def _started() -> threading.Event:
    """What is set when the process is told to end."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


if __name__ == "__main__":
    sys.exit(main())
