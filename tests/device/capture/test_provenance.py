from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triporteur_device.capture import (
    BadProvenance,
    Provenance,
    beside,
    digest,
    exchanges,
    read_provenance,
    write_provenance,
)

BARE = Provenance("jbd", 9600, "2026-11-22T09:00:00Z", 61.5, "ben", "SP14S004, 13S", 4, "0" * 64)


def asked(*marks: tuple[int, int]) -> Provenance:
    return msgspec.structs.replace(BARE, questions=("aa", "bb"), asked=marks)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    recording = tmp_path / "stream.bin"
    write_provenance(recording, asked((0, 0), (3, 1)))
    assert read_provenance(recording) == asked((0, 0), (3, 1))
    assert beside(recording).name == "stream.bin.json"


def test_bytes_without_a_word_about_them_are_not_an_error(tmp_path: Path) -> None:
    assert read_provenance(tmp_path / "stream.bin") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[" * 3000,
        msgspec.json.encode(asked((0, 2))).decode(),
        msgspec.json.encode(msgspec.structs.replace(BARE, questions=("zz",))).decode(),
    ],
    ids=["empty", "bare", "deep", "a question missing", "not hexadecimal"],
)
def test_another_file_in_its_place_is_told_in_one_sentence(tmp_path: Path, text: str) -> None:
    recording = tmp_path / "stream.bin"
    beside(recording).write_text(text)
    with pytest.raises(BadProvenance, match="is not what `record` writes"):
        read_provenance(recording)


def test_an_answer_is_what_was_heard_until_the_next_question() -> None:
    said = list(exchanges(b"0123456789", asked((2, 0), (2, 1), (7, 0))))
    assert said == [(b"", b"01"), (b"\xaa", b""), (b"\xbb", b"23456"), (b"\xaa", b"789")]


@given(st.binary(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 1))))
def test_questions_part_the_bytes_and_lose_none(raw: bytes, marks: list[tuple[int, int]]) -> None:
    in_order = sorted((min(at, len(raw)), number) for at, number in marks)
    said = list(exchanges(raw, asked(*in_order)))
    assert b"".join(heard for _, heard in said) == raw
    assert len(said) == len(marks) + 1


def test_one_byte_more_or_less_is_another_recording() -> None:
    assert len({digest(b""), digest(b"\0"), digest(b"\0\0")}) == 3
