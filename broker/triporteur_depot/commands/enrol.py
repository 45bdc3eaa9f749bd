"""`triporteur-depot enrol` and `replace`: a bundle that lets one unit in, once."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from triporteur_depot.asked import AskedWrongly
from triporteur_depot.authority import bundles, membership
from triporteur_depot.authority.barred import admit, barred
from triporteur_depot.authority.files import acting_for_oneself, write_new
from triporteur_depot.authority.office import Office, office
from triporteur_depot.authority.passwords import hashed, new_secret
from triporteur_depot.authority.trusted import trusted
from triporteur_depot.config import DepotConfig
from triporteur_depot.database import transaction
from triporteur_wire.enrolment import Bundle, encode

_MOST_DAYS = 365


def enrol(config: DepotConfig, asked: argparse.Namespace) -> int:
    """For a unit that is new to the fleet. Raises AskedWrongly, or what writing raises."""
    membership.check_name(asked.unit)
    with office(config) as here:
        shut_out = barred(here.vault.directory)
        membership.check_new(here.connection, asked.unit, shut_out, here.now_ms)
        made = _hand_out(here, asked)
        print(here.tell_broker())
    print(_what_now(made, asked.out))
    return 0


def replace(config: DepotConfig, asked: argparse.Namespace) -> int:
    """For the same unit on another card. What the old card holds lets nobody in any more.

    Raises AskedWrongly, or what writing raises.
    """
    membership.check_name(asked.unit)
    with office(config) as here:
        membership.check_known(here.connection, asked.unit)
        made = _hand_out(here, asked, again=True)
        admit(here.vault.directory, asked.unit)
        print(here.tell_broker(without=asked.unit))
    print(_what_now(made, asked.out))
    return 0


def _hand_out(here: Office, asked: argparse.Namespace, *, again: bool = False) -> bundles.Made:
    """The file is there before the database knows of it: a secret that was lost lets nobody in."""
    _check(here, asked)
    secret = new_secret()
    with transaction(here.connection):
        if again:
            membership.expel(here.connection, asked.unit, here.now_ms)
            membership.reinstate(here.connection, asked.unit)
        made = bundles.make(here.connection, asked.unit, hashed(secret), here.now_ms, asked.days)
        _write(asked.out, _bundle(here, asked.host, made, secret))
    return made


def _check(here: Office, asked: argparse.Namespace) -> None:
    names = here.config.authority.names
    if asked.host and asked.host not in names:
        raise AskedWrongly(
            f"the broker's certificate does not hold for {asked.host}; add it to [authority] names "
            "and run triporteur-depot broker"
        )
    if not 1 <= asked.days <= _MOST_DAYS:
        raise AskedWrongly(f"--days {asked.days}: a bundle lets in for 1 to {_MOST_DAYS} days")


def _bundle(here: Office, host: str | None, made: bundles.Made, secret: str) -> Bundle:
    authority = here.config.authority
    return Bundle(
        unit=made.unit,
        host=host or authority.names[0],
        port=authority.units_port,
        door_port=authority.door_port,
        login=made.login,
        token=secret,
        expires_utc_ms=made.expires_utc_ms,
        authorities=trusted(here.vault.directory),
    )


def _write(path: Path, bundle: Bundle) -> None:
    try:
        with acting_for_oneself():
            write_new(path, encode(bundle))
    except FileExistsError as error:
        raise AskedWrongly(f"{path} is there already; name another file, or delete it") from error
    except OSError as error:
        raise AskedWrongly(f"{path} cannot be written: {error.strerror}") from error


def _what_now(made: bundles.Made, path: Path) -> str:
    until = datetime.fromtimestamp(made.expires_utc_ms / 1000, UTC)
    return (
        f"{path} lets {made.unit} in, once, until {until:%Y-%m-%d}. Carry it to the unit and run "
        f"there: triporteur-device enrol {path.name}. Then delete it here and there: who holds it "
        f"may come in as {made.unit}."
    )
