"""Pages as a reader has them: words, without their tags."""

import re

from flask.testing import FlaskClient


def text(client: FlaskClient, address: str) -> str:
    """What a page says, no-break spaces as spaces; each pictogram that it shows is drawn."""
    answer = client.get(address)
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert shown(page) <= drawn(page)
    return re.sub("[\u00a0\u202f]", " ", page)


def shown(page: str) -> set[str]:
    """The pictograms that a page shows, or that a template asks for by a name that is spelt."""
    found = re.findall(r'href="#i-([a-z-]+)"|icon\("([a-z-]+)"\)', page)
    return {name for pair in found for name in pair if name}


def drawn(page: str) -> set[str]:
    """The names of those that are there."""
    return set(re.findall(r'<symbol id="i-([a-z-]+)"', page))


def main(client: FlaskClient, address: str) -> str:
    """The words within <main>, without markup."""
    inner = text(client, address).split("<main", 1)[1].split(">", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", inner).split())
