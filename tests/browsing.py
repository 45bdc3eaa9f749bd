"""Chromium as tests drive it: the headless shell, the same engine without a window around it.

The whole program draws itself, too, at each page that is opened: three times the work.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium-headless-shell"
#: The second line keeps it from calling out by itself.
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

#: A busy machine shows what was asked for late, and not wrong.
PATIENCE_MS = 60_000


@contextmanager
def chromium(*arguments: str, **options: Any) -> Iterator[Browser]:
    """A browser with these arguments besides; `options` are playwright's for a launch."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[*ARGUMENTS, *arguments],
            timeout=PATIENCE_MS,
            **options,
        )
        yield browser
        browser.close()
