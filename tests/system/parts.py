"""What machines are made of: images of Debian, our packages, and what a unit is told."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.system.kept import ROOT, digest_of_the_code, kept

SERVICES = ("triporteur-device", "triporteur-portal", "triporteur-console")

#: How a unit reaches nobody: it is alone.
ALONE = 'host = "127.0.0.1"\nport = 1\ntls = false'
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
{reached}
status_period_s = 1
gather_s = 0
keepalive_s = 5
"""

DEPOT_SERVICES = (
    "triporteur-broker", "triporteur-ingest", "triporteur-registrar", "triporteur-pages",
)  # fmt: skip
#: By which name units know it.
DEPOT_NAME = "depot.example"
DEPOT = f"""
[depot]
name = "Essai"
clock = "system"
[mqtt]
password_file = "/var/lib/triporteur-depot/depot.password"
[authority]
names = ["{DEPOT_NAME}"]
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
_BOOT = ("systemd-nspawn", "unshare", "nsenter", "ip")
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
    """The package, in the folder; its file name there."""

    def make(folder: Path) -> None:
        build(role, architecture, folder)

    (file,) = kept(f"{role}-{architecture}", digest_of_the_code(), make).iterdir()
    shutil.copy(file, folder)
    return file.name


def build(role: str, architecture: str, folder: Path) -> None:
    """Makes the package anew, in the folder."""
    subprocess.run(
        [ROOT / "tools" / "deb" / "build", role, architecture, "1", folder],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def release(folder: Path, architecture: str = "amd64") -> Path:
    """What the unit's package carries, unpacked below the folder."""
    file = folder / package("unit", folder, architecture)
    subprocess.run(["dpkg-deb", "--extract", file, folder / "package"], check=True)
    return folder / "package" / "usr" / "lib" / "triporteur"
