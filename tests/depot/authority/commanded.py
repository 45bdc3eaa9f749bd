"""A depot's commands without a broker, and what they say."""

from pathlib import Path

import pytest

from tests.depot.authority.counter import Counter
from triporteur_depot.__main__ import main


class Depot:
    """A `depot.toml`, and what the commands say."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.out = folder / "a bundle"
        self._config = folder / "depot.toml"
        self._capsys = capsys
        self.configure()

    def configure(
        self,
        names: str = '["depot.example", "192.0.2.7"]',
        mqtt: str = "",
        password: str = "secret",
    ) -> None:
        self._config.write_text(
            f"""
[database]
path = "{self.folder}/depot.db"
[mqtt]
{mqtt}
password_file = "{self.folder / password if password else ""}"
[authority]
directory = "{self.folder}/authority"
broker_directory = "{self.folder}/broker"
names = {names}
"""
        )

    def says(self, name: str, *arguments: str, status: int = 0) -> str:
        """What the command prints; fails when it ends otherwise than it should."""
        assert main([name, "--config", str(self._config), *arguments]) == status
        said = self._capsys.readouterr()
        return said.out if status == 0 else said.err.strip()

    def enrols(self, unit: str, *options: str, status: int = 0) -> str:
        return self.says("enrol", unit, "--out", str(self.out), *options, status=status)


def certify(depot: Depot, unit: str) -> None:
    """As if the unit had asked; it was heard, too."""
    counter = Counter(depot.folder, founded=True)
    counter.enrol(unit)
    heard = "INSERT OR IGNORE INTO units (name, heard_utc_ms) VALUES (?, 0)"
    counter.connection.execute(heard, (unit,))
    counter.connection.close()


def lose(depot: Depot) -> None:
    """The database, all of it."""
    for path in depot.folder.glob("depot.db*"):
        path.unlink()
