"""What the depot sends down, and how it is subscribed."""

from dataclasses import dataclass

from paho.mqtt.subscribeoptions import SubscribeOptions

from triporteur_wire.topics import Channel, topic

_AT_ONCE = SubscribeOptions(qos=1)
#: These may be large: what was delivered before does not come again with each connection.
_IF_NEW = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
_FROM_DEPOT = (
    (Channel.ACK, "", _AT_ONCE),
    (Channel.SETTINGS, "", _AT_ONCE),
    (Channel.CONTENT, "+", _IF_NEW),
    (Channel.RELEASE, "", _IF_NEW),
    (Channel.RESPONSE, "+", _AT_ONCE),
)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the depot sent down for the unit to keep: settings, a release, or the named content."""

    channel: Channel
    name: str
    payload: bytes


def wanted(unit: str) -> list[tuple[str, SubscribeOptions]]:
    """Every topic on which the depot speaks to the unit."""
    return [(topic(unit, channel, name), how) for channel, name, how in _FROM_DEPOT]
