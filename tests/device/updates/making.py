"""Small releases for tests: a few files, signed by a key of the test's own."""

import platform
import sys
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from triporteur_depot.releases.making import Machine, make
from triporteur_depot.releases.signing import sign
from triporteur_device.updates.arrivals import Arrivals, Wanted
from triporteur_device.updates.places import Places
from triporteur_wire.releases import Offer

MACHINE: Machine = "aarch64" if platform.machine() == "aarch64" else "x86_64"
PYTHON = "python{}.{}".format(*sys.version_info)


@cache
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def public(of: Ed25519PrivateKey) -> bytes:
    return of.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def lay(folder: Path, version: str) -> Path:
    """A release in its folder: one part is the same in each, the others are not."""
    files = {
        "VERSION": f"{version}\n",
        "bin/triporteur-device": f"#!/bin/sh\necho {version}\n",
        "lib/ours/__init__.py": f"release = {version!r}\n",
        "lib/ours/deep/er.py": "import ours\n",
        "lib/theirs/big.py": "steady = 1\n" * 500,
        f"{PYTHON}/fast.so": f"compiled for {version}",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "bin/triporteur-device").chmod(0o755)
    return folder


def made(folder: Path, version: str, needs: str = "1.0") -> Path:
    """The file of a release, signed by `key`."""
    lay(folder / version, version)
    file = folder / f"{version}.release"
    make(folder / version, MACHINE, needs, file)
    sign(file, key())
    return file


def installed(folder: Path, package: str = "1.0") -> Places:
    """A unit that runs the release of its package, and trusts `key`."""
    places = Places(
        folder / "releases", folder / "factory", folder / "run-link", folder / "updates.pub"
    )
    lay(places.factory, package)
    (places.factory / "lib" / "theirs" / "__pycache__").mkdir()
    (places.factory / "lib" / "theirs" / "__pycache__" / "big.pyc").write_text("compiled")
    places.incoming.mkdir(parents=True)
    places.keys.write_bytes(public(key()))
    places.link.symlink_to(places.factory)
    return places


def by_hand(number: int) -> str:
    """A wish of somebody beside the unit."""
    return f"file {number:016x}"


def arrive(places: Places, file: Path, wish: str = by_hand(1)) -> Offer:
    """All of a release's file is in the folder of arrivals."""
    arrivals = Arrivals(places.incoming)
    arrivals.parts.mkdir(exist_ok=True)
    with file.open("rb") as release:
        offer = Offer.read(release)
        for part in offer.manifest().parts:
            arrivals.part(part).write_bytes(release.read(part.packed_bytes))
    arrivals.say(Wanted(wish, offer.text.decode()))
    return offer
