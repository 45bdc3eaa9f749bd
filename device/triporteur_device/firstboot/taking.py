"""Bundle, configuration and the key of updates, from the boot partition to their places."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from triporteur_device.config import load
from triporteur_device.files import write_whole
from triporteur_device.firstboot.naming import name_computer
from triporteur_device.firstboot.wiping import is_wiped, wipe
from triporteur_device.identity.bundle import BadBundle, read_bundle
from triporteur_device.updates.refused import Refused as NotTrusted
from triporteur_device.updates.signing import trusted
from triporteur_wire.enrolment import Bundle

BUNDLES = "triporteur-bundle*"
UNIT, UPDATES = "unit.toml", "updates.pub"

_LARGEST_BYTES = 100_000

_TEMPLATE = """\
# Made at the first boot, of the bundle. Every key, and what it means: configuration.md.

[unit]
name = "{unit}"

[mqtt]
host = "{host}"
port = {port}

# The battery and its neighbours: systemctl stop triporteur-device, then triporteur-device detect,
# and put here what it prints.

# The public's Wi-Fi, where the Raspberry's own radio serves it: see gate.md.
# [gate]
# interface = "wlan0"
"""


class Refused(ValueError):
    """What lies there cannot be used, and was left there; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Places:
    """`boot` are the folders where the boot partition may be, the likelier one first."""

    boot: tuple[Path, ...] = (Path("/boot/firmware"), Path("/boot"))
    config: Path = Path("/etc/triporteur/unit.toml")
    hostname: Path = Path("/etc/hostname")
    hosts: Path = Path("/etc/hosts")

    @property
    def used(self) -> Path | None:
        """The folder where something lies."""
        lying = (path for kind in (BUNDLES, UNIT, UPDATES) for path in self.all_lying(kind))
        return next((path.parent for path in lying), None)

    def lying(self, kind: str) -> Path | None:
        """The file of this kind that was laid there. Raises Refused when there are several."""
        found = self.all_lying(kind)
        if len(found) > 1:
            names = ", ".join(map(str, found))
            raise Refused(f"there are {names}: leave one there, and take the others away")
        return found[0] if found else None

    def all_lying(self, kind: str) -> list[Path]:
        # One of the folders may be a link to the other.
        folders = dict.fromkeys(folder.resolve() for folder in self.boot)
        return [path for folder in folders for path in sorted(folder.glob(kind))]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was done, a sentence each; the bundle's file, still to be put in place and wiped."""

    told: tuple[str, ...]
    bundle: Path | None


def take(places: Places) -> Taken:
    """Everything but the secret; nothing when nothing was laid there.

    Raises Refused or BadConfiguration before anything was changed, and OSError.
    """
    told = [*_wiped_again(places)]
    path, given, key = (places.lying(each) for each in (BUNDLES, UNIT, UPDATES))
    bundle = _read(path) if path else None
    config = load(given) if given else None
    kept = places.config.with_name(UPDATES)
    if key:
        _check_key(key)
    if bundle and config and config.unit.name != bundle.unit:
        raise Refused(
            f"{given} is of {config.unit.name!r}, and {path} of {bundle.unit!r}: these are of two "
            "units"
        )
    told += _configure(given, places.config) if given else ()
    told += _template(bundle, places.config) if bundle else ()
    told += _keep_key(key, kept) if key else ()
    told += _name(places) if path or given else ()
    # Last of all: as long as it lies there, whoever was cut short begins anew.
    for laid, taken in ((given, places.config), (key, kept)):
        if laid and laid.read_bytes() == taken.read_bytes():
            laid.unlink()
    return Taken(tuple(told), path)


def _wiped_again(places: Places) -> Iterator[str]:
    for path in places.all_lying(BUNDLES):
        if is_wiped(path, _LARGEST_BYTES):
            wipe(path)
            yield (
                f"{path.name} held zeros, and was removed: it had been taken in before; if this "
                "unit is not enrolled, copy it there again"
            )


def _read(path: Path) -> Bundle:
    with path.open("rb") as opened:
        text = opened.read(_LARGEST_BYTES)
    try:
        return read_bundle(text)
    except BadBundle as error:
        raise Refused(f"{path}: {error}") from error


def _configure(given: Path, config: Path) -> Iterator[str]:
    """What was laid there counts; what it replaces is kept beside."""
    content = given.read_bytes()
    with suppress(FileNotFoundError):
        if config.read_bytes() != content:
            config.replace(config.with_name(f"{config.name}.before"))
            yield f"{config} was another; it is {config.name}.before now"
    write_whole(config, content, durable=True, mode=0o644)
    yield f"{config} is what was laid on the boot partition"


def _template(bundle: Bundle, config: Path) -> Iterator[str]:
    if config.exists():
        return
    text = _TEMPLATE.format(unit=bundle.unit, host=bundle.host, port=bundle.port)
    write_whole(config, text.encode(), durable=True, mode=0o644)
    yield f"{config} was made: {bundle.unit}, of the depot {bundle.host}"


def _check_key(key: Path) -> None:
    try:
        trusted(key)
    except NotTrusted as error:
        raise Refused(f"{error}: copy the .pub file of `triporteur-depot release keys`") from error


def _keep_key(key: Path, kept: Path) -> Iterator[str]:
    """The key that updates are signed with is never replaced from here; what is none, is."""
    try:
        is_other = trusted(kept) and kept.read_bytes() != key.read_bytes()
    except NotTrusted:
        write_whole(kept, key.read_bytes(), durable=True, mode=0o644)
        yield f"{kept} is what was laid on the boot partition"
        return
    if is_other:
        yield f"{kept} is there already, and is another: {key} was not used"


def _name(places: Places) -> Iterator[str]:
    unit = load(places.config).unit.name
    if name_computer(unit, places.hostname, places.hosts):
        yield f"this computer is now called {places.hostname.read_text(encoding='utf-8').strip()}"
