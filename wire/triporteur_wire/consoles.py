"""The names that phones reach a unit's console by, and that its certificate holds for."""

import re
from typing import Annotated

import msgspec

#: Under it, without anybody's having registered a name: `.internal` is nobody's on the Internet.
DOMAIN = "triporteur.internal"

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
#: A whole name: no address, and nothing that stands for many names.
_PATTERN = rf"^(?=.{{4,253}}\Z)({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?\Z"
DomainName = Annotated[
    str,
    msgspec.Meta(
        pattern=_PATTERN,
        description="a name of at least two words in lower case, such as ben.trike.example",
    ),
]
#: A certificate is for one console, which has a name or two.
MOST_NAMES = 5


def is_name(text: str) -> bool:
    """Whether a console's certificate may hold for it."""
    return re.match(_PATTERN, text) is not None


def default_name(unit: str) -> str:
    """What a console is called where the operator has no domain."""
    return f"{unit}.{DOMAIN}"
