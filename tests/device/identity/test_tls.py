"""What a unit says of whatever listens where the depot's door should be."""

import logging
import socket
import ssl
import threading
from pathlib import Path

import msgspec
import pytest

from tests.device.identity.authority import DAY_MS, HOST, LOGIN, NOW_MS, Authority
from tests.device.identity.handshake import broker_context
from tests.device.identity.tls_server import TlsServer
from tests.rig import free_port, wait_for
from triporteur_device.identity import FirstContact, Identity
from triporteur_device.identity.door import ContactFailed
from triporteur_device.identity.tls import words_for
from triporteur_wire.enrolment import Bundle

pytestmark = pytest.mark.slow


def attempt(identity: Identity, bundle: Bundle, utc_ms: int | None = NOW_MS) -> str:
    """What the first contact fails with."""
    identity.store.put_bundle(bundle)
    contact = FirstContact(identity, lambda: utc_ms, lambda: None, lambda: 0)
    with pytest.raises(ContactFailed) as failed:
        contact.once(threading.Event())
    return str(failed.value)


def door(
    tmp_path: Path, authority: Authority, since: float = -1, until: float = 400
) -> ssl.SSLContext:
    """A TLS server that asks for no certificate, and hangs up after a good handshake."""
    key, certificate = authority.broker(since=since, until=until)
    context = broker_context(tmp_path, key, certificate, authority.pem)
    context.verify_mode = ssl.CERT_NONE
    return context


def test_a_depot_of_another_authority_is_refused(
    identity: Identity, authority: Authority, tmp_path: Path
) -> None:
    with TlsServer(door(tmp_path, Authority("stranger"))) as server:
        said = attempt(identity, authority.bundle(port=server.port))
    assert f"{HOST}:{server.port} is certified by no authority this unit knows" in said


def test_a_depot_under_another_name_is_refused(
    identity: Identity, authority: Authority, tmp_path: Path
) -> None:
    with TlsServer(door(tmp_path, authority)) as server:
        bundle = msgspec.structs.replace(authority.bundle(port=server.port), host="localhost")
        assert "the certificate shown is not that of localhost:" in attempt(identity, bundle)


@pytest.mark.parametrize(("since", "until"), [(-400, -1), (1, 400)])
def test_a_depot_out_of_its_dates_is_refused_only_by_a_unit_that_knows_the_time(
    identity: Identity, authority: Authority, tmp_path: Path, since: float, until: float
) -> None:
    with TlsServer(door(tmp_path, authority, since, until)) as server:
        bundle = authority.bundle(port=server.port)
        assert f"the certificate of {HOST}:{server.port} is out of its dates" in attempt(
            identity, bundle
        )
        assert f"{HOST}:{server.port} closed the connection" in attempt(identity, bundle, None)


def test_what_speaks_no_tls_is_told(identity: Identity, authority: Authority) -> None:
    with TlsServer(None) as server:
        said = attempt(identity, authority.bundle(port=server.port))
    assert f"{HOST}:{server.port} does not speak TLS as we do" in said


def test_nothing_at_all_is_told(identity: Identity, authority: Authority) -> None:
    port = free_port()
    said = attempt(identity, authority.bundle(port=port))
    assert said == f"{HOST}:{port} cannot be reached (Connection refused)"


@pytest.mark.parametrize("host", ["", "a..b", "x" * 70 + ".example"])
def test_a_host_that_cannot_be_one_is_told(
    identity: Identity, authority: Authority, host: str
) -> None:
    bundle = msgspec.structs.replace(authority.bundle(), host=host)
    assert "is no address" in attempt(identity, bundle)


def test_a_bundle_that_has_expired_or_is_for_another_goes_nowhere(
    identity: Identity, authority: Authority
) -> None:
    late = NOW_MS + 8 * DAY_MS
    assert "ask the depot for a new one" in attempt(identity, authority.bundle(), late)
    assert "for the unit 'panda'" in attempt(identity, authority.bundle("panda"))
    assert not (identity.store.directory / "key.pem").exists()


