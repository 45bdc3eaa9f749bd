import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.depot.ingest.desk import Depot, batch, sent
from triporteur_depot.__main__ import main

Said = tuple[int, list[str], list[str]]


@pytest.fixture
def depot(tmp_path: Path) -> Iterator[Depot]:
    made = Depot(tmp_path / "depot.db")
    made.take(sent(b"nonsense", 1, 3), sent(b"?", 4, 6))
    payload = batch(4, 6).payload
    made.connection.execute("UPDATE quarantine SET payload = ? WHERE payload = ?", (payload, b"?"))
    yield made
    made.connection.close()


@pytest.fixture
def requeue(
    depot: Depot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    config = tmp_path / "depot.toml"
    config.write_text(f'[database]\npath = "{depot.path}"\n')

    def run(*words: str) -> Said:
        status = main(["requeue", *words, "--config", str(config)])
        said = capsys.readouterr()
        return status, said.out.splitlines(), said.err.splitlines()

    return run


def test_what_was_read_and_what_was_not_is_told(requeue: Callable[..., Said]) -> None:
    status, (unreadable, read, total), complaints = requeue("ben")
    assert (status, complaints) == (0, [])
    assert unreadable.startswith("1 ben: still unreadable: not zlib")
    assert read == "2 ben: 3 records more"
    assert total == "1 of 2 batches read and stored: 3 records"


def test_a_dry_run_says_could(depot: Depot, requeue: Callable[..., Said]) -> None:
    assert requeue("--dry-run")[1][-1] == "1 of 2 batches could be read: 3 records"
    assert depot.ask("SELECT count(*) FROM quarantine") == [(2,)]


def test_programs_get_an_object_a_line(requeue: Callable[..., Said]) -> None:
    found = [json.loads(line) for line in requeue("--json")[1]]
    assert [(one["id"], one["unit"], one["records"], bool(one["fault"])) for one in found] == [
        (1, "ben", 0, True),
        (2, "ben", 3, False),
    ]


def test_one_batch_alone_can_be_read_again(depot: Depot, requeue: Callable[..., Said]) -> None:
    assert requeue("--id", "2")[1] == [
        "2 ben: 3 records more",
        "1 of 1 batches read and stored: 3 records",
    ]
    assert depot.ask("SELECT id FROM quarantine") == [(1,)]


def test_nothing_to_do_is_told(depot: Depot, requeue: Callable[..., Said]) -> None:
    depot.connection.execute("DELETE FROM quarantine")
    assert requeue() == (0, ["nothing is in quarantine"], [])


@pytest.mark.parametrize(
    ("words", "advice"),
    [(["bon"], "known are: ben"), (["--id", "7"], "in it is: 1, 2"), (["ana", "--id", "1"], "ana")],
)
def test_what_is_not_there_is_told_in_a_sentence(
    requeue: Callable[..., Said], words: list[str], advice: str
) -> None:
    status, out, [complaint] = requeue(*words)
    assert (status, out) == (2, [])
    assert advice in complaint


def test_a_database_that_is_not_there_is_named_and_not_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "depot.toml"
    config.write_text(f'[database]\npath = "{tmp_path / "nowhere.db"}"\n')
    assert main(["requeue", "--config", str(config)]) == 1
    [complaint] = capsys.readouterr().err.splitlines()
    assert "nowhere.db" in complaint
    assert not (tmp_path / "nowhere.db").exists()
