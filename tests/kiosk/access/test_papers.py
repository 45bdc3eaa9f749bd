"""The console's key and certificates: made, asked for, shown, renewed."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import msgspec
import pytest
from cryptography import x509

from tests.kiosk.access.trike import NAME, Trike
from triporteur_depot.authority.certificates import Authority, new_authority
from triporteur_kiosk.console.access.keys import new_key as new_console_key
from triporteur_kiosk.console.access.papers import Papers
from triporteur_kiosk.secured.chains import BadChain, Chain, examine
from triporteur_wire.parcels import Applied, pack

DAY = timedelta(days=1)
NOW_MS = round(datetime.now(UTC).timestamp() * 1000)
DAY_MS = 86_400_000


def files(trike: Trike) -> dict[str, bytes]:
    folder = trike.config.console_places.directory
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def shown(papers: Papers) -> Chain | None:
    return papers.chain


def test_the_key_is_made_once_and_is_nobody_else_s(trike: Trike) -> None:
    trike.papers()
    key = trike.config.console_places.key
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.parent.stat().st_mode & 0o777 == 0o700
    before = key.read_bytes()
    trike.papers()
    assert key.read_bytes() == before


def test_it_asks_for_its_names_and_for_no_unit_s(trike: Trike) -> None:
    trike.configure('names = ["ben.trike.example", "ben.triporteur.internal"]')
    trike.papers()
    request = x509.load_pem_x509_csr(trike.config.console_places.request.read_bytes())
    assert request.is_signature_valid
    assert not list(request.subject)
    names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [
        "ben.trike.example", "ben.triporteur.internal",
    ]  # fmt: skip


def test_it_shows_what_the_depot_certified_and_asks_no_more(trike: Trike) -> None:
    papers = trike.papers()
    assert not shown(papers)
    trike.certified(papers)
    assert shown(papers)
    assert not trike.config.console_places.request.exists()
    trike.config.console_places.certified.unlink()  # the power went: what is in RAM is gone
    assert shown(trike.papers()) == shown(papers)


def test_a_request_that_is_needed_no_more_is_taken_back(trike: Trike) -> None:
    papers = trike.papers()
    trike.certified(papers)
    trike.config.console_places.request.write_text("of another life")
    trike.papers()
    assert not trike.config.console_places.request.exists()


def test_with_other_names_it_asks_anew(trike: Trike) -> None:
    trike.certified(trike.papers())
    trike.configure('names = ["ben.trike.example"]')
    papers = trike.papers()
    assert papers.chain is None
    assert trike.config.console_places.request.exists()


@pytest.mark.parametrize(("left_days", "asks"), [(201, False), (199, True), (-1, True)])
def test_it_asks_in_good_time_for_another(trike: Trike, left_days: int, asks: bool) -> None:
    papers = trike.papers()
    trike.certified(papers, ago=timedelta(days=400 - left_days))
    assert papers.chain  # while nobody knows the time it is shown, and nothing is asked for
    assert not trike.config.console_places.request.exists()
    trike.utc_ms = NOW_MS
    papers.look()
    assert trike.config.console_places.request.exists() is asks
    if asks:
        ended = papers.chain
        trike.certified(papers)
        assert papers.chain != ended
        assert not trike.config.console_places.request.exists()


def other_key(trike: Trike) -> str:
    key = trike.config.console_places.key
    ours = key.read_bytes()
    key.write_bytes(new_console_key())
    trike.config.console_places.request.unlink()
    Papers(trike.config.console_names, trike.config.console_places, lambda: None).open()
    made = trike.certificate()
    key.write_bytes(ours)
    return made


@pytest.mark.parametrize(
    "wrong",
    ["", "hello", "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n", "é"],
)
def test_what_is_no_certificate_is_not_shown(trike: Trike, wrong: str) -> None:
    papers = trike.papers()
    trike.config.console_places.certified.write_text(wrong)
    papers.look()
    assert papers.chain is None
    assert "depot.pem" not in files(trike)


def test_a_certificate_of_another_key_name_or_use_is_not_shown(
    trike: Trike, caplog: pytest.LogCaptureFixture
) -> None:
    papers = trike.papers()
    for wrong, words in (
        (trike.certificate(names=("zoe.triporteur.internal",)), f"does not hold for {NAME}"),
        (other_key(trike), "of another key"),
    ):
        trike.config.console_places.certified.write_text(wrong)
        papers.look()
        papers.look()
        assert papers.chain is None
        assert [line for line in caplog.messages if words in line]
    assert len([line for line in caplog.messages if "cannot be shown" in line]) == 2
    assert set(files(trike)) == {"key.pem"}


def test_a_bad_answer_leaves_the_good_certificate(trike: Trike) -> None:
    papers = trike.papers()
    trike.certified(papers)
    before = papers.chain
    trike.config.console_places.certified.write_text("hello")
    papers.look()
    assert papers.chain == before


# What the operator had made by a publicly trusted authority.


def push(trike: Trike, revision: int, text: str) -> bytes:
    payload = pack(revision, text)
    trike.config.console_places.pushed.write_bytes(payload)
    return payload


def verdict(trike: Trike) -> Applied:
    return msgspec.json.decode(trike.config.console_places.verdict.read_bytes(), type=Applied)


@pytest.fixture
def public() -> Authority:
    return new_authority(datetime.now(UTC))


def test_a_public_certificate_goes_before_the_depot_s(trike: Trike, public: Authority) -> None:
    papers = trike.papers()
    chain = trike.certificate(public)
    trike.certified(papers)
    push(trike, 3, chain)
    papers.look()
    assert papers.chain
    assert papers.chain.path.read_text() == chain
    assert (verdict(trike).revision, verdict(trike).faults) == (3, ())
    again = trike.papers()  # and after the power went
    assert again.chain == papers.chain
    assert verdict(trike).revision == 3


def test_a_public_certificate_that_ended_gives_way(trike: Trike, public: Authority) -> None:
    papers = trike.papers()
    push(trike, 1, trike.certificate(public, ago=401 * DAY))
    trike.certified(papers)
    assert papers.chain
    assert papers.chain.path.name == "public.pem"
    trike.utc_ms = NOW_MS
    papers.look()
    assert papers.chain.path.name == "depot.pem"


def test_a_public_certificate_is_taken_back(trike: Trike, public: Authority) -> None:
    papers = trike.papers()
    push(trike, 1, trike.certificate(public))
    trike.certified(papers)
    trike.config.console_places.pushed.write_bytes(b"")
    papers.look()
    assert papers.chain
    assert papers.chain.path.name == "depot.pem"
    assert verdict(trike) == Applied()


def test_a_bad_public_certificate_is_refused_in_words_and_changes_nothing(
    trike: Trike, public: Authority
) -> None:
    papers = trike.papers()
    good, bad = trike.certificate(public), trike.certificate(public, names=("evil.example",))
    push(trike, 1, good)
    papers.look()
    shown = papers.chain
    push(trike, 2, bad)
    papers.look()
    assert papers.chain == shown
    assert verdict(trike).revision == 1
    assert verdict(trike).refused == 2
    assert verdict(trike).faults == (f"the certificate does not hold for {NAME}",)


# Faults of the machine.


class Turns(Event):
    """Ends a loop after so many turns; before the last one, something is mended."""

    def __init__(self, number: int, at_the_last: Callable[[], None]) -> None:
        super().__init__()
        self._left = number
        self._mend = at_the_last

    def wait(self, timeout: float | None = None) -> bool:
        self._left -= 1
        if self._left == 0:
            self._mend()
        return self._left < 0


def test_a_request_that_cannot_be_written_is_written_later(
    trike: Trike,
) -> None:
    papers = trike.papers()
    ram = trike.config.console_places.request.parent
    trike.certified(papers, ago=300 * DAY)
    trike.utc_ms = NOW_MS
    trike.config.console_places.request.mkdir()  # in its place: it cannot be written, even by root
    with pytest.raises(OSError, match="Is a directory"):
        papers.look()
    trike.config.console_places.request.rmdir()
    papers.look()
    assert (ram / "request.pem").is_file()


def test_a_certificate_that_the_card_refuses_is_kept_later(trike: Trike, public: Authority) -> None:
    papers = trike.papers()
    push(trike, 1, trike.certificate(public))
    trike.config.console_places.certified.write_text(trike.certificate())
    trial = trike.config.console_places.directory / "depot.trial"
    trial.mkdir()  # in its place: it cannot be written, even by root
    for _ in range(2):
        with pytest.raises(OSError, match="Is a directory"):
            papers.look()
    assert papers.chain
    assert papers.chain.path.name == "public.pem"  # the other is looked after all the same
    trial.rmdir()
    papers.look()
    assert trike.papers().chain == papers.chain
    assert "depot.pem" in files(trike)


def test_a_card_that_refuses_the_first_certificate_is_said_once_and_asked_again(
    trike: Trike, caplog: pytest.LogCaptureFixture
) -> None:
    papers = trike.papers()
    trike.config.console_places.certified.write_text(trike.certificate())
    trial = trike.config.console_places.directory / "depot.trial"
    trial.mkdir()
    turns = Turns(3, at_the_last=trial.rmdir)
    papers.run(turns)
    assert papers.chain
    assert len([line for line in caplog.messages if "Is a directory" in line]) == 1


def test_waiting_is_said_once(trike: Trike, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    papers = trike.papers()
    papers.look()
    trike.certified(papers)
    assert [line for line in caplog.messages if line.startswith("certificate")] == [
        "certificate: no phone can come in: the console waits for a certificate from the depot",
        "certificate: well again",
    ]


def test_a_chain_is_examined_without_a_network(tmp_path: Path) -> None:
    missing = tmp_path / "none.pem"
    with pytest.raises(BadChain, match="cannot be read"):
        examine(missing, missing, (NAME,))
