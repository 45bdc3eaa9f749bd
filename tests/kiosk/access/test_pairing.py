"""Codes: how long they are good, and who of two gets in."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triporteur_kiosk.console.access.pairing import Outcome, Pairing, Secret, invite

MINUTE_MS = 60_000


class Hour:
    """A pairing with the clock in the test's hand."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "invitation.json"
        self.now_ms = 5 * MINUTE_MS
        self.pairing = Pairing(self.path, lambda: self.now_ms)

    def invite(self) -> Secret:
        return invite(self.path, self.now_ms)


@pytest.fixture
def hour(tmp_path: Path) -> Hour:
    return Hour(tmp_path)


def test_a_code_is_good_for_ten_minutes_and_so_is_its_link(hour: Hour) -> None:
    for part in ("code", "link"):
        secret = hour.invite()
        hour.now_ms += 10 * MINUTE_MS
        assert hour.pairing.redeem(getattr(secret, part)) is Outcome.NONE
        hour.now_ms -= 1
        assert hour.pairing.redeem(getattr(secret, part)) is Outcome.PAIRED


def test_of_many_at_once_with_one_code_one_is_let_in(hour: Hour) -> None:
    secret = hour.invite()
    with ThreadPoolExecutor(8) as phones:
        outcomes = list(phones.map(lambda _: hour.pairing.redeem(secret.code), range(40)))
    assert outcomes.count(Outcome.PAIRED) == 1
    assert outcomes.count(Outcome.NONE) == 39


def test_the_file_is_its_owners_and_gone_when_used(hour: Hour) -> None:
    secret = hour.invite()
    assert hour.path.stat().st_mode & 0o777 == 0o600
    assert hour.pairing.redeem(secret.link) is Outcome.PAIRED
    assert not hour.path.exists()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"code_sha256":1}', b"null"])
def test_a_damaged_file_lets_nobody_in(hour: Hour, content: bytes) -> None:
    secret = hour.invite()
    hour.path.write_bytes(content)
    assert hour.pairing.redeem(secret.code) is Outcome.NONE


def test_no_two_codes_are_foreseen(hour: Hour) -> None:
    secrets = [hour.invite() for _ in range(200)]
    assert len({secret.link for secret in secrets}) == 200
    assert len({secret.code for secret in secrets}) > 190
    assert {len(secret.code) for secret in secrets} == {8}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.text() | st.from_regex(r"[0-9]{8}"))
def test_whatever_is_said_is_judged(hour: Hour, said: str) -> None:
    secret = hour.invite()
    if said not in (secret.code, secret.link):
        assert hour.pairing.redeem(said) in (Outcome.WRONG, Outcome.LOCKED)
