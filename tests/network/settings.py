"""The `unit.toml` of the lab's unit."""

import json
from pathlib import Path

import msgspec

from tests.network.certificates import Authority
from tests.network.internet import NAME_SERVER
from tests.network.lab import UNIT_WIFI, UNIT_WWAN
from triporteur_wire.gate import Access

ADDRESS = "triporteur.internal"
PORTAL = f"http://{ADDRESS}/"
_CONTENT = Path(__file__).parents[2] / "kiosk" / "content" / "content.toml"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What differs from one test to the next; None is the product's own default.

    `secured` gives the portal a certificate, `content` is what it says. `session_s` is a session
    shorter than `unit.toml` could ask for.
    """

    access: Access = "open"
    network: str | None = None
    session_min: float | None = None
    visitor_mb: int | None = None
    budget_mb: int | None = None
    most_stations: int | None = None
    secured: bool = False
    content: Path = _CONTENT
    session_s: int | None = None


def write(settings: Settings, folder: Path, ram: Path, authority: Authority) -> Path:
    """The file, for a unit that keeps what it keeps in `folder`, and the gate's files in `ram`."""
    card, run = folder / "card", folder / "run"
    certificate = ""
    if settings.secured:
        chain, key = authority.issue(folder, ADDRESS)
        certificate = f'address = "{ADDRESS}"\ncertificate = "{chain}"\nkey = "{key}"'
    path = folder / "unit.toml"
    path.write_text(
        f"""
[unit]
name = "ben"
[snapshot]
path = "{run}/snapshot.json"
content = "{run}/content.json"
console = "{run}/console"
[portal]
content = "{settings.content}"
pushed = "{card}/pushed.json"
journal = "{card}/kiosk/kiosk.journal"
{certificate}
[gate]
interface = "{UNIT_WIFI}"
radio = "external"
uplink = "{UNIT_WWAN}"
resolvers = ["{NAME_SERVER}"]
ram = "{ram}"
spent = "{card}/spent.json"
access = "{settings.access}"
{_given("network", settings.network)}
{_given("session_min", settings.session_min)}
{_given("visitor_mb", settings.visitor_mb)}
{_given("budget_mb", settings.budget_mb)}
{_given("most_stations", settings.most_stations)}
"""
    )
    return path


def _given(key: str, value: str | float | None) -> str:
    return "" if value is None else f"{key} = {json.dumps(value)}"
