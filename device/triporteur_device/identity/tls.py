"""TLS towards the depot's broker, and its failures in words."""

import socket
import ssl
from collections.abc import Callable
from typing import Any

#: X509_V_FLAG_NO_CHECK_TIME (x509_vfy.h): dates are not looked at. Python has no name for it.
_NO_CHECK_TIME = ssl.VerifyFlags(0x200000)
#: X509_verify_cert_error_string(3)
_NOT_YET_VALID, _EXPIRED = 9, 10
_OTHER_HOST = frozenset({62, 64})


def context_for(authorities: str, *, check_dates: bool) -> ssl.SSLContext:
    """Verifies a broker with these authorities (PEM) and by its host name.

    `check_dates` is False while nothing vouches for the unit's clock: a certificate out of its
    dates is then taken, any other fault is not. Raises ssl.SSLError on bad authorities.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cadata=authorities)
    if not check_dates:
        context.verify_flags |= _NO_CHECK_TIME
    return context


class NotEnrolled(OSError):
    """This unit has no papers that can be used: it needs a bundle."""


class EachTime(ssl.SSLContext):
    """A context that is made anew for each connection, for a client that takes one only once.

    `on_closing` is given the connection of a handshake that failed, before it is closed.
    """

    _make: Callable[[], ssl.SSLContext]
    on_closing: Callable[[socket.socket], None] | None = None

    def __new__(cls, make: Callable[[], ssl.SSLContext]) -> "EachTime":
        made = super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)
        made._make = make
        return made

    # The handshake is done here, whatever the client asks: one that fails must close the socket.
    def wrap_socket(  # type: ignore[override]
        self, sock: socket.socket, *, server_hostname: str, **_: Any
    ) -> ssl.SSLSocket:
        """A client's connection, verified. Raises OSError, the socket closed."""
        line = sock
        try:
            line = made = self._make().wrap_socket(
                sock, server_hostname=server_hostname, do_handshake_on_connect=False
            )
            made.do_handshake()
        except OSError:
            if self.on_closing:
                self.on_closing(line)
            line.close()
            raise
        return made


def words_for(error: OSError | ValueError, where: str) -> str:
    """Why no connection came about with `where`, in words for the workshop."""
    match error:
        case NotEnrolled():
            return str(error)
        case ssl.SSLCertVerificationError(verify_code=code):
            return _unverified(code, error.verify_message, where)
        case ssl.SSLError():
            return f"{where} does not speak TLS as we do ({error.reason}); is the port right?"
        case socket.gaierror():
            return f"no network knows the name {where}"
        case TimeoutError():
            return f"{where} does not answer"
        case OSError():
            return f"{where} cannot be reached ({error.strerror or error})"
        case _:
            return f"{where} is no address ({error})"


def _unverified(code: int, message: str, where: str) -> str:
    if code in (_NOT_YET_VALID, _EXPIRED):
        return f"the certificate of {where} is out of its dates ({message}); renew it at the depot"
    if code in _OTHER_HOST:
        return f"the certificate shown is not that of {where}; is the host name right?"
    return f"{where} is certified by no authority this unit knows ({message}); is it our depot?"
