"""`triporteur-device update`: a release from a file, as root, for who stands beside the unit."""

import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from triporteur_device.acting import acting_for_owner
from triporteur_device.updates.arrivals import Arrivals, Wanted, revision_of
from triporteur_device.updates.choosing import chosen
from triporteur_device.updates.places import Places, version_of
from triporteur_device.updates.refused import Refused
from triporteur_device.updates.signing import fitting, signed
from triporteur_device.updates.state import Last, read_state
from triporteur_device.updates.turns import in_turn
from triporteur_wire.reading import Unreadable
from triporteur_wire.releases import Manifest, Offer, Outcome

_CHUNK_BYTES = 65_536
#: To unpack on a slow card, and for the trial.
_PATIENCE_S = 900.0
_LOOK_AGAIN_S = 0.5


def run(file: Path, *, wait: bool, places: Places | None = None) -> int:
    """0 once it runs, or lies there where nobody waits; 1 when it does not. Raises OSError."""
    places = places or Places()
    if not _is_ours(places):
        return 1
    try:
        wanted = _laid(file, places)
    except (Refused, Unreadable) as error:
        print(f"{file}: {error}", file=sys.stderr)
        return 1
    print(f"{wanted.offer.version} lies there, and is tried as soon as it suits")
    return _follow(places, wanted) if wait else 0


def withdraw(places: Places | None = None) -> int:
    """0 once what somebody gave is not wanted any more; 1 where there is none. Raises OSError."""
    places = places or Places()
    if not _is_ours(places):
        return 1
    arrivals = Arrivals(places.incoming)
    with acting_for_owner(places.incoming), in_turn(places.incoming):
        wanted = arrivals.wanted()
        if wanted is None or revision_of(wanted.wish):
            print("nothing waits here that somebody gave in a file", file=sys.stderr)
            return 1
        arrivals.done(wanted)
    print(f"{wanted.offer.version} is not wanted any more; a trial that is under way goes on")
    return 0


def _is_ours(places: Places) -> bool:
    if os.access(places.folder, os.W_OK):
        return True
    print(f"{places.folder} cannot be written: run this as root", file=sys.stderr)
    return False


def _laid(file: Path, places: Places) -> Wanted:
    """Raises Refused, Unreadable and OSError, with nothing wanted."""
    with file.open("rb") as release:
        offer = Offer.read(release)
        manifest = signed(offer, places.keys)
        runs = version_of(chosen(places, read_state(places.state)))
        fitting(manifest, platform.machine(), runs, version_of(places.factory))
        wanted, arrivals = Wanted.by_hand(offer), Arrivals(places.incoming)
        places.incoming.mkdir(exist_ok=True)
        with acting_for_owner(places.incoming), in_turn(places.incoming):
            arrivals.clear()
            arrivals.parts.mkdir(exist_ok=True)
            _take_apart(release, manifest, arrivals)
            arrivals.say(wanted)
    return wanted


def _take_apart(release: BinaryIO, manifest: Manifest, arrivals: Arrivals) -> None:
    for part in manifest.parts:
        copied = arrivals.out_of_file(part)
        with copied.open("wb") as file:
            _copy(release, file, part.packed_bytes)
        if not arrivals.keep(part, copied):
            raise Refused(f"its part {part.name} is damaged: copy the file anew")


def _copy(source: BinaryIO, to: BinaryIO, left: int) -> None:
    while left and (chunk := source.read(min(left, _CHUNK_BYTES))):
        to.write(chunk)
        left -= len(chunk)


def _follow(places: Places, wanted: Wanted, mono_s: Callable[[], float] = time.monotonic) -> int:
    """Says what becomes of it, until that is final or waits for something."""
    until_s, told = mono_s() + _PATIENCE_S, ""
    while mono_s() < until_s:
        last = read_state(places.state).last
        if last and last.is_about(wanted.offer.digest, wanted.wish):
            if (sentence := _sentence(last)) != told:
                print(sentence)
                told = sentence
            if last.outcome.is_final:
                return int(last.outcome is not Outcome.RUNNING)
            if last.outcome is Outcome.WAITING:
                return 0
        time.sleep(_LOOK_AGAIN_S)
    print("nothing became of it yet: see journalctl -u triporteur-update", file=sys.stderr)
    return 1


def _sentence(last: Last) -> str:
    match last.outcome:
        case Outcome.TRIAL:
            return f"{last.version} is started, and looked at for a minute"
        case Outcome.RUNNING:
            return f"{last.version} runs"
        case Outcome.WAITING:
            return f"{last.version} waits, and is tried later: {last.why}"
        case _:
            return f"{last.version} does not run: {last.why}"
