"""What the portal shows, whatever the depot pushes: the newest good content, never a bad one."""

import json
import logging
import shutil
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.architecture.tree import ROOT
from tests.kiosk.public.desk import SHIPPED, Desk, edition, said, saying, shows
from tests.kiosk.public.portal import eight_partners
from triporteur_device.downlink.verdict import read_verdict
from triporteur_kiosk.public.content_file import ContentFaults
from triporteur_kiosk.public.editions import Editions
from triporteur_wire.parcels import Applied, pack

pytestmark = pytest.mark.slow


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


BAD = SHIPPED.replace("112", "cent douze")


def test_until_the_depot_sends_one_the_file_is_shown(desk: Desk) -> None:
    assert said(desk.start()) == "fichier"
    assert desk.verdict() == Applied()


def test_a_pushed_content_is_shown_without_a_restart(desk: Desk) -> None:
    editions = desk.start()
    desk.push(edition(1, "un"))
    editions.look()
    assert said(editions) == "un"
    assert desk.verdict() == shows(edition(1, "un"))
    desk.push(edition(2, "deux"))
    editions.look()
    assert said(editions) == "deux"
    assert desk.verdict() == shows(edition(2, "deux"))


def test_a_lower_revision_is_shown_for_it_is_the_depots_word(desk: Desk) -> None:
    desk.push(edition(5, "cinq"))
    editions = desk.start()
    desk.push(edition(4, "quatre"))
    editions.look()
    assert said(editions) == "quatre"


