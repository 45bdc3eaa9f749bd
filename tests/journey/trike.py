"""One unit on the whole road, whose stored state may be edited between two lives."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from socket import AF_UNIX, socket

import msgspec

from tests.rig import Road, end, ran, wait_for
from triporteur_device.__main__ import main as device
from triporteur_device.readiness import Pack, State, decode_state, encode_state
from triporteur_wire.desk import SOCKET_NAME, Done, PlanOuting, Told, decode_told, encode
from triporteur_wire.doors import BUSY, UNHEARD
from triporteur_wire.readiness import Outing, Readiness, SocSource, Verdict
from triporteur_wire.reading import Unreadable


class Trike:
    """One unit on the whole road; its stored state may be edited between two lives."""

    def __init__(self, road: Road, name: str = "ben", situation: str = "charging") -> None:
        self.road = road
        self.name = name
        self.simulator = road.start_simulator(name, "--trike", situation, "--seed", "7")
        self.agent = road.start_unit(name, "jbd")
        self.lives()

    @property
    def folder(self) -> Path:
        return self.road.folder / self.name

    def lives(self) -> Readiness:
        return self.says(lambda told: told.verdict is not Verdict.NO_GO or len(told.reasons) > 1)

    def says(self, expected: Callable[[Readiness], bool]) -> Readiness:
        """What it says once that is as expected."""
        found: list[Readiness] = []

        def look() -> bool:
            status = self.road.status(self.name)
            if status and status["readiness"]:
                found.append(msgspec.convert(status["readiness"], Readiness))
            return bool(found) and expected(found[-1])

        wait_for(look, f"the verdict; the last was {found[-1:]}")
        return found[-1]

    def again(self, edit: Callable[[State, float], None], planned: Outing | None) -> None:
        """Ends the agent, edits what it keeps, and starts it. `edit` is given its charge too."""
        [charge_pct] = wait_for(self._charge_pct, "the battery is read")
        assert end(self.agent) == 0
        path = self.folder / "readiness.json"
        state = decode_state(path.read_bytes(), Pack())
        edit(state, charge_pct / 100)
        path.write_bytes(encode_state(state))
        (self.folder / "plan.json").unlink(missing_ok=True)
        (self.folder / "run" / "snapshot.json").unlink()  # fresh for some seconds after its end
        self.agent = self.road.restart_unit(self.name)
        wait_for(lambda: self.road.status(self.name), "the agent is back")
        if planned:
            assert self.ask(PlanOuting("today", planned)) == Done()

    def ask(self, asked: PlanOuting) -> Told:
        """What the desk answers, once it is open and has the time."""
        [told] = wait_for(lambda: self._asked(asked), "the desk answers")
        return told

    def _asked(self, asked: PlanOuting) -> list[Told]:
        with socket(AF_UNIX) as caller:
            caller.settimeout(60)
            wait_for(lambda: self._connected(caller), "the desk is open")
            with suppress(ConnectionError, Unreadable):  # it waits for two seconds to be spoken to
                caller.sendall(encode(asked))
                told = decode_told(caller.makefile("rb").readline())
                return [] if told in (BUSY, UNHEARD) else [told]
        return []

    def _charge_pct(self) -> list[float]:
        status = self.road.status(self.name)
        read = status["readings"].get("jbd", {}).get("soc_pct") if status else None
        return [read["value"]] if read else []

    def _connected(self, caller: socket) -> bool:
        try:
            caller.connect(str(self.folder / "run" / SOCKET_NAME))
        except OSError:
            return False
        return True

    def exit_status(self) -> int:
        config = str(self.road.unit_config(self.name))
        return ran(device, "readiness", "--config", config).returncode


def known(state: State, charge: float) -> None:
    """As after a full charge that was watched to its end, an hour ago."""
    state.charge.charge, state.charge.sigma = charge, 0.01
    state.charge.source, state.charge.full_age_h = SocSource.FULL, 1.0
    state.charge.capacity.sigma = 0.04
    state.spread.mv, state.spread.age_h = 12.0, 0.0
    state.held = ()
