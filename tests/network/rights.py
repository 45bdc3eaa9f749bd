"""Whether this machine lets a test build networks, and if not, the one sentence that says so."""

import os
import shutil

_PROGRAMS = ("ip", "nft", "dnsmasq", "conntrack", "ss")


def missing() -> str | None:
    """None when nothing is."""
    if os.geteuid() != 0:
        return "networks of the tests need root"
    lacking = [name for name in _PROGRAMS if shutil.which(name) is None]
    return f"networks of the tests need {', '.join(lacking)}" if lacking else None
