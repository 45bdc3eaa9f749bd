"""Every check of a depot, in the order in which what one finds explains the next."""

from collections.abc import Iterator
from functools import partial

from triporteur_depot.clock import is_believed
from triporteur_depot.config import DepotConfig
from triporteur_depot.doctor import data, doors, keys
from triporteur_depot.doctor.bedside import Bedside
from triporteur_wire.findings import Answer, Check, attention, well
from triporteur_wire.programs import service

_SERVICES = ("broker", "ingest", "registrar", "pages")
_TIMER = "triporteur-backup.timer"


def checks(config: DepotConfig, here: Bedside) -> Iterator[Check]:
    """Of a depot whose configuration is sound. Raises OSError, but for what only root may see."""
    booted = here.run / "systemd/system"
    for part in _SERVICES:
        yield f"service {part}", partial(service, f"triporteur-{part}", here.ask, booted)
    yield "clock", partial(_clock, config, here)
    yield "disk", partial(data.disk, config)
    yield "database", partial(data.database, config)
    yield "ingest", partial(data.ingest, config, here)
    yield "backups", partial(data.backups, config, here)
    yield "releases", partial(data.releases, config)
    yield "timer", partial(service, _TIMER, here.ask, booted)
    yield "broker", partial(doors.local, config)
    if not config.authority.names:
        yield "authority", _without_authority
        return
    yield "authority", partial(keys.authority, config, here)
    if _may_be_founded(config):
        yield from _of_the_authority(config, here)


def _of_the_authority(config: DepotConfig, here: Bedside) -> Iterator[Check]:
    table = config.authority
    yield "keys", partial(keys.rights, config)
    yield "keys put away", partial(keys.put_away, config)
    yield "certificate", partial(keys.certificate, config, here)
    yield "revocations", partial(keys.revocations, config)
    yield "access", partial(keys.access, config)
    yield "units' door", partial(doors.secured, config, table.units_port, "units")
    yield "newcomers' door", partial(doors.secured, config, table.door_port, "newcomers")
    yield "registrar", partial(doors.registrar, config, here)


def _may_be_founded(config: DepotConfig) -> bool:
    try:
        return keys.is_founded(config)
    except PermissionError:
        return True  # each check says itself that it may not look


def _without_authority() -> Answer:
    return attention(
        "[authority] names is empty: this depot certifies nobody; write there by which names units "
        "reach it, then triporteur-depot broker"
    )


def _clock(config: DepotConfig, here: Bedside) -> Answer:
    if config.depot.clock == "system":
        return well('[depot] clock = "system": units are told what this machine believes')
    if is_believed(here.machine()):
        return well("units are told the time")
    return attention(
        "nothing holds this machine's clock, and units are not told the time: timedatectl set-ntp "
        'true; if it is right all the same, [depot] clock = "system"'
    )
