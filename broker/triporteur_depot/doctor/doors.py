"""The broker's three doors: the depot's own, the units' and the newcomers'; and the registrar."""

import socket
import ssl
from pathlib import Path

from triporteur_depot.authority.desk import DEAF
from triporteur_depot.authority.trusted import trusted
from triporteur_depot.authority.vault import Vault
from triporteur_depot.config import DepotConfig, UnreadablePassword
from triporteur_depot.doctor.bedside import Bedside
from triporteur_depot.downlink.sender import NotSent, Sender
from triporteur_wire.findings import Answer, well, wrong
from triporteur_wire.programs import lock_holder

_PATIENCE_S = 5.0
_START = "systemctl restart triporteur-broker; why it ended: journalctl -u triporteur-broker -n 30"


def local(config: DepotConfig) -> Answer:
    """Whether the broker lets the depot in, with its password, under a name of the doctor's own.

    Raises PermissionError for a password that only others may read.
    """
    mqtt = config.mqtt
    try:
        password = mqtt.password()
        with Sender(mqtt.host, mqtt.port, password):
            return well(f"{mqtt.host}:{mqtt.port} lets the depot in")
    except UnreadablePassword as error:
        if isinstance(error.__cause__, PermissionError):
            raise error.__cause__ from error
        return wrong(str(error))
    except NotSent as error:
        return wrong(f"{error}; {_START}")


def secured(config: DepotConfig, port: int, who: str) -> Answer:
    """Whether a door shows a certificate that units take, for each name they reach it by."""
    authorities = trusted(Path(config.authority.directory))
    for name in config.authority.names:
        context = ssl.create_default_context(cadata=authorities)
        try:
            with (
                socket.create_connection(("127.0.0.1", port), _PATIENCE_S) as line,
                context.wrap_socket(line, server_hostname=name),
            ):
                pass
        except ssl.SSLCertVerificationError as error:
            return wrong(
                f"port {port} shows a certificate that {who} refuse as {name} "
                f"({error.verify_message}): triporteur-depot broker"
            )
        except OSError as error:
            return wrong(f"{who} find nobody at port {port} ({_why(error)}): {_START}")
    return well(f"{who} are answered at port {port}, as {', '.join(config.authority.names)}")


def registrar(config: DepotConfig, here: Bedside) -> Answer:
    pid = lock_holder(Vault(Path(config.authority.directory)).registrar_lock, here.proc)
    if pid is None:
        return wrong(
            "it does not run, and no unit gets a certificate: systemctl start "
            "triporteur-registrar; why it ended: journalctl -u triporteur-registrar -n 30"
        )
    if _status(here) == DEAF:
        return wrong(
            f"it runs (process {pid}) and hears nobody: see `broker` above, and "
            "journalctl -u triporteur-registrar -n 30"
        )
    return well(f"it runs (process {pid})")


def _status(here: Bedside) -> str:
    """What the registrar says of itself to systemd; empty where that does not run it."""
    if not (here.run / "systemd/system").is_dir():
        return ""
    return here.ask(
        ("systemctl", "show", "triporteur-registrar", "--property=StatusText", "--value")
    ).strip()


def _why(error: OSError) -> str:
    return error.strerror or str(error)
