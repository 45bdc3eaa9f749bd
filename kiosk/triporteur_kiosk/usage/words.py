"""Everything that is ever counted, one word each: a closed list, and nothing in it is a person's.

A page counts when it is served whole; who follows one of its links leaves our sight.
"""

from triporteur_kiosk.public.themes import THEMES

#: A phone's question whether it is online, answered in its maker's place: all makers together.
PROBE = "probe"

#: The word of each page, by its path.
PAGES = {
    "/": "page:welcome",
    "/visites": "page:visits",
    "/recharge": "page:charging",
    "/urgences": "page:emergencies",
    "/vie-privee": "page:privacy",
} | {f"/{theme.number}": f"page:{theme.key}" for theme in THEMES}

#: The languages the portal may be given next. A rarer one would tell who was there.
_LANGUAGES = ("ar", "en", "es", "fa", "fr", "pt")
_OTHER = "language:other"

WORDS = (*PAGES.values(), *(f"language:{tag}" for tag in _LANGUAGES), _OTHER, PROBE)


def language(accepted: str) -> str | None:
    """The word for the first language of an `Accept-Language` header; None when it names none."""
    first = accepted.partition(",")[0].partition(";")[0]
    tag = first.partition("-")[0].strip().lower()
    if not tag:
        return None
    return f"language:{tag}" if tag in _LANGUAGES else _OTHER
