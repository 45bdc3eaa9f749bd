"""`devices/README.md`, and the table in the top README: made from registry and test frames."""

import json
from collections import Counter
from pathlib import Path

import msgspec

from docs.generate.markdown import MADE, code, table
from triporteur_device.protocols import PROTOCOLS, Fitting, RegisterMap
from triporteur_device.protocols.modbus_maps import HOBBYWING, PHASERUNNER
from triporteur_device.simulators.devices import DEVICES

_REPOSITORY = Path(__file__).parents[2]
_FRAMES = _REPOSITORY / "tests" / "frames"
_OPENS, _CLOSES = "<!-- devices -->\n", "<!-- /devices -->\n"


class Family(msgspec.Struct, frozen=True):
    """What speaks a protocol, as the trade calls it.

    `registers` is the map it is fitted with, where it needs one. `has_frames` and `is_simulated`
    are False where those of the protocol are another family's.
    """

    protocol: str
    name: str
    registers: RegisterMap | None = None
    has_frames: bool = True
    is_simulated: bool = True


FAMILIES = (
    Family("jbd", "JBD (Jiabaida) battery boards, sold as Xiaoxiang and Overkill Solar"),
    Family("jbd_up16s", "JBD UP16S battery boards"),
    Family("daly_a5", "Daly battery boards, UART and RS485"),
    Family("daly_d2", "Daly battery boards, address D2"),
    Family("daly_81", "Daly battery boards with 48 cell slots, address 81"),
    Family("jk", "JK (Jikong) battery boards, on their GPS port or RS485"),
    Family("ant_new", "ANT battery boards, newer ones (7E A1)"),
    Family("ant_old", "ANT battery boards, older ones (AA 55)"),
    Family("vedirect", "Victron BMV, SmartShunt, MPPT chargers"),
    Family("vesc", "VESC motor controllers"),
    Family(
        "modbus",
        "Hobbywing motor controllers, beside their display",
        HOBBYWING,
        is_simulated=False,
    ),
    Family("modbus", "Grin Phaserunner, ASI BAC motor controllers", PHASERUNNER, has_frames=False),
    Family("bafang", "Bafang BBS01, BBS02 and BBSHD motors, beside their display"),
    Family("kt", "KT (Kunteng) motor controllers, beside their display"),
)
#: What tells where a frame comes from, in the words of tests/frames; the first that is found.
_ORIGINS = {
    "anonymised": "documented",
    "edited": "fixture",
    "captured": "captured",
    "fixture": "fixture",
    "derived": "derived",
    "document": "documented",
}
_COLUMNS = ("captured", "fixture", "documented", "derived")
_HEAD = f"""{MADE}

# Devices

What a unit can read, and how well that is known. *Asked* devices are sent the read requests that
their protocol lists, and not one byte besides; *listened to* are those that speak unasked, to which
nothing is ever sent. *Captured* frames were taken from a wire, *fixtures* were written for another
project's tests, *documented* ones stand in a document, *derived* ones were made by its rules: all
of them are in [tests/frames](../../tests/frames/SOURCES.md). A device without a captured frame has
been read **from documents only**: try it before you trust it, and [record it](capture.md).

"""
_HEADS = ("Device", "Protocol", "Speaks", "Baud", *map(str.capitalize, _COLUMNS), "Simulated")


class Device(msgspec.Struct, frozen=True):
    """A family that can be read; `frames` counts those of the tests by where they come from."""

    family: str
    protocol: str
    speaks: str
    baud: int
    frames: Counter[str]
    simulated: bool

    @property
    def captured(self) -> str:
        return str(self.frames["captured"] or "from documents only")


def devices() -> list[Device]:
    """Every family whose protocol is in the registry, in the order of FAMILIES."""
    return [_device(family) for family in FAMILIES if family.protocol in PROTOCOLS]


def text() -> str:
    rows = [
        (
            *(each.family, code(each.protocol), each.speaks, str(each.baud)),
            each.captured,
            *(str(each.frames[column] or "") for column in _COLUMNS[1:]),
            "yes" if each.simulated else "",
        )
        for each in devices()
    ]
    return _HEAD + table(_HEADS, rows)


def top_readme() -> str:
    """The README as it is, with the table between its marks made anew."""
    before, _, rest = (_REPOSITORY / "README.md").read_text(encoding="utf-8").partition(_OPENS)
    _, _, after = rest.partition(_CLOSES)
    rows = [(each.family, code(each.protocol), each.speaks, each.captured) for each in devices()]
    made = table(("device", "protocol", "it is", "captured frames"), rows)
    return f"{before}{_OPENS}{made}{_CLOSES}{after}"


def origin(words: str) -> str:
    """Captured, fixture, documented or derived. Raises ValueError for words that say neither."""
    for word, meaning in _ORIGINS.items():
        if word in words:
            return meaning
    raise ValueError(f"origin found {words!r}; expected one of: {', '.join(_ORIGINS)}")


def _device(family: Family) -> Device:
    spec = PROTOCOLS[family.protocol].fitted(Fitting(registers=family.registers))
    return Device(
        family=family.name,
        protocol=family.protocol,
        speaks="asked" if spec.poller else "listened to",
        baud=spec.baud,
        frames=_frames(family.protocol) if family.has_frames else Counter(),
        simulated=family.is_simulated and family.protocol in DEVICES,
    )


def _frames(protocol: str) -> Counter[str]:
    entries = json.loads((_FRAMES / f"{protocol}.json").read_text(encoding="utf-8"))
    return Counter(origin(entry["origin"]) for entry in entries)
