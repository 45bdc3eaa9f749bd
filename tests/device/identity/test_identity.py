"""How a unit meets the broker, with real certificates: good, old, early, and of a new authority."""

import logging
import ssl
from pathlib import Path

import pytest

from tests.device.identity.authority import DAY_MS, NOW_MS, Authority
from tests.device.identity.handshake import broker_context, shake_hands
from triporteur_device.identity import Identity, NotEnrolled

OUT_OF_DATES = {"expired": (-400.0, -1.0), "not yet valid": (1.0, 400.0)}


def broker(tmp_path: Path, authority: Authority, since: float, until: float) -> ssl.SSLContext:
    key, certificate = authority.broker(since=since, until=until)
    return broker_context(tmp_path, key, certificate, authority.pem)


def test_a_unit_without_papers_says_what_to_do(identity: Identity) -> None:
    assert not identity.enrolled
    assert identity.certified_until_utc_ms is None
    with pytest.raises(NotEnrolled, match="triporteur-device enrol FILE"):
        identity.context(clock_is_vouched=True)


def test_an_enrolled_unit_shows_its_certificate(
    identity: Identity, authority: Authority, tmp_path: Path
) -> None:
    identity.store.install(authority.papers())
    context = identity.context(clock_is_vouched=True)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert shake_hands(context, broker(tmp_path, authority, -1, 400)) == "ben"
    assert identity.certified_until_utc_ms == NOW_MS + 400 * DAY_MS


@pytest.mark.parametrize("dates", OUT_OF_DATES.values(), ids=OUT_OF_DATES)
def test_a_broker_out_of_its_dates_is_refused_by_a_unit_that_knows_the_time(
    identity: Identity, authority: Authority, tmp_path: Path, dates: tuple[float, float]
) -> None:
    identity.store.install(authority.papers())
    with pytest.raises(ssl.SSLCertVerificationError, match=r"expired|not yet valid"):
        shake_hands(identity.context(clock_is_vouched=True), broker(tmp_path, authority, *dates))


@pytest.mark.parametrize("dates", OUT_OF_DATES.values(), ids=OUT_OF_DATES)
def test_a_unit_in_1970_or_of_last_winter_does_not_judge_dates(
    identity: Identity, authority: Authority, tmp_path: Path, dates: tuple[float, float]
) -> None:
    identity.store.install(authority.papers())
    context = identity.context(clock_is_vouched=False)
    assert shake_hands(context, broker(tmp_path, authority, *dates)) == "ben"


@pytest.mark.parametrize("vouched", [True, False])
def test_whatever_the_clock_a_strangers_broker_and_another_host_are_refused(
    identity: Identity, authority: Authority, tmp_path: Path, vouched: bool
) -> None:
    identity.store.install(authority.papers())
    context = identity.context(clock_is_vouched=vouched)
    with pytest.raises(ssl.SSLCertVerificationError, match=r"self-signed|issuer"):
        shake_hands(context, broker(tmp_path, Authority("stranger"), -1, 400))
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shake_hands(context, broker(tmp_path, authority, -1, 400), host="depot.example")


def test_a_unit_stored_for_six_months_is_still_let_in(
    identity: Identity, authority: Authority, tmp_path: Path
) -> None:
    """It renews 200 days before the end: 183 days in a garage leave 17."""
    stored = authority.papers(since=-383, until=17)
    assert stored.renew_from_utc_ms < NOW_MS - 182 * DAY_MS
    identity.store.install(stored)
    context = identity.context(clock_is_vouched=False)
    assert shake_hands(context, broker(tmp_path, authority, -1, 400)) == "ben"


def test_a_unit_that_slept_through_a_change_of_authority_follows_the_word_of_the_old_one(
    identity: Identity, tmp_path: Path
) -> None:
    old, new = Authority("old"), Authority("new")
    identity.store.install(old.papers())
    key, certificate = new.broker()
    chain = certificate + old.vouch(new)
    at_the_depot = broker_context(tmp_path, key, chain, old.pem + new.pem)
    assert shake_hands(identity.context(clock_is_vouched=True), at_the_depot) == "ben"
    without_word = broker_context(tmp_path, key, certificate, old.pem + new.pem)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(identity.context(clock_is_vouched=True), without_word)


def test_papers_replaced_by_another_process_are_shown_next(
    identity: Identity, authority: Authority, tmp_path: Path
) -> None:
    identity.store.install(authority.papers(until=10))
    assert identity.certified_until_utc_ms == NOW_MS + 10 * DAY_MS
    Identity(tmp_path / "identity", "ben").store.install(authority.papers(until=300))
    assert identity.certified_until_utc_ms == NOW_MS + 300 * DAY_MS


def test_the_papers_of_another_unit_are_not_shown(
    identity: Identity, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    identity.store.install(authority.papers("panda"))
    for _ in range(3):
        assert not identity.enrolled
    [told] = caplog.messages
    assert "'panda'" in told
    assert "'ben'" in told


DAMAGED = [
    *((file, None) for file in ("key.pem", "certificate.pem", "authorities.pem", "login")),
    *((file, b"\xff\xfe") for file in ("key.pem", "certificate.pem", "authorities.pem", "login")),
    *((file, b"-----BEGIN") for file in ("key.pem", "certificate.pem", "authorities.pem")),
]


@pytest.mark.parametrize(("file", "content"), DAMAGED)
def test_damaged_papers_are_told_once_and_not_used(
    identity: Identity,
    authority: Authority,
    caplog: pytest.LogCaptureFixture,
    file: str,
    content: bytes | None,
) -> None:
    identity.store.install(authority.papers())
    path = identity.store.directory / "current" / file
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    for _ in range(3):
        assert not identity.enrolled
    [told] = caplog.messages
    assert "ask the depot for a new bundle" in told


def test_papers_in_order_again_are_told_and_the_same_trouble_later_is_told_again(
    identity: Identity, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for _ in range(2):
        identity.store.install(authority.papers("panda"))
        assert not identity.enrolled
        identity.store.install(authority.papers())
        assert identity.enrolled
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"] * 2


def test_a_card_that_cannot_be_read_for_a_while_is_told_and_so_is_its_return(
    identity: Identity, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    identity.store.install(authority.papers())
    away = identity.store.directory.with_name("away")
    for _ in range(2):
        identity.store.directory.rename(away)
        identity.store.directory.touch()
        assert not identity.enrolled
        identity.store.directory.unlink()
        away.rename(identity.store.directory)
        assert identity.enrolled
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"] * 2


def test_a_folder_that_cannot_be_used_is_told_and_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    identity = Identity(tmp_path / "file" / "identity", "ben")
    assert not identity.enrolled
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2
    assert "Not a directory" in caplog.messages[0]
