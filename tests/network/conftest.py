"""Where no lab can be built, `test_lab.py` alone is collected, and says so in one line."""

from pathlib import Path

from tests.network.rights import missing

_SAYS_SO = "test_lab.py"


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """None leaves it to others."""
    tests = collection_path.name.startswith("test_") and collection_path.name != _SAYS_SO
    return True if tests and missing() else None
