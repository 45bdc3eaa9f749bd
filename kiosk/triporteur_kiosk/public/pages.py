"""Renders the portal's pages to bytes: once at start, and once a day where the date matters."""

from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from triporteur_kiosk.public.agenda import (
    date_in_words,
    day_in_short,
    day_in_words,
    hours_in_words,
    next_return,
    upcoming,
)
from triporteur_kiosk.public.content import Content, Partner
from triporteur_kiosk.public.themes import THEMES, Theme

MAX_VISITS_SHOWN = 12
_TEMPLATES = Path(__file__).with_name("templates")


class Pages:
    """Every page of the portal, for one content.

    `style` is the one style sheet, which stands inside every page; `fixed` holds the pages that
    never change, by path; `missing` is the page for all other paths.
    """

    def __init__(self, content: Content) -> None:
        self._content = content
        self._jinja = _environment(content)
        self.style = self._render("style.css")
        self.missing = self._render("missing.html")
        self.fixed = {
            "/recharge": self._render("charging.html"),
            "/urgences": self._render("emergencies.html"),
            "/vie-privee": self._render("privacy.html"),
        } | {f"/{theme.number}": self._theme(theme) for theme in THEMES}

    def welcome(self, today: date) -> bytes:
        """The welcome page, with the next visit after `today`."""
        return self._render(
            "welcome.html", themes=THEMES, next_return=next_return(self._content.visits, today)
        )

    def visits(self, today: date) -> bytes:
        """The visits from `today` on."""
        shown = upcoming(self._content.visits, today)[:MAX_VISITS_SHOWN]
        return self._render("visits.html", visits=shown, today=today)

    def _theme(self, theme: Theme) -> bytes:
        partners = self._content.partners_of(theme.key)
        return self._render(
            "theme.html", theme=theme, partners=partners, verified_on=_all_verified_on(partners)
        )

    def _render(self, template: str, **values: object) -> bytes:
        return self._jinja.get_template(template).render(**values).encode()


def _environment(content: Content) -> Environment:
    jinja = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    jinja.globals["content"] = content
    for in_words in (date_in_words, day_in_short, day_in_words, hours_in_words):
        jinja.filters[in_words.__name__] = in_words
    return jinja


def _all_verified_on(partners: tuple[Partner, ...]) -> date | None:
    """The oldest verification among `partners`; None when one of them was never verified."""
    days = [partner.verified_on for partner in partners if partner.verified_on is not None]
    return min(days) if len(days) == len(partners) else None
