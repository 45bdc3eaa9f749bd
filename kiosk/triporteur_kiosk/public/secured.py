"""The portal's door with TLS, where an operator has a certificate that phones trust.

It stands beside the plain one: whatever befalls the certificate, the pages serve on there.
"""

import logging
from threading import Event
from typing import TYPE_CHECKING

from triporteur_kiosk.config import SecuredPortal
from triporteur_kiosk.marks import Mark, mark
from triporteur_kiosk.secured.chains import BadChain, Chain, examine
from triporteur_kiosk.secured.server import SecuredServer
from triporteur_kiosk.secured.tls import ShownCertificate

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_log = logging.getLogger(__name__)


class Papers:
    """The certificate of now: `chain` follows its files, and says in the log when they are bad."""

    def __init__(self, secured: SecuredPortal, name: str) -> None:
        self._secured = secured
        self._name = name
        self._marks: tuple[Mark | None, ...] = ()
        self._chain: Chain | None = None

    def chain(self) -> Chain | None:
        """The last good one; None while there was none."""
        certificate, key = self._secured.certificate, self._secured.key
        marks = mark(certificate), mark(key)
        if marks != self._marks:
            self._marks = marks
            try:
                self._chain = examine(certificate, key, (self._name,))
            except BadChain as error:
                _log.error("the portal's TLS goes on without %s: %s", certificate, error)
        return self._chain


class SecuredDoor:
    """Serves `app` under the portal's `name` at the secured address. Raises OSError."""

    def __init__(self, app: "WSGIApplication", secured: SecuredPortal, name: str) -> None:
        self._stop: Event | None = None
        at, papers = secured.listen, Papers(secured, name)
        self._shown = ShownCertificate((name,), secured.key, papers.chain)
        self._server = SecuredServer(app, at.host, at.port, self._shown.context, self._each_second)
        self.port = self._server.port

    def run(self, stop: Event) -> None:
        """Works until `stop`, which it heeds within a second."""
        self._stop = stop
        self._server.run()

    def _each_second(self) -> None:
        if self._stop and self._stop.is_set():
            self._server.stop()
        else:
            self._shown.refresh()
