"""Whether the Internet answers, over a real socket: told by an answer that cannot be made up."""

import asyncio
from collections.abc import Callable
from functools import partial
from itertools import accumulate, chain, cycle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kiosk.gate import resolver
from tests.kiosk.gate.resolver import Resolver, answering
from triporteur_kiosk.gate.keeper.uplink import UplinkWatch, answers, is_answer
from triporteur_kiosk.gate.resolvers import system_servers


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that is late on a busy machine is one."""
    monkeypatch.setattr(answers, "__defaults__", (53, 60.0))


@pytest.mark.parametrize(
    ("answer", "is_up"),
    [(resolver.good, True), (resolver.pointing, True), (resolver.failed, False),
     (resolver.empty, False), (resolver.invented, False), (resolver.other_number, False),
     (lambda _: b"\0", False), (lambda _: b"x" * 5000, False)],
)  # fmt: skip
def test_only_the_start_of_the_root_zone_is_an_answer(
    answer: Callable[[bytes], bytes], is_up: bool
) -> None:
    with answering(Resolver(answer)) as port:
        assert asyncio.run(answers("127.0.0.1", port)) is is_up


def test_little_is_asked() -> None:
    served = Resolver(resolver.good)
    with answering(served) as port:
        asyncio.run(answers("127.0.0.1", port))
    assert [len(asked) for asked in served.asked] == [17]


def test_silence_is_waited_for_a_while_only() -> None:
    with answering(Resolver(lambda _: None)) as port:
        assert not asyncio.run(answers("127.0.0.1", port, patience_s=0.01))


@pytest.mark.parametrize("server", ["127.0.0.1", "::1", "no address", ""])
def test_a_server_that_is_not_there_does_not_answer(server: str) -> None:
    assert not asyncio.run(answers(server, 1, patience_s=0.01))


@given(st.binary(max_size=100), st.integers(0, 65535))
def test_no_bytes_from_outside_break_it(heard: bytes, number: int) -> None:
    assert not is_answer(heard, number)


def looks(watch: UplinkWatch) -> bool | None:
    asyncio.run(watch.look())
    return watch.up


def test_one_lost_answer_is_no_loss_and_two_are() -> None:
    served = Resolver(resolver.good)
    with answering(served) as port:
        watch = UplinkWatch(lambda: ["127.0.0.1"], port)
        assert looks(watch)
        served.answer = resolver.failed
        assert [looks(watch), looks(watch)] == [True, False]
        served.answer = resolver.good
        assert looks(watch)


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From its call, silence is waited for for a moment."""
    return partial(monkeypatch.setattr, answers, "__defaults__", (53, 0.01))


def link(before: int, meanwhile: int) -> Callable[[], int]:
    """What has come in by a link: so much before each question, so much while nobody answers."""
    each = accumulate(chain([0], cycle([before, meanwhile])))
    return lambda: next(each)


@pytest.mark.parametrize(
    ("before", "meanwhile", "is_up"),
    [(0, 20_000, True), (90_000, 19_999, False), (0, -90_000, False)],
    ids=["a big download", "a modem that talks", "another stick"],
)
def test_much_that_comes_in_while_nobody_answers_is_no_loss(
    before: int, meanwhile: int, is_up: bool, hurry: Callable[[], None]
) -> None:
    served = Resolver(resolver.good)
    with answering(served) as port:
        watch = UplinkWatch(lambda: ["127.0.0.1"], port, link(before, meanwhile))
        assert looks(watch)
        served.answer = lambda _: None
        hurry()
        assert [looks(watch) for _ in range(3)] == [True, is_up, is_up]


def test_much_that_comes_in_brings_no_uplink_back(hurry: Callable[[], None]) -> None:
    hurry()
    with answering(Resolver(lambda _: None)) as port:
        watch = UplinkWatch(lambda: ["127.0.0.1"], port, link(90_000, 90_000))
        assert [looks(watch) for _ in range(3)] == [False, False, False]


def test_at_the_start_one_look_decides() -> None:
    watch = UplinkWatch(list)
    assert watch.up is None
    assert looks(watch) is False


def test_one_server_of_several_is_enough() -> None:
    with answering(Resolver(resolver.good)) as port:
        assert looks(UplinkWatch(lambda: ["127.0.0.9", "127.0.0.1"], port))


def test_the_system_s_servers_are_those_that_the_uplink_brought(tmp_path: Path) -> None:
    path = tmp_path / "resolv.conf"
    assert system_servers([path]) == []
    path.write_text(
        "# by hand\nsearch home\nnameserver 192.0.2.1\nnameserver\nnameserver ::1 # x\n"
    )
    assert system_servers([path]) == ["192.0.2.1"]


def test_a_server_of_this_machine_is_asked_where_it_is_all_there_is(tmp_path: Path) -> None:
    """It has the answer in its memory when there is no uplink any more."""
    path, resolved = tmp_path / "resolv.conf", tmp_path / "resolved"
    path.write_text("nameserver 127.0.0.53\n")
    assert system_servers([path, resolved]) == ["127.0.0.53"]
    resolved.write_text("nameserver 192.0.2.1\n")
    assert system_servers([path, resolved]) == ["192.0.2.1"]
