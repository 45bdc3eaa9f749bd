"""Taking away what was given, at a broker that runs."""

import os
import signal
import socket
import threading
from contextlib import closing

import pytest

from tests.depot.authority.caller import Caller, is_refused
from tests.rig import wait_for
from tests.tls import SecuredBroker
from triporteur_depot.authority.broker import PID_FILE
from triporteur_depot.database import open_writer
from triporteur_depot.downlink.ledger import given
from triporteur_depot.releases import offers
from triporteur_wire.releases import Offer
from triporteur_wire.topics import Channel, Verb, topic

pytestmark = pytest.mark.slow

STATUS = topic("ben", Channel.STATUS)
ASKED = topic("zoe", Channel.REQUEST, Verb.CERTIFICATE)
NOT_AUTHORIZED = 0x87
#: MQTT 5, clean start, a keepalive of 60 s, no properties, no client id.
CONNECT = b"\x10\x0d\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x00"


def test_a_revoked_unit_is_cut_off_and_stays_out(broker: SecuredBroker) -> None:
    ben, zoe = broker.enrol("ben").context(), broker.enrol("zoe").context()
    with (
        Caller(broker.units_port, context=ben) as stolen,
        Caller(broker.units_port, context=zoe) as other,
    ):
        assert stolen.is_in
        assert other.is_in
        assert broker.command("revoke", "ben") == (
            "ben: 1 certificate revoked.\n"
            "The broker refuses it from now on; ben is no longer connected.\n"
            "To let it in again: triporteur-depot replace ben --out FILE\n"
        )
        assert stolen.ended.wait(120)
        assert is_refused(broker.units_port, ben)
        other.publish(topic("zoe", Channel.STATUS))
        assert not other.ended.is_set()
    assert not is_refused(broker.units_port, zoe)
    broker.command("revoke", "zoe")
    assert is_refused(broker.units_port, zoe)
    broker.stop()
    broker.start()
    assert is_refused(broker.units_port, ben)


def test_one_that_calls_again_at_once_does_not_slip_through(broker: SecuredBroker) -> None:
    """While the broker reads the list, a thief knocks without pause."""
    context, done, last = broker.enrol("ben").context(), threading.Event(), [False]

    def knock() -> None:
        while not done.is_set():
            try:
                with Caller(broker.units_port, context=context) as thief:
                    last[0] = thief.is_in
                    thief.ended.wait(1)
            except OSError:
                last[0] = False

    knocking = threading.Thread(target=knock)
    knocking.start()
    wait_for(lambda: last[0], "the thief is in")
    broker.command("revoke", "ben")
    wait_for(lambda: not last[0], "the thief is out")
    done.set()
    knocking.join()
    assert is_refused(broker.units_port, context)


def test_a_connection_that_was_begun_before_does_nothing_more(broker: SecuredBroker) -> None:
    """One that is not ended, as that of a thief who finishes his greeting only after the rest."""
    said = topic("zoe", Channel.STATUS)
    with Caller(broker.units_port, context=broker.enrol("zoe").context()) as thief:
        assert thief.publish(said) != NOT_AUTHORIZED
        broker.enrol("ben")
        broker.command("revoke", "ben")
        acl = broker.broker_folder / "acl"
        acl.write_text(acl.read_text().replace("user ben\n", "user zoe\n"))
        os.kill(int((broker.broker_folder / PID_FILE).read_text()), signal.SIGHUP)
        wait_for(lambda: thief.publish(said) == NOT_AUTHORIZED, "the rule holds")
        assert not thief.ended.is_set()


def test_a_revocation_that_was_cut_short_is_finished_by_running_it_again(
    broker: SecuredBroker,
) -> None:
    """Killed when all files are written, and before the broker was told."""
    ben = broker.enrol("ben").context()
    pid_file = broker.broker_folder / PID_FILE
    number = pid_file.read_text()
    pid_file.unlink()
    assert "The broker is not running" in broker.command("revoke", "ben")
    pid_file.write_text(number)
    with Caller(broker.units_port, context=ben) as thief:
        assert thief.is_in
        said = broker.command("revoke", "ben")
        assert thief.ended.wait(120)
    assert "ben: no certificate revoked, for none held.\nThe broker refuses it from now on" in said
    assert is_refused(broker.units_port, ben)


