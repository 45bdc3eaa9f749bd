"""Bafang motors (BBS01, BBS02, BBSHD) overheard on the line of their display: 1200 8N1.

Sources: ChristophPech/bbsDisplay "bafang_proto.txt", aalm/bbs-fw_wiki, danielnilsson9/bbs-fw,
EBiCS/EBiCS_Firmware, andrey-pr/OpenBafangTool and philippsandhaus/bafang-python. One letter is one
nibble. The display asks, the motor answers, and the answer does not say what was asked:

    question   answer
    11 08      SS           status; no checksum
    11 0A      II II        battery current, 0.5 A; said twice
    11 11      QQ QQ        charge, %, guessed from the voltage; said twice
    11 20      NNNN CC      turns of the wheel a minute; C: sum of both bytes and 20
    11 22 33   RRRR CC      what the display shows as range; C: sum of both bytes
    11 31      MM MM        30 while the wheel turns, 31 at rest; said twice
    16 0B LL CC             the display sets the assistance; nobody answers
    16 1A LL                F1 lights on, F0 off
    16 1F NNNN CC           the display sets the greatest turns of the wheel a minute

The display is the only master of this line: nothing is ever sent here. Both wires are tapped and
joined into one line, so that each answer follows its question; a recording that holds answers only
is read by telling the decoder what was asked (`asked`).

What is believed: an answer right behind its question, said twice or with the right sum, and such
as a bicycle could give. An answer that begins like a question is taken for one, the motor being
silent: exactly 8.5 A and 17 % (11 twice) are therefore never heard on a joined line. Where bytes
are lost, an answer may stand behind a question that is not its own: a current that is what the
motor last said of its charge or of its wheel is not believed, once. In pure noise a question and a
good answer come together by chance about once in a day and a half. The status, one byte without
any check, is shown and gives no value; nor does the charge, which follows the voltage down whenever
the motor pulls.

A workshop's cable asks more (`11 51 04 B0 05`, `11 52`, `11 53`, `11 54`, `14 16`), answered by a
code, a length, data and the sum of all these. Such an answer tells how a motor is set, and gives no
value; whether its sum is right is told, for the published examples were altered.
"""

import re

from triporteur_device.protocols.bafang_answers import BY_KIND, EXCHANGES, Exchange
from triporteur_device.protocols.base import (
    Discarded,
    Event,
    Fault,
    Frame,
    ProtocolSpec,
    Reading,
)
from triporteur_device.protocols.hunting import MAX_RUN, HuntingDecoder
from triporteur_device.protocols.wheel import at_wheel

_SAID_LIKE_A_CURRENT = ("battery", "moving")
_LONGEST = max(len(exchange.question) + exchange.size for exchange in EXCHANGES)


def _or_begun(question: bytes) -> bytes:
    """A pattern of the question, and of its beginning at the very end of the bytes."""
    rest = b""
    for byte in reversed(question[1:]):
        rest = b"(?:" + re.escape(bytes((byte,))) + rest + rb"|\Z)"
    return re.escape(question[:1]) + rest


_QUESTION = re.compile(b"|".join(_or_begun(exchange.question) for exchange in EXCHANGES))


class BafangDecoder:
    """Finds questions with their answers; after `asked`, the answer alone."""

    def __init__(self) -> None:
        self._hunt = HuntingDecoder(_QUESTION, _size, self._check)
        self._elsewhere: dict[str, bytes] = {}
        self._asked: Exchange | None = None
        self._answer = b""
        self._untold: list[Event] = []

    def asked(self, request: bytes) -> None:
        self._give_up_answer()
        self._asked = next(
            (known for known in EXCHANGES if request in (known.question, known.question[:2])), None
        )

    def receive(self, data: bytes) -> list[Event]:
        events, self._untold = self._untold, []
        if self._asked and data:
            events += self._hunt.reset()
            data = self._take_answer(self._asked, data, events)
        return events + self._hunt.receive(data)

    def reset(self) -> list[Event]:
        self._give_up_answer()
        events, self._untold = self._untold, []
        return events + self._hunt.reset()

    @property
    def pending(self) -> int:
        untold = sum(len(event.raw) for event in self._untold)
        return self._hunt.pending + len(self._answer) + untold

    def _take_answer(self, asked: Exchange, data: bytes, events: list[Event]) -> bytes:
        missing = asked.size - len(self._answer)
        self._answer += data[:missing]
        if len(self._answer) == asked.size:
            events.append(_judged(asked, self._answer, self._answer))
            self._asked, self._answer = None, b""
        return data[missing:]

    def _check(self, raw: bytes) -> Frame | Fault:
        told = _checked(raw)
        if not isinstance(told, Frame):
            return told
        if told.kind in _SAID_LIKE_A_CURRENT:
            self._elsewhere[told.kind] = told.payload
        elif told.kind == "current" and told.payload in self._elsewhere.values():
            self._elsewhere.clear()
            return Fault.PAYLOAD
        return told

    def _give_up_answer(self) -> None:
        if self._answer:
            self._untold.append(Discarded(Fault.TRUNCATED, self._answer))
        self._asked, self._answer = None, b""


def _judged(exchange: Exchange, answer: bytes, raw: bytes) -> Event:
    fault = exchange.check(answer)
    return Discarded(fault, raw) if fault else Frame(exchange.kind, answer, raw)


def _exchange_at(held: bytes, start: int) -> Exchange | None:
    return next((known for known in EXCHANGES if held.startswith(known.question, start)), None)


def _size(held: bytes, start: int) -> int:
    exchange = _exchange_at(held, start)
    # Of a question that has only begun, one byte more than there is.
    return len(exchange.question) + exchange.size if exchange else len(held) - start + 1


def _checked(raw: bytes) -> Frame | Fault:
    exchange = _exchange_at(raw, 0)
    if exchange is None:
        return Fault.NOISE
    answer = raw[len(exchange.question) :]
    if _QUESTION.match(answer):
        return Fault.TRUNCATED
    return exchange.check(answer) or Frame(exchange.kind, answer, raw)


def interpret(frame: Frame, wheel_circumference_m: float | None = None) -> Reading:
    """The reading of an answer; the speed only where the wheel is known."""
    said = BY_KIND[frame.kind].meaning(frame.payload)
    if frame.kind != "speed" or wheel_circumference_m is None:
        return said
    turns = int.from_bytes(frame.payload[:2], "big")
    return Reading(said.fields, {"speed_kmh": 0.06 * wheel_circumference_m * turns})


SPEC = at_wheel(
    ProtocolSpec(
        name="bafang",
        baud=1200,
        quiet_s=0.3,
        max_pending=_LONGEST + MAX_RUN,
        decoder=BafangDecoder,
        interpret=interpret,
    ),
    interpret,
)
