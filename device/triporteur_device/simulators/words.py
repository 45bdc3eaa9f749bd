"""The plain words a running simulator obeys."""

from triporteur_device.simulators.parameters import Phase
from triporteur_device.simulators.trike import TrikeModel

MOST_W = 1500
"""What a 30 A board passes on 13 cells."""
_KNOWN = f"load 0 to {MOST_W}, load auto, phase {'|'.join(Phase)}|auto, quit"


def obey(line: str, model: TrikeModel) -> str:
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
    return f"{line.strip()!r} is not understood; the words are: {_KNOWN}"
