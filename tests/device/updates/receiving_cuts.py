"""Run by test_receiving_cuts: a release's last piece comes, and the agent is ended at each line.

Said of each cut: whether all was there if root was told so; what the unit tells once it was left in
peace; and how many bytes the depot gave until then.
"""

import json
import logging
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.device.updates.lane import Depot, Lane, offer_of
from tests.device.updates.making import installed, made
from tests.power_cut import after_each_cut
from triporteur_device.updates.arrivals import Arrivals
from triporteur_device.updates.places import Places

CODE = (
    *(f"device/triporteur_device/updates/{name}.py" for name in ("arriving", "arrivals")),
    "device/triporteur_device/files.py",
)


def places_in(folder: Path) -> Places:
    return Places(
        folder / "releases", folder / "factory", folder / "run-link", folder / "updates.pub"
    )


def before(base: Path, file: Path, folder: Path) -> Callable[[], object]:
    """All but the last piece is there."""
    shutil.copytree(base, folder, dirs_exist_ok=True, symlinks=True)
    lane = Lane(places_in(folder))
    depot = Depot(folder / "kept", file)

    question = lane.asks(40)
    assert question
    return partial(lane.hear, depot.answer(question))


def look(file: Path, folder: Path) -> list[object]:
    shutil.rmtree(folder / "kept")
    depot = Depot(folder / "kept", file)
    at_once = is_whole(places_in(folder), file)
    lane = Lane(places_in(folder))
    lane.fetch(depot)
    seen = [at_once, lane.turn().outcome, is_whole(lane.places, file), depot.given_bytes]
    shutil.rmtree(folder)
    return seen


def is_whole(places: Places, file: Path) -> bool:
    """Whether all is there that root is told to be."""
    arrivals = Arrivals(places.incoming)
    if arrivals.wanted() is None:
        return True
    parts = [part for part in offer_of(file).manifest().parts if part.name != "lib/theirs"]
    return all(arrivals.keep(part, arrivals.part(part)) for part in parts)


def main(folder: Path) -> None:
    base = folder / "base"
    base.mkdir()
    file = made(folder, "1.1")
    depot = Depot(folder / "kept", file)
    lane = Lane(installed(base))
    lane.offer(offer_of(file), 1)
    lane.fetch(depot, len(offer_of(file).manifest().parts) - 2)
    cuts = folder / "cuts"
    cuts.mkdir()
    seen = after_each_cut(cuts, CODE, partial(before, base, file), partial(look, file))
    print(json.dumps(list(seen)))


if __name__ == "__main__":
    logging.disable()
    main(Path(sys.argv[1]))
