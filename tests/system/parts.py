"""What machines are made of: images of Debian, our packages, and what a unit is told."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]

SERVICES = ("triporteur-device", "triporteur-portal", "triporteur-console")

UNIT = """
[unit]
name = "ben"
place = "Rennes"
[[source]]
name = "jbd"
protocol = "jbd"
port = "/run/trike/jbd"
[journal]
commit_interval_s = 0.5
rest_interval_s = 0.5
[mqtt]
host = "127.0.0.1"
port = {broker}
tls = false
status_period_s = 1
gather_s = 0
keepalive_s = 5
[clock]
trust = "system"
"""

DEPOT_SERVICES = (
    "triporteur-broker", "triporteur-ingest", "triporteur-registrar", "triporteur-pages",
)  # fmt: skip
DEPOT = """
[depot]
name = "Essai"
[mqtt]
password_file = "/var/lib/triporteur-depot/depot.password"
[authority]
names = ["localhost"]
"""

#: Phones come in by an access point at the end of a cable.
GATE = """
[gate]
interface = "phones0"
radio = "external"
"""
PHONES = """
[Unit]
Before=triporteur-gate.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=ip link add name phones0 type veth peer name street0
[Install]
WantedBy=multi-user.target
"""
#: A trike that speaks on a pseudo-terminal, to the agent's user.
TRIKE = """
[Unit]
Before=triporteur-device.service
[Service]
User=triporteur
RuntimeDirectory=trike
ExecStart=/usr/bin/triporteur-device simulate jbd=/run/trike/jbd
Restart=always
[Install]
WantedBy=multi-user.target
"""


#: What boots a machine, and what makes what it boots from.
_BOOT = ("systemd-nspawn", "unshare", "nsenter")
_MAKE = ("mmdebstrap", "dpkg-deb", str(ROOT / ".uv" / "bin" / "uv"))


def why_not(*programs: str) -> str:
    """Why no machine can be had here, nor what `programs` do; empty when they can."""
    if os.geteuid():
        return "only root may make and boot a Debian"
    missing = [one for one in (*_MAKE, *(programs or _BOOT)) if not shutil.which(one)]
    return f"there is no {', '.join(missing)}: make test installs it" if missing else ""


def image(suite: str, architecture: str = "") -> Path:
    """Debian, made once and kept in the repository's folder for what is fetched."""
    words = [suite, architecture] if architecture else [suite]
    subprocess.run([ROOT / "tools" / "root-image", *words], check=True)
    return ROOT / ".parts" / "roots" / "-".join(words)


def package(role: str, folder: Path, architecture: str = "amd64") -> str:
    """Builds a package; its file name in the folder."""
    done = subprocess.run(
        [ROOT / "tools" / "deb" / "build", role, architecture, "1", folder],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return done.stdout.splitlines()[-1]
