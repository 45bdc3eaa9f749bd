"""The road as it is in the field: TLS, a certificate for each unit, an authority at the depot."""

import json
import subprocess
from pathlib import Path
from typing import Self

from tests.rig import Road, triporteur
from tests.tls import SecuredBroker


class SecuredRoad(Road):
    """Units come in with a bundle: `bundle` writes it, `triporteur-device enrol` takes it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.broker = self._stack.enter_context(SecuredBroker(folder, self.database))

    def __enter__(self) -> Self:
        return self

    def start_broker(self) -> subprocess.Popen[bytes]:
        self.broker.start()
        assert self.broker._process
        return self.broker._process

    @property
    def depot_tables(self) -> str:
        return self.broker.depot_tables

    def unit_tables(self, unit: str) -> str:
        return f"""
[identity]
directory = "{self.identity(unit)}"
[mqtt]
host = "localhost"
port = {self.broker.units_port}"""

    def enrol(self, unit: str) -> None:
        """The depot's bundle, carried to the unit; the running agent then goes in with it."""
        self.broker.bundle(unit)
        self.take_bundle(unit)

    def take_bundle(self, unit: str) -> str:
        """What `triporteur-device enrol` says to the last bundle made for the unit."""
        command = triporteur("device", "enrol")
        bundle = str(self.folder / f"{unit}.bundle")
        said = subprocess.run(
            [*command, bundle, "--config", str(self.unit_config(unit))],
            capture_output=True,
            text=True,
            check=False,
        )
        return said.stdout + said.stderr

    def is_heard(self, unit: str) -> bool:
        """Whether the depot has a status of the unit: it comes a while after the connection."""
        told = map(json.loads, self.broker.command("units", "--json").splitlines())
        return any(one["unit"] == unit and one["version"] for one in told)

    def identity(self, unit: str) -> Path:
        return self.folder / f"{unit}-identity"
