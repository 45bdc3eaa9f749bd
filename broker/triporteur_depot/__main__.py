"""`triporteur-depot`: takes in what units deliver, and shows the fleet."""

import argparse
import logging
import signal
import sqlite3
import sys
import threading
from pathlib import Path

from triporteur_depot.commands import records
from triporteur_depot.config import load
from triporteur_wire.configuration import BadConfiguration

_CONFIG = Path("/etc/triporteur/depot.toml")


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 well, 1 cannot go on, 2 asked wrongly or configured wrongly."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.command(asked))
    except BadConfiguration as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    except (OSError, sqlite3.Error, RuntimeError) as error:
        print(f"triporteur-depot: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="triporteur-depot", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="take in what units send, and serve the pages")
    _add_config(run)
    run.add_argument(
        "--check-config", action="store_true", help="only check the file; 2 when it has faults"
    )
    run.set_defaults(command=_run)

    show = commands.add_parser("records", help="every stored record of a unit, one a line")
    _add_config(show)
    show.add_argument("--unit", required=True)
    show.add_argument("--json", action="store_true", help="one JSON object a line")
    show.set_defaults(
        command=lambda asked: records.run(
            load(asked.config).database_path, asked.unit, as_json=asked.json
        )
    )
    return parser


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, default=_CONFIG, help=f"default: {_CONFIG}")


def _run(asked: argparse.Namespace) -> int:
    config = load(asked.config)
    if asked.check_config:
        return 0
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    # `records` should not pay for flask and paho.
    from triporteur_depot import app

    app.run(config, stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
