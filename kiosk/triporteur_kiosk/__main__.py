"""`triporteur-kiosk`: the pages a unit serves, the public's and the team's, a process each."""

import argparse
import logging
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from triporteur_kiosk.config import KioskConfig, Listen, load
from triporteur_wire.configuration import BadConfiguration

if TYPE_CHECKING:
    from waitress.server import TcpWSGIServer

_CONFIG = Path("/etc/triporteur/unit.toml")


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 told to end, 1 cannot listen, 2 asked wrongly or configured wrongly."""
    asked = _parser().parse_args(arguments)
    try:
        config = load(asked.config)
        return int((asked.check if asked.check_config else asked.serve)(config))
    except BadConfiguration as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="triporteur-kiosk", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, help_text, serve, check in (
        ("portal", "what a stranger's phone meets on the unit's Wi-Fi", _portal, _check_content),
        ("console", "the battery in one glance, for the team", _console, lambda _: 0),
    ):
        one = commands.add_parser(name, help=help_text)
        one.add_argument("--config", type=Path, default=_CONFIG, help=f"default: {_CONFIG}")
        one.add_argument(
            "--check-config", action="store_true", help="only check the files; 2 if one has faults"
        )
        one.set_defaults(serve=serve, check=check)
    return parser


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
        return _serve(
            "portal", config.portal, lambda at: PortalServer(app, at.host, at.port), counting
        )


def _check_content(config: KioskConfig) -> int:
    from triporteur_kiosk.public.content_file import load_content

    load_content(config.content_path)
    return 0


def _console(config: KioskConfig) -> int:
    from triporteur_kiosk.console.app import create_app
    from triporteur_kiosk.serving import team_server

    app = create_app(config.unit.name, config.unit.place, config.snapshot_path)
    return _serve(
        "console", config.console, lambda at: team_server(app, at.host, at.port), nullcontext()
    )


def _serve(
    name: str,
    at: Listen,
    listen: Callable[[Listen], "TcpWSGIServer"],
    meanwhile: AbstractContextManager[None],
) -> int:
    from triporteur_kiosk.serving import end_on_signals

    end_on_signals()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    # Waitress would tell of each page somebody left early, and a line for each phone in a crowd.
    logging.getLogger("waitress").setLevel(logging.ERROR)
    try:
        server = listen(at)
    except OSError as error:
        print(f"triporteur-kiosk: cannot listen on {at}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"{name} on http://{at}/", flush=True)
    with meanwhile:
        server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
