"""Recordings that know what was asked answer again."""

from pathlib import Path

import pytest

from triporteur_device.capture import Provenance, beside, digest, write_provenance
from triporteur_device.link import LinkLost
from triporteur_device.link.replay import ReplayLink

A, B, C = b"\xaa", b"\xbb", b"\xcc"


def recording(folder: Path, *said: tuple[bytes, bytes], before: bytes = b"") -> Path:
    raw, asked, questions = before, [], [A, B, C]
    for question, answer in said:
        asked.append((len(raw), questions.index(question)))
        raw += answer
    path = folder / "stream.bin"
    path.write_bytes(raw)
    hexadecimal = tuple(question.hex() for question in questions)
    provenance = Provenance(
        *("jbd", 9600, "2026-11-22T09:00:00Z", 1.0, "", "", len(raw), digest(raw)),
        questions=hexadecimal,
        asked=tuple(asked),
    )
    write_provenance(path, provenance)
    return path


def answer(link: ReplayLink, question: bytes) -> bytes:
    link.write(question)
    heard = b""
    while piece := link.read(0.0):
        heard += piece
    return heard


def test_the_same_questions_get_the_same_answers(tmp_path: Path) -> None:
    link = ReplayLink(recording(tmp_path, (A, b"one"), (B, b"two"), (A, b"three")), 115200)
    assert link.read(0.0) == b""
    assert [answer(link, question) for question in (A, B, A)] == [b"one", b"two", b"three"]


def test_a_question_that_was_missed_is_missed_again(tmp_path: Path) -> None:
    link = ReplayLink(recording(tmp_path, (A, b""), (A, b"one")), 115200)
    assert [answer(link, A), answer(link, A)] == [b"", b"one"]


def test_what_was_never_asked_has_no_answer_and_costs_none(tmp_path: Path) -> None:
    link = ReplayLink(recording(tmp_path, (A, b"one"), (B, b"two")), 115200)
    assert answer(link, C) == b""
    assert answer(link, b"\xdd") == b""
    assert answer(link, A) == b"one"


def test_a_question_far_away_does_not_rush_through_the_recording(tmp_path: Path) -> None:
    hour = [(A, b"a"), (B, b"b")] * 100
    link = ReplayLink(recording(tmp_path, *hour, (C, b"c")), 115200)
    assert answer(link, C) == b""
    assert answer(link, B) == b"b"
    assert answer(link, A) == b"a"


def test_after_its_end_a_recording_is_silent(tmp_path: Path) -> None:
    link = ReplayLink(recording(tmp_path, (A, b"one")), 115200)
    assert [answer(link, A), answer(link, A)] == [b"one", b""]


def test_a_recording_with_a_broken_word_about_it_is_lost(tmp_path: Path) -> None:
    path = recording(tmp_path, (A, b"one"))
    beside(path).write_text("{")
    with pytest.raises(LinkLost, match="is not what `record` writes"):
        ReplayLink(path, 9600)
