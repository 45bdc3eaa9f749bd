"""What keys of `unit.toml` may be, where more than one table has such a key."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Annotated

import msgspec

_PORT = re.compile(r"[0-9]{1,5}")

HOST_IN_WORDS = "a host name or address, with its port (1 to 65535) unless 80"

HostName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^([A-Za-z0-9-]+\.)*[A-Za-z0-9-]+(:[0-9]{1,5})?\Z", description=HOST_IN_WORDS
    ),
]
#: Goes with every status, over a link that is paid for.
Place = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[^\x00-\x1f\x7f]{0,60}\Z", description="a name of at most 60 characters"
    ),
]
AbsolutePath = Annotated[
    str, msgspec.Meta(pattern=r"^/.+\Z", description="a path that begins with /")
]


class Listen(msgspec.Struct, frozen=True):
    """Where a server listens: an address of this machine, and a port of it."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def everywhere(self) -> bool:
        """Whether at every address of this machine."""
        return ip_address(self.host).is_unspecified

    @property
    def from_here(self) -> tuple[str, int]:
        """How this machine itself reaches it."""
        return ("127.0.0.1" if self.everywhere else self.host, self.port)

    @property
    def here_only(self) -> bool:
        """Whether nobody but this machine can reach it."""
        return ip_address(self.host).is_loopback


def parse_listen(found: str) -> Listen:
    """Raises ValueError when it is not an IP address and a port."""
    host, _, port = found.rpartition(":")
    if not is_port(port):
        raise ValueError(found)
    bracketed = host.startswith("[") and host.endswith("]")
    address = IPv6Address(host[1:-1]) if bracketed else IPv4Address(host)
    return Listen(str(address), int(port))


def is_port(text: str) -> bool:
    return _PORT.fullmatch(text) is not None and 1 <= int(text) <= 65535
