"""What a page asks a browser to fetch, or leads to, before it is of use: read from its bytes.

Scripts, style sheets, fonts, frames, and where its forms go. Pictures and sound are left out: a
page is of use without. What a script asks for once it runs cannot be seen here.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

#: `url(…)` and `@import "…"` of a style sheet.
_CSS_URL = re.compile(
    r"""url\(\s*['"]?([^'")\s]{1,2000})|@import\s+['"]([^'"]{1,2000})""", re.IGNORECASE
)
_FONT_OR_SHEET = re.compile(r"\.(woff2?|ttf|otf|eot|css)\b", re.IGNORECASE)
_REFRESH = re.compile(r"url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
_SHEET = "stylesheet"
_LINKS = frozenset({_SHEET, "preload", "modulepreload"})


@dataclass(slots=True)
class Needs:
    """Whole addresses; `sheets` are those among them of style sheets, which need more."""

    urls: set[str] = field(default_factory=set)
    sheets: set[str] = field(default_factory=set)


def needs_of_page(text: str, url: str) -> Needs:
    """What the page found at `url` needs."""
    reader = _Reader(url)
    reader.feed(text)
    reader.close()
    return reader.needs


def needs_of_sheet(text: str, url: str) -> set[str]:
    """The fonts and further sheets that a style sheet found at `url` asks for."""
    found = (one or other for one, other in _CSS_URL.findall(text))
    return {joined for each in found if _FONT_OR_SHEET.search(each) if (joined := whole(url, each))}


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.needs = Needs()
        self._base = url
        self._in_style = False

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """A comment, as to browsers: at one of an unknown name Python 3.11 raises."""
        return self.parse_bogus_comment(i, report)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._in_style = tag == "style"
        match tag:
            case "base":
                self._base = whole(self._base, given.get("href", "")) or self._base
            case "script" | "iframe":
                self._add(given.get("src"))
            case "form":
                self._add(given.get("action"))
            case "button" | "input":
                self._add(given.get("formaction"))
            case "link" if (kinds := set(given.get("rel", "").lower().split())) & _LINKS:
                if _is_picture(given):
                    return
                self._add(given.get("href"), sheet=_SHEET in kinds)
            case "meta" if given.get("http-equiv", "").lower() == "refresh":
                if to := _REFRESH.search(given.get("content", "")):
                    self._add(to[1])

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.needs.urls |= needs_of_sheet(data, self._base)

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def _add(self, reference: str | None, *, sheet: bool = False) -> None:
        if reference and (url := whole(self._base, reference)):
            self.needs.urls.add(url)
            if sheet:
                self.needs.sheets.add(url)


def _is_picture(given: dict[str, str]) -> bool:
    return given.get("as", "") in {"image", "video", "audio", "track"}


def whole(base: str, reference: str) -> str | None:
    """The whole address; None when it is none that is fetched."""
    try:
        joined = urljoin(base, reference.strip())
    except ValueError:
        return None
    return joined if joined.startswith(("http://", "https://")) else None
