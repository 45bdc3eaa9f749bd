"""One update, as root: what arrived is verified, unpacked, tried and chosen, or gone back from.

    wanted ─▶ signed? ─▶ does it suit? ─▶ unpacked beside ─▶ trial ─▶ well ─▶ chosen
                └ refused    └ waiting         └ refused         └ not well ─▶ the one before

Every step is decided by what is on the disk, and changes that in one step: it may be ended at any
instant, and is taken up by whoever comes next.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from triporteur_device.updates.arrivals import Arrivals, Wanted
from triporteur_device.updates.building import Builder
from triporteur_device.updates.choosing import (
    chosen,
    cut_short,
    is_chosen,
    needed,
    owed,
    point,
    points_to,
    settled,
    sound,
)
from triporteur_device.updates.places import Places, version_of
from triporteur_device.updates.refused import Refused, sentence
from triporteur_device.updates.signing import fitting, signed
from triporteur_device.updates.state import Last, State, read_state, write_state
from triporteur_wire.releases import Manifest, Outcome

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Illness:
    """Why what runs is not well. `proves` is whether it speaks against the release itself."""

    why: str
    proves: bool = True


class Aboard(Protocol):
    """The services that run a release."""

    def unsuited(self) -> str:
        """Why now is no time for a change; empty when it is one."""

    def restart(self) -> None:
        """Has them run what the link leads to."""

    def illness(self, version: str) -> Illness | None:
        """Waits until the release of this version is well, or proves not to be."""


class Update:
    """Use in one process at a time. `machine` is this computer's, as `uname -m` says."""

    def __init__(
        self, places: Places, aboard: Aboard, machine: str, compiled: Callable[[Path], None]
    ) -> None:
        self._places = places
        self._aboard = aboard
        self._machine = machine
        self._builder = Builder(places, compiled)
        self._state = State()

    def run(self) -> None:
        """Takes up what was left unfinished, then what is wanted.

        Raises OSError, with nothing changed where it is the state that cannot be read.
        """
        self._state = read_state(self._places.state)
        self._recover()
        arrivals = Arrivals(self._places.incoming)
        if wanted := arrivals.wanted():
            self._take(arrivals, wanted)
        self._builder.tidy(needed(self._places, self._state))

    @property
    def _runs(self) -> Path:
        return chosen(self._places, self._state)

    def _recover(self) -> None:
        """What is chosen runs: at once where a trial was left unfinished, else when it suits."""
        link, is_tried = self._places.link, self._state.trial
        after = settled(self._state)
        if points_to(link) != chosen(self._places, after):
            after = sound(self._places, after)
        runs = chosen(self._places, after)
        is_other = points_to(link) != runs
        if owed(link).exists() or (is_other and (is_tried or not self._aboard.unsuited())):
            self._run(runs)
        self._note(after)

    def _take(self, arrivals: Arrivals, wanted: Wanted) -> None:
        last = self._last(wanted)
        if not last.outcome.is_final:
            last = self._outcome(last, arrivals, wanted)
            say = _log.info if last.outcome is Outcome.RUNNING else _log.warning
            say("release %s: %s%s", last.version, last.outcome, last.why and f" ({last.why})")
            self._end(last)
        if last.outcome.is_final:
            arrivals.done(wanted)

    def _end(self, last: Last) -> None:
        after = replace(self._state, trial="", last=last)
        if last.outcome is Outcome.RUNNING:
            package = version_of(self._places.factory)
            self._write(replace(after, chosen=last.version, over=package, damaged=""))
        elif self._state.trial:
            self._go_back(after)
        else:
            self._write(after)

    def _go_back(self, after: State) -> None:
        """The trial is over once what ran before it was started again: not earlier."""
        self._run(self._runs)
        self._write(after)

    def _run(self, release: Path) -> None:
        owed(self._places.link).touch()
        point(self._places.link, release)
        self._aboard.restart()
        owed(self._places.link).unlink()

    def _last(self, wanted: Wanted) -> Last:
        """What is known of this wish; that it ran once is nothing, for a package may be over it."""
        digest, before = wanted.offer.digest, self._state.last
        is_known = before and before.is_about(digest, wanted.wish)
        if before and is_known and before.outcome is not Outcome.RUNNING:
            return before
        return Last(wanted.offer.version, digest, wanted.wish, Outcome.WAITING)

    def _outcome(self, last: Last, arrivals: Arrivals, wanted: Wanted) -> Last:
        if is_chosen(self._places, self._state, last.digest):
            return replace(last, outcome=Outcome.RUNNING, why="")
        try:
            manifest = self._verified(wanted)
            if unsuited := self._aboard.unsuited():
                return replace(last, outcome=Outcome.WAITING, why=unsuited)
            release = self._builder.build(wanted.offer, manifest, arrivals, self._runs)
            if unsuited := self._aboard.unsuited():
                return replace(last, outcome=Outcome.WAITING, why=unsuited)
            return self._try(last, release)
        except Refused as error:
            return replace(last, outcome=Outcome.REFUSED, why=str(error))
        except OSError as error:
            return replace(last, outcome=Outcome.WAITING, why=sentence(error))

    def _verified(self, wanted: Wanted) -> Manifest:
        manifest = signed(wanted.offer, self._places.keys)
        package = version_of(self._places.factory)
        fitting(manifest, self._machine, version_of(self._runs), package)
        return manifest

    def _try(self, last: Last, release: Path) -> Last:
        """Runs the release and looks; what to do then is the caller's."""
        tried = replace(last, outcome=Outcome.TRIAL, why="", tries=last.tries + 1)
        self._write(replace(self._state, trial=last.version, last=tried))
        illness = self._ran(release, last.version)
        if illness is None:
            return replace(tried, outcome=Outcome.RUNNING)
        if illness.proves:
            return replace(tried, outcome=Outcome.FAILED, why=illness.why)
        return cut_short(tried, illness.why)

    def _ran(self, release: Path, version: str) -> Illness | None:
        try:
            self._run(release)
        except OSError as error:
            return Illness(sentence(error), proves=False)
        return self._aboard.illness(version)

    def _note(self, state: State) -> None:
        """A card that takes nothing is no obstacle."""
        try:
            self._write(state)
        except OSError as error:
            _log.warning("%s cannot be written (%s)", self._places.state, error.strerror)
            self._state = state

    def _write(self, state: State) -> None:
        if state != read_state(self._places.state):
            write_state(self._places.state, state)
        self._state = state
