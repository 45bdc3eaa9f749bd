"""Which release is to run: what stands in the state, or the package's own, for lack of a better."""

import logging
import sys
from pathlib import Path

from triporteur_device.updates.places import Places, manifest_of, version_of
from triporteur_device.updates.state import Last, State
from triporteur_wire.releases import Outcome

_log = logging.getLogger(__name__)

#: A trial that something cut short says nothing of the release; one that always is, does.
MOST_TRIES = 3
_CUT_SHORT = "its trial was cut short"


def chosen(places: Places, state: State) -> Path:
    """The release to run. Another package than was there at the time takes over."""
    try:
        package = version_of(places.factory)
    except OSError as error:
        _log.error("%s has no release (%s)", places.factory, error.strerror)
        package = ""
    release = places.release(state.chosen)
    if not state.chosen or state.over != package:
        return places.factory
    if not _is_whole(release, state.chosen):
        _log.error("%s is not whole; the package's own release runs", release)
        return places.factory
    return release


def settled(state: State) -> State:
    """Without the trial that somebody left unfinished: what ran before it is chosen."""
    if not state.trial:
        return state
    return State(state.chosen, state.over, "", state.last and cut_short(state.last, _CUT_SHORT))


def cut_short(last: Last, why: str) -> Last:
    """After a trial that proved nothing: again, unless there were enough of them."""
    outcome = Outcome.WAITING if last.tries < MOST_TRIES else Outcome.FAILED
    return Last(last.version, last.digest, last.wish, outcome, why, last.tries)


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


def _is_whole(release: Path, version: str) -> bool:
    """As far as a look tells: all was there when the manifest was written, last of all."""
    python = release / "python{}.{}".format(*sys.version_info)
    try:
        return manifest_of(release).is_file() and python.is_dir() and version_of(release) == version
    except OSError:
        return False
