"""Chromium inside a phone: its names, its way and its trust are the phone's."""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, expect, sync_playwright

from tests.browsing import ARGUMENTS, CHROMIUM, PATIENCE_MS
from tests.network.phone import Phone

_REPOSITORY = Path(__file__).parents[2]
# The machine's own name servers stay where they are: this one is seen by Chromium alone.
_WRAPPER = """\
#!/bin/sh
exec unshare --mount sh -c 'mount --bind "$0" /etc/resolv.conf && exec {chromium} "$@"' {names} "$@"
"""


@contextmanager
def browser(phone: Phone, folder: Path, authority: bytes) -> Iterator[BrowserContext]:
    """A small phone's, without JavaScript, as in the sheets that systems show for portals.

    `authority` is whom its owner trusts, as DER.
    """
    home, names, wrapper = folder / "home", folder / "resolv.conf", folder / "chromium"
    names.write_text(f"nameserver {phone.name_server}\n")
    wrapper.write_text(_WRAPPER.format(names=shlex.quote(str(names)), chromium=CHROMIUM))
    wrapper.chmod(0o755)
    trust = (sys.executable, "-m", "tests.kiosk.access.trusted", str(home / ".pki/nssdb"))
    subprocess.run(trust, input=authority, check=True, cwd=_REPOSITORY)
    expect.set_options(timeout=PATIENCE_MS)
    with phone.namespace.entered():
        starting = sync_playwright().start()
    try:
        chromium = starting.chromium.launch(
            executable_path=wrapper,
            args=ARGUMENTS,
            timeout=PATIENCE_MS,
            env={"HOME": str(home)},
        )
        with chromium.new_context(
            viewport={"width": 360, "height": 640}, java_script_enabled=False, locale="fr-FR"
        ) as context:
            yield context
        chromium.close()
    finally:
        starting.stop()
