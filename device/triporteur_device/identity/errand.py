"""The unit's errand at the depot: to have its certificate renewed, in good time."""

import logging
from collections.abc import Callable

from msgspec.structs import replace

from triporteur_device.identity.bundle import day
from triporteur_device.identity.identity import Identity
from triporteur_device.identity.papers import BadPapers, Papers, new_key, signing_request
from triporteur_device.identity.received import certified, readable
from triporteur_wire.reading import Unreadable
from triporteur_wire.requests import (
    CertificateRequest,
    Certified,
    Refused,
    decode_certificate_response,
    encode,
    new_nonce,
)
from triporteur_wire.topics import Verb

_log = logging.getLogger(__name__)

_ASK_AGAIN_MS = 600_000


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
        self._nonce = ""
        self._asked_ms: int | None = None
        self._wanted = ""
        self._heeded = ""
        self._told: set[str] = set()

    def told_authorities(self, digest: str) -> None:
        """The depot said which authorities units should trust; empty when it certifies nobody."""
        self._wanted = digest

    def connected(self) -> None:
        """A question that went with the old connection is asked again in its own time."""

    def due(self, mono_ms: int) -> bytes | None:
        """The question to send now, or None."""
        papers = self._identity.papers
        if papers is None or not self._is_needed(papers) or self._asked_lately(mono_ms):
            return None
        self._asked_ms = mono_ms
        self._key = self._key or new_key()
        self._nonce = new_nonce()
        return encode(self._question(papers))

    def answered(self, payload: bytes, mono_ms: int) -> None:
        """Takes the depot's answer; one that cannot be used is logged once, and asked for again."""
        try:
            answer = decode_certificate_response(payload)
        except Unreadable as error:
            self._tell(f"the depot's answer cannot be read ({error})")
            return
        if not self._nonce or answer.nonce != self._nonce:
            return
        self._nonce = ""
        if isinstance(answer, Refused):
            self._tell(f"the depot refuses: {readable(answer.reason)}")
            return
        self._take(answer)

    def _question(self, papers: Papers) -> CertificateRequest:
        """Signed by the present key: the depot certifies only who holds a certificate already."""
        csr = signing_request(self._key, papers.unit)
        unsigned = CertificateRequest(self._nonce, csr, papers.serial)
        return replace(unsigned, signature=papers.sign(unsigned.signed))

    def _take(self, answer: Certified) -> None:
        papers = self._identity.papers
        if papers is None:
            return
        try:
            new = certified(answer, self._key, papers.unit, papers.login, self._utc_ms())
            self._identity.store.install(new)
        except BadPapers as error:
            self._tell(f"what the depot certified cannot be used: {error}")
        except OSError as error:
            self._tell(f"{self._identity.store.directory} cannot be written ({error.strerror})")
        else:
            self._done(new)

    def _done(self, papers: Papers) -> None:
        self._key, self._heeded = b"", self._wanted
        self._told.clear()
        _log.info("certificate: renewed until %s", day(papers.until_utc_ms))
        self._on_renewed()

    def _is_needed(self, papers: Papers) -> bool:
        now_ms = self._utc_ms()
        if now_ms is not None and now_ms >= papers.renew_from_utc_ms:
            return True
        # Once for each set: a depot that gives another than it names must not renew for ever.
        return self._wanted not in ("", self._heeded, papers.authorities_digest)

    def _asked_lately(self, mono_ms: int) -> bool:
        return self._asked_ms is not None and mono_ms - self._asked_ms < _ASK_AGAIN_MS

    def _tell(self, words: str) -> None:
        if words not in self._told:
            self._told.add(words)
            _log.warning("certificate: %s; asking again every 10 minutes", words)
