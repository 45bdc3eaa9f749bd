"""How far this Wi-Fi goes now, and the sentences that say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from triporteur_wire.gate import GateState


class Reach(Enum):
    """How far a phone gets, and why no further; `SILENT` where no gate says."""

    SILENT = auto()
    LOCAL = auto()
    PARTNERS = auto()
    OPEN = auto()
    CUT = auto()
    SPENT = auto()


@dataclass(frozen=True, slots=True)
class Words:
    """What is said on the welcome page, and where links lead to other sites."""

    welcome: str
    links: str


#: A space before a high sign, and one between words that stay together.
_, __ = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"

WORDS: Mapping[Reach, Words] = {
    Reach.SILENT: Words(
        "",
        f"Le triporteur ne donne pas Internet. Pour ouvrir ces sites{_}: quittez ce Wi-Fi, ou "
        "demandez-nous.",
    ),
    Reach.LOCAL: Words(
        f"Ce Wi-Fi ouvre seulement nos pages. Pour le reste, gardez votre{__}4G.",
        f"Ce Wi-Fi n’ouvre pas ces sites. Notez l’adresse et passez par votre{__}4G. "
        f"Pas de{__}4G{_}? Demandez-nous.",
    ),
    Reach.PARTNERS: Words(
        "Ce Wi-Fi ouvre nos pages et les sites qu’elles montrent. Rien d’autre.",
        f"Ce Wi-Fi ouvre ces sites, pas les autres. Un site ne s’ouvre pas{_}? Demandez-nous.",
    ),
    Reach.OPEN: Words(
        "Aller sur Internet",
        f"Ce Wi-Fi ouvre ces sites. Pour les autres{_}: allez sur Internet.",
    ),
    Reach.CUT: Words(
        f"Internet est coupé en ce moment. Pour le reste, gardez votre{__}4G.",
        f"Internet est coupé en ce moment{_}: ces sites ne s’ouvrent pas. Revenez plus tard, ou "
        "demandez-nous.",
    ),
    Reach.SPENT: Words(
        f"Internet est fini pour aujourd’hui. Pour le reste, gardez votre{__}4G.",
        f"Internet est fini pour aujourd’hui{_}: ces sites ne s’ouvrent pas. Demandez-nous.",
    ),
}

#: The reach whose pages weigh most: those of every day are weighed with it.
HEAVIEST = Reach.OPEN


def reach(state: GateState | None) -> Reach:
    """What the state means to a visitor; None where no gate tells one."""
    if state is None:
        return Reach.SILENT
    match state.access, state.because:
        case "open", _:
            return Reach.OPEN
        case "partners", _:
            return Reach.PARTNERS
        case _, "uplink_lost":
            return Reach.CUT
        case _, "budget_spent" | "budget_unknown":
            return Reach.SPENT
    return Reach.LOCAL
