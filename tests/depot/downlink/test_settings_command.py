"""`triporteur-depot settings` and `content`, over a real broker, to units that answer."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.depot.downlink.fleet import Fleet, Listener
from tests.rig import Road, free_port, wait_for
from triporteur_depot.__main__ import main
from triporteur_depot.database import transaction
from triporteur_depot.downlink import sender
from triporteur_depot.downlink.ledger import give
from triporteur_depot.downlink.sender import send_all
from triporteur_wire.parcels import Applied, settings_of, text_of

pytestmark = pytest.mark.slow

Said = tuple[int, list[str], list[str]]


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    with Road(tmp_path) as road:
        road.start_broker()
        yield road.broker_port


@pytest.fixture
def depot(fleet: Fleet, port: int, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Runs a command: its exit status, and what it says as answer and as complaint."""

    def run(*words: str) -> Said:
        try:
            status = main([*words, "--config", fleet.configured(port)])
        except SystemExit as error:
            status = int(str(error.code))
        said = capsys.readouterr()
        return status, said.out.splitlines(), said.err.splitlines()

    return run


@pytest.fixture
def ask(depot: Callable[..., Said]) -> Callable[..., list[dict[str, Any]]]:
    """Runs a command that goes well; its answer."""

    def run(*words: str) -> list[dict[str, Any]]:
        status, out, err = depot(*words, "--json")
        assert (status, err) == (0, [])
        return [json.loads(line) for line in out]

    return run


@pytest.fixture
def portal(tmp_path: Path) -> str:
    """A content file."""
    path = tmp_path / "portal.toml"
    path.write_text('title = "Accès aux droits"\n')
    return str(path)


def test_a_unit_gets_its_settings_and_says_so(
    fleet: Fleet, depot: Callable[..., Said], port: int
) -> None:
    with Listener(fleet, port, "ben") as ben:
        said = depot("settings", "ben", "unit.place=Sète", "mqtt.keepalive_s=30")
        assert said == (0, ["ben: settings, revision 1, in use"], [])
        [parcel] = ben.heard
        assert settings_of(parcel) == {"unit.place": "Sète", "mqtt.keepalive_s": 30}
        assert depot("settings", "ben", "mqtt.keepalive_s=40", "--unset", "unit.place")[0] == 0
        assert settings_of(ben.heard[1]) == {"mqtt.keepalive_s": 40}
    _, (title, *values), _ = depot("settings", "ben")
    assert title.startswith("ben: settings, revision 2, sent ")
    assert title.endswith(", in use")
    assert values == ["  mqtt.keepalive_s = 40"]


def test_a_refusal_is_told_in_the_units_words_and_is_no_success(
    fleet: Fleet, depot: Callable[..., Said], port: int
) -> None:
    fault = "[mqtt] keepalive_s found 1; expected 5 to 3600"
    with Listener(fleet, port, "ben", fault):
        status, [line], _ = depot("settings", "ben", "mqtt.keepalive_s=1")
    assert status == 1
    assert line == f"ben: settings, revision 1, refused: {fault}"
    assert depot("settings", "ben")[1][1] == f"  fault: {fault}"


def test_a_unit_that_is_away_gets_them_when_it_is_back(
    fleet: Fleet, ask: Callable[..., list[dict[str, Any]]], port: int
) -> None:
    fleet.leaves("ben")
    [handed] = ask("settings", "ben", "unit.place=Sète")
    assert handed["fate"] == "away"
    with Listener(fleet, port, "ben"):
        wait_for(lambda: ask("settings", "ben")[0]["fate"] == "applied", "ben has its settings")
    assert ask("settings", "ben", "unit.place=Sète")[0]["revision"] == 1


def test_a_unit_that_is_away_is_said_to_be_in_words(
    fleet: Fleet, depot: Callable[..., Said]
) -> None:
    fleet.leaves("ben")
    status, [line], _ = depot("settings", "ben", "unit.place=Sète")
    assert (status, line) == (
        0,
        "ben: settings, revision 1, kept by the broker until ben is back",
    )


