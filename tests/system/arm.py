"""The unit's package for 64-bit Arm, run by an emulator: its wheels, and tests of its code."""

import os
import subprocess
import sys
from pathlib import Path

from tests.system.kept import ROOT
from tests.system.parts import image

EMULATOR = "qemu-aarch64-static"
#: What tests need, from the lock of the tests.
_TOOLS = (
    "pytest", "pluggy", "iniconfig", "packaging", "pygments", "hypothesis", "sortedcontainers",
    "pytest-timeout",
)  # fmt: skip
_TOOLS_FOLDER = ROOT / ".parts" / "arm-tests"
#: Every compiled module is loaded, and all that the services start from.
_IMPORTS = """
import importlib, os, pathlib, platform
assert platform.machine() == "aarch64"
for folder in map(pathlib.Path, os.environ["PYTHONPATH"].split(":")[:2]):
    for file in folder.rglob("*.so"):
        name = ".".join(file.relative_to(folder).with_name(file.name.split(".")[0]).parts)
        importlib.import_module(name)
for name in (
    "triporteur_device.app", "triporteur_device.gpio.board", "gpiozero", "lgpio",
    "triporteur_kiosk.public.app", "triporteur_kiosk.console.app", "triporteur_kiosk.gate.serve",
):
    importlib.import_module(name)
"""


def load_everything(release: Path) -> None:
    """Raises CalledProcessError when a module cannot be loaded."""
    # Bytecode is the same on every processor, and is made ten times as fast on our own.
    subprocess.run([sys.executable, "-m", "compileall", "-q", release], check=True)
    _python(release, "-c", _IMPORTS)


def run_tests(release: Path, *tests: str) -> None:
    """Raises CalledProcessError when one fails."""
    _fetch_tools()
    _python(
        release, "-m", "pytest", "-q", "-p", "no:cacheprovider",
        "--hypothesis-profile=quick", *tests,
    )  # fmt: skip


def _python(release: Path, *arguments: str) -> None:
    root = image("bookworm", "arm64")
    paths = [release / "lib", release / "python3.11", _TOOLS_FOLDER]
    emulated = [EMULATOR, "-L", str(root), "-E", f"PYTHONPATH={':'.join(map(str, paths))}"]
    subprocess.run([*emulated, f"{root}/usr/bin/python3.11", *arguments], cwd=ROOT, check=True)


def _fetch_tools() -> None:
    if _TOOLS_FOLDER.is_dir():
        return
    draft = _TOOLS_FOLDER.with_name(f"arm-tests.{os.getpid()}")
    subprocess.run(
        [
            ROOT / ".uv/bin/uv", "pip", "install", "--quiet", "--no-config", "--no-deps",
            "--only-binary", ":all:", "--link-mode", "copy", "--python-version", "3.11",
            "--python-platform", "aarch64-manylinux_2_36", "--target", draft,
            "--constraint", "requirements/test.txt", *_TOOLS,
        ],
        cwd=ROOT, check=True, env=os.environ | {"UV_CACHE_DIR": str(ROOT / ".parts" / "uv")},
    )  # fmt: skip
    draft.replace(_TOOLS_FOLDER)
