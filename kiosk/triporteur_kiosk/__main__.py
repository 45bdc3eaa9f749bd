"""`triporteur-kiosk`: the pages a unit serves, the public's and the team's, a process each."""

import argparse
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from triporteur_kiosk.config import KioskConfig, load
from triporteur_wire.configuration import BadConfiguration
from triporteur_wire.denied import denied

_Command = Callable[[KioskConfig, argparse.Namespace], int]

_CONFIG = Path("/etc/triporteur/unit.toml")


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 told to end, 1 cannot listen, 2 asked wrongly or configured wrongly."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.command(load(asked.config), asked))
    except BadConfiguration as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"triporteur-kiosk: {denied(error)}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="triporteur-kiosk", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, help_text: str, command: _Command) -> argparse.ArgumentParser:
        one: argparse.ArgumentParser = commands.add_parser(name, help=help_text)
        one.add_argument("--config", type=Path, default=_CONFIG, help=f"default: {_CONFIG}")
        one.set_defaults(command=command)
        return one

    for name, help_text in (
        ("portal", "what a stranger's phone meets on the unit's Wi-Fi"),
        ("console", "may I leave, and how the unit fares: for the team"),
    ):
        served = add(name, help_text, _of(name))
        served.add_argument(
            "--check-config", action="store_true", help="only check the files; 2 if one has faults"
        )
    held = add("gate", "phones' way in: addresses, names, and who may pass", _of("gate"))
    instead = held.add_mutually_exclusive_group()
    for flag, help_text in (
        ("--check-config", "only check the file; 2 if it has faults"),
        ("--dry-run", "only print every file and command"),
        ("--prepare", "as root, before: NetworkManager is told to leave the interface alone"),
        ("--status", "only say how the gate fares; 1 if none runs"),
        ("--down", "take down what a gate that died has left"),
    ):
        instead.add_argument(flag, action="store_true", help=help_text)
    add("garden", "do partners' sites still work where the Wi-Fi opens no others?", _of("garden"))
    sick = add(
        "doctor",
        "what is wrong with the kiosk; `triporteur-device doctor` asks it too",
        _of("doctor"),
    )
    sick.add_argument("--json", action="store_true", help="one JSON object a line")
    add("pair", "a one-time code that lets a phone see the console", _of("phones", "pair"))
    add("paired", "which phones may, by their numbers", _of("phones", "paired"))
    ended = add("unpair", "lets a phone see it no more", _of("phones", "unpair"))
    ended.add_argument("number", type=int, nargs="?", metavar="NUMBER")
    ended.add_argument("--all", action="store_true", help="every phone")
    return parser


def _of(room: str, name: str | None = None) -> _Command:
    """The function `name`, else the one called as its room, of that module of `commands`.

    Each process pays for its own command only: it is imported when it is asked for.
    """

    def command(config: KioskConfig, asked: argparse.Namespace) -> int:
        module = import_module(f"triporteur_kiosk.commands.{room}")
        return int(getattr(module, name or room)(config, asked))

    return command


if __name__ == "__main__":
    sys.exit(main())
