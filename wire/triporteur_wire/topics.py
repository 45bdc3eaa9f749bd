"""Where things are said: `triporteur/v1/<unit>/<channel>`.

v1 grows by adding; a breaking change is v2 beside it.
"""

import re
from enum import StrEnum
from typing import Annotated

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


class Channel(StrEnum):
    #: unit -> depot, retained; the last will says the unit is offline
    STATUS = "status"
    #: unit -> depot, QoS 1 batches of records
    JOURNAL = "journal"
    #: depot -> unit, retained: what is stored
    ACK = "ack"


def topic(unit: str, channel: Channel) -> str:
    """The topic of one unit's channel; `+` as the unit subscribes to every unit's."""
    return f"{ROOT}/{unit}/{channel}"


def parse(name: str) -> tuple[str, Channel] | None:
    """The unit and channel of a topic, or None when it is not one of ours."""
    prefix, _, channel = name.rpartition("/")
    root, _, unit = prefix.rpartition("/")
    if root != ROOT or not re.match(UNIT_PATTERN, unit) or channel not in set(Channel):
        return None
    return unit, Channel(channel)
