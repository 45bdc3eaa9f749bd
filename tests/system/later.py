"""What comes after the package that a machine has: releases for it, and a later package."""

import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.system.kept import digest_of_the_code, kept
from tests.system.parts import release
from triporteur_depot.releases import making
from triporteur_depot.releases.signing import sign

#: What the code calls itself; and three that come later, the first of which has no portal.
NOW, ILL, WELL, LAST = version("triporteur"), "1000.1", "1000.2", "1000.3"


def updates(folder: Path, key: Ed25519PrivateKey) -> None:
    """Files of both releases in the folder, signed."""
    made = kept("updates", digest_of_the_code(), _make)
    for number in (ILL, WELL):
        sign(Path(shutil.copy(made / f"{number}.release", folder)), key)


def trusted(key: Ed25519PrivateKey) -> str:
    """What a unit has to know of the key."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def repacked(package: Path) -> str:
    """The package again, as the last version; its name, beside the other."""
    again = package.with_stem(f"{package.stem}-again")
    with TemporaryDirectory() as made:
        subprocess.run(["dpkg-deb", "--raw-extract", package, made], check=True)
        _number(Path(made, "usr/lib/triporteur"), NOW, LAST)
        control = Path(made, "DEBIAN/control")
        control.write_text(control.read_text().replace(f"Version: {NOW}\n", f"Version: {LAST}\n"))
        build = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", made, str(again)]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    return again.name


def _make(folder: Path) -> None:
    # Nobody fetches these over 4G: to pack them well takes ten times as long.
    with TemporaryDirectory() as made, mock.patch.object(making, "_PRESET", 0):
        tree = release(Path(made))
        _number(tree, NOW, WELL)
        making.make(tree, "x86_64", NOW, folder / f"{WELL}.release")
        _number(tree, WELL, ILL)
        (tree / "bin" / "triporteur-kiosk").write_text("#!/bin/sh\nexit 1\n")
        making.make(tree, "x86_64", NOW, folder / f"{ILL}.release")


def _number(tree: Path, old: str, new: str) -> None:
    (tree / "VERSION").write_text(f"{new}\n")
    about = tree / "lib" / f"triporteur-{old}.dist-info"
    text = (about / "METADATA").read_text().replace(f"\nVersion: {old}\n", f"\nVersion: {new}\n")
    (about / "METADATA").write_text(text)
    about.rename(about.with_name(f"triporteur-{new}.dist-info"))
