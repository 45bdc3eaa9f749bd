"""Run by test_editions: a portal takes a new content, and is cut short at each line."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from tests.kiosk.public.desk import Desk, edition
from tests.power_cut import after_each_cut
from triporteur_wire.parcels import unpack

CODE = (
    "device/triporteur_device/files.py",
    "kiosk/triporteur_kiosk/public/editions.py",
    "kiosk/triporteur_kiosk/verdict.py",
)


def before(folder: Path) -> Callable[[], object]:
    desk = Desk(folder)
    desk.push(edition(1, "un"))
    editions = desk.start()
    desk.push(edition(2, "deux"))
    return editions.look


def look(folder: Path) -> tuple[int, int]:
    desk = Desk(folder)
    return unpack(desk.places.kept.read_bytes()).revision, desk.verdict().revision


if __name__ == "__main__":
    print(json.dumps(list(after_each_cut(Path(sys.argv[1]), CODE, before, look))))
