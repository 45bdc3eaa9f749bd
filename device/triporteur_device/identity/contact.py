"""First contact: whenever a bundle waits, the unit goes to the depot's door with it.

The key is made once for a bundle and kept until it is certified: when an answer is lost, the same
question brings the same right again, though the bundle lets in only once.
"""

import logging
import math
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from triporteur_device.clock import boottime_ms
from triporteur_device.files import write_whole
from triporteur_device.identity.bundle import BadBundle, check_bundle, day
from triporteur_device.identity.door import ContactFailed, Visit
from triporteur_device.identity.identity import Identity
from triporteur_device.identity.papers import BadPapers, Papers, signing_request
from triporteur_device.identity.received import certified, readable
from triporteur_wire.enrolment import Bundle
from triporteur_wire.requests import CertificateRequest, Refused, new_nonce

_log = logging.getLogger(__name__)

_LOOK_S = 1.0
_LONGEST_PAUSE_S = 60.0
#: What the depot or the calendar refused once it will refuse again: only a new bundle helps.
_REFUSED_PAUSE_S = 600.0


class ContactRefused(ContactFailed):
    """The bundle does not let this unit in, and will not."""


class FirstContact:
    """Enrols the unit with each bundle that is put in place.

    `utc_ms` gives None while nothing vouches for the clock. `on_enrolled` is called in the
    contact's thread when new papers are in use, though another process put them there. `trouble`
    is a file in RAM for other processes: why the unit is not let in now, empty when it is well.
    """

    def __init__(
        self,
        identity: Identity,
        utc_ms: Callable[[], int | None],
        on_enrolled: Callable[[], None],
        mono_ms: Callable[[], int] = boottime_ms,
        trouble: Path | None = None,
    ) -> None:
        self.identity = identity
        self._store = identity.store
        self._utc_ms = utc_ms
        self._mono_ms = mono_ms
        self._on_enrolled = on_enrolled
        self._trouble_path = trouble
        self._trouble: str | None = None
        self._told: set[str] = set()
        self._failures = 0
        self._shown = self._login()

    def run(self, stop: threading.Event) -> None:
        """Waits for bundles and uses each, until `stop`."""
        while not stop.is_set():
            pause_s, bundle = _LOOK_S, self._bundle_now()
            trouble = self._ended() if bundle is None else ""
            try:
                if self.once(stop):
                    self._told.clear()
                    self._failures = 0
            except ContactFailed as failed:
                pause_s = self._pause_s(failed)
                trouble = str(failed)
            self._tell(trouble)
            self._wait(stop, pause_s, bundle)

    def once(self, stop: threading.Event) -> bool:
        """Goes to the door if a bundle waits; whether new papers are in use now.

        Raises ContactFailed: the bundle stays, for another time.
        """
        try:
            return self._once(stop)
        except OSError as error:
            where = self._store.directory
            raise ContactFailed(f"{where} cannot be used ({error.strerror})") from error
        except BadBundle as error:
            raise ContactRefused(str(error)) from error

    def _once(self, stop: threading.Event) -> bool:
        if not self.identity.pending:
            return False
        with self._store.contact() as free:
            bundle = self._unused() if free else None
            papers = self._visit(bundle, stop) if bundle else None
            if bundle is None or papers is None:
                return False
            self._store.install(papers)
            self._store.drop_bundle(bundle.login)
        _log.info("enrolment: done; certified until %s", day(papers.until_utc_ms))
        self._show(papers.login)
        return True

    def _unused(self) -> Bundle | None:
        bundle, papers = self.identity.bundle(), self.identity.papers
        if bundle and papers and bundle.login == papers.login:
            self._store.drop_bundle(bundle.login)  # a power cut came between use and removal
            return None
        return bundle

    def _visit(self, bundle: Bundle, stop: threading.Event) -> Papers | None:
        now_ms = self._utc_ms()
        check_bundle(bundle, self.identity.unit, now_ms)
        try:
            key = self._store.bundle_key()
            question = CertificateRequest(new_nonce(), signing_request(key, bundle.unit))
            visit = Visit(bundle, question, check_dates=now_ms is not None, mono_ms=self._mono_ms)
            answer = visit.run(stop)
            if answer is None:
                return None
            if isinstance(answer, Refused):
                raise ContactRefused(f"the depot refuses: {readable(answer.reason)}")
            return certified(answer, key, bundle.unit, bundle.login, now_ms)
        except BadPapers as error:
            raise ContactRefused(f"what the depot certified cannot be used: {error}") from error

    def _ended(self) -> str:
        """The broker shuts out a certificate that has ended, and says nothing of why."""
        now_ms, until_ms = self._utc_ms(), self.identity.certified_until_utc_ms
        if now_ms is None or until_ms is None or now_ms < until_ms:
            return ""
        return f"the certificate ended on {day(until_ms)}; ask the depot for a new bundle"

    def _pause_s(self, failed: ContactFailed) -> float:
        if isinstance(failed, ContactRefused):
            return _REFUSED_PAUSE_S
        pause_s = min(_LONGEST_PAUSE_S, 2.0**self._failures)
        self._failures = min(self._failures + 1, 10)
        # By lot, so that a workshop's units do not all knock at once.
        return pause_s * random.uniform(0.5, 1.0)  # noqa: S311

    def _tell(self, words: str) -> None:
        self._show_trouble(words or self.identity.trouble)
        if words and words not in self._told:
            self._told.add(words)
            _log.warning("enrolment: %s", words)

    def _show_trouble(self, words: str) -> None:
        if self._trouble_path and words != self._trouble:
            with suppress(OSError):  # the snapshot beside it is refused too, and that is told
                write_whole(self._trouble_path, words.encode(), durable=False)
                self._trouble = words

    def _wait(self, stop: threading.Event, pause_s: float, used: bytes | None) -> None:
        """Waits, but not once another bundle is in place than the one just used."""
        for _ in range(math.ceil(pause_s / _LOOK_S)):
            done = stop.wait(_LOOK_S) or self._bundle_now() != used
            if self._login() not in ("", self._shown):
                self._show(self._login())  # `enrol --now` was at the door, beside the agent
            if done:
                self._failures = 0
                return

    def _show(self, login: str) -> None:
        self._shown = login
        self._on_enrolled()

    def _login(self) -> str:
        """Of the bundle that the papers in use came with; a renewal keeps it."""
        papers = self.identity.papers
        return papers.login if papers else ""

    def _bundle_now(self) -> bytes | None:
        try:
            return self._store.bundle()
        except OSError:
            return None