def test_a_unit_that_starts_anew_for_its_settings_is_waited_for(
    fleet: Fleet, depot: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent_and_gone(*given: Any) -> Any:
        sent = send_all(*given)
        fleet.leaves("ben")
        return sent

    def back(_s: float) -> None:
        revision, sha256 = fleet.connection.execute(
            "SELECT revision, sha256 FROM parcels"
        ).fetchone()
        fleet.says("ben", settings=Applied(revision, sha256))

    fleet.says("ben")
    monkeypatch.setattr(sender, "send_all", sent_and_gone)
    monkeypatch.setattr("triporteur_depot.commands.handing.time.sleep", back)
    assert depot("settings", "ben", "unit.place=Sète")[1] == ["ben: settings, revision 1, in use"]


def test_a_unit_that_does_not_answer_is_not_waited_for_forever(
    ask: Callable[..., list[dict[str, Any]]],
) -> None:
    assert ask("settings", "ben", "unit.place=Sète", "--no-wait")[0]["fate"] == "waiting"
    assert ask("settings", "ben", "unit.place=Sète", "--wait", "0.3")[0]["fate"] == "waiting"


def test_every_unit_that_is_not_retired_gets_them(
    fleet: Fleet, ask: Callable[..., list[dict[str, Any]]], port: int
) -> None:
    fleet.says("ana")
    fleet.says("old")
    fleet.connection.execute("UPDATE units SET retired_utc_ms = 1 WHERE name = 'old'")
    with Listener(fleet, port, "ana"), Listener(fleet, port, "ben"):
        handed = ask("settings", "--all", "unit.place=Sète")
    assert [(one["unit"], one["fate"]) for one in handed] == [
        ("ana", "applied"),
        ("ben", "applied"),
    ]
    assert [one["unit"] for one in ask("settings", "--all")] == ["ana", "ben"]


def test_what_the_broker_did_not_take_is_kept_and_told(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = fleet.configured(free_port())
    assert main(["settings", "ben", "unit.place=Sète", "--config", nowhere]) == 1
    said = capsys.readouterr()
    assert said.out == (
        "ben: settings, revision 1, not sent; it is once the depot hears ben again\n"
    )
    assert "no broker answers" in said.err
    assert fleet.depot.ask("SELECT revision, sent_utc_ms FROM parcels") == [(1, None)]


def test_settings_that_only_the_unit_knows_are_not_dropped_unasked(
    fleet: Fleet, depot: Callable[..., Said], ask: Callable[..., list[dict[str, Any]]]
) -> None:
    fleet.says("ben", settings=Applied(7, "0" * 64))
    status, _, [complaint] = depot("settings", "ben", "unit.place=Sète")
    assert status == 2
    assert "--anew" in complaint
    assert fleet.depot.ask("SELECT * FROM parcels") == []
    assert ask("settings", "ben")[0]["fate"] == "unknown"
    [handed] = ask("settings", "ben", "--anew", "unit.place=Sète", "--no-wait")
    assert handed["revision"] == 8


def test_everything_can_be_taken_back(
    fleet: Fleet, ask: Callable[..., list[dict[str, Any]]]
) -> None:
    ask("settings", "ben", "unit.place=Sète", "--no-wait")
    assert ask("settings", "ben", "--anew", "--no-wait")[0]["revision"] == 2
    assert ask("settings", "ben")[0]["settings"] == {}


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (["settings"], "name a unit"),
        (["settings", "ben", "--all"], "write key=value"),
        (["settings", "bon"], "known are: ben"),
        (["settings", "unit.place=Sète"], "known are: ben"),
        (["settings", "ben", "place=Sète"], "mqtt.status_period_s"),
        (["settings", "ben", "--unset", "unit.place"], "is not set"),
        (["settings", "ben", "a.b=1", "--wait", "soon"], "--wait"),
        (["content", "push", "portal", "FILE"], "name a unit"),
        (["content", "push", "portal", "FILE", "ben", "--all"], "not both"),
        (["content", "push", "Portal", "FILE", "ben"], "lower case"),
        (["content", "push", "portal", "nowhere.toml", "ben"], "No such file"),
        (["content", "show", "bon"], "known are: ben"),
    ],
)
def test_what_cannot_be_done_as_asked_is_told_in_a_sentence(
    depot: Callable[..., Said], tmp_path: Path, words: list[str], advice: str
) -> None:
    (tmp_path / "portal.toml").write_text('title = "é"\n')
    status, out, complaints = depot(
        *(str(tmp_path / "portal.toml") if word == "FILE" else word for word in words)
    )
    assert (status, out) == (2, [])
    assert advice in complaints[-1]


