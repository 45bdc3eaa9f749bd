"""Every file of the gate, as text: all of them in its folder in RAM."""

from pathlib import Path

import msgspec

from triporteur_kiosk.gate import dnsmasq, hostapd
from triporteur_kiosk.gate.children import conf_path
from triporteur_kiosk.gate.plan import GatePlan
from triporteur_kiosk.gate.ruleset import table


class File(msgspec.Struct, frozen=True):
    path: Path
    text: str


def rules_path(plan: GatePlan) -> Path:
    return plan.directory / "rules.nft"


def files(plan: GatePlan) -> tuple[File, ...]:
    """The rules, and what each child reads. Raises ValueError for a garden's name that is none."""
    texts = {"addresses": dnsmasq.addresses(plan), "captive": dnsmasq.captive(plan)}
    if plan.access != "local":
        texts |= {"garden": dnsmasq.garden(plan), "open": dnsmasq.opened(plan)}
    if plan.ssid is not None:
        texts["hostapd"] = hostapd.access_point(plan)
    confs = (File(conf_path(plan, name), text) for name, text in texts.items())
    return (File(rules_path(plan), table(plan)), *confs)
