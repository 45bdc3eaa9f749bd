"""Real requests to the real portal, and what its journal says after every kind of end."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.kiosk.usage.kiosk import HASTY, READER, REAL, Kiosk, records, usages
from tests.rig import wait_for
from triporteur_device.clock import boottime_ms

pytestmark = pytest.mark.slow


def test_what_is_served_is_counted_and_written_when_the_portal_ends(kiosk: Kiosk) -> None:
    kiosk.start(*REAL)
    before_ms = boottime_ms()
    for path in ["/", "/1", "/1", "/urgences", "/rien"]:
        kiosk.visit(path, Accept_Language="ar-MA,ar;q=0.9")
    kiosk.visit("/generate_204", "connectivitycheck.gstatic.com")
    assert usages(kiosk.journal) == []  # an hour is not over
    kiosk.end()
    assert kiosk.used() == {
        "page:welcome": 1,
        "page:sante": 2,
        "page:emergencies": 1,
        "language:ar": 4,
        "probe": 1,
    }
    last = records(kiosk.journal)[-1]
    assert last.boot_no == 12
    assert before_ms <= last.mono_ms <= boottime_ms()


def test_a_portal_that_is_killed_loses_its_last_hour_at_most(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.visit("/1")
    wait_for(lambda: kiosk.used(), "the hour is written")
    kept = kiosk.used()
    kiosk.visit("/2")
    kiosk.end(signal.SIGKILL)
    assert kept == {"page:sante": 1}
    assert kiosk.used() in (kept, kept + Counter({"page:famille": 1}))
    kiosk.start()
    kiosk.visit("/3")
    kiosk.end()
    assert kiosk.used() > kept
    assert kiosk.used()["page:travail"] == 1


def test_nothing_of_a_visitor_is_in_the_files_nor_in_the_log(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.visit(
        "/1?qui=axolotl",
        User_Agent="Zebulon/7",
        Cookie="sid=quokka",
        Referer="http://ornithorynque.example/",
        X_Forwarded_For="198.51.100.77",
        Accept_Language="tlh-QS",
        Authorization="Basic dGFwaXI6",
    )
    kiosk.visit("/generate_204", "clients3.google.com", User_Agent="Zebulon/7")
    wait_for(lambda: kiosk.used()["probe"], "the hour is written")
    kiosk.visit("/coati", User_Agent="Zebulon/7")
    live = everything(kiosk.journal.parent)
    kiosk.end()
    ended = everything(kiosk.journal.parent)
    assert b"page:sante" in live
    assert b"page:sante" in ended
    personal = [b"axolotl", b"ebulon", b"quokka", b"ornithorynque", b"198.51", b"tlh", b"tapir"]
    personal += [b"dGFwaXI", b"clients3", b"coati", b"127.0.0", socket.inet_aton("127.0.0.77")]
    for trace in personal:
        assert trace not in live + ended
        assert trace not in kiosk.told().replace(f"127.0.0.1:{kiosk.port}", "").encode()


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_pages_do_not_wait_for_the_journal(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.visit("/1")
    wait_for(lambda: kiosk.used(), "the hour is written")
    with closing(sqlite3.connect(kiosk.journal, timeout=60)) as other:
        other.execute("BEGIN IMMEDIATE")  # every write waits from here on
        for _ in range(20):
            assert kiosk.visit("/2") == 200
        other.rollback()
    wait_for(lambda: kiosk.used()["page:famille"] == 20, "what was counted meanwhile is written")


def test_a_damaged_journal_is_set_aside_and_the_pages_serve(kiosk: Kiosk) -> None:
    kiosk.journal.parent.mkdir()
    kiosk.journal.write_bytes(b"SQLite format 3\0" + b"noise" * 4000)
    kiosk.start()
    assert kiosk.visit("/1") == 200
    wait_for(lambda: kiosk.used()["page:sante"] == 1, "a new journal counts")
    assert kiosk.journal.with_name("kiosk.journal.broken-1").exists()
    assert kiosk.told().count("ERROR") == 1


# A card of the portal's own: in a name space of mounts that nobody else sees.


def start_on_a_card(kiosk: Kiosk, options: str) -> None:
    kiosk.journal.parent.mkdir()
    mount = f'mount -t tmpfs -o {options} tmpfs "{kiosk.journal.parent}" && exec "$@"'
    kiosk.start("unshare", "--map-root-user", "--mount", "sh", "-c", mount, "sh", *HASTY)


def at_the_card(kiosk: Kiosk, *command: str) -> str:
    """What a command says that is run where the portal's card is seen."""
    there = ("nsenter", "--target", str(kiosk.pid), "--user", "--mount", "--preserve-credentials")
    done = subprocess.run(
        [*there, *command], input="\n", capture_output=True, text=True, check=False
    )
    return done.stdout


def remount(kiosk: Kiosk, options: str) -> None:
    at_the_card(kiosk, "mount", "-o", f"remount,{options}", str(kiosk.journal.parent))


def used(kiosk: Kiosk) -> dict[str, int]:
    """What the journal on the card counts; nothing while there is none to read."""
    said = at_the_card(kiosk, sys.executable, str(READER), str(kiosk.journal))
    return json.loads(said) if said else {}


@pytest.mark.parametrize(
    ("bad", "good"), [("size=8k", "size=4m"), ("size=4m,ro", "size=4m,rw")], ids=["full", "ro"]
)
def test_a_card_that_refuses_stops_neither_the_pages_nor_the_counting(
    kiosk: Kiosk, bad: str, good: str
) -> None:
    start_on_a_card(kiosk, bad)
    for _ in range(3):
        assert kiosk.visit("/1") == 200
    wait_for(lambda: "cannot be used" in kiosk.told(), "the log says that the card refuses")
    assert kiosk.visit("/2") == 200
    remount(kiosk, good)
    wait_for(lambda: "can be used again" in kiosk.told(), "the log says that it is back")
    wait_for(lambda: used(kiosk) == {"page:sante": 3, "page:famille": 1}, "all is written")
    assert kiosk.told().count("ERROR") == kiosk.told().count("INFO") == 1


def refused_or_counted(kiosk: Kiosk, visits: int) -> bool:
    return "cannot be used" in kiosk.told() or used(kiosk) == {"page:sante": visits}


def test_a_card_that_fills_up_later_is_told_and_loses_nothing(kiosk: Kiosk) -> None:
    start_on_a_card(kiosk, "size=256k")
    at_the_card(kiosk, "sh", "-c", f"cat /dev/zero > {kiosk.journal.parent}/filler")
    visits = 0
    while "cannot be used" not in kiosk.told():
        assert kiosk.visit("/1") == 200
        visits += 1
        wait_for(partial(refused_or_counted, kiosk, visits), "the hour is refused or written")
    at_the_card(kiosk, "rm", f"{kiosk.journal.parent}/filler")
    wait_for(lambda: used(kiosk) == {"page:sante": visits}, "all is written")


@pytest.mark.parametrize("options", ["size=8k", "size=4m,ro"], ids=["full", "ro"])
def test_a_card_that_refuses_does_not_keep_the_portal_from_ending(
    kiosk: Kiosk, options: str
) -> None:
    start_on_a_card(kiosk, options)
    assert kiosk.visit("/1") == 200
    kiosk.end()
    assert kiosk.told().count("ERROR") == 1
    assert "Traceback" not in kiosk.told()
