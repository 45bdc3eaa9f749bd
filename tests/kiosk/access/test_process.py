"""The console as a process with its door, and the commands that open it."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.kiosk.access.trike import Trike
from tests.rig import end, free_port, running, wait_for
from triporteur_kiosk.config import load

pytestmark = pytest.mark.slow


@pytest.fixture
def started(trike: Trike) -> Iterator[subprocess.Popen[bytes]]:
    """The process; the depot has certified its key."""
    trike.port = free_port()
    trike.configure(port=trike.port)
    command = (sys.executable, "-m", "triporteur_kiosk", "console", "--config", str(trike.path))
    with running(trike.folder / "log", command) as process:
        places = load(trike.path).console_places
        wait_for(places.request.exists, "the console asks for a certificate")
        places.certified.write_text(trike.certificate())
        wait_for(lambda: "well again" in log(trike), "the console has its certificate")
        yield process


def log(trike: Trike) -> str:
    return (trike.folder / "log").read_text()


def says(trike: Trike, *words: str, status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "triporteur_kiosk", *words, "--config", str(trike.path)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


def code_of(said: str) -> str:
    found = re.search(r"type (\d{4}) (\d{4})$", said, re.MULTILINE)
    assert found
    return found[1] + found[2]


def test_a_phone_is_paired_listed_and_unpaired(
    trike: Trike, started: subprocess.Popen[bytes]
) -> None:
    url = f"https://ben.triporteur.internal:{trike.port}/"
    wait_for(lambda: f"console on {url}\n" in log(trike), "it says where")
    wait_for(lambda: _answers(trike), "the console shows its certificate")
    said = says(trike, "pair")
    assert f"{url}jumeler" in said
    assert "█" in said
    assert re.search(r"SHA-256: ([0-9A-F]{2}:){31}[0-9A-F]{2}\n", said)
    phone = trike.phone()
    assert phone.pair(code_of(said)).status == 303
    assert phone.get().status == 200
    assert says(trike, "paired") == (
        "1: paired on a day that was not known, last seen on a day that was not known\n"
    )
    assert says(trike, "unpair", "2", status=2) == (
        "no phone 2 is paired; see: triporteur-kiosk paired\n"
    )
    assert says(trike, "unpair", "1") == "1 unpaired\n"
    assert phone.get().status == 403
    assert says(trike, "unpair", "--all") == "0 unpaired\n"
    assert says(trike, "unpair", status=2) == "name one by its number, or say --all\n"
    assert code_of(said) not in log(trike)
    assert phone.cookie not in log(trike)
    assert end(started, signal.SIGTERM) == 0


def _answers(trike: Trike) -> bool:
    try:
        return trike.phone().get("/jumeler").status == 200
    except OSError:
        return False


def test_it_ends_at_once_though_phones_are_connected(
    trike: Trike, started: subprocess.Popen[bytes]
) -> None:
    wait_for(lambda: _answers(trike), "the console shows its certificate")
    assert end(started, signal.SIGINT) == 0
    assert "Traceback" not in log(trike)


def test_without_tls_there_is_nobody_to_pair(trike: Trike) -> None:
    trike.configure("tls = false")
    assert "no phone is paired, the console is open" in says(trike, "pair", status=2)


def test_a_folder_that_is_not_there_is_told(trike: Trike) -> None:
    (trike.folder / "ram").rmdir()
    assert says(trike, "pair", status=1) == (
        f"{trike.folder}/ram is not there: start the console first\n"
    )
    assert "no phone is paired" in says(trike, "paired", status=1)
    assert "no phone is paired" in says(trike, "unpair", "--all", status=1)
