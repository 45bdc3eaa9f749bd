"""The gate decides: who is welcomed, what holds now, and what it says of it."""

import logging
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.kiosk.gate.passing import Remembered, phone
from triporteur_kiosk.gate.keeper.budget import Budget
from triporteur_kiosk.gate.keeper.gatekeeper import Gatekeeper
from triporteur_kiosk.gate.keeper.passes import NotYet, Pass, Phone
from triporteur_kiosk.gate.keeper.terms import Terms
from triporteur_wire.desk import Refused
from triporteur_wire.gate import Access, AskVisitor, GateState, Told, Visitor, Welcome, decode_state

DAY = 1_000_000_000
PHONE = 50_000_000
ONE, TWO = phone(1), phone(2)
SIX = "fd00::1"


class Aboard:
    """A gate whose surroundings the test writes: `now_s`, `up`, `stations`, `day`."""

    def __init__(self, folder: Path, access: Access = "open", day_bytes: int | None = DAY) -> None:
        self.now_s, self.up, self.there, self.day = 100.0, True, 2, date(2026, 11, 22)
        self.neighbours = {ONE.ip: ONE, TWO.ip: TWO, SIX: ONE}
        self.kernel = Remembered()
        self.path = folder / "gate.json"
        self.keeper = Gatekeeper(
            Terms(access, 3600.0, day_bytes, PHONE, most_stations=5),
            self.kernel,
            self,
            Budget(day_bytes, folder / "spent.json"),
            self.path,
            now_s=lambda: self.now_s,
        )
        self.keeper.beat()

    def phone(self, address: str) -> Phone | None:
        if not address[-1].isdigit():
            raise ValueError(address)
        return self.neighbours.get(address)

    def stations(self) -> int | None:
        return self.there

    def uplink(self) -> bool | None:
        return self.up

    def today(self) -> date | None:
        return self.day

    def beat(self) -> GateState:
        self.now_s += 1
        self.keeper.beat()
        return decode_state(self.path.read_bytes())

    def welcome(self, address: str = ONE.ip) -> Told:
        return self.keeper.answer(Welcome(address))

    def visitor(self, address: str = ONE.ip) -> Told:
        return self.keeper.answer(AskVisitor(address))


@pytest.fixture
def aboard(tmp_path: Path) -> Aboard:
    return Aboard(tmp_path)


def refused(told: Told) -> str:
    assert isinstance(told, Refused)
    return told.sentence


def test_a_welcomed_visitor_is_told_what_it_has_and_a_stranger_nothing(aboard: Aboard) -> None:
    assert aboard.visitor() == Visitor(welcomed=False)
    assert aboard.welcome() == Visitor(welcomed=True, seconds_left=3600, bytes_left=PHONE)
    assert aboard.visitor(TWO.ip) == Visitor(welcomed=False)
    aboard.kernel.uses(1_000_000)
    aboard.beat()
    assert aboard.visitor() == Visitor(
        welcomed=True, seconds_left=3599, bytes_left=PHONE - 1_000_000
    )


