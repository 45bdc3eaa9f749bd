"""What there is to say about the battery, in short lines, the most pressing first."""

from collections.abc import Iterator
from dataclasses import dataclass

from triporteur_kiosk.console.french import labelled
from triporteur_kiosk.console.seen import Seen
from triporteur_wire.alarms import in_french
from triporteur_wire.battery import COLD_C, HOT_C, SPREAD_WATCH_MV, SPREAD_WEAK_MV, Flow, flow
from triporteur_wire.french import NBSP, duration, measure, number

MOST = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence and its pictogram; `tone` is "stop", "wait" or, for a plain fact, ""."""

    text: str
    pictogram: str
    tone: str = ""


def lines(seen: Seen) -> list[Line]:
    """At most MOST of them."""
    return [*alarms(seen), *_warnings(seen), *_facts(seen)][:MOST]


def alarms(seen: Seen) -> list[Line]:
    """What the battery itself refuses or complains of."""
    said = {str(word) for told in seen.readings("alarms") for word in _items(told.value)}
    words = ", ".join(sorted(map(in_french, said)))
    found = [Line(_capital(words), "alert", "stop")] if words else []
    if _is_off(seen, "discharge_fet"):
        found.append(Line("La batterie a coupé sa sortie", "alert", "stop"))
    return found


def silences(seen: Seen) -> list[Line]:
    """One for each source that gives nothing."""
    return [_silence(source, seen.heard_age_s(source)) for source in seen.silent_sources()]


def resting_spread_mv(seen: Seen) -> float | None:
    """Highest cell less lowest; None unless the battery rests, for a load parts sound cells too."""
    current_a, cells_v = seen.number("current_a"), seen.numbers("cells_v")
    if not cells_v or current_a is None or flow(current_a) is not Flow.RESTING:
        return None
    return (max(cells_v) - min(cells_v)) * 1000


def _warnings(seen: Seen) -> Iterator[Line]:
    temperatures_c = seen.numbers("battery_temps_c")
    if temperatures_c and min(temperatures_c) < COLD_C:
        yield Line(_cold(min(temperatures_c)), "thermometer", "wait")
    if temperatures_c and max(temperatures_c) > HOT_C:
        hottest = measure(max(temperatures_c), "°C")
        yield Line(labelled("Batterie trop chaude", hottest), "thermometer", "wait")
    spread_mv = resting_spread_mv(seen)
    if spread_mv is not None and spread_mv >= SPREAD_WATCH_MV:
        yield _spread(spread_mv)
    if _is_off(seen, "charge_fet"):
        yield Line("La batterie n’accepte pas de charge", "alert", "wait")
    yield from silences(seen)


def _facts(seen: Seen) -> Iterator[Line]:
    current_a = seen.number("current_a")
    if current_a is None:
        yield Line("On ne sait pas si elle charge ou se vide", "silent", "wait")
    elif flow(current_a) is not Flow.RESTING:
        verb, pictogram = ("Se charge à", "plug") if current_a > 0 else ("Fournit", "bolt")
        yield Line(f"{verb} {measure(abs(current_a), 'A', 1)}", pictogram)
    temperatures_c = seen.numbers("battery_temps_c")
    if temperatures_c and min(temperatures_c) >= COLD_C and max(temperatures_c) <= HOT_C:
        warmth = between(temperatures_c)
        yield Line(f"Batterie {'de' if ' à ' in warmth else 'à'} {warmth}", "thermometer")
    spread_mv = resting_spread_mv(seen)
    if spread_mv is not None and spread_mv < SPREAD_WATCH_MV:
        yield Line(f"Cellules équilibrées ({measure(spread_mv, 'mV')})", "check")


def between(temperatures_c: tuple[float, ...]) -> str:
    """« 14 °C », « 14 à 16 °C »."""
    low, high = number(min(temperatures_c)), measure(max(temperatures_c), "°C")
    return high if high.startswith(f"{low}{NBSP}") else f"{low} à {high}"


def _cold(coldest_c: float) -> str:
    # « 0 °C : trop froid » would puzzle.
    decimals = 0 if round(coldest_c) else 1
    coldest = measure(coldest_c, "°C", decimals)
    return labelled(f"Batterie à {coldest}", "trop froid pour charger")


def _spread(spread_mv: float) -> Line:
    weak = spread_mv >= SPREAD_WEAK_MV
    what = "Cellule faible" if weak else "Cellules inégales"
    return Line(labelled(what, f"écart de {measure(spread_mv, 'mV')}"), "alert", "wait")


def _silence(source: str, heard_age_s: float | None) -> Line:
    since = "jusqu’ici" if heard_age_s is None else f"depuis {duration(heard_age_s)}"
    return Line(labelled(_capital(source), f"rien reçu {since}"), "silent", "wait")


def _items(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _is_off(seen: Seen, switch: str) -> bool:
    told = seen.reading(switch)
    return told is not None and told.value is False


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
