"""What each probe of each system is told, on every road by which a phone can ask.

`python -m tests.network.matrix` asks, in the lab, and writes docs/captive-matrix.md; a test asks
again and compares cell by cell.
"""

import asyncio
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from tests.network.http import Answer
from tests.network.internet import NCSI_ADDRESS, NCSI_ADDRESS_6, NCSI_NAME
from tests.network.lab import Lab
from tests.network.phone import Phone
from tests.network.rights import missing
from tests.network.settings import PORTAL
from tests.network.sites import REAL
from tests.network.unit import Unit
from triporteur_kiosk.public import probes
from triporteur_kiosk.public.probes import PROBES

DOCUMENT = Path(__file__).parents[2] / "docs" / "captive-matrix.md"
#: A cell says one of these.
PORTAL_SHOWN, ONLINE, TOLD_ONLINE = "portal", "online", "told online"
REFUSED, NO_ADDRESS, SILENT = "refused", "no address", "silent"
REAL_ADDRESS, OTHER_ADDRESS = "real address", "other address"


@dataclass(frozen=True, slots=True)
class Row:
    """One question of one system. `success` is what says yes; None for a question to DNS alone."""

    asked_by: str
    url: str
    success: probes.Answer | None


@dataclass(frozen=True, slots=True)
class Road:
    """How a phone stands, whether there is Internet, and the family of addresses it asks by."""

    accepted: bool
    uplink: bool
    kind: str

    @property
    def title(self) -> str:
        family = {"A": "IPv4", "AAAA": "IPv6"}[self.kind]
        who = "accepted" if self.accepted else "stranger"
        return f"{who}, {'up' if self.uplink else 'down'}, {family}"


ROADS = tuple(Road(*one) for one in product((False, True), (True, False), ("A", "AAAA")))
Matrix = dict[tuple[str, str], str]
"""What a cell says, by the row's URL and the road's title."""


def rows() -> Iterator[Row]:
    """The portal's own table; then what no table of HTTP probes holds, and decides as much."""
    for probe in PROBES:
        for host, path in product(probe.hosts, probe.paths):
            yield Row(probe.asked_by, f"http://{host}{path}", probe.success)
    firefox = next(one.success for one in PROBES if one.paths == ("/success.txt",))
    for family in ("ipv4", "ipv6"):
        url = f"http://detectportal.firefox.com/success.txt?{family}"
        yield Row("Firefox, each family", url, firefox)
    android = next(one.success for one in PROBES if one.asked_by == "Android")
    yield Row("Android, beside its probe", "https://www.google.com/generate_204", android)
    yield Row("Windows, DNS", NCSI_NAME, None)


def right(row: Row, road: Road) -> str:
    """What the cell has to say."""
    online = road.accepted and road.uplink
    if row.success is None and not (online and road.kind == "AAAA"):
        return REAL_ADDRESS  # where nothing is asked of the Internet, of either family
    if road.kind == "AAAA":
        return NO_ADDRESS
    if online:
        return ONLINE
    return REFUSED if row.url.startswith("https:") else PORTAL_SHOWN


def ask(lab: Lab, unit: Unit) -> Matrix:
    """Asks every question of a stranger and of an accepted phone, with the uplink and without."""
    return asyncio.run(_ask(lab, unit))


async def _ask(lab: Lab, unit: Unit) -> Matrix:
    stranger, accepted = lab.add_phones(2)
    await asyncio.gather(stranger.join(), accepted.join())
    await accepted.accept(PORTAL)
    phones = {False: stranger, True: accepted}
    unit.until("open", uplink=True)
    found = await _each(lab, phones, [road for road in ROADS if road.uplink])
    with lab.uplink_down():
        unit.until("local", uplink=False)
        found |= await _each(lab, phones, [road for road in ROADS if not road.uplink])
    return found


