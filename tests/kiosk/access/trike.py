"""A unit's console behind its door, with an authority and phones in the test's hand.

with served(trike) as console:
    phone = trike.phone()         # a browser's jar and TLS, without the browser
    phone.get("/") …
"""

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask, request

from triporteur_depot.authority.certificates import Authority, new_authority, of_console
from triporteur_depot.authority.signing_requests import read_console
from triporteur_kiosk.clock import boottime_ms
from triporteur_kiosk.config import KioskConfig, load
from triporteur_kiosk.console.access.door import COOKIE
from triporteur_kiosk.console.access.entrance import secured
from triporteur_kiosk.console.access.pairing import Secret, invite
from triporteur_kiosk.console.access.papers import Papers
from triporteur_kiosk.secured.server import SecuredServer

NAME = "ben.triporteur.internal"
HOST = "127.0.0.1"


class Trike:
    """A configured console, whose authority is `authority`; nothing runs yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = new_authority(datetime.now(UTC))
        self.utc_ms: int | None = None
        self.port = 0
        (folder / "ram").mkdir()
        self.path = folder / "unit.toml"
        self.configure()
        self.config: KioskConfig = load(self.path)

    def configure(self, more: str = "", port: int = 8443) -> None:
        self.path.write_text(
            f"""
[unit]
name = "ben"
[snapshot]
path = "{self.folder}/snapshot.json"
console = "{self.folder}/ram"
[console]
listen = "{HOST}:{port}"
directory = "{self.folder}/console"
pushed = "{self.folder}/pushed.json"
{more}"""
        )
        self.config = load(self.path)

    def papers(self) -> Papers:
        made = Papers(self.config.console_names, self.config.console_places, lambda: self.utc_ms)
        made.open()
        return made

    def certified(self, papers: Papers, **how: object) -> None:
        """The depot certifies what the console asks for, and the agent brings it."""
        self.config.console_places.certified.write_text(self.certificate(**how))  # type: ignore[arg-type]
        papers.look()

    def certificate(
        self,
        authority: Authority | None = None,
        names: tuple[str, ...] = (),
        ago: timedelta = timedelta(),
    ) -> str:
        asked = read_console(self.config.console_places.request.read_text())
        now = datetime.now(UTC) - ago
        made = of_console(authority or self.authority, asked.key, names or asked.names, now)
        return pem(made)

    def invite(self) -> Secret:
        return invite(self.config.console_places.invitation, boottime_ms())

    def context(self) -> ssl.SSLContext:
        """A phone's on which the depot's authority was installed, as strict as can be."""
        made = ssl.create_default_context(cadata=pem(self.authority.certificate))
        made.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
        return made

    def phone(self) -> "Phone":
        return Phone(self)


class Phone:
    """Asks as a browser does: TLS to the console's name, a jar for its cookie."""

    def __init__(self, trike: Trike) -> None:
        self._trike = trike
        self.cookie = ""
        self.headers = {"Sec-Fetch-Site": "same-origin"}

    @property
    def host(self) -> str:
        return f"{NAME}:{self._trike.port}"

    def get(self, path: str = "/", **headers: str) -> "Answer":
        return self.ask("GET", path, b"", headers)

    def post(self, path: str, form: dict[str, str], **headers: str) -> "Answer":
        sent = {"Content-Type": "application/x-www-form-urlencoded", **self.headers, **headers}
        return self.ask("POST", path, urlencode(form).encode(), sent)

    def pair(self, code: str) -> "Answer":
        return self.post("/jumeler", {"code": code})

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> "Answer":
        line = tls_line(self._trike)
        try:
            asked = {"Host": self.host, **headers}
            if self.cookie:
                asked.setdefault("Cookie", f"{COOKIE}={self.cookie}")
            line.request(method, path, body or None, asked)
            answer = Answer(line.getresponse())
        finally:
            line.close()
        jar = SimpleCookie(answer.headers.get("Set-Cookie", ""))
        if COOKIE in jar:
            self.cookie = jar[COOKIE].value
        return answer


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = dict(response.getheaders())
        self.text = response.read().decode()


class _Line(http.client.HTTPSConnection):
    """Led to this machine, as the unit's own name service leads a phone to it."""

    def __init__(self, trike: Trike, context: ssl.SSLContext) -> None:
        super().__init__(NAME, trike.port, context=context, timeout=60)
        self._create_connection = lambda _address, *rest: http.client.socket.create_connection(  # type: ignore[attr-defined]
            (HOST, trike.port), *rest
        )


def tls_line(trike: Trike, context: ssl.SSLContext | None = None) -> http.client.HTTPSConnection:
    return _Line(trike, context or trike.context())


def pages() -> Flask:
    """In the place of the console's pages: one to read, one that changes something."""
    app = Flask(__name__)
    app.config["changed"] = 0

    @app.get("/")
    def read() -> str:
        return "<h1>PARTEZ</h1>"

    @app.post("/change")
    def change() -> str:
        app.config["changed"] += 1
        return request.form.get("word", "")

    return app


@contextmanager
def served(
    trike: Trike, app: Flask | None = None, papers: Papers | None = None
) -> Iterator[Papers]:
    """The console, on any free port, while it is served."""
    if papers is None:
        papers = trike.papers()
        trike.certified(papers)
    config = trike.config
    server = secured(app or pages(), _on_any_port(config), papers)
    trike.port = server.port
    with serving(server):
        yield papers


@contextmanager
def serving(server: SecuredServer) -> Iterator[None]:
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield
    finally:
        server.stop()
        thread.join()


def _on_any_port(config: KioskConfig) -> KioskConfig:
    from msgspec.structs import replace

    return replace(config, console=replace(config.console, port=0))


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
