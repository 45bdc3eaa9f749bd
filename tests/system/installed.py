"""Machines with our package, installed for once and kept: whoever starts from it only boots."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.system.kept import digest_of_the_code, kept
from tests.system.machine import Machine
from tests.system.parts import image, package


def installed(role: str, suite: str = "bookworm") -> tuple[Path, ...]:
    """The layers of a machine on which nothing was configured yet."""
    below = image(suite)

    def install(made: Path) -> None:
        with TemporaryDirectory() as shared, Machine((below,), made, Path(shared)) as machine:
            file = package(role, Path(shared))
            machine.boot()
            machine.install(file)
            machine.run("sync")

    return kept(f"{role}-{suite}", digest_of_the_code(), install) / "disk", below
