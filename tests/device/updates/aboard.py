"""Services that a test has run: what they run, and whether it is well."""

from pathlib import Path

from tests.device.updates.making import MACHINE
from triporteur_device.commands.release import choose
from triporteur_device.updates.choosing import owed
from triporteur_device.updates.places import Places, version_of
from triporteur_device.updates.state import read_state
from triporteur_device.updates.update import Illness, Update

_STAYS = {".lock", "spent.json"}


class Aboard:
    """`ill` is what is wrong with each version; a version that is not in it is well."""

    def __init__(self, places: Places, ill: dict[str, Illness] | None = None) -> None:
        self.places = places
        self.ill = ill or {}
        self.unsuited_for: list[str] = []
        self.refuses = False
        self.ran: list[str] = []

    def unsuited(self) -> str:
        return self.unsuited_for.pop(0) if self.unsuited_for else ""

    def restart(self) -> None:
        if self.refuses:
            raise OSError("systemd did not answer")
        self.ran.append(version_of(self.places.link))

    def illness(self, version: str) -> Illness | None:
        assert version_of(self.places.link) == version
        return self.ill.get(version)


def update(aboard: Aboard) -> None:
    Update(aboard.places, aboard, MACHINE, lambda _: None).run()


def boot(places: Places) -> str:
    """As after a power cut: what was in RAM is gone. The version that runs then."""
    owed(places.link).unlink(missing_ok=True)
    places.link.unlink(missing_ok=True)
    places.link.symlink_to(places.factory)
    choose(places)
    return runs(places)


def runs(places: Places) -> str:
    return version_of(places.link)


def outcome(places: Places) -> tuple[str, str, str]:
    """Of the last update: version, outcome and why."""
    last = read_state(places.state).last
    return (last.version, last.outcome, last.why) if last else ("", "", "")


def releases(places: Places) -> list[str]:
    """What lies there besides the package's own."""
    return sorted(path.name for path in places.folder.iterdir() if path.name[0].isdigit())


def left(folder: Path) -> list[str]:
    """Files below, by name, but for the lock and what was counted."""
    return sorted(
        path.name for path in folder.rglob("*") if path.is_file() and path.name not in _STAYS
    )
