"""Run by test_cuts: an update is ended at each line, and looked at by what comes next.

Said of each cut: what ran at that instant, what runs after a boot, and after another update. A
release that is not whole is told as such.
"""

import json
import logging
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.device.updates.aboard import Aboard, boot, outcome, releases, runs, update
from tests.device.updates.making import arrive, by_hand, installed, made
from tests.power_cut import after_each_cut
from triporteur_device.updates.places import Places
from triporteur_device.updates.update import Illness
from triporteur_wire.releases import Outcome

#: What is unpacked lies aside until it is whole: of that, each part's beginning is enough. How one
#: file is replaced is for `downlink/cuts` to try.
CODE = tuple(
    f"device/triporteur_device/updates/{name}.py"
    for name in ("update", "building", "choosing", "state")
)
#: What runs before, and what is to run.
_OLD, _NEW = "1.1", "1.2"


def before(base: Path, ill: dict[str, Illness], folder: Path) -> Callable[[], object]:
    places = _places(folder)
    shutil.copytree(base, folder, dirs_exist_ok=True, symlinks=True)
    places.link.unlink()
    places.link.symlink_to(places.release(_OLD))
    _services(folder).write_text(_OLD)
    return partial(update, _Aboard(places, ill))


def look(ill: dict[str, Illness], folder: Path) -> list[object]:
    places = _places(folder)
    aside = folder.with_name("aside")
    shutil.copytree(folder, aside, symlinks=True)
    seen = [_whole(places), *_after(places, ill)]  # the process alone ended: RAM is as it was
    shutil.rmtree(folder)
    aside.rename(folder)
    _services(folder).write_text(boot(places))
    seen += [_whole(places), *_after(places, ill)]
    shutil.rmtree(folder)
    return seen


def _after(places: Places, ill: dict[str, Illness]) -> list[object]:
    """What runs and is said after as many updates as it takes; and what is left besides."""
    update(_Aboard(places, ill))
    if outcome(places)[1] == Outcome.WAITING:
        update(_Aboard(places, ill))
    assert _services(places.factory.parent).read_text() == runs(places)
    return [_whole(places), outcome(places)[1], releases(places)]


class _Aboard(Aboard):
    """Services that go on running what they were started with."""

    def restart(self) -> None:
        super().restart()
        _services(self.places.factory.parent).write_text(self.ran[-1])


def _services(folder: Path) -> Path:
    """What they run."""
    return folder / "services"


def _whole(places: Places) -> str:
    """The version that runs; else what is wrong with it."""
    release, version = places.link.resolve(), runs(places)
    honest = places.factory.parents[2] / version
    wrong = [
        path
        for path in honest.rglob("*")
        if path.is_file() and (release / path.relative_to(honest)).read_bytes() != path.read_bytes()
    ]
    return f"not whole: {wrong}" if wrong else version


def _places(folder: Path) -> Places:
    return Places(
        folder / "releases", folder / "factory", folder / "run-link", folder / "updates.pub"
    )


def main(folder: Path, *, well: bool) -> None:
    base = folder / "base"
    base.mkdir()
    places = installed(base)
    arrive(places, made(folder, _OLD))
    update(Aboard(places))
    arrive(places, made(folder, _NEW), by_hand(2))
    ill = {} if well else {_NEW: Illness("no")}
    cuts = folder / "cuts"
    cuts.mkdir()
    seen = after_each_cut(cuts, CODE, partial(before, base, ill), partial(look, ill))
    print(json.dumps(list(seen)))


if __name__ == "__main__":
    logging.disable()
    main(Path(sys.argv[1]), well=sys.argv[2] == "well")
