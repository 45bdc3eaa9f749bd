"""Which release is to run: what stands in the state, or the package's own, for lack of a better."""

import logging
import sys
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from triporteur_device.updates.arrivals import Arrivals
from triporteur_device.updates.places import Places, manifest_of, version_of
from triporteur_device.updates.soundness import damaged
from triporteur_device.updates.state import Last, State
from triporteur_wire.reading import Unreadable
from triporteur_wire.releases import Offer, Outcome

_log = logging.getLogger(__name__)

#: A trial that something cut short says nothing of the release; one that always is, does.
MOST_TRIES = 3
_CUT_SHORT = "its trial was cut short"
_DAMAGED = "the card damaged it: send it again, and look at the card"


def chosen(places: Places, state: State) -> Path:
    """The release to run. Another package than was there at the time takes over."""
    release = _in_its_place(places, state)
    if release is None:
        return places.factory
    if not _is_whole(release, state.chosen):
        _log.error("%s is not whole; the package's own release runs", release)
        return places.factory
    return release


def is_chosen(places: Places, state: State, digest: str) -> bool:
    """Whether what is to run was made of the release that `digest` names, whoever signed it."""
    with suppress(OSError, Unreadable):
        made_of = Offer.of(manifest_of(chosen(places, state)).read_bytes())
        return made_of.digest == digest
    return False


def sound(places: Places, state: State) -> State:
    """Without a chosen release that the card damaged: the package's own runs. Reads it whole."""
    release = _in_its_place(places, state)
    lost = damaged(release) if release else ()
    if not lost:
        return state
    _log.error("%s is damaged (%s); the package's own release runs", release, ", ".join(lost))
    last = state.last
    if last and last.version == state.chosen:
        last = replace(last, outcome=Outcome.FAILED, why=_DAMAGED)
    return State(damaged=state.chosen, last=last)


def settled(state: State) -> State:
    """Without the trial that somebody left unfinished: what ran before it is chosen."""
    if not state.trial:
        return state
    return replace(state, trial="", last=state.last and cut_short(state.last, _CUT_SHORT))


def cut_short(last: Last, why: str) -> Last:
    """After a trial that proved nothing: again, unless there were enough of them."""
    outcome = Outcome.WAITING if last.tries < MOST_TRIES else Outcome.FAILED
    return replace(last, outcome=outcome, why=why)


def points_to(link: Path) -> Path | None:
    """Where the link leads; None where there is none. Raises OSError when it is no link."""
    try:
        return link.readlink()
    except FileNotFoundError:
        return None


def point(link: Path, release: Path) -> None:
    """Leads the link to the release, in one step. Raises OSError."""
    beside = link.with_name(f".{link.name}.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(release)
    beside.replace(link)


def needed(places: Places, state: State) -> set[Path]:
    """What is to run, what runs, and what waits to be tried. Raises OSError."""
    found = {chosen(places, state), points_to(places.link) or places.factory}
    last, wanted = state.last, Arrivals(places.incoming).wanted()
    is_about = last and wanted and last.is_about(wanted.offer.digest, wanted.wish)
    if last and is_about and not last.outcome.is_final:
        found.add(places.release(last.version))
    return found


def owed(link: Path) -> Path:
    """There while services may still run what the link led to before; in RAM, as the link is."""
    return link.with_name(f".{link.name}.owed")


def _in_its_place(places: Places, state: State) -> Path | None:
    """The release that was chosen over this package; None where none was."""
    try:
        package = version_of(places.factory)
    except OSError as error:
        _log.error("%s has no release (%s)", places.factory, error.strerror)
        package = ""
    return places.release(state.chosen) if state.chosen and state.over == package else None


def _is_whole(release: Path, version: str) -> bool:
    """As far as a look tells: all was there when the manifest was written, last of all."""
    python = release / "python{}.{}".format(*sys.version_info)
    try:
        return manifest_of(release).is_file() and python.is_dir() and version_of(release) == version
    except OSError:
        return False
