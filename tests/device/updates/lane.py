"""A unit to which releases come from a real depot's files, over a link that the test interrupts."""

import queue
from contextlib import suppress
from pathlib import Path
from random import Random

from tests.device.updates.making import MACHINE, key, lay
from triporteur_depot.releases.kept import Kept
from triporteur_depot.releases.making import make
from triporteur_depot.releases.pieces import Pieces
from triporteur_depot.releases.signing import sign
from triporteur_device.delivery.piece_errand import Came, PieceErrand
from triporteur_device.updates.arrivals import Arrivals
from triporteur_device.updates.offers import Offers
from triporteur_device.updates.places import Places
from triporteur_device.updates.receiving import Receiver
from triporteur_wire.messages import LinkUse
from triporteur_wire.reading import Unreadable
from triporteur_wire.releases import Offer, Part, Told, pack_offer

#: Three pieces each, for nothing of it can be packed.
LARGE_BYTES = 80_000


def heavy(folder: Path, version: str, *, shared: str = "1.1") -> Path:
    """The file of a release, signed by `key`: two of its parts come in pieces.

    One of those is the same in every release of this `shared`.
    """
    lay(folder / version, version)
    for name, seed in (("lib/heavy/a.bin", version), ("lib/steady/b.bin", shared)):
        path = folder / version / name
        path.parent.mkdir(parents=True)
        path.write_bytes(Random(seed).randbytes(LARGE_BYTES))
    file = folder / f"{version}.release"
    make(folder / version, MACHINE, "1.0", file)
    sign(file, key())
    return file


def offer_of(file: Path) -> Offer:
    with file.open("rb") as release:
        return Offer.read(release)


class Depot:
    """Keeps releases, and counts the bytes that it gives."""

    def __init__(self, folder: Path, *files: Path) -> None:
        folder.mkdir()
        self._kept = Kept(folder)
        self.now_s = 0.0
        self.pieces = Pieces(self._kept, lambda: self.now_s)
        self.given_bytes = 0
        for file in files:
            self.keep(file)

    def keep(self, file: Path) -> Offer:
        with file.open("rb") as release:
            return self._kept.keep(release)

    def forget(self) -> None:
        self._kept.tidy(())

    def answer(self, question: bytes) -> bytes:
        """Takes its time, so that no bucket is empty."""
        self.now_s += 1
        answer = self.pieces.answer("ben", question)
        assert answer is not None
        self.given_bytes += len(answer) - 16
        return answer


class Lane:
    """The agent's end: begun anew by `restart`, as after a power cut."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.now_ms = 1_000_000
        self.link = LinkUse("", 0, 0, 0)
        self.busy = False
        self.restart()

    def restart(self) -> None:
        self.came: queue.SimpleQueue[Came | None] = queue.SimpleQueue()
        self.errand = PieceErrand(self.came.put, lambda: self.busy, 0.5)
        self.receiver = Receiver(
            self.places,
            Offers(self.places.folder / "release.json"),
            MACHINE,
            self.errand.want,
            self.came,
            lambda: self.link,
            lambda: self.now_ms,
        )
        self.turn()

    @property
    def arrivals(self) -> Arrivals:
        return Arrivals(self.places.incoming)

    def offer(self, offer: Offer, revision: int = 1) -> Told:
        self.receiver.take(pack_offer(revision, offer))
        return self.turn()

    def withdraw(self) -> None:
        self.receiver.take(b"")
        self.turn()

    def turn(self) -> Told:
        """What it tells once it did all that it can do now; of an empty version for nothing."""
        self.receiver.turn()
        while not self.came.empty():
            self.receiver.turn(self.came.get())
        return self.receiver.told or Told("", "")

    def asks(self, after_s: float = 1.0) -> bytes | None:
        """Its next question, if it has one so much later."""
        self.now_ms += round(after_s * 1000)
        self.turn()
        return self.errand.due(self.now_ms)

    def hear(self, answer: bytes) -> Told:
        self.errand.answered(answer, self.now_ms)
        return self.turn()

    def hear_hostile(self, answer: bytes) -> None:
        """As who hands out answers takes what cannot be read."""
        with suppress(Unreadable):
            self.hear(answer)

    def fetch(self, depot: Depot, most: int = 1000) -> int:
        """Asks and is answered until nothing more is asked for; how often."""
        for count in range(most):
            question = self.asks(40)
            if question is None:
                return count
            self.hear(depot.answer(question))
        return most

    def laid(self, part: Part) -> bytes:
        return self.arrivals.part(part).read_bytes()


def parts_in(file: Path) -> dict[str, bytes]:
    """What is packed in it, by digest."""
    with file.open("rb") as release:
        manifest = Offer.read(release).manifest()
        return {part.packed_sha256: release.read(part.packed_bytes) for part in manifest.parts}


def lacking(file: Path) -> dict[str, bytes]:
    """All but what is the same in each release: one part that is large, and unpacked."""
    manifest = offer_of(file).manifest()
    [steady] = [part for part in manifest.parts if part.name == "lib/theirs"]
    found = parts_in(file)
    del found[steady.packed_sha256]
    return found
