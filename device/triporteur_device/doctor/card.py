"""The card: room, whether it can be written, how worn it says it is, and the journal on it."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from triporteur_device.config import DeviceConfig
from triporteur_device.doctor.bedside import Bedside
from triporteur_device.journal import JournalReader
from triporteur_wire.findings import Answer, attention, well, wrong
from triporteur_wire.messages import Status

_NEARLY_FULL_MB = 300
_FULL_MB = 50
#: eMMC (JEDEC 84-B51): tenths of the foreseen life; of two kinds of memory the worse one counts.
_WORN_TENTHS = 9


def room(config: DeviceConfig) -> Answer:
    folder = _nearest(Path(config.journal.directory))
    found = os.statvfs(folder)
    if found.f_flag & os.ST_RDONLY:
        return wrong(
            f"{folder} can only be read: the card was pulled out of use after an error; restart, "
            "and if it comes again take another card"
        )
    free_mb = found.f_bavail * found.f_frsize / 1e6
    if free_mb < _FULL_MB:
        return wrong(
            f"{free_mb:.0f} MB are left in {folder}: remove something, or take a larger card"
        )
    if free_mb < _NEARLY_FULL_MB:
        return attention(f"only {free_mb:.0f} MB are left in {folder}: see what takes it: du -xh /")
    return well(f"{free_mb:.0f} MB are left in {folder}")


def wear(config: DeviceConfig, here: Bedside) -> Answer:
    """What the kernel counted, and what the memory says of itself where it can: SD cards cannot."""
    folder = _nearest(Path(config.journal.directory))
    device = folder.stat().st_dev
    block = (here.sys / f"dev/block/{os.major(device)}:{os.minor(device)}").resolve()
    errors = _number(here.sys / "fs/ext4" / block.name / "errors_count")
    if errors:
        return wrong(
            f"the file system counted {errors} errors: copy what you need, and take another card"
        )
    life = max(_life(block), _life(block.parent))
    if life >= _WORN_TENTHS:
        return attention(f"the memory says that {life}0 % of its life are used: take another soon")
    return well("no error was counted" + (f"; {life}0 % of its life are used" if life else ""))


def journal(config: DeviceConfig, status: Status | None) -> Answer:
    path = config.journal_path
    if status and (status.card.error or not status.delivery.durable):
        return wrong(
            f"what is recorded is in memory only, for the card refuses ({status.card.error}): a "
            "power cut loses it; free the card or take another"
        )
    if not path.exists():
        return attention(f"there is no journal at {path} yet; the agent makes it")
    try:
        with closing(JournalReader(path)) as reader:
            logs = reader.logs()
    except sqlite3.Error as error:
        return wrong(
            f"the journal {path} does not open ({error}): start the agent, which sets a damaged "
            "one aside and begins another"
        )
    if path.with_name(f"{path.name}.broken-1").exists():
        return attention(
            f"a damaged journal was set aside in {path.parent}: if that comes again, take another "
            "card; to have this said no more, remove it"
        )
    return well(f"the journal opens; {len(logs)} logs in it")


def _nearest(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def _life(block: Path) -> int:
    with suppress(OSError, ValueError):
        return max(int(word, 16) for word in (block / "device/life_time").read_text().split())
    return 0


def _number(path: Path) -> int:
    with suppress(OSError, ValueError):
        return int(path.read_text())
    return 0
