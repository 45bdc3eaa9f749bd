"""What is said of a file that only others may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nobody import closed, for_everybody, nobody
from triporteur_wire.denied import denied


@pytest.fixture
def secret() -> Iterator[Path]:
    with for_everybody() as folder:
        path = folder / "secret"
        path.write_text("of others")
        with closed(folder):
            yield path


def said(path: Path) -> tuple[str, str]:
    """In the error's own words, and in ours."""
    with nobody(), pytest.raises(PermissionError) as caught:
        path.read_text()
    with nobody():
        return str(caught.value), denied(caught.value)


def test_who_may_not_use_a_file_reads_which_and_to_be_root(secret: Path) -> None:
    assert said(secret)[1] == f"this user may not use {secret}: run this as root (sudo)"


def test_a_service_is_not_told_to_be_root(secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/systemd/notify")
    own, ours = said(secret)
    assert own == ours


@pytest.mark.parametrize(
    "error", [FileNotFoundError(2, "No such file", "here"), PermissionError(13, "no name")]
)
def test_every_other_error_keeps_its_words(error: OSError) -> None:
    with nobody():
        assert denied(error) == str(error)
