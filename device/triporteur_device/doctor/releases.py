"""Whether what runs is what is installed."""

import platform
from importlib.metadata import version

from triporteur_wire.findings import Answer, attention, well
from triporteur_wire.messages import Status


def releases(status: Status | None) -> Answer:
    installed = version("triporteur")
    if status and status.version != installed:
        return attention(
            f"{installed} is installed, and {status.version} runs: "
            "systemctl restart triporteur.target"
        )
    return well(f"triporteur {installed}, Python {platform.python_version()}, {platform.release()}")
