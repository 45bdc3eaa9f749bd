"""The name servers that this machine asks, as its files name them."""

from collections.abc import Sequence
from pathlib import Path

#: The second is systemd-resolved's own list, where the first names only that itself.
_RESOLV_CONFS = (Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf"))


def system_servers(files: Sequence[Path] = _RESOLV_CONFS) -> list[str]:
    """The name servers that the uplink brought; none while there is no uplink.

    One on this machine answers out of its memory too: then those that it asks are taken.
    """
    told = [_servers(path) for path in files]
    beyond = ([one for one in servers if not _is_here(one)] for servers in told)
    return next(filter(None, beyond), told[0])


def _is_here(server: str) -> bool:
    return server.startswith("127.") or server == "::1"


def _servers(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    words = (line.split() for line in lines)
    return [found[1] for found in words if len(found) > 1 and found[0] == "nameserver"]
