"""`triporteur-depot release send`, `withdraw` and `list`, over a real broker."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.depot.downlink.fleet import Fleet
from tests.depot.releases.made import signed
from tests.rig import Road, free_port, wait_for
from triporteur_depot.__main__ import main
from triporteur_depot.authority import bundles
from triporteur_depot.database import open_writer, transaction
from triporteur_depot.releases import offers
from triporteur_depot.releases.kept import Kept
from triporteur_wire.releases import Offer, Told

pytestmark = pytest.mark.slow

Said = tuple[int, list[str], list[str]]
Depot = Callable[..., Said]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """One broker for all: nothing that it keeps is heard here."""
    with Road(tmp_path_factory.mktemp("broker")) as road:
        road.start_broker()
        yield road.broker_port


@pytest.fixture
def depot(fleet: Fleet, port: int, capsys: pytest.CaptureFixture[str]) -> Depot:
    return commanded(fleet, port, capsys)


@pytest.fixture
def without_broker(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> Depot:
    return commanded(fleet, free_port(), capsys)


def commanded(fleet: Fleet, port: int, capsys: pytest.CaptureFixture[str]) -> Depot:
    """Runs `release …`: its exit status, and what it says as answer and as complaint."""

    def run(*words: str) -> Said:
        status = main(["release", *words, "--config", fleet.configured(port)])
        said = capsys.readouterr()
        return status, said.out.splitlines(), said.err.splitlines()

    return run


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return signed(tmp_path)


def kept(fleet: Fleet) -> list[str]:
    return [path.name for path in Kept.beside(fleet.depot.path).folder.iterdir()]


def digest(release: Path) -> str:
    with release.open("rb") as file:
        return Offer.read(file).digest


def arriving(revision: int) -> Told:
    return Told("1.1", "arriving", revision, "", 1_200_000, 5_700_000)


@pytest.mark.slow
def test_a_release_is_offered_and_its_way_told(fleet: Fleet, depot: Depot, release: Path) -> None:
    assert depot("list")[1] == ["ben: runs 1; nothing offered"]
    assert depot("send", str(release), "ben", "--no-wait") == (
        0,
        ["ben: 1.1, offered; not answered yet"],
        [],
    )
    assert kept(fleet) == [digest(release)]
    assert depot("list")[1] == ["ben: runs 1; 1.1 offered, not answered yet"]
    fleet.tells("ben", arriving(1))
    assert depot("list")[1] == ["ben: runs 1; 1.1 offered, arriving, 1.2 MB of 5.7 MB"]
    [told] = [json.loads(line) for line in depot("list", "--json")[1]]
    assert told == {
        "unit": "ben", "runs": "1", "offered": "1.1", "revision": 1, "kept": True,
        "outcome": "arriving", "why": "", "version": "1.1",
        "there_bytes": 1_200_000, "total_bytes": 5_700_000,
    }  # fmt: skip


@pytest.mark.slow
def test_what_each_unit_made_of_it_is_told_in_its_words(
    fleet: Fleet, depot: Depot, release: Path
) -> None:
    for unit in ("ana", "gone", "old", "zoe"):
        fleet.says(unit)
    fleet.connection.execute("UPDATE units SET retired_utc_ms = 1 WHERE name = 'old'")
    fleet.leaves("gone")
    status, said, _ = depot("send", str(release), "--all", "--no-wait")
    assert status == 0
    assert said == [
        "ana: 1.1, offered; not answered yet",
        "ben: 1.1, offered; not answered yet",
        "gone: 1.1, offered, once gone is back",
        "zoe: 1.1, offered; not answered yet",
    ]
    gone = "the depot does not have it any more"
    fleet.tells("ben", Told("1.1", "waiting", 1, gone, 1_200_000, 5_700_000))
    fleet.tells("ana", Told("1.1", "running", 1))
    fleet.tells("zoe", Told("1.1", "failed", 1, "its agent did not tell of itself"))
    ana, ben, _, zoe = depot("list")[1]
    assert ben == f"ben: runs 1; 1.1 offered, waiting, 1.2 MB of 5.7 MB: {gone}"
    assert ana == "ana: runs 1; 1.1 offered, running"
    assert zoe == "zoe: runs 1; 1.1 offered, failed: its agent did not tell of itself"


@pytest.mark.slow
def test_a_refusal_is_waited_for_and_is_no_success(
    fleet: Fleet, depot: Depot, release: Path
) -> None:
    def refuse() -> None:
        wait_for(lambda: fleet.depot.ask("SELECT 1 FROM parcels WHERE sendings > 0"), "it is sent")
        fleet.tells("ben", Told("1.1", "refused", 1, "it is for aarch64, and this is x86_64"))

    unit = threading.Thread(target=refuse)
    unit.start()
    said = depot("send", str(release), "ben")
    unit.join()
    assert said == (1, ["ben: 1.1, refused: it is for aarch64, and this is x86_64"], [])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "what"), [(["send"], "1.1, offered"), (["withdraw"], "withdrawn")]
)
def test_who_is_overtaken_by_another_wish_reads_so(
    fleet: Fleet, depot: Depot, release: Path, words: list[str], what: str
) -> None:
    def overtake() -> None:
        wait_for(lambda: fleet.depot.ask("SELECT 1 FROM parcels WHERE sendings > 0"), "it is sent")
        with closing(open_writer(fleet.depot.path)) as another, transaction(another):
            offers.take_back(another, "ben")
        fleet.tells("ben", arriving(3))

    fleet.tells("ben", arriving(1))
    other = threading.Thread(target=overtake)
    other.start()
    said = depot(*words, *([str(release)] if words == ["send"] else []), "ben")
    other.join()
    assert said == (0, [f"ben: {what}; but another send or withdraw took its place meanwhile"], [])


@pytest.mark.slow
def test_a_later_release_takes_the_place_of_the_one_before(
    fleet: Fleet, depot: Depot, release: Path, tmp_path: Path
) -> None:
    later = signed(tmp_path, "1.2")
    fleet.says("zoe")
    depot("send", str(release), "--all", "--no-wait")
    depot("send", str(later), "ben", "--no-wait")
    assert sorted(kept(fleet)) == sorted([digest(release), digest(later)])
    depot("send", str(later), "zoe", "--no-wait")
    assert kept(fleet) == [digest(later)]


@pytest.mark.slow
def test_what_is_withdrawn_is_kept_no_more(fleet: Fleet, depot: Depot, release: Path) -> None:
    depot("send", str(release), "ben", "--no-wait")
    fleet.tells("ben", arriving(1))
    assert depot("withdraw", "ben", "--no-wait")[:2] == (0, ["ben: withdrawn; not answered yet"])
    assert kept(fleet) == []
    fleet.says("ben")
    assert depot("withdraw", "ben")[:2] == (0, ["ben: withdrawn"])
    assert depot("list")[1] == ["ben: runs 1; nothing offered"]


def test_what_the_broker_did_not_take_is_offered_all_the_same(
    without_broker: Depot, release: Path
) -> None:
    status, [line], [complaint] = without_broker("send", str(release), "ben")
    assert (status, line) == (
        1,
        "ben: 1.1, not sent; it is once the depot hears ben again",
    )
    assert "no broker answers" in complaint
    assert without_broker("list")[1] == ["ben: runs 1; 1.1 offered, not answered yet"]


def test_a_release_that_somebody_gave_beside_the_unit_is_told(
    fleet: Fleet, without_broker: Depot
) -> None:
    fleet.tells("ben", Told("1.3", "waiting", 0, "an outing is under way, or begins soon"))
    assert without_broker("list")[1] == [
        "ben: runs 1; 1.3 given by hand, waiting: an outing is under way, or begins soon"
    ]


def test_an_offer_whose_file_was_lost_is_told(
    fleet: Fleet, without_broker: Depot, release: Path
) -> None:
    without_broker("send", str(release), "ben")
    Kept.beside(fleet.depot.path).path(digest(release)).unlink()
    assert without_broker("list")[1][0].endswith("its file is not here any more: send it again")


def test_a_release_that_no_unit_would_take_is_not_offered(
    fleet: Fleet, without_broker: Depot, release: Path
) -> None:
    whole = release.read_bytes()
    release.write_bytes(b"0" * 128 + whole[128:])
    status, _, [complaint] = without_broker("send", str(release), "ben")
    assert status == 2
    assert "nobody has signed" in complaint
    release.write_bytes(whole[:-1])
    status, _, [complaint] = without_broker("send", str(release), "ben")
    assert status == 2
    assert "damaged, or cut short" in complaint
    assert kept(fleet) == []
    assert fleet.depot.ask("SELECT * FROM parcels") == []


@pytest.mark.parametrize(
    ("words", "status", "advice"),
    [
        (["send", "FILE"], 2, "name a unit"),
        (["send", "FILE", "ben", "--all"], 2, "not both"),
        (["send", "FILE", "bon"], 2, "known are: ben"),
        (["send", "/nowhere", "ben"], 1, "No such file"),
        (["withdraw"], 2, "name a unit"),
        (["withdraw", "bon"], 2, "known are: ben"),
    ],
)
def test_what_cannot_be_done_as_asked_is_told_in_a_sentence(
    without_broker: Depot, release: Path, words: list[str], status: int, advice: str
) -> None:
    asked = [str(release) if word == "FILE" else word for word in words]
    found, out, [complaint] = without_broker(*asked)
    assert (found, out) == (status, [])
    assert advice in complaint


def test_a_unit_that_was_let_in_and_never_heard_is_said_to_be_awaited(
    fleet: Fleet, without_broker: Depot, release: Path
) -> None:
    bundles.make(fleet.connection, "zoe", "a hash", 0, days=30)
    told = "triporteur-depot: zoe was let in but was never heard: do this again once it was there"
    assert without_broker("send", str(release), "zoe") == (2, [], [told])
    bundles.withdraw(fleet.connection, "zoe", 1)
    _, _, [complaint] = without_broker("send", str(release), "zoe")
    assert "no unit named 'zoe' is known; known are: ben" in complaint
