"""The portal and the console ask themselves whether they answer, when nobody else does."""

from functools import partial

from triporteur_kiosk.values import Listen
from triporteur_wire.answering import Answering, ask_page
from triporteur_wire.manager import Manager

#: No page is there, so that none is counted as opened.
_NOWHERE = "/alive"


def plain_alive(manager: Manager, at: Listen, host: str) -> Answering:
    """Of a server at `at` whose pages are of `host`."""
    return Answering(manager, partial(ask_page, at.from_here, host, _NOWHERE))


def secured_alive(manager: Manager, at: Listen, name: str) -> Answering:
    """Of a server with TLS, which goes by `name`."""
    from triporteur_kiosk.console.access.own_question import ask_secured

    return Answering(manager, partial(ask_secured, at.from_here, name, _NOWHERE))
