"""Releases as `make release` and `triporteur-depot release sign` make them, but for their size."""

from pathlib import Path
from random import Random

from triporteur_depot.releases.making import make
from triporteur_depot.releases.signing import load_key, make_key, sign


def signed(folder: Path, version: str = "1.1", part_bytes: int = 40_000) -> Path:
    """A file of three parts; two of them cannot be packed to less than `part_bytes`."""
    release, key = folder / f"release-{version}", folder / "key.pem"
    for name in ("one", "two"):
        (release / "lib" / name).mkdir(parents=True)
        noise = Random(f"{name} {version}").randbytes(part_bytes)
        (release / "lib" / name / "noise").write_bytes(noise)
    (release / "VERSION").write_text(f"{version}\n")
    file = folder / f"{version}.release"
    make(release, "aarch64", "0.1.0", file)
    if not key.exists():
        make_key(key, "")
    sign(file, load_key(key, None))
    return file
