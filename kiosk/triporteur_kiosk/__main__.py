"""`triporteur-kiosk`: the pages a unit serves, the public's and the team's, a process each."""

import argparse
import logging
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from triporteur_kiosk.alive import plain_alive, secured_alive
from triporteur_kiosk.config import KioskConfig, Listen, load
from triporteur_wire.answering import Answering
from triporteur_wire.configuration import BadConfiguration
from triporteur_wire.manager import Manager

_CONFIG = Path("/etc/triporteur/unit.toml")


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 told to end, 1 cannot listen, 2 asked wrongly or configured wrongly."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.command(load(asked.config), asked))
    except BadConfiguration as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"triporteur-kiosk: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="triporteur-kiosk", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, help_text: str, command: Callable[[KioskConfig, argparse.Namespace], int]
    ) -> argparse.ArgumentParser:
        one: argparse.ArgumentParser = commands.add_parser(name, help=help_text)
        one.add_argument("--config", type=Path, default=_CONFIG, help=f"default: {_CONFIG}")
        one.set_defaults(command=command)
        return one

    for name, help_text, serve, check in (
        ("portal", "what a stranger's phone meets on the unit's Wi-Fi", _portal, _check_content),
        ("console", "may I leave, and how the unit fares: for the team", _console, lambda _: 0),
    ):
        one = add(name, help_text, _serving(serve, check))
        one.add_argument(
            "--check-config", action="store_true", help="only check the files; 2 if one has faults"
        )
    held = add("gate", "phones' way in: addresses, names, and who may pass", _gate)
    instead = held.add_mutually_exclusive_group()
    for flag, help_text in (
        ("--check-config", "only check the file; 2 if it has faults"),
        ("--dry-run", "only print every file and command"),
        ("--prepare", "as root, before: NetworkManager is told to leave the interface alone"),
        ("--status", "only say how the gate fares; 1 if none runs"),
        ("--down", "take down what a gate that died has left"),
    ):
        instead.add_argument(flag, action="store_true", help=help_text)
    add("garden", "do partners' sites still work where the Wi-Fi opens no others?", _garden)
    sick = add(
        "doctor", "what is wrong with the kiosk; `triporteur-device doctor` asks it too", _doctor
    )
    sick.add_argument("--json", action="store_true", help="one JSON object a line")
    add("pair", "a one-time code that lets a phone see the console", _phones("pair"))
    add("paired", "which phones may, by their numbers", _phones("paired"))
    ended = add("unpair", "lets a phone see it no more", _phones("unpair"))
    ended.add_argument("number", type=int, nargs="?", metavar="NUMBER")
    ended.add_argument("--all", action="store_true", help="every phone")
    return parser


def _serving(
    serve: Callable[[KioskConfig], int], check: Callable[[KioskConfig], int]
) -> Callable[[KioskConfig, argparse.Namespace], int]:
    return lambda config, asked: (check if asked.check_config else serve)(config)


# Each process pays for its own pages only: the imports stand where they are needed.


