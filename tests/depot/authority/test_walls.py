"""Who reaches what, at a real broker. What counts is delivery: every subscription is granted."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.depot.authority.caller import Caller, is_refused
from tests.rig import wait_for
from tests.tls import SecuredBroker
from triporteur_depot.authority.broker import DOOR
from triporteur_wire.enrolment import Bundle
from triporteur_wire.topics import Channel, Verb, topic

pytestmark = pytest.mark.slow

TAKEN, NOBODY_LISTENS, NOT_AUTHORIZED = 0x00, 0x10, 0x87
WRITTEN_BY_UNITS = [
    topic("ben", Channel.STATUS),
    topic("ben", Channel.JOURNAL),
    topic("ben", Channel.REQUEST, Verb.TIME),
    topic("ben", Channel.REQUEST, Verb.RELEASE),
    topic("ben", Channel.REQUEST, Verb.CERTIFICATE),
]
WRITTEN_BY_THE_DEPOT = [
    topic("ben", Channel.ACK),
    topic("ben", Channel.SETTINGS),
    topic("ben", Channel.CONTENT, "portal"),
    topic("ben", Channel.RELEASE),
    topic("ben", Channel.RESPONSE, Verb.TIME),
    topic("ben", Channel.RESPONSE, Verb.RELEASE),
]
CERTIFIED = topic("ben", Channel.RESPONSE, Verb.CERTIFICATE)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredBroker]:
    """One for all: nothing here changes it for good."""
    with SecuredBroker(tmp_path_factory.mktemp("walls")) as made:
        made.start()
        yield made


@pytest.fixture
def unit(broker: SecuredBroker) -> Callable[[str], Caller]:
    return lambda name: Caller(broker.units_port, context=broker.enrol(name).context())


@pytest.fixture
def depot(broker: SecuredBroker) -> Caller:
    login = ("depot", broker.depot_password())
    return Caller(broker.local_port, login=login, client_id="depot")


@pytest.fixture
def registrar(broker: SecuredBroker) -> Caller:
    password = (broker.directory / "private" / "registrar.password").read_text().strip()
    return Caller(broker.local_port, login=("registrar", password), client_id="registrar")


@pytest.fixture
def bundle(broker: SecuredBroker) -> Bundle:
    return broker.bundle("newcomer")


def test_a_unit_says_its_own_and_hears_what_is_said_to_it(
    unit: Callable[[str], Caller], depot: Caller, registrar: Caller
) -> None:
    with unit("ben") as ben, depot, registrar:
        depot.listen("#", *WRITTEN_BY_UNITS)
        registrar.listen(topic("+", Channel.REQUEST, Verb.CERTIFICATE))
        ben.listen(*WRITTEN_BY_THE_DEPOT, CERTIFIED)
        assert {ben.publish(each) for each in WRITTEN_BY_UNITS} == {TAKEN}
        assert {depot.publish(each) for each in WRITTEN_BY_THE_DEPOT} == {TAKEN}
        assert registrar.publish(CERTIFIED) == TAKEN
        wait_for(lambda: len(ben.heard) == 7, "ben hears all that is said to it")
        wait_for(lambda: len(registrar.heard) == 1, "the registrar hears what is asked of it")
        heard = {*WRITTEN_BY_UNITS[:4], WRITTEN_BY_THE_DEPOT[0]}
        wait_for(lambda: {each for each, _ in depot.heard} == heard, "the depot hears the rest")


def test_a_unit_neither_speaks_nor_listens_as_another(
    unit: Callable[[str], Caller], depot: Caller, registrar: Caller
) -> None:
    everything = [*WRITTEN_BY_UNITS, *WRITTEN_BY_THE_DEPOT, CERTIFIED]
    with unit("ben") as ben, unit("zoe") as thief, depot, registrar:
        thief.listen("#", "triporteur/v1/ben/#", "triporteur/v1/+/ack", *everything)
        assert {thief.publish(each) for each in everything} == {NOT_AUTHORIZED}
        for each in WRITTEN_BY_UNITS:
            ben.publish(each)
        for each in WRITTEN_BY_THE_DEPOT:
            depot.publish(each, retain=True)
        registrar.publish(CERTIFIED)
        own = topic("zoe", Channel.ACK)
        depot.publish(own)
        wait_for(lambda: thief.heard, "what is for zoe is delivered")
        thief.listen("triporteur/v1/ben/+", "triporteur/v1/ben/content/+")  # and what was retained
        depot.publish(own)
        wait_for(lambda: len(thief.heard) > 1, "what is for zoe is delivered again")
        assert {each for each, _ in thief.heard} == {own}


def test_no_unit_writes_what_the_depot_says_to_it(unit: Callable[[str], Caller]) -> None:
    with unit("ben") as ben:
        said = {ben.publish(each) for each in [*WRITTEN_BY_THE_DEPOT, CERTIFIED]}
    assert said == {NOT_AUTHORIZED}


def test_the_depot_does_not_certify_and_the_registrar_does_nothing_else(
    depot: Caller, registrar: Caller
) -> None:
    with depot, registrar:
        assert depot.publish(CERTIFIED) == NOT_AUTHORIZED
        said = {registrar.publish(each) for each in [*WRITTEN_BY_UNITS, *WRITTEN_BY_THE_DEPOT]}
    assert said == {NOT_AUTHORIZED}


def test_without_a_certificate_nobody_is_a_unit(broker: SecuredBroker) -> None:
    ben = broker.enrol("ben")
    nameless = ssl.create_default_context(cafile=ben.authorities)
    assert is_refused(broker.units_port, nameless)
    login = ("depot", broker.depot_password())
    with Caller(broker.units_port, context=nameless, login=login) as caller:
        assert not caller.is_in


def test_a_certificate_of_another_authority_is_refused(
    broker: SecuredBroker, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    with SecuredBroker(tmp_path / "elsewhere") as other:
        stranger = other.enrol("ben").context()
    stranger.load_verify_locations(cafile=broker.directory / "authorities.pem")
    assert is_refused(broker.units_port, stranger)


def test_a_client_takes_no_other_name_than_its_certificate_says(
    broker: SecuredBroker, unit: Callable[[str], Caller]
) -> None:
    thief = broker.enrol("zoe").context()
    with unit("ben") as ben, Caller(broker.units_port, context=thief, client_id="ben") as zoe:
        assert ben.is_in
        assert zoe.is_in
        assert ben.publish(topic("ben", Channel.STATUS)) == NOBODY_LISTENS
        assert not ben.ended.is_set()


def test_a_newcomer_asks_for_a_certificate_and_nothing_else(
    broker: SecuredBroker, bundle: Bundle, depot: Caller, registrar: Caller
) -> None:
    with knocking(broker, bundle) as newcomer, depot, registrar:
        newcomer.listen("#", "triporteur/v1/ben/#", "../triporteur/v1/ben/#")
        asks = topic(bundle.login, Channel.REQUEST, Verb.CERTIFICATE)
        others = [topic(bundle.login, Channel.STATUS), topic(bundle.login, Channel.JOURNAL)]
        others += [topic(bundle.login, Channel.REQUEST, Verb.TIME)]
        registrar.listen(DOOR + topic("+", Channel.REQUEST, Verb.CERTIFICATE))
        assert newcomer.publish(asks) == TAKEN
        said = {newcomer.publish(each) for each in [*others, *WRITTEN_BY_UNITS, CERTIFIED]}
        assert said == {NOT_AUTHORIZED}
        depot.publish(topic("ben", Channel.SETTINGS), retain=True)
        own = DOOR + topic(bundle.login, Channel.RESPONSE, Verb.CERTIFICATE)
        registrar.publish(own, b"answer")
        wait_for(lambda: newcomer.heard, "what is for the newcomer is delivered")
        assert {payload for _, payload in newcomer.heard} == {b"answer"}
        wait_for(lambda: registrar.heard, "the registrar hears it")
        assert [each for each, _ in registrar.heard] == [DOOR + asks]


def test_a_newcomer_takes_over_nobody(
    broker: SecuredBroker, bundle: Bundle, unit: Callable[[str], Caller], depot: Caller
) -> None:
    with unit("ben") as ben, depot:
        assert ben.is_in
        assert depot.is_in
        for name in ("ben", "depot"):
            with knocking(broker, bundle, name) as thief:
                assert thief.is_in
        assert ben.publish(topic("ben", Channel.STATUS)) == NOBODY_LISTENS
        assert depot.publish(topic("ben", Channel.ACK)) == NOBODY_LISTENS


def test_the_depot_s_password_is_worth_nothing_at_the_door(
    broker: SecuredBroker, unit: Callable[[str], Caller]
) -> None:
    said = topic("zoe", Channel.STATUS)
    with (
        unit("zoe") as zoe,
        inside(broker, "depot") as depot,
        at_the_door(broker, "depot") as outside,
    ):
        assert outside.is_in
        outside.listen("#", said, "../" + said, DOOR + said)
        depot.listen(said)
        everything = {outside.publish(each) for each in [*WRITTEN_BY_UNITS, *WRITTEN_BY_THE_DEPOT]}
        assert everything == {NOT_AUTHORIZED}
        assert outside.publish(CERTIFIED) == NOT_AUTHORIZED
        zoe.publish(said)
        wait_for(lambda: depot.heard, "who listens inside hears it")
        assert outside.heard == []


def test_the_registrar_s_password_reaches_no_unit_from_the_door(
    broker: SecuredBroker, unit: Callable[[str], Caller]
) -> None:
    with (
        unit("ben") as ben,
        inside(broker, "registrar") as registrar,
        at_the_door(broker, "registrar") as outside,
    ):
        ben.listen(CERTIFIED)
        outside.listen(topic("+", Channel.REQUEST, Verb.CERTIFICATE))
        outside.publish(CERTIFIED, b"forged")
        ben.publish(topic("ben", Channel.REQUEST, Verb.CERTIFICATE))
        registrar.publish(CERTIFIED, b"true")
        wait_for(lambda: ben.heard, "the answer is delivered")
        assert [payload for _, payload in ben.heard] == [b"true"]
        assert outside.heard == []


@pytest.mark.parametrize("name", ["depot", "registrar"])
def test_neither_the_depot_nor_the_registrar_is_a_unit(broker: SecuredBroker, name: str) -> None:
    with inside(broker, name) as caller:
        said = {caller.publish(each.replace("/ben/", f"/{name}/")) for each in WRITTEN_BY_UNITS}
    assert said == {NOT_AUTHORIZED}


def test_a_unit_asks_two_things_and_no_other(unit: Callable[[str], Caller]) -> None:
    with unit("ben") as ben:
        assert ben.publish(topic("ben", Channel.REQUEST, "money")) == NOT_AUTHORIZED


@pytest.mark.parametrize("login", [None, ("depot", "guessed"), ("enrol-0123456789abcdef", "")])
def test_the_door_opens_for_bundles_only(
    broker: SecuredBroker, login: tuple[str, str] | None
) -> None:
    context = ssl.create_default_context(cafile=broker.directory / "authorities.pem")
    with Caller(broker.door_port, context=context, login=login) as caller:
        assert not caller.is_in


@pytest.mark.parametrize("login", [None, ("depot", "guessed"), ("ben", "")])
def test_the_machine_itself_needs_a_password_too(
    broker: SecuredBroker, login: tuple[str, str] | None
) -> None:
    with Caller(broker.local_port, login=login) as caller:
        assert not caller.is_in


def test_no_line_of_the_broker_holds_an_address(broker: SecuredBroker) -> None:
    nameless = ssl.create_default_context(cafile=broker.directory / "authorities.pem")
    assert is_refused(broker.units_port, nameless)
    log = broker.folder / "broker.log"
    wait_for(lambda: "OpenSSL Error" in log.read_text(), "the broker complains")
    said = log.read_text()
    assert "127.0.0.1" not in said
    assert "::1" not in said


def passwords(broker: SecuredBroker) -> dict[str, str]:
    registrar = broker.directory / "private" / "registrar.password"
    return {"depot": broker.depot_password(), "registrar": registrar.read_text().strip()}


def inside(broker: SecuredBroker, name: str) -> Caller:
    """The same on the machine itself. By its own client id, the one at the door would end it."""
    login = (name, passwords(broker)[name])
    return Caller(broker.local_port, login=login, client_id="another")


def at_the_door(broker: SecuredBroker, name: str) -> Caller:
    """Somebody with one of the depot's own passwords."""
    context = ssl.create_default_context(cafile=broker.directory / "authorities.pem")
    return Caller(broker.door_port, context=context, login=(name, passwords(broker)[name]))


def knocking(broker: SecuredBroker, bundle: Bundle, client_id: str = "somebody") -> Caller:
    """A newcomer at the door."""
    context = ssl.create_default_context(cadata=bundle.authorities)
    login = (bundle.login, bundle.token)
    return Caller(broker.door_port, context=context, login=login, client_id=client_id)
