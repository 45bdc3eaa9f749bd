"""What most tests of the portal start from."""

import pytest
from flask.testing import FlaskClient

from tests.kiosk.public.portal import CONTENT_FILE, portal
from triporteur_kiosk.public.content import Content
from triporteur_kiosk.public.content_file import load_content


@pytest.fixture(scope="session")
def content() -> Content:
    """The content that ships."""
    return load_content(CONTENT_FILE)


@pytest.fixture(scope="session")
def visitor(content: Content) -> FlaskClient:
    """A phone that asks without following redirects; each request names its own host."""
    return portal(content).test_client()
