"""What systemd and the snapshot say, made into: it is well, or why not."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from triporteur_device.updates.services import Services
from triporteur_device.updates.update import Illness

ALL = [f"triporteur-{name}.service" for name in ("device", "portal", "console", "gate")]


class Systemd:
    """Says what is active; its clock goes on while somebody waits."""

    def __init__(self, folder: Path) -> None:
        self.snapshot = folder / "snapshot.json"
        self.active = set(ALL[:3])
        self.asked: list[str] = []
        self.deaf_to: set[str] = set()
        self.now_ms = 1_000_000
        self.then: dict[int, tuple[set[str], str, bool]] = {}
        self.say("1.0")

    def say(self, version: str, *, connected: bool = True) -> None:
        said = {"state": "online", "version": version, "mono_ms": self.now_ms}
        self.snapshot.write_text(json.dumps(said | {"delivery": {"connected": connected}}))

    def __call__(self, command: Sequence[str]) -> str:
        self.asked.append(command[1])
        if command[1] in self.deaf_to:
            raise subprocess.TimeoutExpired("systemctl", 10)
        if command[1] != "show":
            return ""
        states = {name: "active" if name in self.active else "inactive" for name in ALL}
        return "\n\n".join(f"Id={name}\nActiveState={state}" for name, state in states.items())

    def wait(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)

    def services(self) -> Services:
        return Services(self.snapshot, self, lambda: self.now_ms, self.wait)


@pytest.fixture
def systemd(tmp_path: Path) -> Systemd:
    return Systemd(tmp_path)


def ill(systemd: Systemd, version: str = "1.1", *, connected: bool = True) -> Illness | None:
    """What comes of a change after which the agent goes on saying this."""
    services = systemd.services()
    services.restart()
    wait = systemd.wait

    def said_while_waiting(seconds: float) -> None:
        wait(seconds)
        if version:
            systemd.say(version, connected=connected)

    services._wait = said_while_waiting
    return services.illness("1.1")


def test_what_runs_as_before_is_well(systemd: Systemd) -> None:
    began_ms = systemd.now_ms
    assert ill(systemd) is None
    assert 10_000 <= systemd.now_ms - began_ms <= 12_000
    assert systemd.asked[:3] == ["show", "reset-failed", "restart"]


def test_the_old_agent_is_not_the_new_one(systemd: Systemd) -> None:
    assert ill(systemd, "1.0") == Illness("its agent did not tell of itself")


def test_an_agent_that_falls_silent_is_not_well(systemd: Systemd) -> None:
    began_ms = systemd.now_ms
    assert ill(systemd, "") == Illness("its agent did not tell of itself")
    assert systemd.now_ms - began_ms >= 60_000


def test_a_depot_that_was_reached_must_be_reached_again(systemd: Systemd) -> None:
    found = ill(systemd, connected=False)
    assert found
    assert not found.proves


def test_a_depot_that_was_away_may_stay_away(systemd: Systemd) -> None:
    systemd.say("1.0", connected=False)
    assert ill(systemd, connected=False) is None


def test_a_service_that_ran_must_run_again(systemd: Systemd) -> None:
    services = systemd.services()
    services.restart()
    systemd.active.discard("triporteur-portal.service")
    systemd.say("1.1")
    assert services.illness("1.1") == Illness("triporteur-portal.service did not run within 60 s")


def test_a_service_that_comes_and_goes_is_not_well(systemd: Systemd) -> None:
    services = systemd.services()
    services.restart()
    wait, turns = systemd.wait, 0

    def flapping(seconds: float) -> None:
        nonlocal turns
        turns += 1
        wait(seconds)
        systemd.say("1.1")
        systemd.active ^= {"triporteur-portal.service"} if turns % 5 == 0 else set()

    services._wait = flapping
    assert services.illness("1.1") is not None


def test_a_unit_whose_agent_is_dead_takes_an_update_at_any_time(systemd: Systemd) -> None:
    systemd.snapshot.write_text(
        json.dumps(
            {
                "version": "1.0", "mono_ms": systemd.now_ms, "delivery": {"connected": True},
                "readings": {"gpio": {"key_on": {"value": True, "age_s": 0}}},
            }
        )
    )  # fmt: skip
    services = systemd.services()
    assert services.unsuited() == "an outing is under way, or begins soon"
    systemd.wait(11)
    assert services.unsuited() == ""


def test_a_systemd_that_does_not_answer_proves_nothing_well(tmp_path: Path) -> None:
    systemd = Systemd(tmp_path)
    services = systemd.services()
    services.restart()
    systemd.deaf_to = {"show"}
    systemd.wait(1)
    systemd.say("1.1")
    assert services.illness("1.1") == Illness("systemd did not answer", proves=False)


def test_what_systemd_did_not_restart_is_no_trial(systemd: Systemd) -> None:
    systemd.deaf_to = {"restart"}
    with pytest.raises(OSError, match="systemd did not answer"):
        systemd.services().restart()


def test_units_that_systemd_does_not_know_are_restarted_all_the_same(systemd: Systemd) -> None:
    systemd.deaf_to = {"reset-failed"}
    assert ill(systemd) is None


def test_a_pipe_in_the_place_of_the_agents_word_holds_nobody_up(systemd: Systemd) -> None:
    systemd.snapshot.unlink()
    os.mkfifo(systemd.snapshot)
    assert systemd.services().unsuited() == ""
    assert ill(systemd, "") == Illness("its agent did not tell of itself")
