import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.compiled import compiled_once
from tests.depot.pages.builder import HOUR_MS, Depot, status
from tests.depot.pages.conftest import Clock
from tests.depot.pages.reading import main, text
from tests.depot.pages.scenes import FINE, recorded_day
from triporteur_depot.pages.app import create_app
from triporteur_depot.pages.queries import snapshot
from triporteur_wire.quantities import QUANTITIES, Value

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("heard_ms", [2**53 - 1, 1_795_345_200_001])
def test_no_unit_was_heard_later_than_now(
    client: FlaskClient, depot: Depot, clock: Clock, heard_ms: int
) -> None:
    depot.unit("ben", status({"battery": FINE}), heard_ms)
    for address in ("/", "/unite/ben"):
        assert "à l’instant" in main(client, address)


def test_a_clock_that_was_out_of_the_calendar_costs_no_page(
    client: FlaskClient, depot: Depot, clock: Clock
) -> None:
    unit_id = recorded_day(depot, clock)
    for boot_no, utc_ms in ((8, 2**53 - 1), (9, 0)):
        depot.anchor(unit_id, 2**52, utc_ms, boot_no=boot_no)
        log = depot.log(unit_id, boot_no)
        log.say(0, soc_pct=50.0)
        log.store()
    depot.roll_up()
    for address in ("/", "/unite/ben", "/unite/ben?vue=semaine", "/unite/ben/tableau"):
        assert main(client, address)


readings = st.dictionaries(
    st.text(max_size=8),
    st.dictionaries(
        st.sampled_from(sorted(QUANTITIES)),
        st.booleans()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.integers(-(2**60), 2**60)
        | st.text(max_size=12)
        | st.lists(st.text(max_size=3) | st.floats(-1e300, 1e300), max_size=4).map(tuple),
        max_size=8,
    ),
    max_size=3,
)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Depot, Clock, FlaskClient]]:
    """One depot for every status that comes."""
    depot, clock = Depot(tmp_path_factory.mktemp("odd") / "depot.db"), Clock(1_795_345_200_000)
    yield depot, clock, compiled_once(create_app(depot.path, "Pimms", clock)).test_client()
    depot.connection.close()


@given(said=readings, number=st.floats(-1e300, 1e300), waiting=st.integers(0, 2**53 - 1))
def test_no_status_whatever_takes_a_page_down(
    odd: tuple[Depot, Clock, FlaskClient],
    said: dict[str, dict[str, Value]],
    number: float,
    waiting: int,
) -> None:
    depot, clock, client = odd
    clock.utc_ms += HOUR_MS  # what was made for the last one is shown no more
    worst = status(said, waiting=waiting, oldest_waiting_s=number, heard_age_s=number)
    depot.unit("odd", worst, clock())
    depot.unit("fine", status({"battery": FINE}), clock())
    page = main(client, "/")
    assert "73 %" in page
    assert main(client, "/unite/odd")
    widths = re.findall(r' width="(-?[\d.e+]+)%"', text(client, "/"))
    assert all(0 <= float(width) <= 100 for width in widths)


@pytest.mark.parametrize(
    ("address", "method", "status_code"),
    [("/elsewhere", "GET", 404), ("/", "POST", 405), ("/static/none.css", "GET", 404)],
)
def test_refusals_are_in_french(
    client: FlaskClient, address: str, method: str, status_code: int
) -> None:
    answer = client.open(address, method=method)
    assert answer.status_code == status_code
    assert answer.mimetype == "text/html"
    assert "Retour à la flotte" in answer.get_data(as_text=True)


def test_a_failure_is_a_french_page_and_logged_once_for_each_cause(
    depot: Depot, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Exception):
        """What no page expects."""

    broken_clock = iter(range(3))

    def now() -> int:
        if next(broken_clock) < 2:
            raise Broken("a clock fell over")
        raise OverflowError("a clock ran over")

    client = compiled_once(create_app(depot.path, "Pimms", now)).test_client()
    for _ in range(3):
        answer = client.get("/")
        assert answer.status_code == 500
        assert "Cette page a échoué" in answer.get_data(as_text=True)
    causes = [record.exc_info[0] for record in caplog.records if record.exc_info]
    assert causes == [Broken, OverflowError]


def test_an_outage_of_the_database_is_said_and_logged_once_and_so_is_its_end(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "later.db"
    client = compiled_once(create_app(path, "Pimms", clock)).test_client()
    for _ in range(3):
        answer = client.get("/")
        assert answer.status_code == 503
        assert "Le dépôt ne peut pas lire ses données" in answer.get_data(as_text=True)
    caplog.set_level("INFO")
    Depot(path).connection.close()
    assert [client.get("/").status_code for _ in range(2)] == [200, 200]
    told = [record.getMessage() for record in caplog.records if "database" in record.getMessage()]
    assert told == [
        "the database cannot be read: unable to open database file",
        "the database can be read again",
    ]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "localhost:1", "LOCALHOST", "[::1]", "[::1]:8000"]
)
def test_the_pages_open_under_names_of_this_machine(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:8000", "localhost:8000.evil.example", "[::2]"]
)
def test_the_pages_open_under_no_other_name(client: FlaskClient, host: str) -> None:
    for address in ("/", "/static/depot.css"):
        answer = client.get(address, headers={"Host": host})
        assert answer.status_code == 421
        assert "127.0.0.1" in answer.get_data(as_text=True)


def test_pages_cannot_write(depot: Depot) -> None:
    with snapshot(depot.path) as reader, pytest.raises(sqlite3.OperationalError):
        reader.execute("DELETE FROM units")
