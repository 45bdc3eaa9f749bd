"""thingsboard-gateway, the Python peer: in an environment of its own, its storage filled by its
own code, configured as its documentation says for SQLite and QoS 1, with no rate limits.
"""

import json
import subprocess
from pathlib import Path

from bench.installed import python_with

VERSION = "3.8.5"
STORAGE = "messages"
_FILL = Path(__file__).with_name("thingsboard_fill.py")
_RUN = (
    "import sys; from thingsboard_gateway.gateway.tb_gateway_service import TBGatewayService; "
    "TBGatewayService(sys.argv[1])"
)


def python() -> Path:
    """The Python that has it, installed if need be. Raises NotInstalled."""
    return python_with("thingsboard-gateway", VERSION)


def fill(journal: Path, folder: Path) -> None:
    """Puts the journal's telemetry into a storage of the gateway's, by the gateway's own code."""
    (folder / STORAGE).mkdir()
    _call(python(), _FILL, journal, folder / STORAGE)


def gateway(folder: Path, port: int) -> tuple[str, ...]:
    """The command that runs the gateway on the storage in `folder`."""
    config = folder / "tb_gateway.json"
    config.write_text(json.dumps(_config(folder, port)))
    (folder / "logs.json").write_text(json.dumps(_LOGS))
    return str(python()), "-E", "-c", _RUN, str(config)


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