async def _each(lab: Lab, phones: dict[bool, Phone], roads: Sequence[Road]) -> Matrix:
    cells = list(product(rows(), roads))
    said = (_cell(lab, phones[road.accepted], row, road.kind) for row, road in cells)
    words = await asyncio.gather(*said)
    return {(row.url, road.title): word for (row, road), word in zip(cells, words, strict=True)}


async def _cell(lab: Lab, phone: Phone, row: Row, kind: str) -> str:
    try:
        if row.success is None:
            return await _resolved(phone, row.url, kind)
        trust = lab.internet.authority.trust if row.url.startswith("https:") else None
        return _word(row.success, await phone.fetch(row.url, kind=kind, trust=trust))
    except LookupError:
        return NO_ADDRESS
    except TimeoutError:
        return SILENT
    except OSError:
        return REFUSED


async def _resolved(phone: Phone, name: str, kind: str) -> str:
    addresses = (await phone.resolve(name, kind)).addresses
    if not addresses:
        return NO_ADDRESS
    real = NCSI_ADDRESS if kind == "A" else NCSI_ADDRESS_6
    return REAL_ADDRESS if addresses == (real,) else OTHER_ADDRESS


def _word(success: probes.Answer, told: Answer) -> str:
    # Android takes a body of at most 4 bytes for a fault.
    if (told.status, told.headers.get("location")) == (302, PORTAL) and len(told.body) > 4:
        return PORTAL_SHOWN
    if (str(told.status), told.body) == (success.status.partition(" ")[0], success.body):
        return ONLINE if REAL[0].lower() in told.headers else TOLD_ONLINE
    return f"answer {told.status}"


def text(found: Matrix) -> str:
    """The document."""
    head = ["asked by", "asked", *(road.title for road in ROADS)]
    lines = [head, ["---"] * len(head), *(_line(row, found) for row in rows())]
    return _HEAD + "".join(f"| {' | '.join(line)} |\n" for line in lines) + _FOOT


def _line(row: Row, found: Matrix) -> list[str]:
    return [row.asked_by, f"`{row.url}`", *(found[row.url, road.title] for road in ROADS)]


def read(document: str) -> Matrix:
    """The cells of a written document."""
    table = [line.strip("| ").split(" | ") for line in document.splitlines() if line[:1] == "|"]
    titles = table[0][2:]
    return {
        (line[1].strip("`"), title): cell
        for line in table[2:]
        for title, cell in zip(titles, line[2:], strict=True)
    }


_HEAD = """\
# What each system's probe is told

Made by `make matrix` from the lab in `tests/network/`: the unit's own gate and portal, dnsmasq and
nftables, phones that got their address from it, and an Internet that answers every probe as the
real one does. `make test` asks again and compares each cell. A *stranger* has not asked for the
Internet, an *accepted* phone has; the uplink is *up*, or *down* without anybody having said so.

- **portal**: led to the portal by a 302 with a body, which every system takes for a portal.
- **online**: the exact answer that says yes, and it came from the Internet itself.
- **refused**: at once, by a reset. HTTPS cannot be answered in another's name: whoever tries shows
  a certificate error; who is refused falls back to HTTP, and finds the portal.
- **no address**: the unit gives no IPv6 address of anybody, for what is asked over IPv6 could not
  be let through: the unit never routes it. A system that gets none asks over IPv4 at once.
- **real address**: Windows compares it and connects to nobody; the answer to its HTTP probe
  decides.

An accepted phone whose unit has lost the Internet is led to the portal again: it says why, and the
phone keeps its own 4G for the rest. The grant lives on until the Internet is back.

"""
_FOOT = """
Android counts as online only with the HTTPS answer too, so without Internet no portal can make it
believe that it is; nor does this one try.
"""


def main() -> int:
    if lacking := missing():
        print(f"nothing was written: {lacking}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, Lab(Path(folder)) as lab, Unit(lab) as unit:
        DOCUMENT.write_text(text(ask(lab, unit.start())), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