def test_a_content_with_faults_changes_nothing_and_all_are_told(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.push(edition(1, "un"))
    editions = desk.start()
    desk.push(pack(2, BAD))
    editions.look()
    assert said(editions) == "un"
    one = shows(edition(1, "un"))
    expected = 'expected a short number in quotes, such as "112"'
    fault = f"emergency 1, number: found 'cent douze', {expected}"
    assert desk.verdict() == Applied(one.revision, one.sha256, 2, (fault,))
    assert f"content 2 refused: {fault}" in caplog.text
    desk.push(edition(3, "trois"))
    editions.look()
    assert desk.verdict() == shows(edition(3, "trois"))


@pytest.mark.parametrize(
    ("payload", "refused", "fault"),
    [
        (edition(2, "deux").replace(b"deux", b"DEUX"), 0, "the checksum is not"),
        (b"{", 0, "Input data was truncated"),
        (pack(2, {"unit.place": "Rennes"}), 2, "Expected `str`, got `object`"),
        (pack(2, "[[partner]"), 2, "cannot be read as TOML"),
        (pack(2, "n = " + "9" * 5000), 2, "cannot be read as TOML: Exceeds the limit"),
        (pack(2, "a = " + "[" * 5000), 2, "cannot be read as TOML: maximum recursion depth"),
        (pack(2, SHIPPED + "\n[[visit]]\n" * 3), 2, "visit 1, date: found nothing"),
        (pack(2, saying("x" * 120)), 2, "phrases, privacy: found"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(
    desk: Desk, payload: bytes, refused: int, fault: str
) -> None:
    editions = desk.start()
    desk.push(payload)
    editions.look()
    assert said(editions) == "fichier"
    assert desk.verdict().refused == refused
    assert desk.verdict().faults[0].startswith(fault)


def test_a_page_that_would_be_too_heavy_is_refused(desk: Desk) -> None:
    editions = desk.start()
    desk.push(pack(2, eight_partners("&")))
    editions.look()
    [fault] = desk.verdict().faults
    assert fault.startswith("page /1: found ")
    assert said(editions) == "fichier"


def test_the_last_good_content_is_shown_after_a_restart(desk: Desk) -> None:
    editions = desk.start()
    desk.push(edition(1, "un"))
    editions.look()
    desk.push(pack(2, BAD))
    again = desk.start()
    assert said(again) == "un"
    assert (desk.verdict().revision, desk.verdict().refused) == (1, 2)


def test_the_last_good_content_outlives_the_agents_folder(desk: Desk) -> None:
    desk.push(edition(1, "un"))
    desk.start()
    shutil.rmtree(desk.places.pushed.parent)
    again = desk.start()
    assert said(again) == "un"
    assert desk.verdict() == shows(edition(1, "un"))


def test_what_was_pushed_while_the_portal_was_away_goes_before_the_last_good(desk: Desk) -> None:
    desk.push(edition(1, "un"))
    desk.start()
    desk.push(edition(2, "deux"))
    assert said(desk.start()) == "deux"


def test_a_file_with_faults_does_not_matter_while_there_is_a_good_content(desk: Desk) -> None:
    desk.push(edition(1, "un"))
    desk.write(BAD)
    assert said(desk.start()) == "un"


def test_without_any_good_content_the_faults_of_the_file_are_told(desk: Desk) -> None:
    desk.push(pack(1, BAD))
    desk.write("[phrases]\n")
    with pytest.raises(ContentFaults, match=str(desk.places.file)):
        desk.start()


def test_a_withdrawn_content_leads_back_to_the_file_for_good(desk: Desk) -> None:
    desk.push(edition(1, "un"))
    editions = desk.start()
    desk.push(b"")
    editions.look()
    assert said(editions) == "fichier"
    assert desk.verdict() == Applied()
    shutil.rmtree(desk.places.pushed.parent)
    assert said(desk.start()) == "fichier"


def test_a_withdrawn_content_stays_while_the_file_has_faults(desk: Desk) -> None:
    desk.push(edition(1, "un"))
    editions = desk.start()
    desk.write("[phrases]\n")
    desk.push(b"")
    editions.look()
    assert said(editions) == "un"
    assert desk.verdict().revision == 1
    assert desk.verdict().faults[0].startswith(f"{desk.places.file}: phrases, ")
    assert said(desk.start()) == "un"


def test_a_damaged_copy_of_the_last_good_is_passed_over(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.places.kept.parent.mkdir()
    desk.places.kept.write_bytes(b"\0" * 99)
    assert said(desk.start()) == "fichier"
    assert f"{desk.places.kept} is of no use" in caplog.text


def test_a_content_that_stays_is_looked_at_once(desk: Desk) -> None:
    desk.push(edition(1, "un"))
    editions = desk.start()
    pages, copy = editions.pages, desk.places.kept.stat().st_ino
    editions.look()
    desk.push(edition(1, "un"))
    editions.look()
    assert editions.pages is pages
    desk.start()
    assert desk.places.kept.stat().st_ino == copy


def test_a_folder_that_takes_nothing_keeps_no_page_from_anyone(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    desk.places.kept.parent.write_text("a file where the folder should be")
    desk.places.verdict.parent.write_text("another")
    editions = desk.start()
    desk.push(edition(1, "un"))
    editions.look()
    editions.look()
    assert said(editions) == "un"
    assert len(caplog.records) == 2  # one for each folder, however often it is tried
    desk.places.verdict.parent.unlink()
    editions.look()
    assert desk.verdict() == shows(edition(1, "un"))


def test_a_pushed_file_that_may_not_be_read_is_told(desk: Desk) -> None:
    desk.places.pushed.mkdir(parents=True)
    assert said(desk.start()) == "fichier"
    assert desk.verdict().faults == (f"{desk.places.pushed} cannot be read: Is a directory",)


def test_the_agent_reads_the_verdict_however_much_is_wrong(desk: Desk) -> None:
    editions = desk.start()
    desk.push(pack(2, SHIPPED + '\n[[visit]]\nplace = "🚲"\n' * 500))
    editions.look()
    assert read_verdict(desk.places.verdict) is not None
    assert desk.verdict().refused == 2


def test_the_verdict_is_for_the_group_to_read(desk: Desk) -> None:
    desk.start()
    assert desk.places.verdict.stat().st_mode & 0o777 == 0o640


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, Editions]:
    desk = Desk(tmp_path_factory.mktemp("busy"))
    return desk, desk.start()


TEXTS = st.text() | st.text(st.sampled_from('[]{}="\n,.0123-: partneruvisthmd'))


@given(st.binary(min_size=1) | TEXTS.map(lambda text: pack(7, text)))
def test_whatever_bytes_come_the_file_stays_and_the_agent_is_told(
    busy: tuple[Desk, Editions], payload: bytes
) -> None:
    desk, editions = busy
    desk.places.verdict.unlink(missing_ok=True)
    desk.push(payload)
    editions.look()
    assert said(editions) == "fichier"
    assert desk.verdict().faults


@pytest.mark.slow
def test_a_cut_at_any_line_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.kiosk.public.cuts", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    kept_and_told = json.loads(done.stdout)
    assert len(kept_and_told) > 50
    assert [state for state, _ in groupby(kept_and_told)] == [[1, 1], [2, 1], [2, 2]]
