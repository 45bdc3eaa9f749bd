"""What the public used of a unit's kiosk: by hour or by day, and what was asked for most.

Of nobody: the kiosk counts words by the hour, and a number under five is told as « moins de 5 ».
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triporteur_depot.pages.aboard import Part
from triporteur_depot.pages.chart import Tick, day_ticks, hour_ticks
from triporteur_depot.pages.days import Window, days_of, days_window, instant_ms
from triporteur_depot.pages.french import clock, long_date
from triporteur_depot.pages.history import Used, used
from triporteur_depot.pages.kiosk_words import labelled
from triporteur_depot.pages.period import Period
from triporteur_depot.pages.queries import Unit
from triporteur_wire.french import NBSP, measure, number, plural
from triporteur_wire.usage import (
    FEWEST,
    LANGUAGE,
    MEGABYTES,
    PAGE,
    PARTNER,
    PEAK_STATIONS,
    SESSIONS,
    added_up,
)

FEW = f"moins de{NBSP}{FEWEST}"
_MOST_ROWS = 6
#: What stands for a number under five is drawn this high, in percent of the plot.
_FEW_HEIGHT = 4.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of the period: where its bar stands, how high (both in percent), what it says."""

    percent: float
    width: float
    height: float
    few: bool
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """One word that was counted: its label, its number in words, its share of the most frequent."""

    label: str
    words: str
    share: float


@dataclass(frozen=True, slots=True)
class Ranking:
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class KioskView:
    """`most` is the number at the head of the plot; `rankings` are never empty ones."""

    facts: tuple[Part, ...]
    bars: tuple[Bar, ...]
    most: str
    ticks: Sequence[Tick]
    summary: str
    rankings: tuple[Ranking, ...]


def kiosk_view(connection: sqlite3.Connection, unit: Unit, period: Period) -> KioskView | None:
    """None when nothing was counted in the period."""
    found = used(connection, unit.id, period.window)
    if not found:
        return None
    total = added_up(each.counts for each in found)
    stretches = list(_stretches(period))
    pages = [_pages_of(found, stretch) for stretch in stretches]
    most = max(*pages, FEWEST)
    return KioskView(
        facts=tuple(_facts(total)),
        bars=tuple(
            _bar(stretch, count, most, period)
            for stretch, count in zip(stretches, pages, strict=True)
            if count
        ),
        most=number(most),
        ticks=day_ticks(period.window) if period.is_week else hour_ticks(period.window),
        summary=_summary(stretches, pages, period),
        rankings=tuple(
            Ranking(title, rows)
            for title, prefix in (("Pages", PAGE), ("Partenaires", PARTNER), ("Langues", LANGUAGE))
            if (rows := tuple(_rows(total, prefix)))
        ),
    )


def counted(count: int) -> str:
    """« 212 », or « moins de 5 »."""
    return FEW if 0 < count < FEWEST else number(count)


def _stretches(period: Period) -> Iterator[Window]:
    """The hours of a day as the clock on the wall counts them, or the days of a week."""
    days = days_of(period.window)
    if period.is_week:
        yield from (days_window(day, 1) for day in days)
        return
    starts = sorted({instant_ms(days[0], hour) for hour in range(24)})
    for start_ms, end_ms in zip(starts, [*starts[1:], period.window.end_ms], strict=True):
        yield Window(start_ms, end_ms)


def _pages_of(found: Sequence[Used], stretch: Window) -> int:
    return sum(
        count
        for each in found
        if stretch.start_ms <= each.utc_ms < stretch.end_ms
        for word, count in each.counts.items()
        if word.startswith(PAGE)
    )


def _bar(stretch: Window, count: int, most: int, period: Period) -> Bar:
    start, end = (period.window.share(at) for at in (stretch.start_ms, stretch.end_ms))
    few = count < FEWEST
    height = _FEW_HEIGHT if few else 100 * count / most
    words = f"{_when(stretch, period)}, {counted(count)}"
    return Bar(100 * start, 100 * (end - start), height, few, words)


def _when(stretch: Window, period: Period) -> str:
    if period.is_week:
        return long_date(days_of(stretch)[0])
    return f"{clock(stretch.start_ms)} – {clock(stretch.end_ms)}"


def _facts(total: dict[str, int]) -> Iterator[Part]:
    yield Part("Pages ouvertes", counted(_sum(total, PAGE)))
    if partners := _sum(total, PARTNER):
        yield Part("Sites de partenaires ouverts", counted(partners))
    if sessions := total.get(SESSIONS):
        yield Part("Passages vers Internet", counted(sessions))
    if megabytes := total.get(MEGABYTES):
        yield Part("Données des visiteurs", measure(megabytes, "Mo"))
    if peak := total.get(PEAK_STATIONS):
        yield Part("Téléphones ensemble, au plus", counted(peak))


def _sum(total: dict[str, int], prefix: str) -> int:
    return sum(count for word, count in total.items() if word.startswith(prefix))


def _rows(total: dict[str, int], prefix: str) -> Iterator[Row]:
    """The most frequent first; what is rare is put together, and told only if it is not few."""
    ranked = sorted(
        ((count, word) for word, count in total.items() if word.startswith(prefix)),
        key=lambda pair: (-pair[0], pair[1]),
    )
    shown = [pair for pair in ranked if pair[0] >= FEWEST][:_MOST_ROWS]
    for count, word in shown:
        yield Row(labelled(word), number(count), 100 * count / ranked[0][0])
    rest = sum(count for count, _ in ranked[len(shown) :])
    if rest >= FEWEST or (rest and not shown):
        most = max(ranked[0][0], rest)
        yield Row("autres" if shown else "toutes ensemble", counted(rest), 100 * rest / most)


def _summary(stretches: Sequence[Window], pages: Sequence[int], period: Period) -> str:
    """What the picture says, for who cannot see it."""
    busiest = max(range(len(pages)), key=pages.__getitem__)
    when = _when(stretches[busiest], period)
    served = counted(sum(pages))
    used_in = plural(sum(map(bool, pages)), "barre", "barres")
    return f"Pages ouvertes : {served}, en {used_in} ; le plus : {when}, {counted(pages[busiest])}."
