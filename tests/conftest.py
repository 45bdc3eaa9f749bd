"""Strictness that holds for every test."""

import logging
import os

import pytest
from hypothesis import settings

# Every log record of every test is formatted, so a bad `%d` fails the test that logs it. Said once:
# pytest's own `log_level` has every logger ask anew six times in a test.
logging.getLogger().setLevel(logging.DEBUG)
# asyncio tells of each loop, slow turn, and child that ended as it was told to: none of it is ours.
logging.getLogger("asyncio").setLevel(logging.ERROR)

# A busy machine is no fault of the code: what takes how long is measured by `make bench`.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
# For `make check`, run at every commit; `make test` looks for five times as long.
settings.register_profile("quick", deadline=None, max_examples=20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that wait for real parts go first: what keeps a processor busy then fills the end.

    Before all of them those that wait longest, for a whole system to start.
    """
    waiting = {
        item.path for item in items if any(map(item.get_closest_marker, ("slow", "browser")))
    }
    items.sort(key=lambda item: (item.path.parent.name != "system", item.path not in waiting))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run in CI that skipped anything: there, all that a test needs is installed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == 0 and os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("\nIn CI a skipped test is a failure.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