def test_who_cannot_be_let_in_yet_is_told_so(
    aboard: Aboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def admit(_: Pass) -> None:
        raise NotYet

    monkeypatch.setattr(aboard.kernel, "admit", admit)
    assert "l’heure" in refused(aboard.welcome())
    assert aboard.visitor() == Visitor(welcomed=False)


def test_who_speaks_from_another_address_of_the_same_phone_is_the_same(aboard: Aboard) -> None:
    aboard.welcome(SIX)
    assert aboard.visitor() == aboard.visitor(SIX)
    assert isinstance(aboard.visitor(), Visitor)


def test_a_new_day_forgets_what_phones_had_without_asking(aboard: Aboard) -> None:
    aboard.beat()
    before = aboard.kernel.days
    aboard.day = date(2026, 11, 23)
    aboard.beat()
    aboard.beat()
    assert aboard.kernel.days == before + 1


def test_who_took_a_welcomed_address_is_not_welcomed(aboard: Aboard) -> None:
    aboard.welcome()
    aboard.neighbours[ONE.ip] = Phone(TWO.mac, ONE.ip)
    assert aboard.visitor() == Visitor(welcomed=False)


@pytest.mark.parametrize("address", ["10.77.0.99", "fd00::99", "no address"])
def test_nobody_s_address_is_not_welcomed(aboard: Aboard, address: str) -> None:
    assert "n’est pas reconnu" in refused(aboard.welcome(address))
    assert aboard.visitor(address) == Visitor(welcomed=False)


@pytest.mark.parametrize(
    ("access", "words"), [("local", "garde son Internet"), ("partners", "sites des partenaires")]
)
def test_where_the_internet_is_not_open_nobody_is_welcomed_and_told_why(
    tmp_path: Path, access: Access, words: str
) -> None:
    aboard = Aboard(tmp_path, access)
    assert words in refused(aboard.welcome())
    assert aboard.kernel.held == {}
    assert aboard.kernel.lets_out() == (access == "partners")


def test_a_lost_uplink_closes_at_the_next_beat_and_the_grant_lives_on(
    aboard: Aboard, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    aboard.welcome()
    aboard.up = False
    state = aboard.beat()
    assert (state.access, state.because, state.welcomed) == ("local", "uplink_lost", 0)
    assert not aboard.kernel.lets_out()
    assert aboard.visitor() == Visitor(welcomed=False)
    assert "n’a pas Internet" in refused(aboard.welcome(TWO.ip))
    aboard.beat()
    aboard.up = True
    state = aboard.beat()
    assert (state.access, state.because, state.welcomed) == ("open", None, 1)
    assert aboard.kernel.lets_out()
    assert aboard.visitor() == Visitor(welcomed=True, seconds_left=3597, bytes_left=PHONE)
    assert caplog.messages == [
        "the uplink is lost: phones get the portal only",
        "phones get as far as configured again: open",
    ]


def test_a_spent_budget_closes_until_the_next_day(aboard: Aboard) -> None:
    aboard.kernel.bytes = {"whole": DAY}
    aboard.beat()
    state = aboard.beat()
    assert (state.access, state.because, state.bytes_left) == ("local", "budget_spent", 0)
    assert "finies pour aujourd’hui" in refused(aboard.welcome())
    aboard.day = date(2026, 11, 23)
    state = aboard.beat()
    assert (state.access, state.because, state.bytes_left) == ("open", None, DAY)
    assert aboard.kernel.limit == 2 * DAY
    assert isinstance(aboard.welcome(), Visitor)


def test_what_cannot_be_read_of_the_day_closes_it_and_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    (tmp_path / "spent.json").write_text("{")
    aboard = Aboard(tmp_path)
    state = aboard.beat()
    assert (state.access, state.because, state.bytes_left) == ("local", "budget_unknown", 0)
    assert not aboard.kernel.lets_out()
    assert "finies pour aujourd’hui" in refused(aboard.welcome())
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    aboard.day = date(2026, 11, 23)
    assert aboard.beat().because is None
    assert isinstance(aboard.welcome(), Visitor)


def test_what_a_visitor_has_left_is_never_more_than_what_the_day_has(aboard: Aboard) -> None:
    aboard.welcome()
    aboard.kernel.bytes = {"whole": DAY - 1000}
    aboard.beat()
    assert aboard.visitor() == Visitor(welcomed=True, seconds_left=3599, bytes_left=1000)


def test_without_limits_none_are_told(tmp_path: Path) -> None:
    aboard = Aboard(tmp_path, day_bytes=None)
    assert aboard.beat().bytes_left is None
    assert aboard.welcome() == Visitor(welcomed=True, seconds_left=3600, bytes_left=PHONE)


def test_a_share_that_was_had_and_a_day_that_is_promised_are_told_apart(aboard: Aboard) -> None:
    aboard.welcome()
    aboard.kernel.uses(PHONE)
    aboard.beat()
    assert "Ce téléphone a eu sa part" in refused(aboard.welcome())
    aboard.kernel.bytes = {"whole": DAY - 1_000_000}
    aboard.beat()
    assert "partagées entre les autres" in refused(aboard.welcome(TWO.ip))


def test_closing_the_hotspot_ends_every_welcome(aboard: Aboard) -> None:
    aboard.welcome()
    aboard.keeper.switch(on=False)
    assert aboard.kernel.held == {}
    state = aboard.beat()
    assert (state.hotspot, state.access, state.because, state.stations) == (
        False,
        "local",
        None,
        None,
    )
    assert "est fermé" in refused(aboard.welcome())
    aboard.keeper.switch(on=True)
    assert aboard.visitor() == Visitor(welcomed=False)
    assert isinstance(aboard.welcome(), Visitor)


def test_the_state_counts_and_keeps_the_peak(aboard: Aboard) -> None:
    aboard.welcome()
    aboard.welcome(TWO.ip)
    aboard.kernel.bytes = {"whole": 5000}
    aboard.there = 5
    assert aboard.beat().full
    aboard.there = 1
    state = aboard.beat()
    assert (state.stations, state.peak_stations, state.full) == (1, 5, False)
    assert (state.sessions, state.welcomed, state.bytes) == (2, 2, 5000)
    assert state.boottime_ms == int(aboard.now_s * 1000)
    assert replace(state, boottime_ms=0) == replace(aboard.beat(), boottime_ms=0)


def test_a_table_made_anew_holds_the_same_phones_and_the_same_budget(aboard: Aboard) -> None:
    aboard.welcome()
    aboard.kernel.uses(1_000_000)
    aboard.beat()
    aboard.keeper.begin_anew()
    state = aboard.beat()
    assert [one.phone for one in aboard.kernel.held.values()] == [ONE]
    assert (state.bytes_left, aboard.kernel.limit) == (DAY - 1_000_000, DAY - 1_000_000)


def test_the_state_names_nobody(aboard: Aboard) -> None:
    aboard.welcome()
    aboard.beat()
    written = aboard.path.read_text()
    assert ONE.mac not in written
    assert ONE.ip not in written


def test_nobody_is_named_in_the_log(aboard: Aboard, caplog: pytest.LogCaptureFixture) -> None:
    aboard.welcome()
    aboard.keeper.switch(on=False)
    aboard.up = False
    aboard.beat()
    assert ONE.mac not in caplog.text
    assert ONE.ip not in caplog.text


def test_the_end_leaves_no_state_that_would_speak_for_it(aboard: Aboard) -> None:
    aboard.keeper.close()
    assert not aboard.path.exists()
