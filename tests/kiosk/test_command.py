"""`triporteur-kiosk` as a process: it answers, says what is wrong, and ends when told."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.kiosk.console.unit import status
from tests.nobody import closed, for_everybody, nobody
from tests.rig import free_port, wait_for
from triporteur_device.clock import boottime_ms
from triporteur_device.snapshot import write_snapshot
from triporteur_kiosk.__main__ import main

CONTENT = Path(__file__).parents[2] / "kiosk/content/content.toml"


def configured(directory: Path, command: str, port: int, content: Path = CONTENT) -> Path:
    """A unit.toml that has `command` listen on `port`."""
    listen = f'listen = "127.0.0.1:{port}"\n'
    path = directory / "unit.toml"
    path.write_text(
        f'[unit]\nname = "bordeaux-1"\n[snapshot]\npath = "{directory}/snapshot.json"\n'
        f'content = "{directory}/verdict.json"\n'
        f'[portal]\ncontent = "{content}"\njournal = "{directory}/kiosk.journal"\n'
        f'pushed = "{directory}/pushed.json"\n'
        f"{listen if command == 'portal' else ''}"
        "[console]\ntls = false\n"
        f"{listen if command == 'console' else ''}"
    )
    return path


def program(command: str, config: Path) -> list[str]:
    return [sys.executable, "-m", "triporteur_kiosk", command, "--config", str(config)]


@contextmanager
def running(arguments: list[str]) -> Iterator[subprocess.Popen[str]]:
    """The process, once it has said its first line: it must be the one that it is ready."""
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        try:
            yield process
        finally:
            process.kill()


def get(port: int, path: str) -> tuple[int, dict[str, str], str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read().decode()
    connection.close()
    return found


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    ("command", "heading"), [("portal", "Bienvenue au triporteur"), ("console", "bordeaux-1")]
)
def test_it_says_its_address_answers_and_ends_when_told(
    tmp_path: Path, command: str, heading: str, number: signal.Signals
) -> None:
    port = free_port()
    write_snapshot(tmp_path / "snapshot.json", status())
    with running(program(command, configured(tmp_path, command, port))) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{command} on http://127.0.0.1:{port}/\n"
        code, headers, page = get(port, "/")
        assert code == 200
        assert heading in page
        assert "Server" not in headers
        process.send_signal(number)
        said, faults = process.communicate(timeout=60)
    assert (process.returncode, said, faults) == (0, "", "")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["portal", "console"])
def test_a_taken_port_is_told_in_one_sentence(tmp_path: Path, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            program(command, configured(tmp_path, command, port)),
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"triporteur-kiosk: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize(("command", "other"), [("portal", "console"), ("console", "public")])
def test_a_process_loads_its_own_pages_only(tmp_path: Path, command: str, other: str) -> None:
    arguments = program(command, configured(tmp_path, command, free_port()))
    with running([arguments[0], "-X", "importtime", *arguments[1:]]) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()
        _, loaded = process.communicate(timeout=60)
    own = {"portal": "public", "console": "console"}[command]
    assert f"triporteur_kiosk.{own}" in loaded
    assert f"triporteur_kiosk.{other}" not in loaded


@pytest.mark.parametrize("only_check", [["--check-config"], []])
@pytest.mark.parametrize("command", ["portal", "console"])
def test_a_bad_configuration_is_told_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, only_check: list[str]
) -> None:
    path = tmp_path / "unit.toml"
    path.write_text('[portal]\nlisten = "ici"\n[console]\ntls = false\nlisten = "0.0.0.0:80"\n')
    assert main([command, "--config", str(path), *only_check]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 3
    assert "[unit] name is missing" in told


@pytest.mark.parametrize("command", ["portal", "console"])
def test_a_missing_configuration_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main([command, "--config", str(tmp_path / "unit.toml")]) == 2
    assert "unit.toml: cannot be read: No such file or directory" in capsys.readouterr().err


@pytest.mark.parametrize("only_check", [["--check-config"], []])
def test_bad_content_stops_the_portal_and_names_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], only_check: list[str]
) -> None:
    content = tmp_path / "content.toml"
    content.write_text("[phrases]\n")
    config = str(configured(tmp_path, "portal", 8080, content))
    assert main(["portal", "--config", config, *only_check]) == 2
    assert f"{content}: " in capsys.readouterr().err


@pytest.mark.parametrize("command", ["portal", "console"])
def test_good_files_can_be_checked_without_serving_anything(tmp_path: Path, command: str) -> None:
    config = str(configured(tmp_path, command, 8080))
    assert main([command, "--check-config", "--config", config]) == 0


@pytest.mark.parametrize("address", [r"a.fr\n", "a.fr:99999", "http://a.fr/", ":80"])
def test_an_address_nobody_can_be_led_to_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    path = tmp_path / "unit.toml"
    path.write_text(f'[unit]\nname = "bordeaux-1"\n[portal]\naddress = "{address}"\n')
    assert main(["portal", "--config", str(path)]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"{path}: [portal] address found ")
    assert told.count("\n") == 1


def the_day_after(days: int) -> str:
    day = datetime.now(UTC).date() + timedelta(days=days)
    return f"\n[[visit]]\ndate = {day}\nfrom = 00:00:00\nto = 23:59:59\nplace = 'Place du Four'\n"


@pytest.mark.slow
def test_the_portal_tells_dates_only_while_the_agent_vouches_for_the_time(tmp_path: Path) -> None:
    content = tmp_path / "content.toml"
    content.write_text(CONTENT.read_text(encoding="utf-8") + the_day_after(2), encoding="utf-8")
    port, snapshot = free_port(), tmp_path / "snapshot.json"
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    with running(program("portal", configured(tmp_path, "portal", port, content))) as process:
        assert process.stdout is not None
        process.stdout.readline()

        def tells_of_the_visit() -> bool:
            code, _, page = get(port, "/visites")
            assert code == 200
            return "Place du Four" in page

        assert not tells_of_the_visit()  # no agent runs
        write_snapshot(snapshot, replace(status(), utc_ms=None))
        assert not tells_of_the_visit()

        def tells_of_it_today() -> bool:
            write_snapshot(snapshot, replace(status(), utc_ms=now_ms))
            return tells_of_the_visit()

        wait_for(tells_of_it_today, "it is told")
        write_snapshot(snapshot, replace(status(), mono_ms=boottime_ms() - 60_000, utc_ms=now_ms))
        assert not tells_of_the_visit()
        write_snapshot(snapshot, replace(status(), utc_ms=now_ms + 9 * 86_400_000))
        assert not tells_of_the_visit()


def test_a_command_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 2
    assert "required: COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["pair"], ["paired"], ["unpair", "1"]])
def test_a_forgotten_sudo_is_told_in_a_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with for_everybody() as folder:
        config = configured(folder, "console", free_port())
        text = config.read_text().replace(
            "[snapshot]", f'[snapshot]\nconsole = "{folder}/kept/ram"'
        )
        kept = f'[console]\ndirectory = "{folder}/kept"\n'
        config.write_text(text.replace("[console]\ntls = false\n", kept))
        (folder / "kept" / "ram").mkdir(parents=True)
        command = [*words, "--config", str(config)]
        main(command)  # all that it takes is imported
        capsys.readouterr()
        with closed(folder / "kept"), nobody():
            assert main(command) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"triporteur-kiosk: this user may not use {folder}/kept")
    assert line.endswith(": run this as root (sudo)")
