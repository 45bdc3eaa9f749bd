"""Run by test_first_boot: a first boot is ended at each line; what the next one makes of it."""

import json
import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.device.firstboot.card import Card
from tests.device.identity.authority import Authority
from tests.device.updates.making import key, public
from tests.power_cut import after_each_cut
from triporteur_device.config import load
from triporteur_wire.enrolment import encode

CODE = (
    "device/triporteur_device/firstboot/",
    "device/triporteur_device/commands/first_boot.py",
)
_SAYS = "triporteur-says.txt"


def before(bundle: bytes, folder: Path) -> Callable[[], object]:
    card = Card(folder)
    card.lay(bundle)
    card.lay(card.configuration(), "unit.toml")
    card.lay(public(key()), "updates.pub")
    return card.run


def look(folder: Path) -> list[object]:
    """Everything, once it started again: what it said, is called, holds and left."""
    card = Card(folder, is_new=False)
    status = card.run()
    return [
        status,
        card.places.hostname.read_text(),
        card.places.hosts.read_text(),
        load(card.places.config).unit.name == "ben" and card.waiting() is not None,
        card.places.config.with_name("updates.pub").read_bytes() == public(key()),
        [path.name for path in card.boot.glob("*/*") if not path.name.startswith(_SAYS)],
    ]


def main(folder: Path) -> None:
    said, sys.stdout = sys.stdout, sys.stderr
    seen = after_each_cut(folder, CODE, partial(before, encode(Authority().bundle())), look)
    said.write(json.dumps(list(seen)))


if __name__ == "__main__":
    socket.sethostname = lambda _: None  # this computer keeps its own name
    main(Path(sys.argv[1]))