def test_a_new_authority_asks_for_a_restart_until_there_was_one(broker: SecuredBroker) -> None:
    restart = "Restart the broker: while it runs, it may not read authorities.pem again."
    assert restart in broker.command("rollover", "--authority")
    assert restart in broker.command("rollover")
    broker.stop()
    broker.start()
    assert "The broker knows." in broker.command("rollover")


def test_no_tls_session_is_taken_up_again(broker: SecuredBroker) -> None:
    address = ("localhost", broker.units_port)
    with (
        socket.create_connection(address) as plain,
        broker.enrol("ben").context().wrap_socket(plain, server_hostname="localhost") as ben,
    ):
        ben.sendall(CONNECT)
        assert ben.recv(1) == b"\x20"  # CONNACK: a ticket would have come before it
        assert ben.session
        assert not ben.session.has_ticket


def test_a_broker_that_was_started_otherwise_must_be_restarted(broker: SecuredBroker) -> None:
    broker.enrol("ben")
    broker.stop()
    broker.start(plainly=True)
    said = broker.command("revoke", "ben")
    assert "Now restart the broker, or it may take up a TLS session again; so: env OPENSSL" in said


def test_a_replaced_unit_s_old_card_is_cut_off(broker: SecuredBroker) -> None:
    old = broker.enrol("ben").context()
    with Caller(broker.units_port, context=old) as stolen:
        assert stolen.is_in
        broker.command("replace", "ben", "--out", str(broker.folder / "again"))
        assert stolen.ended.wait(120)
    assert is_refused(broker.units_port, old)
    new = broker.enrol("ben").context()
    with Caller(broker.units_port, context=new) as replaced:
        assert replaced.publish(STATUS) != NOT_AUTHORIZED


def test_of_a_retired_unit_the_broker_keeps_nothing(broker: SecuredBroker) -> None:
    login = ("depot", broker.depot_password())
    with closing(open_writer(broker.database)) as connection:
        connection.execute("INSERT INTO units (name, heard_utc_ms) VALUES ('ben', 0)")
        connection.execute("INSERT INTO parcels VALUES (1, 'content/portal', 1, 'x', '{}', 1, 1)")
        offers.give(connection, "ben", Offer(bytes(64), b"{}"))
        assert [each.channel for each in given(connection, "ben")] == ["content/portal", "release"]
    by_ben = [
        STATUS,
        topic("ben", Channel.JOURNAL),
        *(topic("ben", Channel.REQUEST, verb) for verb in Verb),
    ]
    by_the_depot = [
        topic("ben", Channel.ACK),
        topic("ben", Channel.CONTENT, "portal"),
        topic("ben", Channel.RELEASE),
    ]
    mine = Caller(broker.units_port, context=broker.enrol("ben").context(), will=STATUS)
    with mine as ben, Caller(broker.local_port, login=login, client_id="depot") as depot:
        for each in by_ben:
            assert ben.publish(each, retain=True) != NOT_AUTHORIZED
        for each in by_the_depot:
            assert depot.publish(each, retain=True) != NOT_AUTHORIZED
        said = broker.command("retire", "ben")
    assert "What the broker kept of ben is cleared." in said
    with closing(open_writer(broker.database)) as connection:
        assert offers.offered(connection, "ben") is None
    password = (broker.directory / "private" / "registrar.password").read_text().strip()
    for name, other in (("depot", topic("zoe", Channel.STATUS)), ("registrar", ASKED)):
        login = (name, broker.depot_password() if name == "depot" else password)
        with (
            Caller(broker.units_port, context=broker.enrol("zoe").context()) as zoe,
            Caller(broker.local_port, login=login, client_id="another") as caller,
        ):
            zoe.publish(other, retain=True)
            caller.listen(*by_ben, *by_the_depot, other)
            wait_for(lambda: caller.heard, "what is kept is delivered")
            assert caller.heard == [(other, b"{}")]
