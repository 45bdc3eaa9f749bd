"""Who else reads these protocols in Python, and what each of them leaves out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Peer:
    """A package of the index. `less` is what it does not do that ours does, for the reader."""

    name: str
    version: str
    protocol: str
    less: str
    #: packages that it needs and does not ask for
    needs: tuple[str, ...] = ()


PEERS = (
    Peer(
        "vedirect",
        "1.1.0",
        "vedirect",
        "whole blocks only, which begin at PID; values stay text; no HEX messages, no resync",
    ),
    Peer("mppsolar", "0.16.56", "vedirect", "whole blocks only; no checksum, no resync"),
    Peer(
        *("dalybms", "0.5.0", "daly_a5"),
        "whole frames only, of five kinds; no resync, no plausibility",
        needs=("pyserial",),
    ),
    Peer("mppsolar", "0.16.56", "daly_a5", "whole frames only; no resync, no plausibility"),
    Peer(
        *("mppsolar", "0.16.56", "jk"),
        "one fixed layout, of 14 cells: other packs are misread; no checksum, no resync",
    ),
    Peer(
        *("pyvesc", "1.0.5", "vesc"),
        "the layout of firmware 2 for every frame, misread since 3; no plausibility; its checksum "
        "package is no longer on the index, so it is lent a faster one",
    ),
    Peer("pymodbus", "3.16.1", "modbus", "whole answers only; registers without a meaning"),
    Peer("minimalmodbus", "2.1.1", "modbus", "whole answers only; registers without a meaning"),
)
WITHOUT = (
    "For the other protocols no peer was found: bmslib is not on the index, and aiobmsble 0.31.0, "
    "which reads several of these boards over Bluetooth, needs Python 3.12."
)
