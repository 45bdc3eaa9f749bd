"""Pages as a reader has them: words, without their tags."""

import re

from flask.testing import FlaskClient


def text(client: FlaskClient, address: str) -> str:
    """What a page says, no-break spaces as spaces."""
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub("[\u00a0\u202f]", " ", answer.get_data(as_text=True))


def main(client: FlaskClient, address: str) -> str:
    """The words within <main>, without markup."""
    inner = text(client, address).split("<main", 1)[1].split(">", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", inner).split())
