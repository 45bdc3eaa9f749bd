"""`triporteur-device release`: which release runs, and what became of the last one that came."""

import logging
import os
import platform
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import msgspec

from triporteur_device.commands.release_line import said
from triporteur_device.snapshot import read_snapshot
from triporteur_device.updates.arrivals import Arrivals, revision_of
from triporteur_device.updates.building import Builder
from triporteur_device.updates.choosing import chosen, needed, point, settled, sound
from triporteur_device.updates.places import Places, version_of
from triporteur_device.updates.refused import sentence
from triporteur_device.updates.soundness import damaged
from triporteur_device.updates.state import Last, State, read_state, write_state
from triporteur_wire.releases import Outcome, Told

_log = logging.getLogger(__name__)

_SNAPSHOT = Path("/run/triporteur/snapshot.json")
_WHAT_THEN = "restart the unit, which then runs the package's own, and give it the release again"


class Shown(msgspec.Struct, frozen=True):
    """`runs` is what services are started from, `package` the release that the package brought.

    `wanted` is the version that lies there to be tried, empty for none; `offered`, what the agent
    says of the one that was wanted last, None while it does not run or may not be asked. `damaged`
    are the parts of what runs that are not what was signed; None of the package's own, which dpkg
    watches over. `given_up` is the version that ran until a boot found it damaged, empty for none.
    """

    runs: str
    package: str
    wanted: str
    offered: Told | None
    last: Last | None
    damaged: tuple[str, ...] | None
    given_up: str


def run(
    *,
    as_json: bool,
    places: Places | None = None,
    snapshot: Path = _SNAPSHOT,
    out: TextIO | None = None,
) -> int:
    """Shows it; 1 when what runs is damaged. Raises OSError."""
    shown, out = _shown(places or Places(), snapshot), out or sys.stdout
    if as_json:
        out.write(msgspec.json.encode(shown).decode() + "\n")
    else:
        out.writelines(line + "\n" for line in _lines(shown))
    return int(bool(shown.damaged))


def choose(places: Places | None = None) -> int:
    """As root, at boot: has services started from what is chosen. Raises OSError.

    A release that the card damaged gives way to the package's own. A card that gives or takes
    nothing is no obstacle: an unfinished trial counts as over all the same.
    """
    places = places or Places()
    before = _read(places.state)
    after = sound(places, settled(before))
    release = chosen(places, after)
    point(places.link, release)
    _log.info("%s runs", release)
    if after != before:
        try:
            write_state(places.state, after)
        except OSError as error:
            _log.warning("%s cannot be written (%s)", places.state, error.strerror)
    elif after != State():
        _tidy(places, after)
    return 0


def apply(places: Places | None = None) -> int:
    """As root: tries what lies there. Raises OSError."""
    # Cryptography takes its time to load, which who only looks need not wait for.
    from triporteur_device.updates.services import Services
    from triporteur_device.updates.update import Update

    os.umask(0o022)
    Update(places or Places(), Services(_SNAPSHOT), platform.machine(), _compiled).run()
    return 0


def _tidy(places: Places, state: State) -> None:
    """What was unpacked, and is wanted no more, need not lie there."""
    try:
        Builder(places, _compiled).tidy(needed(places, state))
    except OSError as error:
        _log.warning("%s cannot be tidied (%s)", places.folder, sentence(error))


def _read(path: Path) -> State:
    try:
        return read_state(path)
    except OSError as error:
        _log.error("%s cannot be read (%s): the package's own release runs", path, error.strerror)
        return State()


def _compiled(release: Path) -> None:
    """Services may write nothing there, and would compile it all at every start."""
    own = release / "python{}.{}".format(*sys.version_info)
    words = [sys.executable, "-I", "-m", "compileall", "-q", "--invalidation-mode"]
    done = subprocess.run([*words, "unchecked-hash", release / "lib", own], check=False)
    if done.returncode:
        _log.warning("%s was not compiled whole: it starts slowly", release)


def _shown(places: Places, snapshot: Path) -> Shown:
    state = read_state(places.state)
    release = places.link.resolve()
    found = Arrivals(places.incoming).wanted()
    wanted = found.offer.version if found else ""
    lost = None if release == places.factory else damaged(release)
    package = version_of(places.factory)
    offered = _offered(snapshot)
    return Shown(version_of(release), package, wanted, offered, state.last, lost, state.damaged)


def _is_last(shown: Shown) -> bool:
    """Whether root told of it already."""
    offered, last = shown.offered, shown.last
    return bool(offered and last and revision_of(last.wish) == offered.revision)


def _offered(snapshot: Path) -> Told | None:
    with suppress(OSError):
        found = read_snapshot(snapshot)
        return found.status.release if found and found.fresh else None
    return None


def _lines(shown: Shown) -> list[str]:
    lines = [f"{shown.runs} runs; the package is {shown.package}"]
    if shown.damaged:
        lines.append(f"  damaged: {', '.join(shown.damaged)}; {_WHAT_THEN}")
    if shown.given_up:
        lines.append(f"{shown.given_up} ran before: the card damaged it; give it again")
    if shown.wanted:
        lines.append(f"{shown.wanted} lies there")
    elif shown.offered and shown.offered.revision and not _is_last(shown):
        lines.append(f"offered by the depot: {said(shown.offered)}")
    last = shown.last
    if last and (last.outcome is not Outcome.WAITING or shown.wanted):
        why = f": {last.why}" if last.why else ""
        lines.append(f"last: {last.version or 'a release'}, {last.outcome}{why}")
    return lines
