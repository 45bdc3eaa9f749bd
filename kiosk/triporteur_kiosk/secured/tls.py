"""What a phone that knocks is shown: the certificate of now, under its own names only."""

import ssl
from collections.abc import Callable, Collection
from pathlib import Path

from triporteur_kiosk.secured.chains import Chain


class ShownCertificate:
    """A server's TLS, whose certificate may be replaced while it serves.

    `chain` gives what to show, None while there is none: then nobody can come in. A phone that asks
    for any other name than `names` is told so, and is shown nothing.
    """

    def __init__(
        self, names: Collection[str], key: Path, chain: Callable[[], Chain | None]
    ) -> None:
        self._names = frozenset(names)
        self._key = key
        self._chain = chain
        self._shown: Chain | None = None
        self.context = self._make_context()

    def refresh(self) -> None:
        """Shows the certificate of now; to be called in the thread that takes connections.

        Raises OSError when it cannot be read.
        """
        chain = self._chain()
        if chain is not None and chain != self._shown:
            self.context.load_cert_chain(chain.path, self._key)
            self._shown = chain

    def _make_context(self) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # Below are browsers of ten years ago; all that can do better do.
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        made.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
        made.set_alpn_protocols(["http/1.1"])
        made.sni_callback = self._asked_for
        return made

    def _asked_for(self, _connection: object, name: str | None, _context: object) -> int | None:
        """An alert for who asks for another name; who names none is judged by his request."""
        if name is None or name.lower() in self._names:
            return None
        return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
