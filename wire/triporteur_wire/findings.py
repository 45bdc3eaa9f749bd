"""What a doctor says: each check gives one verdict, and one sentence of what is so and what to do.

The doctors of unit, kiosk and depot change nothing, and stop nothing that runs.
"""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import TextIO

import msgspec

#: What a finding about a configuration is about.
CONFIGURATIONS = ("unit.toml", "depot.toml")


class Verdict(StrEnum):
    OK = "ok"
    #: it works, and somebody should see to it
    ATTENTION = "attention"
    WRONG = "wrong"


class Finding(msgspec.Struct, frozen=True):
    """Of one check: what it is about, in a few words; its verdict; a sentence."""

    about: str
    verdict: Verdict
    said: str


Answer = tuple[Verdict, str]
Check = tuple[str, Callable[[], Answer]]

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Finding)


def well(said: str) -> Answer:
    return Verdict.OK, said


def attention(said: str) -> Answer:
    return Verdict.ATTENTION, said


def wrong(said: str) -> Answer:
    return Verdict.WRONG, said


def examined(checks: Iterable[Check]) -> Iterator[Finding]:
    """Looks at one after the other; a check that cannot look says so, and holds up no other."""
    for about, look in checks:
        yield Finding(about, *_answer(look))


def show(findings: Iterable[Finding], *, as_json: bool, out: TextIO) -> int:
    """Prints each as soon as it is found. The exit status: 1 when anything is wrong.

    It is 2 when a configuration is.
    """
    counts, status = dict.fromkeys(Verdict, 0), 0
    for found in findings:
        counts[found.verdict] += 1
        if found.verdict is Verdict.WRONG:
            status = max(status, 2 if found.about in CONFIGURATIONS else 1)
        out.write((_ENCODER.encode(found).decode() if as_json else _line(found)) + "\n")
        out.flush()
    if not as_json:
        out.write(f"\n{', '.join(f'{count} {verdict}' for verdict, count in counts.items())}\n")
    return status


def read(line: str) -> Finding:
    """A line of another doctor's JSON. Raises msgspec.DecodeError when it is none."""
    return _DECODER.decode(line)


def _answer(look: Callable[[], Answer]) -> Answer:
    try:
        return look()
    except PermissionError as error:
        return attention(f"{error.filename or 'it'} may not be looked at: run this as root")
    except Exception as error:  # noqa: BLE001 - the top of the loop: the other checks go on
        return attention(f"could not be looked at ({type(error).__name__}: {error})")


def _line(found: Finding) -> str:
    word = found.verdict if found.verdict is Verdict.OK else found.verdict.upper()
    return f"{word:9}  {found.about:18}  {found.said}"
