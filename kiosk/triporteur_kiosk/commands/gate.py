"""`triporteur-kiosk gate`: what phones come in by; and to look at it, or to take it down."""

import argparse
import sys
from typing import TYPE_CHECKING

from triporteur_kiosk.config import GatePlan, KioskConfig
from triporteur_kiosk.gate import bring, ground, kernel_settings, network_manager
from triporteur_kiosk.gate.children import commands
from triporteur_kiosk.gate.files import files
from triporteur_kiosk.gate.ram import outlives
from triporteur_kiosk.gate.routes import beside
from triporteur_kiosk.gate.ruleset import TABLE
from triporteur_kiosk.gate.told import read_state
from triporteur_kiosk.seen import Watch, local_time
from triporteur_kiosk.serving import start_log
from triporteur_wire.gate import GateState

if TYPE_CHECKING:
    from triporteur_kiosk.gate.garden import GardenNames


def gate(config: KioskConfig, asked: argparse.Namespace) -> int:
    """Raises OSError."""
    start_log()
    if config.gate is None:
        print("[gate] interface is missing: this unit has no gate", file=sys.stderr)
        return 2
    for flag, answer in (
        ("check_config", _check), ("dry_run", _show), ("prepare", _prepare),
        ("status", _status), ("down", _down),
    ):  # fmt: skip
        if getattr(asked, flag):
            return answer(config.gate)
    return _hold(config, config.gate)


def _hold(config: KioskConfig, plan: GatePlan) -> int:
    from triporteur_kiosk.gate.serve import serve

    if _check(plan):
        return 2
    watch = Watch(config.snapshot_path)
    serve(plan, lambda: local_time(watch.look()), _garden(config, plan))
    return 0


def _garden(config: KioskConfig, plan: GatePlan) -> "GardenNames | None":
    """Where partners' sites matter: what reads them is 10 MB that others need not have."""
    if plan.access == "local":
        return None
    from triporteur_kiosk.gate.garden import GardenNames

    return GardenNames(config.content_path, config.kept_path)


def _check(plan: GatePlan) -> int:
    """What the reader of the file cannot see: this machine, and whether the legal log is sealed."""
    if sentence := outlives(plan.directory):
        print(sentence, file=sys.stderr)
        return 2
    if plan.legal_path is None:
        return 0
    from triporteur_kiosk.gate.legal.journal import BadCertificate, recipient

    try:
        recipient(plan.legal_path)
    except (BadCertificate, OSError) as error:
        print(f"[gate] legal_log: {error}", file=sys.stderr)
        return 2
    return 0


def _show(plan: GatePlan) -> int:
    """Everything that would be done, and nothing done."""
    print(f"# {network_manager.file_path()}, by --prepare\n{network_manager.unmanaged(plan)}")
    for file in files(plan):
        print(f"# {file.path}\n{file.text}")
    print("# /proc/sys/net")
    for name, value in kernel_settings.settings(plan).items():
        print(f"{name} = {value}")
    print(f"\n# ip -batch -\n{bring.addressing(plan)}\n# beside it")
    for child in commands(plan):
        print(" ".join(child.command))
    return 0


def _prepare(plan: GatePlan) -> int:
    """What only root may, before the gate runs as somebody else."""
    told = network_manager.tell(plan)
    print(f"{plan.interface}: NetworkManager {'leaves it alone' if told else 'does not run'}")
    return 0


def _down(plan: GatePlan) -> int:
    ground.check_way(plan)
    bring.down(plan)
    print(f"{plan.interface} is down; nothing is let through")
    return 0


def _status(plan: GatePlan) -> int:
    """Exit status 1 when the gate is not held."""
    state = read_state(plan.directory)
    print(f"table inet {TABLE}: {'there' if bring.has_rules() else 'not there'}")
    if hides := beside(plan.interface, plan.network.ipv4):
        print(hides)
    if state is None:
        print(f"{plan.interface}: {ground.taken(plan) or 'no gate runs'}")
        return 1
    opened = "open" if state.hotspot else "closed"
    print(f"{plan.interface}: hotspot {opened}, access {state.access}, {_why(state)}")
    stations = "not known" if state.stations is None else state.stations
    print(f"phones {stations} of {state.most_stations}, welcomed {state.welcomed}")
    if state.bytes_left is not None:
        print(f"{state.bytes_left // 1_000_000} MB left today")
    return 0


def _why(state: GateState) -> str:
    return f"for {state.because}" if state.because else f"as configured ({state.configured})"
