"""Phones that all come at once, as when a queue forms: how long until each sees the first page.

`python -m tests.network.storm` lets 20, 50 and 150 of them loose, the portal held to a quarter of a
core, as on a small Pi; `--write` keeps the table in docs/captive-storm.md.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.network.lab import Lab
from tests.network.limit import held_to
from tests.network.phone import Phone
from tests.network.rights import missing
from tests.network.settings import PORTAL
from tests.network.unit import Unit

DOCUMENT = Path(__file__).parents[2] / "docs" / "captive-storm.md"
SIZES = (20, 50, 150)
QUARTER = 0.25
WITHIN_S = 5.0
#: What the phones of each system ask before they show a page, in their order.
_TRAINS = (
    ("http://captive.apple.com/hotspot-detect.html",) * 2,
    (
        "http://connectivitycheck.gstatic.com/generate_204",
        "https://www.google.com/generate_204",
        "http://play.googleapis.com/generate_204",
    ),
    ("http://www.msftconnecttest.com/connecttest.txt", "http://www.msftconnecttest.com/redirect"),
    (
        "http://detectportal.firefox.com/canonical.html",
        "http://detectportal.firefox.com/success.txt?ipv4",
    ),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one storm: seconds from a phone's first word to its first page, in order, and failures."""

    phones: int
    first_page_s: list[float]
    failures: list[str]

    def percentile_s(self, share: float) -> float:
        return self.first_page_s[round(share * (len(self.first_page_s) - 1))]


def storm(phones: Sequence[Phone], seed: int) -> Outcome:
    """Each phone joins at a moment of its own within five seconds."""
    return asyncio.run(_storm(phones, random.Random(seed)))


async def _storm(phones: Sequence[Phone], chance: random.Random) -> Outcome:
    arrivals = [_arrive(phone, chance.uniform(0, WITHIN_S)) for phone in phones]
    told = await asyncio.gather(*arrivals, return_exceptions=True)
    failures = [f"phone {p.number}: {t!r}" for p, t in zip(phones, told, strict=True) if _bad(t)]
    return Outcome(len(phones), sorted(t for t in told if isinstance(t, float)), failures)


def _bad(told: float | BaseException) -> bool:
    return isinstance(told, BaseException)


async def _arrive(phone: Phone, after_s: float) -> float:
    await asyncio.sleep(after_s)
    start_s = time.monotonic()
    await phone.join()
    for url in _TRAINS[phone.number % len(_TRAINS)]:
        if url.startswith("https:"):
            await _is_refused(phone, url)
        else:
            where, page = await phone.visit(url)
            assert (where, page.status) == (PORTAL, 200), f"{url} led to {where}, {page.status}"
    return time.monotonic() - start_s


async def _is_refused(phone: Phone, url: str) -> None:
    try:
        await phone.fetch(url)
    except ConnectionRefusedError:
        return
    raise AssertionError(f"{url} was let through")


def lines(outcomes: Sequence[Outcome]) -> Sequence[str]:
    """A table, in the manner of the documents."""
    rows = [f"| {one.phones} | {len(one.failures)} | {_figures(one)} |" for one in outcomes]
    return [
        "| phones | without a page | p50, s | p99, s | last, s |",
        "| -----: | -------------: | -----: | -----: | ------: |",
        *rows,
    ]


def _figures(one: Outcome) -> str:
    return " | ".join(f"{one.percentile_s(share):.2f}" for share in (0.5, 0.99, 1))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.network.storm", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="keep the table in the documents")
    given = parser.parse_args()
    if lacking := missing():
        print(lacking, file=sys.stderr)
        return 1
    with held_to(QUARTER) as slowly:
        outcomes = [measure(size, given.seed, slowly) for size in SIZES]
    table = "\n".join(lines(outcomes)) + "\n"
    print(table, *(failure for one in outcomes for failure in one.failures), sep="\n")
    if given.write:
        DOCUMENT.write_text(_HEAD.format(date=datetime.now(UTC)) + table, encoding="utf-8")
    return int(any(one.failures for one in outcomes))


def measure(size: int, seed: int, prefix: tuple[str, ...]) -> Outcome:
    """One storm on a unit of its own."""
    with tempfile.TemporaryDirectory() as folder, Lab(Path(folder)) as lab, Unit(lab) as unit:
        unit.start(*prefix)
        return storm(lab.add_phones(size), seed)


_HEAD = """\
# A storm of phones

Made by `make storm WRITE=--write`, {date:%-d %B %Y}: so many phones arrive within five seconds,
each in a network of its own. Each asks for an address, for names, sends the probes that its system
sends (HTTPS is refused at once), and is led to the welcome page. Told are seconds from its first
word to the whole page, all of it included. The portal is held to a quarter of one core; the gate's
dnsmasq, the kernel and the phones themselves share the two cores of a development machine.

"""

if __name__ == "__main__":
    sys.exit(main())
