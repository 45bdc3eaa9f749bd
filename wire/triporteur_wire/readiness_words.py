"""Readiness in plain French, for the console, the depot and whoever is told in the evening."""

from triporteur_wire.alarms import in_french
from triporteur_wire.french import NARROW, duration, measure, number, plural
from triporteur_wire.readiness import Action, Evening, Outing, Reason, Verdict, What, Why

_COLON = f"{NARROW}: "

VERDICTS = {
    Verdict.GO: "PARTEZ",
    Verdict.CAUTION: "ATTENTION",
    Verdict.NO_GO: "NE PARTEZ PAS",
}

_MEASURES = {
    "soc_pct": "charge annoncée",
    "battery_temps_c": "température",
    "cells_v": "équilibre des cellules",
    "alarms": "alarmes",
    "discharge_fet": "sortie de la batterie",
    "fault": "état du moteur",
    "charger_plugged": "prise du chargeur",
}

_PLAIN = {
    Why.CUT: "La batterie a coupé sa sortie",
    Why.CHARGE_UNKNOWN: "Charge inconnue",
}

#: What was bad when it was last measured, and is not measured any more.
_UNMEASURED = {
    Why.TOO_COLD: "Batterie trop froide pour rouler",
    Why.TOO_HOT: "Batterie trop chaude pour rouler",
    Why.COLD: "Batterie trop froide pour charger",
    Why.HOT: "Batterie chaude",
    Why.WEAK_CELL: "Une cellule est faible",
    Why.UNEVEN_CELLS: "Cellules inégales",
    Why.CHARGES_DISAGREE: "Deux charges différentes",
}

#: Said until the departure: by then, tomorrow is today.
_EVENING = {
    Evening.NOT_CHARGING: "Sortie prévue, et la batterie ne charge pas",
    Evening.NOT_READY_IN_TIME: "Sortie prévue, et la batterie ne sera pas prête à temps",
}
_EVENING_UNHEARD = {
    Evening.NOT_CHARGING: "Sortie prévue, et la batterie ne chargeait pas",
    Evening.NOT_READY_IN_TIME: "Sortie prévue, et la batterie ne serait pas prête à temps",
}

_ACTIONS = {
    What.LEAVE: "Bonne route",
    What.UNPLUG_AND_LEAVE: "Débranchez, puis bonne route",
    What.WARM: "Batterie trop froide pour charger{colon}rentrez-la",
    What.COOL: "Mettez la batterie à l’ombre et attendez",
    What.CHARGE_FULLY: "Dès que possible, laissez charger jusqu’au bout",
    What.CHECK_CABLES: "Vérifiez les câbles",
    What.CALL_MAINTAINER: "Prévenez la personne qui entretient le triporteur",
    What.LEAVE_CAREFULLY: "Partez sans détour et surveillez la charge",
}


def reason_in_french(reason: Reason, outing: Outing) -> str:
    """One line, without a full stop. `outing` is the one judged."""
    if reason.why in _PLAIN:
        return _PLAIN[reason.why]
    if reason.number is None and reason.why in _UNMEASURED:
        return _UNMEASURED[reason.why]
    return _of_words(reason) or _of_charge(reason, outing) or _of_battery(reason)


def action_in_french(action: Action) -> str:
    """One sentence in the imperative, without a full stop."""
    match action.what:
        case What.CHARGE:
            return f"Branchez encore {_time(action.number)}"
        case What.WARM_THEN_CHARGE:
            return f"Rentrez la batterie au chaud, puis branchez {_time(action.number)}"
        case What.SHORTEN:
            return f"Prévoyez plus court{_COLON}{measure(action.number, 'km')} au plus"
        case what:
            return _ACTIONS[what].format(colon=_COLON)


def evening_in_french(evening: Evening) -> str:
    return _EVENING[evening]


def evening_unheard_in_french(evening: Evening) -> str:
    """The same of a unit that is not heard, by the last that it said."""
    return _EVENING_UNHEARD[evening]


