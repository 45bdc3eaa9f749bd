"""What the tests of counting start from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kiosk.public.portal import CONTENT_FILE
from tests.kiosk.usage.kiosk import Kiosk
from triporteur_kiosk.public.content import Content
from triporteur_kiosk.public.content_file import load_content


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    """A portal that ends with its test; it is still to be started."""
    kiosk = Kiosk(tmp_path)
    yield kiosk
    kiosk.end()


@pytest.fixture(scope="session")
def content() -> Content:
    """The content that ships."""
    return load_content(CONTENT_FILE)
