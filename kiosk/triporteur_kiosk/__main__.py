"""`triporteur-kiosk`: the pages a unit serves, the public's and the team's, a process each."""

import argparse
import logging
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from triporteur_kiosk.config import KioskConfig, Listen, load
from triporteur_wire.configuration import BadConfiguration

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
    from triporteur_kiosk.public.editions import Editions, Places
    from triporteur_kiosk.public.server import PortalServer
    from triporteur_kiosk.seen import Watch, boot_number, local_time
    from triporteur_kiosk.serving import beside
    from triporteur_kiosk.usage.counts import Counts
    from triporteur_kiosk.usage.journal import UsageJournal
    from triporteur_kiosk.usage.keeper import UsageKeeper

    places = Places(config.content_path, config.pushed_path, config.kept_path, config.verdict_path)
    editions = Editions(places)
    watch = Watch(config.snapshot_path)
    counts = Counts()
    app = create_app(
        lambda: editions.pages, config.portal_address, lambda: local_time(watch.look()), counts
    )
    journal = UsageJournal(
        config.journal_path,
        lambda: boot_number(watch.look()),
        config.ack_path,
        version("triporteur"),
    )
    counting = beside(UsageKeeper(counts, journal).run)
    with beside(editions.follow):
        at = config.portal
        return _serve(
            "portal", at, f"http://{at}/", lambda: PortalServer(app, at.host, at.port), counting
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

    app = create_app(config.unit.name, config.unit.place, config.snapshot_path, config.desk_path)
    at = config.console
    if not config.console_tls:
        return _serve("console", at, config.console_url, lambda: plain(app, at), nullcontext())
    papers = Papers(config.console_names, config.console_places, utc_ms(config.snapshot_path))
    _start_log()
    papers.open()
    return _serve(
        "console",
        at,
        config.console_url,
        lambda: secured(app, config, papers),
        beside(papers.run),
    )


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
) -> int:
    from triporteur_kiosk.serving import end_on_signals

    end_on_signals()
    _start_log()
    try:
        server = listen()
    except OSError as error:
        print(f"triporteur-kiosk: cannot listen on {at}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"{name} on {url}", flush=True)
    with meanwhile:
        server.run()
    return 0


def _start_log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    # Waitress would tell of each page somebody left early, and a line for each phone in a crowd.
    logging.getLogger("waitress").setLevel(logging.ERROR)


if __name__ == "__main__":
    sys.exit(main())
