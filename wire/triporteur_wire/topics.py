"""Where things are said: `triporteur/v1/<unit>/<channel>`, for some with a name behind.

v1 grows by adding; a breaking change is v2 beside it.
"""

import re
from enum import StrEnum
from typing import Annotated, NamedTuple

import msgspec

ROOT = "triporteur/v1"
#: `\Z` and not `$`, which lets a line end through.
UNIT_PATTERN = r"^[a-z0-9-]{2,32}\Z"
UnitName = Annotated[
    str,
    msgspec.Meta(
        pattern=UNIT_PATTERN, description="2 to 32 lower case letters, digits and hyphens"
    ),
]
_NAME = re.compile(r"[a-z0-9-]{1,32}")


class Channel(StrEnum):
    #: unit -> depot, retained; the last will says the unit is offline
    STATUS = "status"
    #: unit -> depot, QoS 1 batches of records
    JOURNAL = "journal"
    #: depot -> unit, retained: what is stored
    ACK = "ack"
    #: depot -> unit, retained: what lies over the unit's own configuration
    SETTINGS = "settings"
    #: depot -> unit, retained, one for each named content
    CONTENT = "content"
    #: depot -> unit, retained: the release that it should run
    RELEASE = "release"
    #: unit -> depot, one for each verb: a question that is answered at once or not at all
    REQUEST = "request"
    #: depot -> unit, one for each verb
    RESPONSE = "response"


#: The channels that carry a name: `content/portal`, `request/time`.
NAMED = frozenset({Channel.CONTENT, Channel.REQUEST, Channel.RESPONSE})


class Verb(StrEnum):
    """What a unit may ask."""

    #: what UTC it is
    TIME = "time"
    #: to have its key certified
    CERTIFICATE = "certificate"
    #: to have the key of its console certified
    CONSOLE = "console"
    #: for a piece of the release that it was offered
    RELEASE = "release"


class Address(NamedTuple):
    """A topic, taken apart. `name` is empty but on the channels that carry one."""

    unit: str
    channel: Channel
    name: str = ""


def topic(unit: str, channel: Channel, name: str = "") -> str:
    """The topic of one unit's channel; `+` as the unit (or the name) subscribes to every one."""
    return f"{ROOT}/{unit}/{channel}/{name}" if name else f"{ROOT}/{unit}/{channel}"


def parse(text: str) -> Address | None:
    """A topic taken apart, or None when it is not one of ours."""
    root, version, unit, word, *rest = [*text.split("/"), "", "", "", ""]
    name = rest[0]
    if f"{root}/{version}" != ROOT or not re.match(UNIT_PATTERN, unit) or word not in set(Channel):
        return None
    channel = Channel(word)
    if text != topic(unit, channel, name) or bool(name) != (channel in NAMED):
        return None
    if name and not _NAME.fullmatch(name):
        return None
    return Address(unit, channel, name)
