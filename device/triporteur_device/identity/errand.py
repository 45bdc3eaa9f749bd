"""The unit's errand at the depot: to have its certificate renewed, in good time."""

from collections.abc import Callable

from msgspec.structs import replace

from triporteur_device.identity.asking import ASK_AGAIN_MS, Asking
from triporteur_device.identity.bundle import day
from triporteur_device.identity.identity import Identity
from triporteur_device.identity.papers import BadPapers, Papers, new_key, signing_request
from triporteur_device.identity.received import certified
from triporteur_wire.requests import CertificateRequest, Certified, encode
from triporteur_wire.topics import Verb


class CertificateErrand:
    """Asks for a certificate of a new key when the present one grows old, or its authority does.

    `utc_ms` gives None while nothing vouches for the clock: age is then not judged. The new key
    stays in memory until it is certified. `on_renewed` is called when the new papers are in use:
    the next connection shows them.
    """

    verb = Verb.CERTIFICATE

    def __init__(
        self,
        identity: Identity,
        utc_ms: Callable[[], int | None],
        on_renewed: Callable[[], None],
    ) -> None:
        self._identity = identity
        self._utc_ms = utc_ms
        self._on_renewed = on_renewed
        self._key = b""
        self._wanted = ""
        self._heeded = ""
        self._asking = Asking("certificate")

    def told_authorities(self, digest: str) -> None:
        """The depot said which authorities units should trust; empty when it certifies nobody."""
        self._wanted = digest

    def connected(self) -> None:
        """A question that went with the old connection is asked again in its own time."""

    def due(self, mono_ms: int) -> bytes | None:
        """The question to send now, or None."""
        papers = self._identity.papers
        if papers is None or not self._is_needed(papers):
            return None
        if self._asking.asked_within(ASK_AGAIN_MS, mono_ms):
            return None
        self._key = self._key or new_key()
        return encode(self._question(papers, self._asking.ask(mono_ms)))

    def answered(self, payload: bytes, mono_ms: int) -> None:
        """Takes the depot's answer; one that cannot be used is logged once, and asked for again."""
        if answer := self._asking.heard(payload):
            self._take(answer)

    def _question(self, papers: Papers, nonce: str) -> CertificateRequest:
        """Signed by the present key: the depot certifies only who holds a certificate already."""
        csr = signing_request(self._key, papers.unit)
        unsigned = CertificateRequest(nonce, csr, papers.serial)
        return replace(unsigned, signature=papers.sign(unsigned.signed))

    def _take(self, answer: Certified) -> None:
        papers = self._identity.papers
        if papers is None:
            return
        try:
            new = certified(answer, self._key, papers.unit, papers.login, self._utc_ms())
            self._identity.store.install(new)
        except BadPapers as error:
            self._asking.in_vain(f"what the depot certified cannot be used: {error}")
        except OSError as error:
            folder = self._identity.store.directory
            self._asking.in_vain(f"{folder} cannot be written ({error.strerror})")
        else:
            self._done(new)

    def _done(self, papers: Papers) -> None:
        self._key, self._heeded = b"", self._wanted
        self._asking.done(f"renewed until {day(papers.until_utc_ms)}")
        self._on_renewed()

    def _is_needed(self, papers: Papers) -> bool:
        now_ms = self._utc_ms()
        if now_ms is not None and now_ms >= papers.renew_from_utc_ms:
            return True
        # Once for each set: a depot that gives another than it names must not renew for ever.
        return self._wanted not in ("", self._heeded, papers.authorities_digest)
