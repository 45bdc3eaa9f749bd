"""Everything that is ever counted, one word each; nothing in it is a person's.

The list is closed but for the partners', which are those of the content: one counts when its link
is followed. A page counts when it is served whole.
"""

from triporteur_kiosk.public.themes import THEMES
from triporteur_wire.usage import LANGUAGE, MEGABYTES, PAGE, PEAK_STATIONS, SESSIONS

#: A phone's question whether it is online, answered in its maker's place: all makers together.
PROBE = "probe"

#: The word of each page, by its path.
PAGES = {
    "/": f"{PAGE}welcome",
    "/visites": f"{PAGE}visits",
    "/recharge": f"{PAGE}charging",
    "/urgences": f"{PAGE}emergencies",
    "/vie-privee": f"{PAGE}privacy",
    "/internet": f"{PAGE}internet",
} | {f"/{theme.number}": f"{PAGE}{theme.key}" for theme in THEMES}

#: The languages the portal may be given next. A rarer one would tell who was there.
_LANGUAGES = ("ar", "en", "es", "fa", "fr", "pt")
_OTHER = f"{LANGUAGE}other"

WORDS = (
    *PAGES.values(),
    *(f"{LANGUAGE}{tag}" for tag in _LANGUAGES),
    _OTHER,
    PROBE,
    SESSIONS,
    MEGABYTES,
    PEAK_STATIONS,
)


def language(accepted: str) -> str | None:
    """The word for the first language of an `Accept-Language` header; None when it names none."""
    first = accepted.partition(",")[0].partition(";")[0]
    tag = first.partition("-")[0].strip().lower()
    if not tag:
        return None
    return f"{LANGUAGE}{tag}" if tag in _LANGUAGES else _OTHER
