"""Numbering boots, in a file beside the journal and not in it: a journal may break.

The number only ever grows. It is kept with the kernel's name of the boot, so that an agent
restarted within one boot keeps its number. The very first number is drawn by lot: a unit whose
card was replaced knows nothing of its earlier boots, and must not take their numbers again. Nor
does a boot in which the card cannot be used: it draws its number as another card would.
"""

import secrets
from pathlib import Path

import msgspec

from triporteur_device.files import write_whole

#: The boots of a card count up from a multiple of a thousand, drawn among ten million.
_FIRST_NUMBERS = 10_000_000


class _Boot(msgspec.Struct):
    boot_no: int
    boot_id: str


def boot_number(path: Path, boot_id: str, highest_known: int = 0) -> int:
    """The number of the boot named `boot_id`; a new one is above `highest_known`.

    `highest_known` is the highest number seen elsewhere, 0 for none: it repairs a lost file.
    Raises OSError when the file cannot be written.
    """
    known = _read(path)
    if known and known.boot_id == boot_id:
        return known.boot_no
    highest = max(highest_known, known.boot_no if known else 0) or _lot()
    write_whole(path, msgspec.json.encode(_Boot(highest + 1, boot_id)), durable=True)
    return highest + 1


def boot_number_apart(path: Path, boot_id: str, given: int = 0) -> int:
    """The number of the boot named `boot_id` where no earlier boot can be asked for.

    It is `given`, if the card numbered this boot before it refused, or else drawn by lot. Raises
    OSError when the file cannot be written.
    """
    known = _read(path)
    if known and known.boot_id == boot_id:
        return known.boot_no
    boot_no = given or _lot() + 1
    write_whole(path, msgspec.json.encode(_Boot(boot_no, boot_id)), durable=True)
    return boot_no


def _lot() -> int:
    return secrets.randbelow(_FIRST_NUMBERS) * 1000


def _read(path: Path) -> _Boot | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Boot)
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        return None
