"""Partners' sites on loopback: real HTTPS, under names of their own and an authority of our own."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from tests.network.certificates import Authority
from triporteur_kiosk.public.closure import Fetch
from triporteur_kiosk.public.web import fetch

#: By host and path: a page or sheet, or where it leads.
Site = Mapping[tuple[str, str], str]


@contextmanager
def serving(site: Site) -> Iterator[Fetch]:
    """Fetches from these sites, and from nowhere else."""
    authority = Authority({host for host, _ in site})
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(site)) as server:
        server.socket = authority.server.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield lambda url: fetch(url, authority.trust, _dial_to(server.server_port))
        finally:
            server.shutdown()
            thread.join()


def _dial_to(port: int) -> Callable[[str], socket.socket]:
    return lambda _host: socket.create_connection(("127.0.0.1", port), timeout=60)


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = site.get((self.headers["Host"], self.path))
            leads = found is not None and found.startswith("http")
            body = b"" if leads else (found or "").encode()
            self.send_response(404 if found is None else 302 if leads else 200)
            self.send_header("Content-Length", str(len(body)))
            if found and leads:
                self.send_header("Location", found)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
