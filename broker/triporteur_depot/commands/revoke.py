"""`triporteur-depot revoke` and `retire`: what a unit holds lets nobody in any more."""

import argparse

from triporteur_depot.authority import issued, membership
from triporteur_depot.authority.office import Office, office
from triporteur_depot.authority.running import running
from triporteur_depot.config import DepotConfig
from triporteur_depot.database import transaction
from triporteur_depot.downlink.ledger import given
from triporteur_depot.downlink.sender import Sender
from triporteur_depot.releases import offers
from triporteur_wire.topics import Channel, Verb, topic


def revoke(config: DepotConfig, asked: argparse.Namespace) -> int:
    """Of a unit that was stolen or lost. Raises AskedWrongly, or what writing raises."""
    with office(config) as here:
        _shut_out(here, asked.unit)
    print(f"To let it in again: triporteur-depot replace {asked.unit} --out FILE")
    return 0


def retire(config: DepotConfig, asked: argparse.Namespace) -> int:
    """Of a unit that serves no more. Raises AskedWrongly, or what writing raises."""
    unit = asked.unit
    with office(config) as here:
        _shut_out(here, unit)
        with transaction(here.connection):
            membership.retire(here.connection, unit, here.now_ms)
            if offers.offered(here.connection, unit):  # its file is not kept for it any longer
                offers.take_back(here.connection, unit)
        print(_clear(here, unit))
    print(
        f"Pages leave {unit} out. To have it serve again: triporteur-depot replace {unit} "
        "--out FILE"
    )
    return 0


def _shut_out(here: Office, unit: str) -> None:
    membership.check_name(unit)
    membership.check_known(here.connection, unit)
    print(_counted(here, unit, here.expel(unit)))
    print(here.tell_broker(without=unit))


def _counted(here: Office, unit: str, count: int) -> str:
    if count:
        return f"{unit}: {count} {'certificate' if count == 1 else 'certificates'} revoked."
    if issued.latest(here.connection, unit):
        return f"{unit}: no certificate revoked, for none held."
    return (
        f"{unit}: the depot knows no certificate of it, and bars its name until it is replaced. "
        "If a stranger has one all the same, then first: triporteur-depot rollover --authority, "
        "then triporteur-depot rollover --forget-old"
    )


def _clear(here: Office, unit: str) -> str:
    """The broker forgets what it kept of the unit and for it."""
    if running(here.broker_folder) is None:
        return f"What it keeps of {unit} is still there: run this again when it runs."
    mqtt = here.config.mqtt
    kept = [topic(unit, channel) for channel in (Channel.STATUS, Channel.JOURNAL, Channel.ACK)]
    kept += [topic(unit, Channel.REQUEST, verb) for verb in Verb]
    kept += [each.topic for each in given(here.connection, unit)]
    with Sender(mqtt.host, mqtt.port, mqtt.password()) as sender:
        for each in kept:
            sender.send(each, b"")
    return f"What the broker kept of {unit} is cleared."
