"""What systemd makes of our files where they are installed."""

import re

from tests.system.machine import Machine

_UNITS = "/usr/lib/systemd/system"
_YES_OR_NO = re.compile(r"^([A-Z]\w+)=(yes|no)$", re.MULTILINE)
_UMASK = re.compile(r"^(UMask)=(\d+)$", re.MULTILINE)


def otherwise(machine: Machine) -> dict[str, str]:
    """Of every service of ours what systemd holds, where that is not what its own files say."""
    found: dict[str, str] = {}
    for unit in machine.run("sh", "-c", f"cd {_UNITS} && ls triporteur-*.service -d").split():
        if unit.endswith(("@.service", "-.service")):
            continue
        own = machine.asked("sh", "-c", f"cd {_UNITS} && cat {unit} {unit}.d/*").stdout
        meant = dict([*_YES_OR_NO.findall(own), *_UMASK.findall(own)])
        shown = machine.run("systemctl", "show", *(f"--property={name}" for name in meant), unit)
        held = dict(line.split("=", 1) for line in shown.splitlines())
        found |= {
            f"{unit} {name}": f"{held.get(name)}, not {value}"
            for name, value in meant.items()
            if held.get(name) != value
        }
    return found


def complaints(machine: Machine) -> str:
    """What systemd has to say about them."""
    there = machine.run("sh", "-c", f"cd {_UNITS} && ls -d triporteur*").split()
    files = [one.replace("@.", "@triporteur-portal.") for one in there if one.count(".") == 1]
    assert len(files) > 5
    done = machine.asked("systemd-analyze", "verify", "--man=no", *files)
    return f"{done.stdout}{done.stderr}{done.returncode or ''}"
