"""`triporteur-depot run` where it cannot: one sentence, saying what to do."""

import socket
from pathlib import Path

import pytest

from tests.depot.authority.commanded import Depot
from tests.nobody import closed, for_everybody, nobody
from triporteur_depot.__main__ import main


def configured(tmp_path: Path, port: int, database: str = "depot.db") -> str:
    path = tmp_path / "depot.toml"
    path.write_text(f'[database]\npath = "{tmp_path / database}"\n[pages]\nport = {port}\n')
    return str(path)


def test_a_port_that_is_taken_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["run", "--config", configured(tmp_path, port)]) == 1
    (sentence,) = capsys.readouterr().err.splitlines()
    assert f"port {port}" in sentence
    assert "[pages] port" in sentence


def test_a_database_that_is_none_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "depot.db").write_text("no database at all" * 100)
    assert main(["run", "--config", configured(tmp_path, 1)]) == 1
    (sentence,) = capsys.readouterr().err.splitlines()
    assert str(tmp_path / "depot.db") in sentence
    assert "[database] path" in sentence


def test_every_fault_of_the_file_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "depot.toml"
    path.write_text("[pages]\nport = 0\n[mqtt]\nport = 'x'\n[fleet]\n")
    assert main(["run", "--config", str(path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [["enrol", "ana", "--out", "FOLDER/bundle"], ["revoke", "ben"], ["release", "list"], ["units"]],
)
def test_a_forgotten_sudo_is_told_in_a_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with for_everybody() as folder:
        (folder / "kept").mkdir()
        Depot(folder / "kept", capsys).says("broker")
        config = (folder / "kept" / "depot.toml").rename(folder / "depot.toml")
        command = [word.replace("FOLDER", str(folder)) for word in words]
        command += ["--config", str(config)]
        main(command)  # all that it takes is imported
        capsys.readouterr()
        with closed(folder / "kept"), nobody():
            assert main(command) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"triporteur-depot: this user may not use {folder}/kept")
    assert line.endswith(": run this as root (sudo)")
