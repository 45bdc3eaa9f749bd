"""The computer's own name, after its unit: in its files, and at once."""

import re
import socket
from contextlib import suppress
from pathlib import Path

from triporteur_device.files import write_changed

#: hosts(5), as Debian has it: the machine's own name is 127.0.1.1.
_OWN = re.compile(r"^127\.0\.1\.1\s.*$", re.MULTILINE)


def host_name(unit: str) -> str:
    return f"triporteur-{unit}"


def name_computer(unit: str, hostname: Path, hosts: Path) -> bool:
    """Whether it had another name. Raises OSError."""
    name = host_name(unit)
    # Last its own: a computer that is called so already has all of it.
    write_changed(hosts, _named(_text(hosts), name).encode())
    return write_changed(hostname, f"{name}\n".encode())


def use_name(unit: str) -> None:
    """From now on, and not only from the next boot on; nothing where we may not."""
    with suppress(PermissionError):
        socket.sethostname(host_name(unit))


def _named(hosts: str, name: str) -> str:
    line, found = f"127.0.1.1\t{name}", _OWN.search(hosts)
    if found and name in found[0].split():
        return hosts
    if found:
        return _OWN.sub(line, hosts, count=1)
    return f"{hosts.rstrip()}\n{line}\n".lstrip()


def _text(path: Path) -> str:
    with suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8")
    return ""
