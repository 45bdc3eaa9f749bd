"""The words of the commands that decide who is of the fleet.

What they work with (cryptography, paho) is loaded when one of them runs.
"""

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from triporteur_depot.commands.handing import add_manner
from triporteur_depot.config import load

_DAYS = 30

Parsers = Any  # argparse's own type is private


def add_commands(commands: Parsers, add_config: Callable[[argparse.ArgumentParser], None]) -> None:
    def add(name: str, module: str, about: str) -> argparse.ArgumentParser:
        parser = add_bare(name, module, about)
        add_config(parser)
        return parser

    def add_bare(name: str, module: str, about: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = commands.add_parser(name, help=about)
        parser.set_defaults(command=lambda asked: _run(module, name, asked))
        return parser

    add("broker", "broker", "make the authority, and all that mosquitto reads")
    add("registrar", "registrar", "certify units that ask for it")
    _hand_out(add("enrol", "enrol", "a bundle that lets a new unit in, once"))
    _hand_out(
        add("replace", "enrol", "the same for a unit on another card; the old one is revoked")
    )
    _name(add("revoke", "revoke", "let a stolen or lost unit in no more"))
    _name(add("retire", "revoke", "let a unit in no more, and leave it out of pages"))
    consoles = "certificates of units' consoles, for phones"
    _console(add_bare("console", "console", consoles), add_config)
    _sealed(
        add("backup-authority", "vault", "the authority in one sealed file"),
        "the sealed file to write",
    )
    _sealed(
        add("restore-authority", "vault", "the authority again, of a sealed file"),
        "what backup-authority made",
    )
    _roll_over(add("rollover", "rollover", "a new key for the broker, or a new authority"))


def _run(module: str, name: str, asked: argparse.Namespace) -> int:
    command = getattr(import_module(f"triporteur_depot.commands.{module}"), name.replace("-", "_"))
    return int(command(load(asked.config), asked))


def _name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("unit", help="its name")


def _sealed(parser: argparse.ArgumentParser, about: str) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help=about)
    parser.add_argument(
        "--passphrase-file", type=Path, help="its first line opens it; asked for when not given"
    )


def _console(
    parser: argparse.ArgumentParser, add_config: Callable[[argparse.ArgumentParser], None]
) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")

    def add(name: str, about: str) -> argparse.ArgumentParser:
        action: argparse.ArgumentParser = actions.add_parser(name, help=about)
        add_config(action)
        return action

    _name(add("csr", "what a publicly trusted authority is asked with"))
    install = add("install", "give the unit the chain that this authority made of it")
    _name(install)
    install.add_argument("file", type=Path, metavar="FILE", help="PEM, the console's first")
    add_manner(install)
    files = add("authority", "our own authority's certificate, in files for phones")
    files.add_argument("directory", type=Path, metavar="FOLDER")


def _hand_out(parser: argparse.ArgumentParser) -> None:
    _name(parser)
    parser.add_argument("--out", type=Path, required=True, help="the file to write; a secret")
    parser.add_argument("--host", help="where units reach the depot; default: the first of names")
    parser.add_argument(
        "--days", type=int, default=_DAYS, help=f"for how long it lets in; default: {_DAYS}"
    )


def _roll_over(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--authority", action="store_true", help="a new authority, which the old one vouches for"
    )
    what.add_argument(
        "--forget-old", action="store_true", help="trust the new authority only, from now on"
    )
    parser.add_argument(
        "--force", action="store_true", help="with --forget-old: shut out units that are not ready"
    )