def test_a_unit_that_does_not_know_the_time_lets_the_depot_judge_its_bundle(
    identity: Identity, authority: Authority
) -> None:
    expired = msgspec.structs.replace(authority.bundle(port=free_port()), expires_utc_ms=1)
    assert "cannot be reached" in attempt(identity, expired, None)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "no network knows the name depot"),
        (TimeoutError("timed out"), "depot does not answer"),
        (OSError(113, "No route to host"), "depot cannot be reached (No route to host)"),
        (OSError("odd"), "depot cannot be reached (odd)"),
    ],
)
def test_a_network_that_is_away_is_told_in_words(error: OSError, words: str) -> None:
    assert words_for(error, "depot") == words


def test_no_secret_is_in_what_is_told(
    identity: Identity,
    authority: Authority,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Neither the token nor the key, with every logger at its most talkative."""
    caplog.set_level(logging.DEBUG)
    with TlsServer(door(tmp_path, authority)) as server:
        bundle = authority.bundle(port=server.port)
        said = attempt(identity, bundle)
    identity.store.directory.joinpath("bundle.json").write_bytes(b"{" + bundle.token.encode())
    contact = FirstContact(identity, lambda: NOW_MS, lambda: None)
    with pytest.raises(ContactFailed) as damaged:
        contact.once(threading.Event())
    captured = capsys.readouterr()
    told = said + str(damaged.value) + caplog.text + captured.out + captured.err
    key = (identity.store.directory / "key.pem").read_text().splitlines()[1]
    assert "closed the connection" in told
    assert bundle.token not in told
    assert key not in told


def test_what_goes_wrong_now_stands_in_a_file_for_others(
    identity: Identity, authority: Authority, tmp_path: Path
) -> None:
    trouble, stop = tmp_path / "run" / "enrolment.txt", threading.Event()
    identity.store.put_bundle(authority.bundle("panda"))
    contact = FirstContact(identity, lambda: NOW_MS, lambda: None, trouble=trouble)
    thread = threading.Thread(target=contact.run, args=(stop,))
    thread.start()
    try:
        wait_for(lambda: trouble.exists() and "'panda'" in trouble.read_text(), "it is told")
        identity.store.install(authority.papers("panda"))
        identity.store.drop_bundle(LOGIN)
        certified = "the certificate is for 'panda'"
        wait_for(lambda: certified in trouble.read_text(), "papers that cannot be used are told")
        identity.store.install(authority.papers())
        wait_for(lambda: trouble.read_text() == "", "it is well")
    finally:
        stop.set()
        thread.join()


def test_papers_that_another_process_fetched_are_shown_at_once(
    identity: Identity, authority: Authority
) -> None:
    """`enrol --now` beside the agent, whose next attempt may be minutes away."""
    shown, stop = threading.Event(), threading.Event()
    contact = FirstContact(identity, lambda: NOW_MS, shown.set)
    thread = threading.Thread(target=contact.run, args=(stop,))
    thread.start()
    try:
        Identity(identity.store.directory, "ben").store.install(authority.papers())
        assert shown.wait(120)
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize(
    ("utc_ms", "is_told"), [(NOW_MS, True), (None, False)], ids=["knows", "not"]
)
def test_a_certificate_that_has_ended_is_told_once_by_a_unit_that_knows_the_time(
    identity: Identity,
    authority: Authority,
    caplog: pytest.LogCaptureFixture,
    utc_ms: int | None,
    is_told: bool,
) -> None:
    identity.store.install(authority.papers(since=-400, until=-1))
    stop = threading.Event()
    looks = iter([utc_ms, utc_ms])

    def look() -> int | None:
        looked = next(looks, None)
        if looked is None:
            stop.set()
        return looked

    FirstContact(identity, look, lambda: None).run(stop)
    told = [words for words in caplog.messages if "the certificate ended on" in words]
    assert len(told) == is_told
