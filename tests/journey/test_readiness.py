"""May it leave? Simulated bytes through agent, broker and depot to the page, case by case."""

import signal
from collections.abc import Iterator

import msgspec
import pytest

from tests.journey.test_road import tell
from tests.journey.trike import Trike, known
from tests.rig import Road, end, wait_for
from triporteur_device.readiness import State
from triporteur_wire.readiness import Outing, Verdict, What, Why

pytestmark = pytest.mark.slow

SHORT = Outing(1.5, 5.0, 0.5, 10.0, place="École")
FAR = Outing(70.0, 900.0, 8.0, 60.0, place="Loin")
_HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def trike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trike]:
    with Road(tmp_path_factory.mktemp("road")) as road:
        road.start_broker()
        road.start_depot()
        yield Trike(road)


def disagreeing(state: State, charge: float) -> None:
    known(state, charge - 0.3)


def long_ago(state: State, charge: float) -> None:
    known(state, charge)
    state.charge.full_age_h = 20 * 24.0


def off_overnight(state: State, charge: float) -> None:
    """Another boot, fourteen hours ago, and nobody told the charge then."""
    _away(state, charge)
    state.charge.witness_pct = None


def charged_overnight(state: State, charge: float) -> None:
    """By its board's own word, which moved as far."""
    _away(state, charge - 0.2)
    state.charge.witness_pct = 100 * charge - 20


def _away(state: State, charge: float) -> None:
    known(state, charge)
    assert state.seen
    assert state.seen.utc_ms
    state.seen = msgspec.structs.replace(
        state.seen, boot_no=state.seen.boot_no + 7, utc_ms=state.seen.utc_ms - 14 * _HOUR_MS
    )


def uneven(state: State, charge: float) -> None:
    known(state, charge)
    state.spread.mv = 240.0


CASES = {
    "full": (known, SHORT, Verdict.GO, Why.ENOUGH, "PARTEZ"),
    "too far": (known, FAR, Verdict.NO_GO, Why.NOT_ENOUGH, "NE PARTEZ PAS"),
    "disagreeing": (disagreeing, SHORT, Verdict.CAUTION, Why.CHARGES_DISAGREE, "ATTENTION"),
    "long since full": (long_ago, SHORT, Verdict.CAUTION, Why.LONG_SINCE_FULL, "ATTENTION"),
    "off overnight": (off_overnight, SHORT, Verdict.CAUTION, Why.CHARGE_UNSURE, "ATTENTION"),
    "charged overnight": (charged_overnight, SHORT, Verdict.GO, Why.ENOUGH, "PARTEZ"),
    "weak cell": (uneven, SHORT, Verdict.NO_GO, Why.WEAK_CELL, "NE PARTEZ PAS"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_true_aboard_is_said_aboard_and_at_the_depot(trike: Trike, case: str) -> None:
    edit, planned, verdict, why, words = CASES[case]
    trike.again(edit, planned)
    told = trike.says(lambda told: told.verdict is verdict and told.reasons[0].why is why)
    assert told.outing.place == planned.place
    status = {"go": 0, "caution": 1, "no_go": 2}[verdict]
    wait_for(lambda: trike.exit_status() == status, "the command says so too")
    wait_for(lambda: _on_page(trike.road, words), f"the fleet page says {words}")


def test_on_its_charger_it_may_leave_once_it_is_unplugged(trike: Trike) -> None:
    trike.again(known, SHORT)
    told = trike.says(lambda told: told.verdict is Verdict.GO)
    assert told.action.what is What.UNPLUG_AND_LEAVE


def test_where_nobody_entered_an_outing_a_usual_one_is_supposed_and_said(trike: Trike) -> None:
    trike.again(known, None)
    told = trike.says(lambda told: Why.NO_DATA not in {one.why for one in told.reasons})
    assert told.outing.departs_utc_ms is None
    assert told.outing.km == 8.0
    wait_for(lambda: "Personne n’a saisi" in trike.road.page("/unite/ben"), "the page says so")


def test_a_change_of_verdict_is_in_the_depots_records_with_its_figures(trike: Trike) -> None:
    trike.again(known, SHORT)
    changes = wait_for(
        lambda: [r for r in trike.road.records("ben") if r["kind"] == "readiness"],
        "a verdict is recorded, and delivered",
    )
    assert {"verdict", "available_wh", "needed_wh", "soc_sigma_pct"} <= set(changes[-1]["body"])


def test_a_board_that_opens_is_no_go(trike: Trike) -> None:
    trike.again(known, SHORT)
    trike.says(lambda told: told.verdict is Verdict.GO)
    tell(trike.simulator, "fault trike overcurrent on")
    # Not for a line that stands still for a moment.
    told = trike.says(lambda told: told.action.what is What.CALL_MAINTAINER)
    assert told.verdict is Verdict.NO_GO
    tell(trike.simulator, "fault trike overcurrent off")


def test_a_sensor_that_is_lost_is_never_go_nor_is_an_agent(trike: Trike) -> None:
    trike.again(known, SHORT)
    trike.road.silence(trike.name, trike.simulator)
    told = trike.says(lambda told: told.reasons[0].why is Why.NO_DATA)
    assert (told.verdict, told.action.what) == (Verdict.NO_GO, What.CHECK_CABLES)
    wait_for(lambda: _on_page(trike.road, "NE PARTEZ PAS"), "the fleet page says so")
    end(trike.agent, signal.SIGKILL)
    wait_for(lambda: trike.exit_status() == 3, "the command says that it is not known")
    wait_for(lambda: "inconnu" in trike.road.page(), "and the fleet page too")
    assert "PARTEZ" not in trike.road.page()


def _on_page(road: Road, words: str) -> bool:
    return f"<span>{words}</span>" in road.page()
