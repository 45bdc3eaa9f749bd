"""Renders the portal's pages to bytes: at start, and again where the time changes what they say."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from triporteur_kiosk.public.agenda import (
    Return,
    date_in_words,
    day_in_short,
    day_in_words,
    hours_in_words,
    in_order,
    next_return,
    upcoming,
)
from triporteur_kiosk.public.content import Content, Partner, Visit
from triporteur_kiosk.public.reach import HEAVIEST, WORDS, Reach
from triporteur_kiosk.public.remaining import data_in_words, time_in_words
from triporteur_kiosk.public.themes import THEMES, Theme
from triporteur_wire.gate import Visitor

MAX_PAGE_BYTES = 14_336
MAX_VISITS_SHOWN = 12
_TEMPLATES = Path(__file__).with_name("templates")
_MISSING = "Cette page n’existe pas"
_REFUSED = "Cette page se lit, elle ne reçoit rien"
_BROKEN = "Cette page est en panne"
#: In the place of the content's sentence, which cannot know of a unit that keeps the legal log.
_WITH_LEGAL_LOG = "Vos données\u202f: ce que nous gardons"


class Pages:
    """Every page of the portal, for one `content`.

    `style` is the one style sheet, which stands inside every page; `fixed` holds the pages that
    never change, by path; the others change with the day, and with how far the Wi-Fi goes. Where a
    `legal_log` is kept of who goes on to the Internet, pages say so.
    """

    def __init__(self, content: Content, *, legal_log: bool = False) -> None:
        self.content = content
        self._said = {
            "content": content,
            "legal_log": legal_log,
            "privacy": _WITH_LEGAL_LOG if legal_log else content.phrases.privacy,
        }
        self.style = self._render("style.css")
        self.fixed = {
            "/recharge": self._render("charging.html"),
            "/urgences": self._render("emergencies.html"),
            "/vie-privee": self._render("privacy.html"),
        }
        self._instead = {
            heading: self._render("error.html", heading=heading)
            for heading in (_MISSING, _REFUSED, _BROKEN)
        }
        self._last_welcome = lru_cache(1)(self._welcome)
        self._last_visits = lru_cache(1)(self._visits)
        self._last_themes = lru_cache(len(THEMES))(self._theme)

    def welcome(self, now: datetime | None, reach: Reach) -> bytes:
        """The welcome page, with the next visit after today; without when `now` is not known."""
        return self._last_welcome(now and next_return(self.content.visits, now), reach)

    def theme(self, theme: Theme, reach: Reach) -> bytes:
        """The partners of one theme, and whether this Wi-Fi opens their sites."""
        return self._last_themes(theme, reach)

    def internet(
        self, reach: Reach, visitor: Visitor | None, portal_address: str, trouble: str | None = None
    ) -> bytes:
        """How far one visitor gets, and what is left; `trouble` says why no further.

        `visitor` is None where the gate did not tell.
        """
        return self._render(
            "internet.html",
            far=WORDS[reach],
            offered=reach is Reach.OPEN,
            visitor=visitor,
            portal_address=portal_address,
            trouble=trouble,
        )

    def visits(self, now: datetime | None) -> bytes:
        """The visits that are not over at `now`; none when it is not known."""
        if now is None:
            return self._last_visits((), None)
        return self._last_visits(_shown(upcoming(self.content.visits, now)), now.date())

    def instead(self, code: int) -> bytes:
        """What stands in the place of a page that cannot be given, by HTTP status."""
        if code >= 500:
            return self._instead[_BROKEN]
        return self._instead[_MISSING if code == 404 else _REFUSED]

    def every(self) -> Iterator[tuple[str, bytes]]:
        """Each page by its path, as it is or will be on some day."""
        yield from self.fixed.items()
        for reach in Reach:
            yield "/", self._welcome(None, reach)
            yield from ((f"/{theme.number}", self._theme(theme, reach)) for theme in THEMES)
        planned = in_order(self.content.visits)
        for coming in (Return(visit, here) for visit in planned for here in (True, False)):
            yield "/", self._welcome(coming, HEAVIEST)
        for first in range(len(planned)):
            shown = _shown(planned[first:])
            for today in (None, shown[0].day):
                yield "/visites", self._visits(shown, today)

    def _welcome(self, coming: Return | None, reach: Reach) -> bytes:
        return self._render(
            "welcome.html",
            themes=THEMES,
            next_return=coming,
            far=WORDS[reach],
            offered=reach is Reach.OPEN,
        )

    def _visits(self, shown: tuple[Visit, ...], today: date | None) -> bytes:
        return self._render("visits.html", visits=shown, today=today)

    def _theme(self, theme: Theme, reach: Reach) -> bytes:
        partners = self.content.partners_of(theme.key)
        return self._render(
            "theme.html",
            theme=theme,
            partners=partners,
            verified_on=_all_verified_on(partners),
            far=WORDS[reach],
            offered=reach is Reach.OPEN,
        )

    def _render(self, template: str, **values: object) -> bytes:
        return _environment().get_template(template).render(self._said, **values).encode()


def _shown(visits: tuple[Visit, ...]) -> tuple[Visit, ...]:
    return visits[:MAX_VISITS_SHOWN]


@cache
def _environment() -> Environment:
    """The templates, compiled once: each content that comes is rendered whole to be judged."""
    jinja = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    for in_words in (
        *(date_in_words, day_in_short, day_in_words, hours_in_words),
        *(data_in_words, time_in_words),
    ):
        jinja.filters[in_words.__name__] = in_words
    return jinja


def _all_verified_on(partners: tuple[Partner, ...]) -> date | None:
    """The oldest verification among `partners`; None when one of them was never verified."""
    days = [partner.verified_on for partner in partners if partner.verified_on is not None]
    return min(days) if len(days) == len(partners) else None