def test_a_content_reaches_units_and_what_they_made_of_it_is_shown(
    fleet: Fleet, depot: Callable[..., Said], port: int, portal: str
) -> None:
    assert depot("content", "show", "ben")[1] == ["ben: no content was given"]
    with Listener(fleet, port, "ben") as ben:
        status, lines, _ = depot("content", "push", "portal", portal, "ben")
        assert (status, lines) == (0, ["ben: content/portal, revision 1, in use"])
        assert text_of(ben.heard[0]) == Path(portal).read_text()
    [line] = depot("content", "show", "ben")[1]
    assert line.startswith("ben: content/portal, revision 1, sent ")
    assert line.endswith(", in use")


def test_a_content_that_is_withdrawn_is_kept_by_nobody(
    fleet: Fleet, depot: Callable[..., Said], port: int, portal: str
) -> None:
    fleet.says("ana")
    with Listener(fleet, port, "ben") as ben:
        depot("content", "push", "portal", portal, "ben")
        assert depot("content", "push", "portal", portal, "ana", "--no-wait")[0] == 0
        fleet.leaves("ana")
        said = depot("content", "withdraw", "portal", "--all")
        assert ben.taken_back == 1
    assert said == (
        0,
        [
            "ana: content/portal, withdrawn; ana is told once it is back",
            "ben: content/portal, withdrawn",
        ],
        [],
    )
    assert depot("content", "show", "ben")[1] == ["ben: no content was given"]
    depot("settings", "ana", "unit.place=Sète", "--no-wait")
    with Listener(fleet, port, "ana") as ana:
        wait_for(lambda: ana.heard, "ana hears what the broker keeps")
        assert [settings_of(one) for one in ana.heard] == [{"unit.place": "Sète"}]


def test_a_content_that_a_unit_does_not_give_up_is_not_said_to_be_withdrawn(
    fleet: Fleet, depot: Callable[..., Said], port: int, portal: str
) -> None:
    fault = "/etc/triporteur/content.toml: phrases, privacy: found nothing"
    with Listener(fleet, port, "ben") as ben:
        depot("content", "push", "portal", portal, "ben")
    with Listener(fleet, port, "ben", fault) as stubborn:
        stubborn.in_use = ben.in_use
        status, lines, _ = depot("content", "withdraw", "portal", "ben")
    assert status == 1
    assert lines == [f"ben: content/portal, not withdrawn; ben goes on with it: {fault}"]
    [title, told] = depot("content", "show", "ben")[1]
    assert title.startswith("ben: content/portal, withdrawn, sent ")
    assert title.endswith(", refused, revision 1 is in use")
    assert told == f"  fault: {fault}"
    with Listener(fleet, port, "ben"):  # mended, and asked once more
        assert depot("content", "withdraw", "portal", "ben")[:2] == (
            0,
            ["ben: content/portal, withdrawn"],
        )


def test_a_withdrawal_that_is_not_answered_or_not_sent_is_told_as_such(
    fleet: Fleet, depot: Callable[..., Said], capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.says("ben", content_portal=Applied(3, "0" * 64))
    assert depot("content", "withdraw", "portal", "ben", "--no-wait")[:2] == (
        0,
        ["ben: content/portal, withdrawn; not answered yet"],
    )
    nowhere = fleet.configured(free_port())
    assert main(["content", "withdraw", "portal", "ben", "--config", nowhere]) == 1
    assert capsys.readouterr().out == (
        "ben: content/portal, withdrawn; ben is told once the depot hears it again\n"
    )


def test_a_content_that_only_the_unit_knows_is_shown_too(
    fleet: Fleet, ask: Callable[..., list[dict[str, Any]]]
) -> None:
    fleet.says("ben", content_portal=Applied(3, "0" * 64))
    [shown] = ask("content", "show", "ben")
    assert (shown["channel"], shown["fate"], shown["in_use"]) == ("content/portal", "unknown", 3)


def test_a_later_change_that_was_not_sent_is_not_taken_for_sent(
    fleet: Fleet, depot: Callable[..., Said]
) -> None:
    with transaction(fleet.connection):
        give(fleet.connection, "ben", "settings", {"unit.place": "Sète"})
    assert depot("settings", "ben")[1][0] == (
        "ben: settings, revision 1, not sent yet, not answered yet"
    )