def outing_in_french(outing: Outing) -> str:
    """« 6 km et 3 h », « 7,5 km et 3 h »: a decimal only where there is one."""
    return f"{_neat(outing.km, 'km')} et {_neat(outing.site_h, 'h')}"


def _neat(value: float, unit: str) -> str:
    return measure(value, unit, 0 if round(value, 1) == round(value) else 1)


def _of_words(reason: Reason) -> str:
    said = ", ".join(map(in_french, reason.words))
    listed = f"{_COLON}{said}" if said else ""
    match reason.why:
        case Why.ALARM:
            return f"Alarme de la batterie{listed}"
        case Why.WARNING:
            return f"Signalé par la batterie{listed}"
        case Why.FAULT:
            return f"Panne du moteur{listed}"
        case Why.SILENT:
            return f"Rien reçu de{_COLON}{', '.join(reason.words)}"
        case Why.UNKNOWN:
            missing = ", ".join(_MEASURES.get(word, word) for word in reason.words)
            return f"Mesure absente{_COLON}{missing}"
        case _:
            return ""


def _of_charge(reason: Reason, outing: Outing) -> str:
    told = reason.number
    match reason.why:
        case Why.NOT_ENOUGH:
            return f"Pas assez pour {outing_in_french(outing)}"
        case Why.TIGHT:
            return f"Juste assez pour {outing_in_french(outing)}, sans détour"
        case Why.ENOUGH:
            return f"Assez pour {outing_in_french(outing)}, plus la réserve"
        case Why.USUAL_OUTING:
            return f"Pas de sortie saisie{_COLON}{outing_in_french(outing)} supposés"
        case Why.CHARGE_UNSURE:
            return f"Charge mal connue{_COLON}à {measure(told, 'points')} près"
        case Why.LONG_SINCE_FULL:
            days = plural(int(told or 0), "jour", "jours")
            return f"Charge mal connue{_COLON}{days} sans charge pleine"
        case Why.CHARGES_DISAGREE:
            return f"Deux charges différentes{_COLON}{measure(told, 'points')} d’écart"
        case _:
            return ""


def _of_battery(reason: Reason) -> str:
    told = reason.number
    match reason.why:
        case Why.NO_DATA:
            since = "" if told is None else f" depuis {duration(told)}"
            return f"Batterie{_COLON}rien reçu{since}"
        case Why.TOO_COLD:
            return f"Batterie à {measure(told, '°C')}{_COLON}trop froid pour rouler"
        case Why.TOO_HOT:
            return f"Batterie à {measure(told, '°C')}{_COLON}trop chaud pour rouler"
        case Why.COLD:
            return f"Batterie à {measure(told, '°C')}{_COLON}elle ne charge pas"
        case Why.HOT:
            return f"Batterie chaude{_COLON}{measure(told, '°C')}"
        case Why.WEAK_CELL:
            return f"Une cellule est faible{_COLON}{measure(told, 'mV')} d’écart"
        case Why.UNEVEN_CELLS:
            return f"Cellules inégales{_COLON}{measure(told, 'mV')} d’écart"
        case Why.AGED:
            return f"Batterie usée{_COLON}{measure(told, '%')} de sa capacité"
        case Why.WEAK_PACK:
            return f"Batterie faible{_COLON}peut couper en côte sous {measure(told, '%')}"
        case Why.NOISY_LINE:
            return f"Liaison brouillée{_COLON}{measure(told, '%')} de trames refusées"
        case Why.CELLS_DISAGREE | Why.ENERGIES_DISAGREE:
            return f"Mesures qui se contredisent{_COLON}{measure(told, '%')} d’écart"
        case Why.SOUND:
            return f"Batterie à {measure(told, '°C')}, cellules équilibrées"
        case _:
            return ""


def _time(minutes: float | None) -> str:
    """« 40 min », « 1 h 40 »."""
    hours, left = divmod(round(minutes or 0), 60)
    if not hours:
        return measure(left, "min")
    return measure(hours, "h") + (f"\u00a0{number(left).zfill(2)}" if left else "")
