"""What became of a release, in plain French, for the console and the depot.

A unit tells why in sentences of its code; those that are known are said in French, and another is
quoted as it is: a later unit may say more.
"""

import re

from triporteur_wire.french import NARROW, NBSP, measure
from triporteur_wire.releases import Outcome, Told

_COLON = f"{NARROW}: "
_LONGEST = 200
_DAMAGED = "une partie est arrivée abîmée"
_PACKED_WRONG = "une de ses parties n’est pas faite comme il faut"
_NO_KEY = "sa clé de confiance (updates.pub) n’est pas valable"

#: Sentences of `triporteur_device.updates`, which say what follows « version 1.4.0 ».
_KNOWN = {
    r"an outing is under way, or begins soon": "une sortie est en cours, ou commence bientôt",
    r"the battery is below (?P<pct>\d+) %, and does not charge": (
        f"la batterie est sous {{pct}}{NBSP}% et ne se charge pas"
    ),
    r"another release goes first": "une autre version passe d’abord",
    r"another release goes first: (?P<why>.*)": "une autre version passe d’abord ({why})",
    r"the depot does not have it any more.*": "le dépôt ne l’a plus",
    r"(?P<mb>[\d.]+) MB lack, and the month has (?P<left_mb>[\d.]+) left.*": (
        f"il manque {{mb}}{NBSP}Mo, le forfait du mois en a encore {{left_mb}}, et la moitié au "
        "plus est pour les mises à jour"
    ),
    r"the card has (?P<free>\d+) MB free, and this takes (?P<needed>\d+).*": (
        f"la carte mémoire est trop pleine{NARROW}; {{free}}{NBSP}Mo libres, il en faut {{needed}}"
    ),
    r"(?P<came_mb>[\d.]+) MB came, and (?P<lacked_mb>[\d.]+) lacked.*": (
        f"la liaison perd trop ({{came_mb}}{NBSP}Mo reçus, pour {{lacked_mb}} qui manquaient), la "
        "suite viendra le mois prochain"
    ),
    r"it is not signed by a key of .*": "personne en qui cette unité a confiance ne l’a signée",
    r"this unit trusts nobody's updates yet.*": (
        "cette unité ne fait encore confiance à personne (updates.pub manque)"
    ),
    r".* holds (what is )?no public key": _NO_KEY,
    r".* holds a key that is not Ed25519": _NO_KEY,
    r"its manifest cannot be read .*": (
        "cette unité ne sait pas la lire, il lui faut d’abord un paquet plus récent"
    ),
    r"it is for (?P<one>\w+), and this is (?P<other>\w+)": (
        "elle est faite pour {one}, et cette unité est {other}"
    ),
    r"[\d.]+ is not later than (?P<runs>[\d.]+), which runs.*": (
        "elle n’est pas plus récente que la {runs}, en service"
    ),
    r"it needs the package (?P<needed>[\d.]+), and (?P<there>[\d.]+) is installed.*": (
        "il lui faut d’abord le paquet {needed} ({there} est installé)"
    ),
    r"its part .* (is damaged: it must come again|is not there: it must come again|is no file)": (
        _DAMAGED
    ),
    r"its part .* came damaged \d+ times.*": f"{_DAMAGED} trop souvent",
    r"its part .* (is not packed as a part is .*|holds .*)": _PACKED_WRONG,
    r"(?P<services>.*) did not run within (?P<s>\d+) s": (
        f"sans réponse en {{s}}{NBSP}s ({{services}})"
    ),
    r"its agent did not tell of itself": "l’agent à bord n’a pas donné signe de vie",
    r"it did not reach the depot, as the one before it did": (
        "elle n’a pas joint le dépôt, alors que la précédente le joignait"
    ),
    r"it did not stay well": "elle n’est pas restée en bon état",
    r"systemd did not answer": "le système de l’unité n’a pas répondu",
    r"the card damaged it.*": (
        "la carte mémoire l’a abîmée depuis, il faut l’envoyer de nouveau et vérifier la carte"
    ),
    r"its trial was cut short": "son essai a été interrompu",
    r"(.*: )?No space left on device": "la carte mémoire est pleine",
    r"(.*: )?Read-only file system": "la carte mémoire ne se laisse plus écrire",
    r"(.*: )?Input/output error": "la carte mémoire ne répond pas comme il faut",
    r"(None|/.*): .*": "un fichier à bord ne se laisse ni lire ni écrire",
}
_SERVICES = {
    "triporteur-device.service": "agent",
    "triporteur-portal.service": "portail",
    "triporteur-console.service": "console",
    "triporteur-gate.service": "Wi-Fi public",
}
_BECAME: dict[str, str] = {
    Outcome.ARRIVING: "arrive",
    Outcome.WAITING: "attend",
    Outcome.TRIAL: "à l’essai",
    Outcome.RUNNING: "en service",
    Outcome.REFUSED: "refusée",
    Outcome.FAILED: "essayée, puis retirée",
}


def became_in_french(told: Told) -> str:
    """« arrive, 1,2 Mo sur 5,7 Mo », « attend, 1,2 Mo reçus sur 5,7 Mo : le dépôt ne l’a plus »."""
    became = outcome_in_french(told.outcome) + _amount(told)
    return f"{became}{_COLON}{reason_in_french(told.why)}" if told.why else became


def reason_in_french(why: str) -> str:
    """Why, in lower case and without a full stop; what is not known, in its own words."""
    why = why[:_LONGEST]
    for pattern, french in _KNOWN.items():
        if found := re.fullmatch(pattern, why):
            said = found.groupdict().items()
            return french.format(**{name: _said(name, part) for name, part in said})
    return f"«{NBSP}{why}{NBSP}»"


def outcome_in_french(outcome: str) -> str:
    """« refusée »; a later unit's word stays as it is."""
    return _BECAME.get(outcome, outcome[:_LONGEST])


def _amount(told: Told) -> str:
    if told.outcome not in {Outcome.ARRIVING, Outcome.WAITING} or not told.total_bytes:
        return ""
    there, total = (measure(count / 1e6, "Mo", 1) for count in (told.there_bytes, told.total_bytes))
    received = "" if told.outcome == Outcome.ARRIVING else " reçus"
    return f", {there}{received} sur {total}"


def _said(name: str, part: str) -> str:
    if name == "services":
        return ", ".join(_SERVICES.get(service, service) for service in part.split(", "))
    if name == "why":
        return reason_in_french(part)
    return part.replace(".", ",") if name.endswith("mb") else part
