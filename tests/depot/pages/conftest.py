"""A depot's database and its pages, at a known instant."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.compiled import compiled_once
from tests.depot.pages.builder import Depot
from triporteur_depot.pages.app import create_app


@dataclass
class Clock:
    utc_ms: int

    def __call__(self) -> int:
        return self.utc_ms


@pytest.fixture
def clock() -> Clock:
    """Sunday 22 November 2026, 12:00 in Paris."""
    return Clock(1_795_345_200_000)


@pytest.fixture
def depot(tmp_path: Path) -> Iterator[Depot]:
    depot = Depot(tmp_path / "depot.db")
    yield depot
    depot.connection.close()


@pytest.fixture
def client(depot: Depot, clock: Clock) -> FlaskClient:
    return compiled_once(create_app(depot.path, "Pimms Médiation", clock)).test_client()
