"""Questions to a site and what it says (RFC 9112), one on each connection."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` by their name in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def request(method: str, path: str, host: str, more: dict[str, str], body: bytes) -> bytes:
    headers = {"Host": host, "Connection": "close"} | more
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if body or method == "POST":
        headers["Content-Length"] = str(len(body))
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def read(whole: bytes) -> Answer:
    """Raises ConnectionError when it was cut off."""
    head, ended, body = whole.partition(b"\r\n\r\n")
    if not ended:
        raise ConnectionError(f"cut off after {len(whole)} bytes")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    headers = {name.lower(): value for name, _, value in pairs}
    if int(headers.get("content-length", len(body))) > len(body):
        raise ConnectionError(f"cut off after {len(body)} bytes of {headers['content-length']}")
    return Answer(int(first.split()[1]), headers, body)
