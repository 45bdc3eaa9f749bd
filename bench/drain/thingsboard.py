"""thingsboard-gateway, the Python peer: in an environment of its own, its storage filled by its
own code, configured as its documentation says for SQLite and QoS 1, with no rate limits.
"""

import json
import subprocess
import sys
from pathlib import Path

VERSION = "3.8.5"
STORAGE = "messages"
_PARTS = Path(__file__).parent.parent.parent / ".parts"
_ENVIRONMENT = _PARTS / f"thingsboard-gateway-{VERSION}"
_PYTHON = _ENVIRONMENT / "bin" / "python"
_FILL = Path(__file__).with_name("thingsboard_fill.py")
_RUN = (
    "import sys; from thingsboard_gateway.gateway.tb_gateway_service import TBGatewayService; "
    "TBGatewayService(sys.argv[1])"
)


def install() -> None:
    """Installs it once, from the package index that pip is set to. Raises CalledProcessError."""
    done = _ENVIRONMENT / "installed"
    if done.exists():
        return
    _call(sys.executable, "-m", "venv", "--clear", "--without-pip", _ENVIRONMENT)
    _call(
        *(sys.executable, "-m", "pip", "--python", _PYTHON, "install", "--quiet"),
        f"thingsboard-gateway=={VERSION}",
    )
    done.touch()


def fill(journal: Path, folder: Path) -> None:
    """Puts the journal's telemetry into a storage of the gateway's, by the gateway's own code."""
    (folder / STORAGE).mkdir()
    _call(_PYTHON, _FILL, journal, folder / STORAGE)


def gateway(folder: Path, port: int) -> tuple[str, ...]:
    """The command that runs the gateway on the storage in `folder`."""
    config = folder / "tb_gateway.json"
    config.write_text(json.dumps(_config(folder, port)))
    (folder / "logs.json").write_text(json.dumps(_LOGS))
    return str(_PYTHON), "-E", "-c", _RUN, str(config)


def _config(folder: Path, port: int) -> dict[str, object]:
    return {
        "thingsboard": {
            "host": "127.0.0.1",
            "port": port,
            "qos": 1,
            "security": {"type": "accessToken", "accessToken": "bench"},
            "remoteShell": False,
            "remoteConfiguration": False,
            "statistics": {"enable": False},
            "reportStrategy": {"type": "DISABLED"},
        },
        "storage": storage(folder / STORAGE),
        "grpc": {"enabled": False},
        "connectors": [],
    }


def storage(folder: Path) -> dict[str, object]:
    """The documented settings; rows are read a thousand at a time, the gateway's own default."""
    return {
        "type": "sqlite",
        "data_file_path": f"{folder}/",
        "max_read_records_count": 1000,
        "messages_ttl_in_days": 7,
    }


_LOGS = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}},
    "root": {"level": "WARNING", "handlers": ["console"]},
}


def _call(*command: str | Path) -> None:
    subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True)
