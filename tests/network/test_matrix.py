"""Each probe of each system, on every road: the lab is asked anew, and so is the document."""

import pytest

from tests.network.lab import Lab
from tests.network.matrix import DOCUMENT, ROADS, Matrix, Road, ask, read, right, rows
from tests.network.unit import Unit

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Matrix:
    with Lab(tmp_path_factory.mktemp("matrix")) as lab, Unit(lab) as unit:
        return ask(lab, unit.start())


@pytest.fixture(scope="module")
def written() -> Matrix:
    return read(DOCUMENT.read_text(encoding="utf-8"))


@pytest.mark.parametrize("road", ROADS, ids=lambda road: road.title)
def test_every_probe_is_answered_rightly(found: Matrix, road: Road) -> None:
    wanted = {row.url: right(row, road) for row in rows()}
    assert {url: word for (url, title), word in found.items() if title == road.title} == wanted


@pytest.mark.parametrize("road", ROADS, ids=lambda road: road.title)
def test_the_document_says_what_a_phone_is_told(found: Matrix, written: Matrix, road: Road) -> None:
    told = {place: word for place, word in found.items() if place[1] == road.title}
    assert {place: word for place, word in written.items() if place[1] == road.title} == told
