"""Who was shut out and not let in again, by name: in the authority's folder, whatever the database
has forgotten meanwhile.
"""

from pathlib import Path

from triporteur_depot.authority.files import write

_FILE = "barred"


def barred(directory: Path) -> frozenset[str]:
    """Raises OSError."""
    try:
        return frozenset((directory / _FILE).read_text(encoding="ascii").split())
    except FileNotFoundError:
        return frozenset()


def bar(directory: Path, unit: str) -> None:
    """Raises OSError."""
    _keep(directory, barred(directory) | {unit})


def admit(directory: Path, unit: str) -> None:
    """Raises OSError."""
    _keep(directory, barred(directory) - {unit})


def _keep(directory: Path, names: frozenset[str]) -> None:
    write(directory / _FILE, "".join(f"{name}\n" for name in sorted(names)).encode())
