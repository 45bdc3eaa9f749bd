"""Where the kiosk's servers listen, and by which names they are reached: checked as one."""

from pathlib import Path

import msgspec

from triporteur_kiosk.tables import ConsoleTable, PortalTable, UnitTable
from triporteur_kiosk.values import HOST_IN_WORDS, Listen, is_port, parse_listen
from triporteur_wire.configuration import Reader
from triporteur_wire.consoles import DOMAIN, default_name, is_name

#: Of the portal on the name that its certificate is for: what RFC 8908 calls the API.
API_PATH = "/captive-portal"


class SecuredPortal(msgspec.Struct, frozen=True):
    """The portal's door with TLS, for phones that read RFC 8908."""

    listen: Listen
    certificate: Path
    key: Path


class PortalDoor(msgspec.Struct, frozen=True):
    """Where the portal listens, and by which name it is reached."""

    at: Listen
    address: str
    secured: SecuredPortal | None


class ConsoleDoor(msgspec.Struct, frozen=True):
    """`names` are never none, unless the console has no TLS."""

    at: Listen
    names: tuple[str, ...]


def portal_door(reader: Reader, portal: PortalTable, *, gated: bool) -> PortalDoor | None:
    """None when something was wrong, which the reader then knows; as the one below.

    `gated` says that phones come through the unit's own gate: then what the file leaves out is such
    that they find it.
    """
    at = _listen(reader, "portal", "listen", portal.listen, 8080, gated=gated)
    secured = _secured(reader, portal, gated=gated)
    address = _portal_address(reader, portal, at, gated=gated)
    return PortalDoor(at, address, secured) if at and address else None


def console_door(
    reader: Reader, console: ConsoleTable, unit: UnitTable | None, *, gated: bool
) -> ConsoleDoor | None:
    at = _listen(reader, "console", "listen", console.listen, 8443, gated=gated and console.tls)
    if at and not console.tls and not at.here_only:
        reader.fault(
            f"[console] listen found {console.listen!r}; without tls expected a loopback address "
            "such as 127.0.0.1:8081, for then the console asks nobody who they are"
        )
    names = _console_names(reader, console, unit) if unit else ()
    return ConsoleDoor(at, names) if at else None


def _listen(
    reader: Reader, table: str, key: str, found: str | None, usual_port: int, *, gated: bool
) -> Listen | None:
    if found is None:
        return Listen("::" if gated else "127.0.0.1", usual_port)
    try:
        at = parse_listen(found)
    except ValueError:
        reader.fault(
            f"[{table}] {key} found {found!r}; "
            "expected an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080"
        )
        return None
    if gated and at.here_only:
        reader.fault(
            f"[{table}] {key} found {found!r}; with a [gate] expected an address that phones "
            f"reach, such as [::]:{at.port} for every one, or leave {key} out"
        )
    return at


def _portal_address(
    reader: Reader, portal: PortalTable, at: Listen | None, *, gated: bool
) -> str | None:
    if portal.address is None:
        if gated:
            return DOMAIN
        if at and at.everywhere:
            reader.fault(
                "[portal] address is missing; expected the host name that visitors are led to, "
                f"for listen {portal.listen!r} names none"
            )
        return str(at) if at else None
    if ":" in portal.address and not is_port(portal.address.rpartition(":")[2]):
        reader.fault(f"[portal] address found {portal.address!r}; expected {HOST_IN_WORDS}")
    return portal.address


def _secured(reader: Reader, portal: PortalTable, *, gated: bool) -> SecuredPortal | None:
    at = _listen(reader, "portal", "secured", portal.secured, 8444, gated=gated)
    if portal.certificate is None and portal.key is None:
        return None
    if portal.certificate is None or portal.key is None:
        missing = "certificate" if portal.certificate is None else "key"
        reader.fault(f"[portal] {missing} is missing; certificate and key go together")
        return None
    if not is_name((portal.address or "").partition(":")[0]):
        reader.fault(
            "[portal] address is missing; expected the whole name that the certificate is for"
            if portal.address is None
            else f"[portal] address found {portal.address!r}; expected the whole name that the "
            "certificate is for"
        )
    return SecuredPortal(at, Path(portal.certificate), Path(portal.key)) if at else None


def _console_names(reader: Reader, console: ConsoleTable, unit: UnitTable) -> tuple[str, ...]:
    if console.names or not console.tls:
        return console.names
    name = default_name(unit.name)
    if not is_name(name):
        reader.fault(
            f"[console] names is missing; {name!r} would be the console's, and no certificate "
            "holds for that: write another"
        )
    return (name,)
