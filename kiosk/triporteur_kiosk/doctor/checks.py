"""Every check of the kiosk."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

from triporteur_kiosk.config import KioskConfig, Listen
from triporteur_kiosk.doctor import radio
from triporteur_kiosk.doctor.bedside import Bedside
from triporteur_kiosk.doctor.gate import gate
from triporteur_wire.answering import ask_page
from triporteur_wire.configuration import BadConfiguration
from triporteur_wire.findings import Answer, Check, well, wrong
from triporteur_wire.programs import service

#: No page is there, so that none is counted as opened.
_NOWHERE = "/alive"
_PATIENCE_S = 3.0


def checks(config: KioskConfig, here: Bedside) -> Iterator[Check]:
    booted = here.run / "systemd/system"
    yield "content", partial(_content, config)
    for room in ("portal", "console", *(("gate",) if config.gate else ())):
        yield f"service {room}", partial(service, f"triporteur-{room}", here.ask, booted)
    yield "portal", partial(_portal, config)
    yield "console", partial(_listens, "console", config.console)
    if config.gate is None:
        yield "gate", lambda: well("[gate] names no interface: phones come by another road")
        return
    yield "interface", partial(radio.interface, config.gate, here)
    yield "NetworkManager", partial(radio.manager, config.gate, here)
    yield "radio", partial(radio.blocked, config.gate, here)
    yield "radio firmware", partial(radio.firmware, config.gate, here)
    yield "gate", partial(gate, config.gate, here)


def _content(config: KioskConfig) -> Answer:
    # Reading a content takes the pages' templates along.
    from triporteur_kiosk.public.content_file import load_content

    try:
        content = load_content(config.content_path)
    except BadConfiguration as error:
        return wrong("; ".join(str(error).splitlines()))
    return well(f"{config.content_path} has {len(content.partners)} partners")


def _portal(config: KioskConfig) -> Answer:
    with suppress(OSError):
        if ask_page(config.portal.from_here, config.portal_address, _NOWHERE):
            return well(f"it answers at {config.portal}")
    return wrong(
        f"nothing answers at {config.portal}: systemctl restart triporteur-portal; another program "
        "may hold the port: ss -ltnp"
    )


def _listens(room: str, at: Listen) -> Answer:
    try:
        socket.create_connection(at.from_here, _PATIENCE_S).close()
    except OSError as error:
        return wrong(
            f"nothing listens at {at} ({error.strerror or error}): systemctl restart "
            f"triporteur-{room}; another program may hold the port: ss -ltnp"
        )
    return well(f"it listens at {at}")
