"""Whatever comes between: what root is told to be there is to the byte what was signed.

And no more is fetched than what lacked, but for what each interruption cost.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.device.updates.aboard import Aboard, update
from tests.device.updates.lane import LARGE_BYTES, Depot, Lane, heavy, offer_of, parts_in
from tests.device.updates.making import arrive, by_hand, installed
from triporteur_device.updates.arrivals import revision_of
from triporteur_device.updates.arriving import lacking
from triporteur_device.updates.choosing import chosen
from triporteur_device.updates.state import read_state
from triporteur_wire.releases import Outcome, Part, numbers
from triporteur_wire.requests import MAX_PIECE_BYTES

pytestmark = pytest.mark.slow

#: The largest part as it is packed, with a piece that was under way.
PART_BYTES = LARGE_BYTES + 1_000 + MAX_PIECE_BYTES


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    shop = tmp_path_factory.mktemp("shop")
    return [heavy(shop, "1.1"), heavy(shop, "1.2")]


class Story:
    """A unit and its depot, and what was allowed to be fetched so far."""

    def __init__(self, folder: Path, files: list[Path]) -> None:
        self.files = files
        self.places = installed(folder)
        self.depot = Depot(folder / "kept", *files)
        self.lane = Lane(self.places)
        self.revision = 0
        self.file = files[0]
        self.late: list[bytes] = []
        self.allowed_bytes = 0
        self.damages = 0
        self.said: object = None

    def act(self, name: str, number: int) -> None:
        actions: dict[str, Callable[[int], None]] = {
            "answered": self.answered,
            "lost": self.lost,
            "delayed": self.delayed,
            "repeated": self.repeated,
            "spoiled": self.spoiled,
            "too long": self.too_long,
            "garbage": self.garbage,
            "restarted": self.restarted,
            "damaged": self.damaged,
            "offered": self.offered,
            "offered twice": self.offered_twice,
            "withdrawn": self.withdrawn,
            "by hand": self.by_hand,
            "root comes": self.root_comes,
        }
        actions[name](number)
        self.lane.turn()
        self.look()

    def look(self) -> None:
        """What is said just now is all there: later the card may damage it, and root will see."""
        assert self.depot.given_bytes <= self.allowed_bytes
        wanted = self.lane.arrivals.wanted()
        said = self.lane.arrivals.word.stat().st_ino if wanted else None
        if wanted is None or said == self.said or not revision_of(wanted.wish):
            return
        self.said = said
        [file] = [one for one in self.files if offer_of(one) == wanted.offer]
        honest = parts_in(file)
        for part in self._lacking(file):
            assert self.lane.laid(part) == honest[part.packed_sha256]

    def _answer(self, number: int) -> bytes | None:
        question = self.lane.asks(1 + 40 * (number % 3))
        return None if question is None else self.depot.answer(question)

    def answered(self, number: int) -> None:
        for _ in range(1 + number % 3):
            if answer := self._answer(number):
                self.lane.hear(answer)

    def lost(self, number: int) -> None:
        self.allowed_bytes += MAX_PIECE_BYTES
        self._answer(number)
        self.lane.errand.connected()

    def delayed(self, number: int) -> None:
        self.allowed_bytes += MAX_PIECE_BYTES
        if answer := self._answer(number):
            self.late.append(answer)
        if self.late and number % 2:
            self.lane.hear(self.late.pop(0))

    def repeated(self, number: int) -> None:
        if answer := self._answer(number):
            self.lane.hear(answer)
            self.lane.hear(answer)

    def spoiled(self, number: int) -> None:
        """Other bytes than the depot gave."""
        self._allow_a_part()
        if answer := self._answer(number):
            at = 16 + number % max(1, len(answer) - 16)
            self.lane.hear(answer[:at] + bytes([answer[at] ^ 1]) + answer[at + 1 :])

    def too_long(self, number: int) -> None:
        self.allowed_bytes += MAX_PIECE_BYTES
        if answer := self._answer(number):
            self.lane.hear_hostile(answer + bytes(1 + number))

    def garbage(self, number: int) -> None:
        self.lane.hear_hostile(bytes([number]) * number)

    def restarted(self, number: int) -> None:
        self.allowed_bytes += MAX_PIECE_BYTES
        if number % 2:
            self._answer(number)  # which nobody hears
        self.lane.restart()

    def damaged(self, number: int) -> None:
        """By the card, or by whoever may write there."""
        found = sorted(self.lane.arrivals.parts.glob("*")) if self._has_parts() else []
        if not found:
            return
        self._allow_a_part()
        path = found[number % len(found)]
        data = path.read_bytes()
        at = number % (len(data) + 1)
        path.write_bytes([data[:at], data + b"?", data[:at] + b"?" + data[at + 1 :]][number % 3])

    def offered(self, number: int) -> None:
        self.file = self.files[number % 2]
        self.revision += 1
        self.lane.offer(offer_of(self.file), self.revision)
        self._allow_all()

    def offered_twice(self, _: int) -> None:
        if self.revision:
            self.lane.offer(offer_of(self.file), self.revision)
            self._allow_all()

    def withdrawn(self, _: int) -> None:
        self.revision += 1
        self.lane.withdraw()

    def by_hand(self, number: int) -> None:
        arrive(self.places, self.files[number % 2], by_hand(number))
        self.lane.asks(10)

    def root_comes(self, number: int) -> None:
        """What it cleared or refused may have to come again."""
        aboard = Aboard(self.places)
        aboard.unsuited_for = ["an outing is under way"] * (number % 3)
        update(aboard)
        self.lane.asks(10)
        self._allow_all()

    def _has_parts(self) -> bool:
        return self.lane.arrivals.parts.is_dir()

    def _allow_a_part(self) -> None:
        self.damages += 1
        self.allowed_bytes += PART_BYTES

    def _allow_all(self) -> None:
        """What lacks from now on, but for what is there; and what was damaged before."""
        lacks = sum(part.packed_bytes - self._there(part) for part in self._lacking(self.file))
        self.allowed_bytes = self.depot.given_bytes + lacks + MAX_PIECE_BYTES
        self.allowed_bytes += self.damages * PART_BYTES

    def _lacking(self, file: Path) -> list[Part]:
        runs = chosen(self.places, read_state(self.places.state))
        manifest = offer_of(file).manifest()
        return [one.part for one in lacking(manifest, (runs, self.places.factory))]

    def _there(self, part: Part) -> int:
        paths = (self.lane.arrivals.part(part), self.lane.arrivals.coming(part))
        return max(path.stat().st_size if path.exists() else 0 for path in paths)


ACTIONS = (
    *["answered"] * 8,
    *["lost", "delayed", "repeated", "spoiled", "too long", "garbage", "restarted"] * 2,
    *["damaged", "offered", "offered twice", "withdrawn", "by hand", "root comes"],
)
STORIES = st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 255)), max_size=40)


@pytest.fixture(scope="module")
def ram(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where every piece need not wait for the disk."""
    shm = Path("/dev/shm")
    with TemporaryDirectory(dir=shm if shm.is_dir() else tmp_path_factory.mktemp("ram")) as path:
        yield Path(path)


@given(STORIES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_said_to_be_there_is_there(
    files: list[Path], ram: Path, story: list[tuple[str, int]]
) -> None:
    with TemporaryDirectory(dir=ram) as folder:
        told = Story(Path(folder), files)
        told.act("offered", 0)
        for name, number in story:
            told.act(name, number)
        ends_well(told)


def ends_well(told: Story) -> None:
    """Left in peace, the unit runs what it was offered last, or says why not."""
    told.act("root comes", 0)  # for what somebody may have given beside the unit
    told.act("offered", len(told.late))
    told.lane.now_ms += 3_600_000  # the longest that it waits for an answer
    told.lane.fetch(told.depot)
    told.look()
    before = numbers(
        chosen(told.places, read_state(told.places.state)).name.replace("factory", "1")
    )
    update(Aboard(told.places))
    told.lane.asks(10)
    offered = offer_of(told.file)
    now = told.lane.turn()
    assert now.revision == told.revision
    expected = Outcome.RUNNING if numbers(offered.version) >= before else Outcome.REFUSED
    assert (now.outcome, now.version) == (expected, offered.version)
