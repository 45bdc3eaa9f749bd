"""Run by test_editions: a portal takes a new content, and is cut short at each line."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from tests.kiosk.public.desk import Desk, edition, shows
from tests.power_cut import after_each_cut
from triporteur_wire.parcels import unpack

CODE = (
    "device/triporteur_device/files.py",
    "kiosk/triporteur_kiosk/public/editions.py",
    "kiosk/triporteur_kiosk/verdict.py",
)


def main(folder: Path) -> None:
    desk = Desk(folder)
    one, two = edition(1, "un"), edition(2, "deux")
    desk.push(one)
    editions = desk.start()

    def before(_: Path) -> Callable[[], object]:
        """One portal serves for all: only its child ever sees the new content."""
        desk.places.kept.write_bytes(one)
        desk.places.verdict.write_bytes(msgspec.json.encode(shows(one)))
        desk.push(two)
        return editions.look

    def look(_: Path) -> tuple[int, int]:
        return unpack(desk.places.kept.read_bytes()).revision, desk.verdict().revision

    print(json.dumps(list(after_each_cut(folder, CODE, before, look))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
