"""What the console asks itself: over TLS, and without looking at the certificate."""

import socket
import ssl

from triporteur_wire.answering import ANSWERS_S, asked


def ask_secured(address: tuple[str, int], name: str, path: str) -> bool:
    """Whether the console answers: with a page or, where it has no certificate yet, by refusing.

    Raises OSError.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # nothing that is answered is believed
    with socket.create_connection(address, timeout=ANSWERS_S) as line:
        try:
            with context.wrap_socket(line, server_hostname=name) as secured:
                return asked(secured, name, path)
        except ssl.SSLError:
            return True
