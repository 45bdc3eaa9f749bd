"""The flows that the kernel follows, ended where something else holds from now on.

Which view answers is decided by a flow's first packet, and a phone may ask for names from one port
for as long as it likes. A question that is under way is asked again.
"""

import subprocess

from triporteur_kiosk.gate.ruleset import mark

_PATIENCE_S = 10.0
_LEFT_OFF = b"Operation failed"
#: In a crowd each second or third run leaves off, having ended some.
_TIMES = 20


def end_questions(mac: str) -> None:
    """What a phone asks for names, over either family. Raises OSError, as all of these."""
    _end("--dst-nat", "--mark", str(mark(mac)))


def end_everybodys_questions() -> None:
    for protocol in ("udp", "tcp"):
        _end("--dst-nat", "-p", protocol, "--dport", "53")


def end_passing(ip: str) -> None:
    """What goes out for a phone; not what it says to the unit itself, for there the address's next
    owner may be asking for a welcome.
    """
    _end("--src-nat", "-s", ip)


def _end(*which: str) -> None:
    """Told again where it left off, at a flow that had ended by itself since it was listed."""
    for _ in range(_TIMES):
        if _is_through(*which):
            return
    raise OSError("conntrack never came to the end of the flows")


def _is_through(*which: str) -> bool:
    """Status 1 says that there were none, or that it left off."""
    try:
        done = subprocess.run(
            ("conntrack", "-D", *which),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
            timeout=_PATIENCE_S,
        )
    except subprocess.TimeoutExpired as error:
        raise OSError("conntrack did not answer in time") from error
    if done.returncode > 1:
        raise OSError(f"conntrack refused (status {done.returncode})")
    return done.returncode == 0 or _LEFT_OFF not in done.stderr
