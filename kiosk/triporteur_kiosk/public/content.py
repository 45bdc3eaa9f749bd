"""What the portal says: partners, visits, emergency numbers and a few phrases.

And what a partner's site needs besides its home page: its garden, which the gate opens.

Each field's type carries its limits and, as its description, what a person writing the content
file is told to write. They keep a text readable on its page; the weight of the whole page is
weighed once it is rendered, for a character counts for up to five bytes there.
"""

from datetime import date, time
from typing import Annotated

from msgspec import Meta, Struct, field

from triporteur_kiosk.public.themes import THEMES

_KEYS = "|".join(theme.key for theme in THEMES)
#: Of two labels or more, the last one not a number: never an IP address, never a whole `fr`.
_HOST = r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])"

Name = Annotated[str, Meta(pattern=r"^.{1,40}\Z", description="a name of 1 to 40 characters")]
Sentence = Annotated[
    str, Meta(pattern=r"^.{1,120}\Z", description="one sentence of 1 to 120 characters")
]
Sentences = Annotated[
    tuple[Sentence, ...],
    Meta(min_length=1, max_length=6, description="a list of 1 to 6 sentences of 120 characters"),
]
HomePage = Annotated[
    str,
    Meta(
        pattern=rf"^https://(?=.{{1,60}}/\Z){_HOST}/\Z",
        description='the https address of a home page, such as "https://www.caf.fr/"',
    ),
]
HostName = Annotated[str, Meta(pattern=rf"^(?=.{{1,253}}\Z){_HOST}\Z")]
Garden = Annotated[
    tuple[HostName, ...],
    Meta(
        max_length=40,
        description='a list of at most 40 host names, such as ["connect.caf.fr"]; each stands for '
        "all below it too",
    ),
]
SharedNames = Annotated[
    tuple[Name, ...],
    Meta(max_length=10, description="a list of at most 10 names of [[shared]] tables"),
]
Source = Annotated[
    str, Meta(pattern=r"^.{1,200}\Z", description="in 1 to 200 characters, where that is said")
]
ThemeKeys = Annotated[
    tuple[Annotated[str, Meta(pattern=rf"^({_KEYS})\Z")], ...],
    Meta(min_length=1, description=f"a list of themes among {_KEYS.replace('|', ', ')}"),
]
VerifiedOn = Annotated[date | None, Meta(description='a date such as 2026-11-02, or "to verify"')]
Day = Annotated[date, Meta(description="a date without quotes, such as 2026-12-02")]
Clock = Annotated[time, Meta(description="a time without quotes, such as 14:00:00")]
Number = Annotated[
    str, Meta(pattern=r"^[0-9]{2,6}\Z", description='a short number in quotes, such as "112"')
]
Reach = Annotated[str, Meta(pattern=r"^(call|text)\Z", description='"call" or "text"')]


class Phrases(Struct, frozen=True):
    """Sentences that the team may word its own way."""

    privacy: Sentence
    charging: Sentences


class Partner(Struct, frozen=True):
    """A public service or an association: its home page, and in one sentence what it is for.

    `verified_on` is the day someone opened the address and found the partner there; None
    (`verified = "to verify"` in the file) when nobody has. `garden` are the hosts that its site
    needs besides that of its home page, `shared` the gardens that it has in common with others.
    """

    name: Name
    url: HomePage
    sentence: Sentence
    themes: ThemeKeys
    verified_on: VerifiedOn = field(name="verified")
    garden: Garden = ()
    shared: SharedNames = ()

    @property
    def address(self) -> str:
        """The address as people write it: without scheme and final slash."""
        return self.url.removeprefix("https://").removesuffix("/")


class Shared(Struct, frozen=True):
    """Hosts that several partners' sites need, such as FranceConnect's, and where that is said."""

    name: Name
    garden: Garden
    source: Source
    verified_on: VerifiedOn = field(name="verified")


class Visit(Struct, frozen=True):
    """A planned visit of the trike: the day, from when to when in local time, and the place."""

    day: Day = field(name="date")
    starts: Clock = field(name="from")
    ends: Clock = field(name="to")
    place: Name


class Emergency(Struct, frozen=True):
    """An emergency number, how it is reached (a call, or a text message) and what it is for."""

    number: Number
    reach: Reach
    sentence: Sentence


class Content(Struct, frozen=True):
    """The whole content file."""

    phrases: Phrases
    partners: tuple[Partner, ...] = field(name="partner", default=())
    shared: tuple[Shared, ...] = ()
    emergencies: tuple[Emergency, ...] = field(name="emergency", default=())
    visits: tuple[Visit, ...] = field(name="visit", default=())

    def partners_of(self, theme_key: str) -> tuple[Partner, ...]:
        """The partners of one theme, in the order of the file."""
        return tuple(partner for partner in self.partners if theme_key in partner.themes)

    def partner_at(self, address: str) -> Partner | None:
        """The partner of this address, as people write it; None where it is nobody's."""
        return next((one for one in self.partners if one.address == address), None)
