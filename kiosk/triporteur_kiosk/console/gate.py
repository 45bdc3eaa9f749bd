"""The console's side of the gate: how the hotspot is, and the one thing that may be asked of it."""

import logging
from pathlib import Path

from triporteur_kiosk.asking import ask_line
from triporteur_kiosk.console.trouble import Trouble
from triporteur_kiosk.gate.told import read_state
from triporteur_kiosk.loss import Loss
from triporteur_wire.desk import Done, Refused
from triporteur_wire.gate import TEAM_SOCKET, GateState, SwitchHotspot, decode_told, encode
from triporteur_wire.reading import Unreadable

_log = logging.getLogger(__name__)

#: Closing ends the programs that serve the Wi-Fi; each is given three seconds.
_PATIENCE_S = 6.0
_UNANSWERED = "Le Wi-Fi n’a pas répondu à temps\u202f: ce n’est peut-être pas fait. Réessayez."


class Gate:
    """The gate in `folder`; says in the log when it stops answering, and when it answers again."""

    def __init__(self, folder: Path, patience_s: float = _PATIENCE_S) -> None:
        self._folder = folder
        self._patience_s = patience_s
        self._socket = folder / TEAM_SOCKET
        self._loss = Loss(
            _log,
            f"the gate does not answer at {self._socket}",
            f"the gate answers again at {self._socket}",
        )

    def state(self) -> GateState | None:
        """None where there is no gate, or it has stopped."""
        return read_state(self._folder)

    def switch(self, *, on: bool) -> Trouble | None:
        """None once it is done and in the state."""
        asked = encode(SwitchHotspot(on))
        try:
            told = decode_told(ask_line(self._socket, asked, self._patience_s))
        except (OSError, Unreadable) as error:
            self._loss.note(error)
            return Trouble(_UNANSWERED, 503)
        self._loss.end()
        match told:
            case Done():
                return None
            case Refused(sentence):
                return Trouble(sentence, 409)
            case _:
                return Trouble(_UNANSWERED, 503)
