"""The documents that are made from the code: `python -m docs.generate` writes them anew."""

from collections.abc import Callable
from pathlib import Path

from docs.generate import asyncapi, configuration, devices, quantities, register

FOLDER = Path(__file__).parent.parent

DOCUMENTS: dict[str, Callable[[], str]] = {
    "asyncapi.json": asyncapi.text,
    "configuration.md": configuration.text,
    "data-register.md": register.text,
    "devices/README.md": devices.text,
    "quantities.md": quantities.text,
    "../README.md": devices.top_readme,
}
