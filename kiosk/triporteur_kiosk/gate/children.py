"""The programs that the gate has beside it while phones may come, each with the rights it needs."""

import os
import pwd
from pathlib import Path

import msgspec

from triporteur_kiosk.gate.plan import GatePlan

#: Debian makes this user for dnsmasq; the other one is everywhere.
_PLAIN_USERS = ("dnsmasq", "nobody")


class Child(msgspec.Struct, frozen=True):
    """A program that stays in the foreground, and is gone with whoever started it.

    hostapd names each phone on its standard output: that is nobody's to keep.
    """

    name: str
    command: tuple[str, ...]


def commands(plan: GatePlan) -> tuple[Child, ...]:
    """`addresses` is DHCP's; `captive`, `garden` and `open` are views of names."""
    views = [_dnsmasq(plan, "addresses", "net_admin", "net_bind_service", "net_raw")]
    views.append(_dnsmasq(plan, "captive"))
    if plan.access != "local":
        views += [_dnsmasq(plan, "garden", "net_admin"), _dnsmasq(plan, "open")]
    if plan.ssid is not None:
        views.append(_hostapd(plan))
    return tuple(views)


def conf_path(plan: GatePlan, name: str) -> Path:
    """Where the child `name` reads what to do."""
    return plan.directory / f"{name}.conf"


def plain_user() -> pwd.struct_passwd | None:
    """Whom dnsmasq runs as where the gate is root; None where it has no choice."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next((known[name] for name in _PLAIN_USERS if name in known), None)


def _dnsmasq(plan: GatePlan, name: str, *rights: str) -> Child:
    program = ("dnsmasq", "--keep-in-foreground", f"--conf-file={conf_path(plan, name)}")
    return Child(name, (*_as_plain_user(rights), *program))


def _hostapd(plan: GatePlan) -> Child:
    program = ("hostapd", str(conf_path(plan, "hostapd")))
    return Child("hostapd", (*_with(("net_admin", "net_raw")), *program))


def _as_plain_user(rights: tuple[str, ...]) -> tuple[str, ...]:
    user = plain_user()
    if user is None:
        return _with(rights)
    return (*_with(rights), f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")


def _with(rights: tuple[str, ...]) -> tuple[str, ...]:
    kept = ",".join(("-all", *(f"+{right}" for right in rights)))
    return ("setpriv", "--pdeathsig=KILL", f"--inh-caps={kept}", f"--ambient-caps={kept}")
