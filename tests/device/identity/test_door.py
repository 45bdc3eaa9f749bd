"""One visit at the door of the depot's own broker, with a registrar in the test's hand."""

import threading
from collections.abc import Callable, Iterator

import msgspec
import pytest

from tests.device.identity.authority import Authority
from tests.device.identity.scripted_registrar import Script, ScriptedRegistrar
from tests.tls import SecuredBroker
from triporteur_device.identity.door import ContactFailed, Visit
from triporteur_device.identity.papers import new_key, signing_request
from triporteur_wire.enrolment import Bundle
from triporteur_wire.requests import CertificateRequest, Certified, Refused, encode, new_nonce

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredBroker]:
    with SecuredBroker(tmp_path_factory.mktemp("depot")) as made:
        made.start()
        yield made


@pytest.fixture(scope="module")
def bundle(broker: SecuredBroker) -> Bundle:
    return broker.bundle("ben")


def question() -> CertificateRequest:
    return CertificateRequest(new_nonce(), signing_request(new_key(), "ben"))


class Clock:
    """Stands still but when a question arrives that is not helped."""

    def __init__(self) -> None:
        self.now_ms = 0

    def __call__(self) -> int:
        return self.now_ms

    def passing(self, step_ms: int, useless: bytes | None, helpful: bytes | None) -> Script:
        """A script: one useless answer, after which time passes, then what helps, if anything."""
        left = iter([useless])

        def script(_: CertificateRequest) -> bytes | None:
            answer = next(left, helpful)
            if answer is not helpful or helpful is None:
                self.now_ms += step_ms
            return answer

        return script


def visit(
    bundle: Bundle,
    asked: CertificateRequest,
    mono_ms: Callable[[], int] = lambda: 0,
    stop: threading.Event | None = None,
) -> Certified | Refused | None:
    made = Visit(bundle, asked, check_dates=True, mono_ms=mono_ms)
    return made.run(stop or threading.Event())


def test_the_answer_is_the_depots(
    broker: SecuredBroker, bundle: Bundle, authority: Authority
) -> None:
    asked = question()
    given = authority.answer(asked)
    with ScriptedRegistrar(broker, lambda _: encode(given)) as registrar:
        assert visit(bundle, asked) == given
        assert registrar.questions.get_nowait() == asked


def test_a_question_without_an_answer_is_asked_again_after_20_seconds(
    broker: SecuredBroker, bundle: Bundle, authority: Authority
) -> None:
    clock, asked = Clock(), question()
    script = clock.passing(20_000, None, encode(authority.answer(asked)))
    with ScriptedRegistrar(broker, script) as registrar:
        assert isinstance(visit(bundle, asked, clock), Certified)
        assert registrar.questions.get_nowait() == registrar.questions.get_nowait() == asked
        assert registrar.questions.empty()


def test_an_answer_to_another_question_is_passed_over(
    broker: SecuredBroker, bundle: Bundle, authority: Authority
) -> None:
    clock, asked = Clock(), question()
    old = encode(Refused(new_nonce(), "no"))
    script = clock.passing(20_000, old, encode(authority.answer(asked)))
    with ScriptedRegistrar(broker, script):
        assert isinstance(visit(bundle, asked, clock), Certified)


def test_a_depot_that_says_nothing_for_a_minute_is_left(
    broker: SecuredBroker, bundle: Bundle
) -> None:
    clock = Clock()
    with (
        ScriptedRegistrar(broker, clock.passing(30_000, None, None)) as registrar,
        pytest.raises(ContactFailed, match="the depot does not answer"),
    ):
        visit(bundle, question(), clock)
    assert clock.now_ms == 90_000
    assert registrar.questions.qsize() == 3


def test_no_registrar_at_the_depot_is_told_at_once(bundle: Bundle) -> None:
    with pytest.raises(ContactFailed, match="nobody at the depot takes the question"):
        visit(bundle, question())


@pytest.mark.parametrize("answer", [b"", b"yes", b'{"answer":"certified"}', b"\xff" * 100])
def test_an_answer_that_is_none_is_told(
    broker: SecuredBroker, bundle: Bundle, answer: bytes
) -> None:
    with (
        ScriptedRegistrar(broker, lambda _: answer),
        pytest.raises(ContactFailed, match="the depot's answer cannot be read"),
    ):
        visit(bundle, question())


@pytest.mark.parametrize(
    "wrong", [{"token": "0" * 64}, {"login": "enrol-" + "0" * 16}], ids=["token", "login"]
)
def test_a_bundle_that_the_broker_does_not_know_is_told(
    bundle: Bundle, wrong: dict[str, str]
) -> None:
    with pytest.raises(ContactFailed, match=r"does not know this bundle.*ask the depot for a new"):
        visit(msgspec.structs.replace(bundle, **wrong), question())


def test_a_visit_ends_when_the_unit_is_stopped(broker: SecuredBroker, bundle: Bundle) -> None:
    stop = threading.Event()

    def silent(_: CertificateRequest) -> None:
        stop.set()

    with ScriptedRegistrar(broker, silent):
        assert visit(bundle, question(), stop=stop) is None


def test_a_connection_that_another_with_the_same_bundle_takes_over_is_told(
    broker: SecuredBroker, bundle: Bundle
) -> None:
    first, second = question(), question()
    answers: list[Certified | Refused | None] = []
    other = threading.Thread(target=lambda: answers.append(visit(bundle, second)))

    def script(asked: CertificateRequest) -> bytes | None:
        if asked == second:
            return encode(Refused(asked.nonce, "no"))
        other.start()
        return None

    with ScriptedRegistrar(broker, script):
        with pytest.raises(ContactFailed, match="closed the connection"):
            visit(bundle, first)
        other.join()
    assert answers
