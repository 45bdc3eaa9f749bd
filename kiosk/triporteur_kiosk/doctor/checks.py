"""Every check of the kiosk."""

from collections.abc import Callable, Iterator
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


def checks(config: KioskConfig, here: Bedside) -> Iterator[Check]:
    booted = here.run / "systemd/system"
    yield "content", partial(_content, config)
    for room in ("portal", "console", *(("gate",) if config.gate else ())):
        yield f"service {room}", partial(service, f"triporteur-{room}", here.ask, booted)
    yield "portal", partial(_portal, config)
    yield "console", partial(_console, config)
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
    at = config.portal
    return _answers("portal", at, partial(ask_page, at.from_here, config.portal_address, _NOWHERE))


def _console(config: KioskConfig) -> Answer:
    at = config.console
    if not config.console_tls:
        return _answers("console", at, partial(ask_page, at.from_here, at.host, _NOWHERE))
    # TLS takes its time to load.
    from triporteur_kiosk.console.access.own_question import ask_secured

    name = config.console_names[0]
    return _answers("console", at, partial(ask_secured, at.from_here, name, _NOWHERE))


def _answers(room: str, at: Listen, ask: Callable[[], bool]) -> Answer:
    with suppress(OSError):
        if ask():
            return well(f"it answers at {at}")
    return wrong(
        f"nothing answers at {at}: systemctl restart triporteur-{room}; another program may hold "
        "the port: ss -ltnp"
    )
