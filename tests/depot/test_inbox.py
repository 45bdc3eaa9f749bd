import threading
from dataclasses import replace

from tests.depot.ingest.desk import batch, status
from triporteur_depot.inbox import Arrived, Inbox
from triporteur_depot.ingest import Message
from triporteur_wire.messages import Offline, encode
from triporteur_wire.topics import Channel


def at_qos_0(message: Message) -> Arrived:
    return Arrived(0, 0, 1, message)


def gathered(inbox: Inbox) -> list[Message]:
    return [arrived.message for arrived in inbox.gather(100, 0)]


def test_of_statuses_that_wait_only_the_newest_of_each_unit_is_kept() -> None:
    inbox = Inbox()
    for waiting in range(50):
        for unit in ("ana", "ben"):
            inbox.put(at_qos_0(replace(status({}), unit=unit, received_utc_ms=waiting)))
    assert [(one.unit, one.received_utc_ms) for one in gathered(inbox)] == [
        ("ana", 49),
        ("ben", 49),
    ]


def test_a_status_that_the_broker_kept_does_not_replace_one_that_was_heard() -> None:
    inbox = Inbox()
    heard, kept = status({}), status({}, retained=True)
    inbox.put(at_qos_0(heard))
    inbox.put(at_qos_0(kept))
    assert gathered(inbox) == [heard, kept]


def test_what_the_broker_waits_for_is_all_kept_in_its_order() -> None:
    inbox = Inbox()
    farewell = Message("ben", Channel.STATUS, encode(Offline("stopped")))
    messages = [batch(1, 2), farewell, batch(3, 4), farewell]
    for mid, message in enumerate(messages, 1):
        inbox.put(Arrived(mid, 1, 1, message))
    assert gathered(inbox) == messages


def test_a_number_used_again_on_a_new_connection_is_another_message() -> None:
    inbox = Inbox()
    inbox.put(Arrived(1, 1, 1, batch(1, 2)))
    inbox.put(Arrived(1, 1, 2, batch(3, 4)))
    assert gathered(inbox) == [batch(1, 2), batch(3, 4)]


def test_a_status_after_a_farewell_comes_after_it() -> None:
    inbox = Inbox()
    farewell = Message("ben", Channel.STATUS, encode(Offline("stopped")))
    inbox.put(at_qos_0(status({})))
    inbox.put(Arrived(1, 1, 1, farewell))
    inbox.put(at_qos_0(status({})))
    assert gathered(inbox) == [farewell, status({})]


def test_nothing_is_gathered_beyond_what_is_asked_for() -> None:
    inbox = Inbox()
    for mid in range(1, 4):
        inbox.put(Arrived(mid, 1, 1, batch(mid, mid)))
    assert len(inbox.gather(2, 0)) == 2
    assert not inbox.is_empty()
    assert len(inbox.gather(2, 0)) == 1
    assert inbox.gather(2, 0) == []
    assert inbox.is_empty()


def test_a_unit_that_sends_much_does_not_make_the_others_wait() -> None:
    inbox = Inbox()
    for mid in range(1, 91):
        inbox.put(Arrived(mid, 1, 1, batch(mid, mid)))
    inbox.put(Arrived(91, 1, 1, replace(batch(1, 1), unit="ana")))
    inbox.put(Arrived(92, 1, 1, replace(batch(2, 2), unit="ana")))
    units = [arrived.message.unit for arrived in inbox.gather(6, 0)]
    assert units == ["ben", "ana", "ben", "ana", "ben", "ben"]
    assert [one.properties[2] for one in gathered(inbox)[:2]] == [("first", "5"), ("first", "6")]


def test_whoever_is_woken_waits_no_longer_once() -> None:
    inbox = Inbox()
    inbox.wake()
    assert inbox.gather(2, 3600) == []
    inbox.put(Arrived(1, 1, 1, batch(1, 1)))
    inbox.wake()
    assert len(inbox.gather(2, 3600)) == 1
    waiting = threading.Thread(target=inbox.gather, args=(2, 3600))
    waiting.start()
    inbox.wake()
    waiting.join()
