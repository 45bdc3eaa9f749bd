"""Known questions are found in whatever a board hears."""

from hypothesis import given
from hypothesis import strategies as st

from triporteur_device.simulators.questions import Questions

SHORT, LONG = b"\xdb\xdb\0\0", b"\x7e\xa1\x01\0\0\xbe"


def heard(stream: bytes, cut: int) -> list[bytes]:
    questions = Questions(SHORT, LONG)
    return [q for at in range(0, len(stream), cut) for q in questions.heard(stream[at : at + cut])]


@given(st.integers(1, 7), st.lists(st.sampled_from([SHORT, LONG]), max_size=6))
def test_questions_are_found_in_order_however_they_are_cut(cut: int, asked: list[bytes]) -> None:
    assert heard(b"".join(asked), cut) == asked


@given(st.integers(1, 7), st.binary(max_size=40).filter(lambda noise: b"\xdb" not in noise))
def test_noise_before_a_question_never_deafens(cut: int, noise: bytes) -> None:
    assert heard(noise + SHORT, cut)[-1:] == [SHORT]


def test_anything_else_is_no_question() -> None:
    assert heard(SHORT[:-1] + b"\1" + LONG[1:] + LONG[:-1], 2) == []
