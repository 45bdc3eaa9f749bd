"""`triporteur-depot release`: what units are updated with is made, signed, and sent."""

import argparse
import getpass
import sys
from collections.abc import Callable
from pathlib import Path

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.commands import offering
from triporteur_depot.commands.parsing import AnyOrder
from triporteur_wire.reading import Unreadable

_LEAST_PACKAGE = "0.1.0"


def add_arguments(
    parser: argparse.ArgumentParser, add_common: Callable[[argparse.ArgumentParser], None]
) -> None:
    """`add_common` adds what every command takes that reads the depot's configuration."""
    actions = parser.add_subparsers(
        required=True, metavar="ACTION", dest="action", parser_class=AnyOrder
    )
    made = actions.add_parser("make", help="a release's file, of its folder; signed by nobody")
    made.add_argument("folder", type=Path, metavar="FOLDER", help="what tools/deb/release made")
    made.add_argument("machine", choices=("x86_64", "aarch64"), help="as uname -m says aboard")
    made.add_argument("file", type=Path, metavar="FILE")
    made.add_argument(
        "--needs",
        default=_LEAST_PACKAGE,
        metavar="VERSION",
        help=f"the least version of the package below it; default: {_LEAST_PACKAGE}",
    )
    keys = actions.add_parser("keys", help="a key that signs releases, and what units trust")
    keys.add_argument("key", type=Path, metavar="KEY", help="a new file; beside it, KEY.pub")
    signed = actions.add_parser("sign", help="sign a release's file, in its place")
    signed.add_argument("file", type=Path, metavar="FILE")
    signed.add_argument("--key", type=Path, required=True, help="what `release keys` made")
    offering.add_arguments(actions, add_common)


def run(asked: argparse.Namespace) -> int:
    """Raises AskedWrongly and OSError; NoDatabase where units are concerned."""
    made = {"make": _make, "keys": _keys, "sign": _sign}
    return (made | offering.ACTIONS)[asked.action](asked)


def _make(asked: argparse.Namespace) -> int:
    from triporteur_depot.releases.making import make

    if not (asked.folder / "VERSION").is_file():
        raise AskedWrongly(f"{asked.folder} is no release: it has no VERSION")
    try:
        offer = make(asked.folder, asked.machine, asked.needs, asked.file)
    except (Unreadable, ValueError) as error:
        asked.file.unlink(missing_ok=True)
        raise AskedWrongly(f"{asked.folder} makes no release: {error}") from error
    size_mb = asked.file.stat().st_size / 1e6
    print(f"{asked.file}: {offer.version}, {size_mb:.1f} MB, not signed yet")
    return 0


def _keys(asked: argparse.Namespace) -> int:
    from triporteur_depot.releases.signing import make_key

    password = ""
    if sys.stdin.isatty():
        password = getpass.getpass("Password for the key, or nothing: ")
        if password and getpass.getpass("Once more: ") != password:
            raise AskedWrongly("these were two passwords; nothing was made")
    public = make_key(asked.key, password)
    print(f"{asked.key} signs releases: keep it where nobody else reads it, and never aboard")
    if not password:
        print(f"{asked.key} has no password: who reads that file can sign for all units")
    print(f"{public}: copy it to each unit, as /etc/triporteur/updates.pub")
    return 0


def _sign(asked: argparse.Namespace) -> int:
    from triporteur_depot.releases.signing import load_key, sign

    if not asked.file.is_file():
        raise AskedWrongly(f"there is no file {asked.file}: triporteur-depot release make makes it")
    try:
        key = load_key(asked.key, None)
    except TypeError:
        key = load_key(asked.key, getpass.getpass(f"Password of {asked.key}: "))
    offer = sign(asked.file, key)
    print(f"{asked.file}: {offer.version}, signed")
    return 0
