"""The authority: its keys' rights, whether they are put away, and what the broker made of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from triporteur_depot.authority import broker
from triporteur_depot.authority.barred import barred
from triporteur_depot.authority.copied import copied
from triporteur_depot.authority.trusted import AUTHORITIES, trusted
from triporteur_depot.authority.vault import Vault
from triporteur_depot.config import DepotConfig
from triporteur_depot.doctor.bedside import Bedside
from triporteur_wire.findings import Answer, attention, well, wrong

_SOON = timedelta(days=365)
_OTHERS = 0o077
_SET_UP = "triporteur-depot broker"


def is_founded(config: DepotConfig) -> bool:
    """Raises OSError."""
    return bool(trusted(Path(config.authority.directory)))


def authority(config: DepotConfig, here: Bedside) -> Answer:
    """Whom units trust, and until when. Raises OSError or Damaged."""
    if not is_founded(config):
        return wrong(f"there is none, and no unit can be let in: {_SET_UP}")
    signs, *older = Vault(Path(config.authority.directory)).authorities()
    until = signs.certificate.not_valid_after_utc
    if until - _now(here) < _SOON:
        return wrong(f"it ends on {until:%Y-%m-%d}: triporteur-depot rollover --authority")
    if older:
        return attention(
            "units still trust the older authority too: triporteur-depot rollover --forget-old, "
            "once all of them were connected"
        )
    return well(f"it signs until {until:%Y-%m-%d}")


def rights(config: DepotConfig) -> Answer:
    """Whether keys are their owner's alone, and the owner is the depot's user."""
    directory = Path(config.authority.directory)
    private = directory / "private"
    if not private.is_dir():
        return well("there is no key yet")
    for path in (private, *sorted(private.iterdir())):
        there = path.lstat()
        if there.st_mode & _OTHERS:
            return wrong(f"others can read {path}: chmod go= {path}; who read it is the authority")
        if there.st_uid != directory.stat().st_uid:
            owner = directory.owner()
            return wrong(
                f"{path} is not {owner}'s, and the registrar cannot read it: chown {owner} {path}"
            )
    return well(f"{private} is closed to everybody but {private.owner()}")


def put_away(config: DepotConfig) -> Answer:
    """Whether the authority is somewhere else, too."""
    found = copied(Path(config.authority.directory))
    if found is None:
        return attention(
            "the authority is on this disk alone; when that is lost, every unit must be visited: "
            "triporteur-depot backup-authority FILE, and take the file away"
        )
    return well(f"sealed in a file on {datetime.fromtimestamp(found.utc_ms / 1000, UTC):%Y-%m-%d}")


def certificate(config: DepotConfig, here: Bedside) -> Answer:
    """The broker's. Raises OSError."""
    folder = Path(config.authority.broker_directory)
    text = (folder / "broker.pem").read_bytes()
    until = x509.load_pem_x509_certificates(text)[0].not_valid_after_utc
    if until <= _now(here):
        return wrong(f"the broker's ended on {until:%Y-%m-%d}, and units refuse it: {_SET_UP}")
    if until - _now(here) < _SOON:
        return attention(f"the broker's ends on {until:%Y-%m-%d}: {_SET_UP}")
    return well(f"the broker's holds until {until:%Y-%m-%d}")


def revocations(config: DepotConfig) -> Answer:
    """Whether the broker refuses all who are revoked; our lists never end. Raises OSError."""
    directory, folder = Path(config.authority.directory), Path(config.authority.broker_directory)
    if (folder / AUTHORITIES).read_bytes() != (directory / AUTHORITIES).read_bytes():
        return wrong(f"the broker knows other authorities than units do: {_SET_UP}")
    at_broker = _serials((folder / "crl.pem").read_bytes())
    ours = [_serials(path.read_bytes()) for path in directory.glob("crl-*.pem")]
    missing = {serial for listed in ours for serial in listed} - at_broker
    if missing:
        return wrong(f"{len(missing)} revoked certificates still hold at the broker: {_SET_UP}")
    return well(f"the broker knows {len(at_broker)} certificates that are revoked")


def access(config: DepotConfig) -> Answer:
    """Whether the broker lets everybody do what this version needs. Raises OSError."""
    folder = Path(config.authority.broker_directory)
    wanted = broker.access(sorted(barred(Path(config.authority.directory))))
    if (folder / "acl").read_text(encoding="utf-8") != wanted:
        return wrong(f"the broker lets units and depot do what another version needs: {_SET_UP}")
    return well("the broker lets everybody do what is theirs")


def _serials(text: bytes) -> set[int]:
    """cryptography reads one list of a file; the broker's has one for each authority."""
    end = b"-----END X509 CRL-----"
    lists = [x509.load_pem_x509_crl(part + end) for part in text.split(end)[:-1]]
    return {revoked.serial_number for each in lists for revoked in each}


def _now(here: Bedside) -> datetime:
    return datetime.fromtimestamp(here.now_ms / 1000, UTC)
