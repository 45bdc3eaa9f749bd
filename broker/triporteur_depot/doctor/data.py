"""The database, its disk, its copies, what lies beside it, and the ingest that writes it."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from triporteur_depot.broken import check
from triporteur_depot.config import DepotConfig
from triporteur_depot.copies import Parted, made_at, parted
from triporteur_depot.database import broker_lost_ms, epoch, is_damage, open_reader, set_aside
from triporteur_depot.doctor.bedside import Bedside
from triporteur_depot.releases.kept import Kept
from triporteur_depot.releases.offers import every
from triporteur_depot.replacing import side
from triporteur_wire.findings import Answer, attention, well, wrong
from triporteur_wire.programs import lock_holder

_LEAST_FREE_MB = 500
_OLD_MS = 2 * 86_400_000
_DAY_MS = 86_400_000


def database(config: DepotConfig) -> Answer:
    path = config.database_path
    if not path.exists():
        return attention(f"there is none at {path} yet; the ingest makes it")
    fault = _fault(path)
    if fault:
        return wrong(
            f"{path} is damaged ({fault}): restart the ingest, which sets it aside and begins "
            "another; then triporteur-depot damage"
        )
    with closing(open_reader(path)) as connection:
        aside = set_aside(connection)
    if aside:
        return attention(
            f"a damaged database was set aside on {_day(aside.utc_ms)} ({aside.why}): "
            "triporteur-depot damage"
        )
    size = f"{path.stat().st_size / 1e6:.1f} MB"
    if fault is None:
        return attention(
            f"{path} opens; a minute was not enough to look through its {size}; to do so: "
            f"sqlite3 {path} 'PRAGMA quick_check'"
        )
    return well(f"{path} opens and is sound; {size}")


def disk(config: DepotConfig) -> Answer:
    folder = next(each for each in config.database_path.parents if each.exists())
    found = os.statvfs(folder)
    if found.f_flag & os.ST_RDONLY:
        return wrong(f"{folder} can only be read: nothing is taken in; see: dmesg | tail")
    free_mb = found.f_bavail * found.f_frsize / 1e6
    needed_mb = max(_LEAST_FREE_MB, _size_mb(config.database_path))
    if free_mb < needed_mb:
        return wrong(
            f"{free_mb:.0f} MB are left in {folder}, and the next copy alone takes "
            f"{needed_mb:.0f}: make room, or take a larger disk"
        )
    return well(f"{free_mb:.0f} MB are left in {folder}")


def ingest(config: DepotConfig, here: Bedside) -> Answer:
    """Whether somebody takes in what units send, and hears them."""
    path = config.database_path
    if lock_holder(side(path, ".lock"), here.proc) is None:
        return wrong(
            "nobody takes in what units send: systemctl start triporteur-ingest; why it ended: "
            "journalctl -u triporteur-ingest -n 30"
        )
    with closing(open_reader(path)) as connection:
        lost_ms = broker_lost_ms(connection)
    if lost_ms is not None:
        return wrong(f"the ingest has had no broker since {_minute(lost_ms)}: see `broker` below")
    return well("it takes in what units send")


def backups(config: DepotConfig, here: Bedside) -> Answer:
    """Whether there is one of last night that opens, and none that a wrong clock dated."""
    folder = Path(config.backup.directory)
    there = parted(folder, datetime.fromtimestamp(here.now_ms / 1000, UTC))
    if not there.made:
        but = " but what is dated later than now" if there.ahead else ""
        return wrong(
            f"there is no copy in {folder}{but}: triporteur-depot backup, and see that each night "
            "makes one: systemctl start triporteur.target"
        )
    return _old_or_none(there, here) or _well_kept(there, config)


def _old_or_none(there: Parted, here: Bedside) -> Answer | None:
    """What is wrong with the newest copy, if anything is."""
    newest = there.made[-1]
    at = made_at(newest)
    assert at
    old_ms = here.now_ms - round(at.timestamp() * 1000)
    if old_ms > _OLD_MS:
        return wrong(
            f"the last copy is {old_ms // _DAY_MS} days old: see systemctl list-timers "
            "triporteur-backup.timer, and journalctl -u triporteur-backup -n 30"
        )
    try:
        with closing(open_reader(newest)) as connection:
            epoch(connection)
    except (sqlite3.Error, TypeError) as error:
        return wrong(f"{newest} is no copy ({error}): remove it, and triporteur-depot backup")
    return None


def _well_kept(there: Parted, config: DepotConfig) -> Answer:
    newest = there.made[-1]
    if there.ahead:
        return attention(
            f"{there.ahead[-1]} is dated later than now: is this machine's clock right? Then "
            f"remove that copy; the last one until now is {newest.name}"
        )
    folder = newest.parent
    beside = folder.stat().st_dev == config.database_path.parent.stat().st_dev
    more = "; on the database's own disk: copy them to another machine" if beside else ""
    at = f"{made_at(newest):%Y-%m-%d %H:%M}"
    return well(f"{len(there.made)} copies in {folder}, the last of {at} UTC{more}")


def releases(config: DepotConfig) -> Answer:
    """Whether what units are offered is here for them to fetch. Raises OSError."""
    path = config.database_path
    if not path.exists():
        return well("no unit is offered any yet")
    kept = Kept.beside(path)
    with closing(open_reader(path)) as connection:
        offered = list(every(connection))
    for unit, offer in offered:
        if not kept.path(offer.digest).exists():
            return wrong(
                f"the file of {offer.version} is gone, and {unit} cannot fetch it: "
                f"triporteur-depot release send FILE {unit}, or release withdraw {unit}"
            )
    return well("every release that a unit is offered is here")


def _fault(path: Path) -> str | None:
    try:
        return check(path)
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return str(error)
        raise


def _size_mb(path: Path) -> float:
    return path.stat().st_size / 1e6 if path.exists() else 0.0


def _day(utc_ms: int) -> str:
    return f"{datetime.fromtimestamp(utc_ms / 1000, UTC):%Y-%m-%d}"


def _minute(utc_ms: int) -> str:
    return f"{datetime.fromtimestamp(utc_ms / 1000, UTC):%Y-%m-%d %H:%M} UTC"
