"""What each unit's console was certified with, in the authority's folder: `consoles/<unit>.json`.

Not among the units' own certificates: whoever holds one of those speaks as the unit.
"""

from collections.abc import Collection
from pathlib import Path

import msgspec

from triporteur_depot.authority.files import make_folder, write
from triporteur_depot.authority.vault import Damaged
from triporteur_wire.consoles import is_name


class Console(msgspec.Struct, frozen=True):
    """The last request of a unit's console, and what came of it.

    `given_utc_ms` are the instants of the latest certificates; `authority` and `key_sha256` name
    keys; `pem` is the certificate and what leads to a root.
    """

    csr: str
    names: tuple[str, ...]
    key_sha256: str
    authority: str
    given_utc_ms: tuple[int, ...]
    pem: str


_DECODER = msgspec.json.Decoder(Console)


def allowed(unit: str, domains: Collection[str], brokers: Collection[str]) -> list[str]:
    """What the unit's console may be called: its name in a domain, unless the broker is called so.

    Phones trust what is certified: no unit may stand in for anything else.
    """
    taken = {name.lower() for name in brokers}
    names = [f"{unit}.{domain}" for domain in domains]
    return [name for name in names if is_name(name) and name not in taken]


def find(directory: Path, unit: str) -> Console | None:
    """None when the unit's console never asked. Raises OSError or Damaged."""
    path = _path(directory, unit)
    try:
        return _DECODER.decode(path.read_bytes())
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError as error:
        raise Damaged(f"{path} is damaged ({error}); remove it: the unit asks again") from error


def note(directory: Path, unit: str, console: Console) -> None:
    """Raises OSError."""
    path = _path(directory, unit)
    make_folder(path.parent)
    write(path, msgspec.json.encode(console))


def _path(directory: Path, unit: str) -> Path:
    return directory / "consoles" / f"{unit}.json"
