"""Questions go out in rounds, one at a time."""

from triporteur_device.protocols import Frame
from triporteur_device.protocols.polling import RoundPoller


def answer(kind: str) -> Frame:
    return Frame(kind, b"", b"")


def poller() -> RoundPoller:
    return RoundPoller({"state": b"S", "cells": b"C"}, {"name": b"N"})


def test_the_next_question_waits_for_the_answer() -> None:
    asked = poller()
    assert asked.next_request(10.0) == b"S"
    assert asked.next_request(10.1) is None
    asked.received(answer("state"), 10.1)
    assert asked.next_request(10.1) == b"C"


def test_an_answer_that_does_not_come_is_given_up_after_half_a_second() -> None:
    asked = poller()
    assert asked.next_request(0.0) == b"S"
    assert asked.next_request(0.49) is None
    assert asked.next_request(0.5) == b"C"


def test_an_answer_to_something_else_does_not_end_the_wait() -> None:
    asked = poller()
    asked.next_request(0.0)
    asked.received(answer("cells"), 0.1)
    assert asked.next_request(0.1) is None


def ask_all(asked: RoundPoller, now_s: float, silent: str = "") -> list[bytes]:
    """What is asked within one second, by a board that answers at once but for one question."""
    kinds = {b"S": "state", b"C": "cells", b"N": "name"}
    requests = []
    for step in range(10):
        request = asked.next_request(now_s + step / 10)
        if request is not None:
            requests.append(request)
            if kinds[request] != silent:
                asked.received(answer(kinds[request]), now_s + step / 10)
    return requests


def test_each_round_takes_a_second_and_asks_everything() -> None:
    asked = poller()
    assert ask_all(asked, 0.0) == [b"S", b"C", b"N"]
    assert ask_all(asked, 1.0) == [b"S", b"C"]


def test_the_name_is_asked_each_minute_until_it_was_answered() -> None:
    asked = poller()
    assert ask_all(asked, 0.0, silent="name") == [b"S", b"C", b"N"]
    assert ask_all(asked, 1.0) == [b"S", b"C"]
    assert ask_all(asked, 60.0) == [b"S", b"C", b"N"]
    assert ask_all(asked, 120.0) == [b"S", b"C"]


def test_a_board_that_needs_silence_gets_it_behind_each_answer() -> None:
    asked = RoundPoller({"state": b"S", "cells": b"C"}, {}, gap_s=0.02)
    assert asked.next_request(0.0) == b"S"
    asked.received(answer("state"), 0.1)
    assert asked.next_request(0.119) is None
    asked.received(answer("state beyond"), 0.119)
    assert asked.next_request(0.13) is None
    assert asked.next_request(0.14) == b"C"


def test_a_question_waits_for_the_answer_its_own_means_nothing_without() -> None:
    asked = RoundPoller({"count": b"N", "cells": b"C", "state": b"S"}, {}, needs={"cells": "count"})
    assert asked.next_request(0.0) == b"N"
    assert asked.next_request(0.5) == b"S"
    asked.received(answer("state"), 0.6)
    assert asked.next_request(0.6) is None
    assert asked.next_request(1.0) == b"N"
    asked.received(answer("count"), 1.1)
    assert asked.next_request(1.1) == b"C"
