"""What the depot answers to a request for a certificate: may it be used?"""

from triporteur_device.identity.bundle import day
from triporteur_device.identity.papers import BadPapers, Papers, read_papers
from triporteur_wire.requests import Certified

_LONGEST_REASON = 300


def certified(answer: Certified, key: bytes, unit: str, login: str, utc_ms: int | None) -> Papers:
    """The papers it makes of the key. `utc_ms` is None while nothing vouches for the clock.

    Raises BadPapers unless the certificate is of this key, names this unit, was signed by one of
    the authorities that came with it, and has not ended yet.
    """
    papers = read_papers(key, answer.certificate, answer.authorities, login)
    if papers.unit != unit:
        raise BadPapers(f"the certificate is for {papers.unit!r}, this unit is {unit!r}")
    if utc_ms is not None and utc_ms >= papers.until_utc_ms:
        raise BadPapers(f"the certificate ended on {day(papers.until_utc_ms)}")
    return papers


def readable(reason: str) -> str:
    """Words from outside, for one line of a log or a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in reason)[:_LONGEST_REASON]
