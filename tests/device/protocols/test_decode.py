"""`decode`: hexadecimal lines in, JSON lines out."""

import io
import json
import sys
from typing import Any

import pytest

from triporteur_device.commands.decode import decode, run
from triporteur_device.protocols import PROTOCOLS

CELLS = "dd0400080f450f3d0f370f3dfec677"
CELLS_V = [3.909, 3.901, 3.895, 3.901]


def decoded(*lines: str, protocol: str = "jbd") -> list[dict[str, Any]]:
    out = io.StringIO()
    assert decode(protocol, lines, out) == 0
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_frame_is_told_with_its_fields_and_its_measures() -> None:
    assert decoded(CELLS) == [
        {"frame": {"register": "0x04", "status": 0}, "measures": {"cells_v": CELLS_V}}
    ]


def test_lines_may_cut_a_frame_anywhere_and_be_blank() -> None:
    assert decoded("dd04\n", "\n", "00 08 0F45\r\n", "", CELLS[12:]) == decoded(CELLS)


def test_only_the_response_is_read() -> None:
    assert decoded(f"dda50400fffc77>{CELLS}") == decoded(CELLS)


def test_discarded_bytes_are_told_with_their_reason() -> None:
    assert decoded("0102", CELLS, CELLS[:-2]) == [
        {"discarded": "noise", "hex": "0102"},
        *decoded(CELLS),
        {"discarded": "truncated", "hex": CELLS[:-2]},
    ]


def test_an_impossible_payload_is_told_as_discarded() -> None:
    zeros = "dd0400040000" + "0000fffc77"
    assert decoded(zeros) == [{"discarded": "payload", "hex": zeros}]


def test_a_value_out_of_range_is_left_out_and_the_frame_stays() -> None:
    (answer,) = decoded("dd040002ffff" + "fe0077")
    assert answer == {"frame": {"register": "0x04", "status": 0}, "measures": {}}


def test_a_line_that_is_not_hexadecimal_is_told_once_and_skipped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert decoded("zz", CELLS, "abc") == decoded(CELLS)
    told = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in told] == ["Line 1 skipped", "Line 3 skipped"]


def test_an_unknown_protocol_is_told_with_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = io.StringIO()
    assert decode("nope", [CELLS], out) == 2
    assert out.getvalue() == ""
    known = ", ".join(sorted(PROTOCOLS))
    assert capsys.readouterr().err == f"Unknown protocol 'nope'; choose one of: {known}.\n"


def test_the_command_reads_any_bytes_on_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = io.TextIOWrapper(io.BytesIO(b"\xff\xfe\x00\n" + CELLS.encode()), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", lines)
    assert run("jbd") == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["measures"] == {"cells_v": CELLS_V}
    assert told.err.startswith("Line 1 skipped")
