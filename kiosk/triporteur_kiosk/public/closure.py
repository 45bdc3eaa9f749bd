"""Does a partner's garden still suffice? Found out by fetching its page, through the uplink."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from triporteur_kiosk.public.content import Content, Partner
from triporteur_kiosk.public.garden import covers, names_of
from triporteur_kiosk.public.needs import needs_of_page, needs_of_sheet, whole
from triporteur_kiosk.public.web import Fetched, NotFetched

_MOST_REDIRECTS = 6
_MOST_SHEETS = 12
#: What can be looked up, and written into a content file. Pages say what they like.
_HOST = re.compile(r"[a-z0-9.-]{1,253}")

Fetch = Callable[[str], Fetched]


@dataclass(frozen=True, slots=True)
class Finding:
    """One partner: the hosts that its garden lacks, or the trouble that keeps us from knowing."""

    partner: str
    lacks: tuple[str, ...] = ()
    trouble: str | None = None

    @property
    def is_good(self) -> bool:
        return not self.lacks and self.trouble is None

    def __str__(self) -> str:
        if self.trouble:
            said = f"{self.partner}: {self.trouble}"
            return "".join(one if one.isprintable() else "?" for one in said)
        if not self.lacks:
            return f"{self.partner}: its garden suffices"
        listed = ", ".join(f'"{host}"' for host in self.lacks)
        return f"{self.partner}: its page needs more; add {listed} to its garden"


def look(content: Content, fetch: Fetch) -> Iterator[Finding]:
    """Looks at each partner, in the order of the file."""
    return (_look_at(content, partner, fetch) for partner in content.partners)


def _look_at(content: Content, partner: Partner, fetch: Fetch) -> Finding:
    urls: set[str] = set()
    try:
        _follow(partner.url, fetch, urls)
    except NotFetched as error:
        return Finding(partner.name, trouble=str(error))
    names = names_of(content, partner)
    hosts = {host for url in urls if (host := _host(url))}
    return Finding(partner.name, tuple(sorted(host for host in hosts if not covers(names, host))))


def _follow(url: str, fetch: Fetch, urls: set[str]) -> None:
    """Adds what is met on the way to the page, and what the page needs."""
    for _ in range(_MOST_REDIRECTS):
        urls.add(url)
        answer = _fetched(url, fetch)
        if not answer.location:
            break
        url = _led_on(url, answer.location)
    else:
        raise NotFetched(f"{url} is one redirect too many")
    if answer.status >= 400:
        raise NotFetched(f"{url} answers {answer.status}")
    needs = needs_of_page(answer.text, url)
    urls |= needs.urls
    for sheet in sorted(needs.sheets)[:_MOST_SHEETS]:
        urls |= _of_sheet(sheet, fetch)


def _led_on(url: str, location: str) -> str:
    to = whole(url, location)
    if to is None:
        raise NotFetched(f"{url} leads to no address")
    return to


def _fetched(url: str, fetch: Fetch) -> Fetched:
    try:
        return fetch(url)
    except NotFetched as error:
        raise NotFetched(f"{url} cannot be fetched: {error}") from error


def _of_sheet(url: str, fetch: Fetch) -> set[str]:
    """Nothing where it cannot be had: its host is needed either way."""
    try:
        answer = fetch(url)
    except NotFetched:
        return set()
    return needs_of_sheet(answer.text, url)


def _host(url: str) -> str | None:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    return host if _HOST.fullmatch(host) else None