def _portal(config: KioskConfig) -> int:
    from triporteur_kiosk.public.app import create_app
    from triporteur_kiosk.public.captive import Captive, Quick, host_name
    from triporteur_kiosk.public.editions import Editions, Places
    from triporteur_kiosk.public.gate import Gate
    from triporteur_kiosk.public.server import PortalServer
    from triporteur_kiosk.seen import Watch, boot_number, local_time
    from triporteur_kiosk.serving import beside
    from triporteur_kiosk.usage.counts import Counts
    from triporteur_kiosk.usage.gate_tally import GateTally
    from triporteur_kiosk.usage.journal import UsageJournal
    from triporteur_kiosk.usage.keeper import UsageKeeper

    answering = plain_alive(Manager(os.environ), config.portal, config.portal_address)
    places = Places(config.content_path, config.pushed_path, config.kept_path, config.verdict_path)
    editions = Editions(places)
    watch = Watch(config.snapshot_path)
    counts = Counts()
    gate = Gate(config.gate_folder)
    app = create_app(
        lambda: editions.pages,
        config.portal_address,
        lambda: local_time(watch.look()),
        counts,
        gate,
    )
    quick = Quick(Captive(config.portal_address), counts)
    journal = UsageJournal(
        config.journal_path,
        lambda: boot_number(watch.look()),
        config.ack_path,
        version("triporteur"),
    )
    counting = beside(UsageKeeper(counts, journal, GateTally(gate.state, counts).look).run)
    with ExitStack() as stack:
        stack.enter_context(beside(editions.follow))
        if secured := config.portal_secured:
            # Its imports take 7 MB: only where phones can trust what it shows.
            from triporteur_kiosk.public.api import Api
            from triporteur_kiosk.public.secured import SecuredDoor

            api = Api(app, gate, config.portal_address)
            door = SecuredDoor(api, secured, host_name(config.portal_address))
            stack.enter_context(beside(door.run))
        at = config.portal
        return _serve(
            "portal",
            at,
            f"http://{at}/",
            lambda: PortalServer(answering.around(app), quick, at.host, at.port),
            counting,
            answering,
        )


def _check_content(config: KioskConfig) -> int:
    from triporteur_kiosk.public.content_file import load_content

    load_content(config.content_path)
    return 0


def _console(config: KioskConfig) -> int:
    from triporteur_kiosk.console.access.entrance import plain, secured, utc_ms
    from triporteur_kiosk.console.access.papers import Papers
    from triporteur_kiosk.console.app import create_app
    from triporteur_kiosk.serving import beside

    pages = create_app(
        config.unit.name,
        config.unit.place,
        config.snapshot_path,
        config.desk_path,
        config.gate_folder,
    )
    at = config.console
    manager = Manager(os.environ)
    if not config.console_tls:
        alive = plain_alive(manager, at, at.host)
        app = alive.around(pages)
        return _serve(
            "console", at, config.console_url, lambda: plain(app, at), nullcontext(), alive
        )
    answering = secured_alive(manager, at, config.console_names[0])
    app = answering.around(pages)
    papers = Papers(config.console_names, config.console_places, utc_ms(config.snapshot_path))
    _start_log()
    papers.open()
    return _serve(
        "console",
        at,
        config.console_url,
        lambda: secured(app, config, papers),
        beside(papers.run),
        answering,
    )


def _gate(config: KioskConfig, asked: argparse.Namespace) -> int:
    _start_log()
    return int(import_module("triporteur_kiosk.commands.gate").gate(config, asked))


def _garden(config: KioskConfig, asked: argparse.Namespace) -> int:
    return int(import_module("triporteur_kiosk.commands.garden").garden(config, asked))


def _doctor(config: KioskConfig, asked: argparse.Namespace) -> int:
    return int(import_module("triporteur_kiosk.commands.doctor").doctor(config, asked))


def _phones(name: str) -> Callable[[KioskConfig, argparse.Namespace], int]:
    def run(config: KioskConfig, asked: argparse.Namespace) -> int:
        return int(getattr(import_module("triporteur_kiosk.commands.phones"), name)(config, asked))

    return run


class _Server(Protocol):
    def run(self) -> None: ...


def _serve(
    name: str,
    at: Listen,
    url: str,
    listen: Callable[[], _Server],
    meanwhile: AbstractContextManager[None],
    answering: Answering,
) -> int:
    from triporteur_kiosk.serving import beside, end_on_signals

    end_on_signals()
    _start_log()
    try:
        server = listen()
    except OSError as error:
        print(f"triporteur-kiosk: cannot listen on {at}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"{name} on {url}", flush=True)
    with meanwhile, beside(answering.run):
        server.run()
    return 0


def _start_log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    # Waitress would tell of each page somebody left early, and a line for each phone in a crowd.
    logging.getLogger("waitress").setLevel(logging.ERROR)


if __name__ == "__main__":
    sys.exit(main())
