"""The plain words a running simulator obeys."""

from collections.abc import Mapping

from triporteur_device.simulators.faults import LineFault, TrikeFault, afflict
from triporteur_device.simulators.parameters import Phase
from triporteur_device.simulators.trike import TrikeModel

MOST_W = 1500
"""What a 30 A board passes on 13 cells."""
TRIKE = "trike"
FAULTS_OF_LINES, FAULTS_OF_TRIKE = "|".join(LineFault), "|".join(TrikeFault)

#: The faults that are switched on, by the name of the device; its instruments look into the set.
Switches = Mapping[str, set[LineFault]]


def obey(line: str, model: TrikeModel, switches: Switches) -> str:
    """Do what one line says and return one sentence about it; wrong words change nothing."""
    match line.split():
        case ["load", "auto"]:
            model.set_load_w(None)
            return "the load follows the day again"
        case ["load", watts] if watts.isdecimal() and float(watts) <= MOST_W:
            model.set_load_w(float(watts))
            return f"the load is {watts} W until you say: load auto"
        case ["phase", "auto"]:
            model.set_phase(None)
            return "the phase follows the day again"
        case ["phase", name] if name in list(Phase):
            model.set_phase(Phase(name))
            return f"the phase is {name} until you say: phase auto"
        case ["fault", who, what, "on" | "off" as order] if _is_fault(who, what, switches):
            switch(who, what, model, switches, on=order == "on")
            return _fault_told(who, what, on=order == "on")
    return f"{line.strip()!r} is not understood; the words are: {_words(switches)}"


def switch(who: str, what: str, model: TrikeModel, switches: Switches, *, on: bool) -> None:
    """Let a fault begin or end. Raises ValueError, with a sentence, when there is none such."""
    if not _is_fault(who, what, switches):
        raise ValueError(f"no fault {what!r} of {who!r}; the faults are: {_faults(switches)}")
    if who == TRIKE:
        afflict(model, TrikeFault(what), on=on)
    elif on:
        switches[who].add(LineFault(what))
    else:
        switches[who].discard(LineFault(what))


def _is_fault(who: str, what: str, switches: Switches) -> bool:
    if who == TRIKE:
        return what in list(TrikeFault)
    return who in switches and what in list(LineFault)


def _fault_told(who: str, what: str, *, on: bool) -> str:
    return f"{who}: {what} until you say: fault {who} {what} off" if on else f"{who}: no {what}"


def _words(switches: Switches) -> str:
    own = f"fault {'|'.join(switches)} {FAULTS_OF_LINES} on|off, " if switches else ""
    return (
        f"load 0 to {MOST_W}, load auto, phase {'|'.join(Phase)}|auto, {own}"
        f"fault {TRIKE} {FAULTS_OF_TRIKE} on|off, quit"
    )


def _faults(switches: Switches) -> str:
    own = "|".join(switches)
    return f"{own}={FAULTS_OF_LINES}, {TRIKE}={FAULTS_OF_TRIKE}"
