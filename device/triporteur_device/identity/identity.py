"""Who the unit is to the depot: its papers in use, and the bundle that waits, if any."""

import logging
import ssl
from collections.abc import Callable
from pathlib import Path

from triporteur_device.identity.bundle import read_bundle
from triporteur_device.identity.papers import BadPapers, Papers
from triporteur_device.identity.store import Store
from triporteur_device.identity.tls import EachTime, NotEnrolled, context_for
from triporteur_wire.enrolment import Bundle

_log = logging.getLogger(__name__)


def own_context(folder: Path, papers: Papers, *, check_dates: bool) -> ssl.SSLContext:
    """Verifies a broker as `context_for` does, and shows it the papers in this folder."""
    made = context_for(papers.authorities, check_dates=check_dates)
    made.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return made


class Identity:
    """Safe to share between threads. A folder that cannot be used is logged, not raised.

    `trouble` says why the papers cannot be used; empty while they can, or there are none.
    """

    def __init__(self, directory: Path, unit: str) -> None:
        self.unit = unit
        self.store = Store(directory)
        self.trouble = ""
        self._seen: tuple[str, Papers | None] = ("", None)
        try:
            self.store.secure()
        except OSError as error:
            _log.error("identity: %s cannot be used (%s)", directory, error.strerror)

    @property
    def papers(self) -> Papers | None:
        """The papers in use, or None when there are none that can be used."""
        return self._look()[1]

    @property
    def enrolled(self) -> bool:
        return self.papers is not None

    @property
    def pending(self) -> bool:
        """Whether a bundle waits to be used. Raises OSError."""
        return self.store.bundle() is not None

    @property
    def certified_until_utc_ms(self) -> int | None:
        """When the certificate ends; None while there is none."""
        papers = self.papers
        return papers.until_utc_ms if papers else None

    def context(self, clock_is_vouched: bool) -> ssl.SSLContext:
        """What the next connection to the broker goes with.

        Dates are checked only when something vouches for the unit's clock. Raises NotEnrolled, or
        another OSError when the card refuses.
        """
        generation, papers = self._look()
        if papers is None:
            raise NotEnrolled("this unit is not enrolled: triporteur-device enrol FILE")
        folder = self.store.folder(generation)
        return own_context(folder, papers, check_dates=clock_is_vouched)

    def context_each_time(self, clock_is_vouched: Callable[[], bool]) -> EachTime:
        """One context whose every connection goes with the papers and the clock of its moment."""
        return EachTime(lambda: self.context(clock_is_vouched()))

    def bundle(self) -> Bundle | None:
        """The bundle that waits, or None. Raises BadBundle when it is damaged, and OSError."""
        text = self.store.bundle()
        return None if text is None else read_bundle(text)

    def _look(self) -> tuple[str, Papers | None]:
        """The papers in use and their generation; read again only when that is another."""
        try:
            generation = self.store.generation() or ""
            if generation != self._seen[0]:
                self._seen = (generation, self._read(generation) if generation else None)
        except OSError as error:
            self._complain(f"{self.store.directory} cannot be read ({error.strerror})")
            self._seen = ("", None)
            return self._seen
        if self._seen[1] or not generation:
            self._recover()
        return self._seen

    def _read(self, generation: str) -> Papers | None:
        try:
            papers = self.store.read(generation)
        except BadPapers as error:
            self._complain(f"damaged ({error}); ask the depot for a new bundle")
            return None
        if papers.unit != self.unit:
            self._complain(
                f"the certificate is for {papers.unit!r}, but unit.toml names this unit "
                f"{self.unit!r}; correct the name, or ask the depot for a bundle"
            )
            return None
        return papers

    def _complain(self, words: str) -> None:
        if words != self.trouble:
            self.trouble = words
            _log.error("identity: %s", words)

    def _recover(self) -> None:
        if self.trouble:
            self.trouble = ""
            _log.info("identity: well again")
