"""The broker as a service: started as it is set up, and asked whether it answers.

mosquitto tells a service manager that it started, and nothing afterwards.
"""

import logging
import os
import socket
import subprocess
import threading
from functools import partial
from pathlib import Path

from triporteur_depot.authority.broker import CONFIGURATION, command
from triporteur_depot.config import DepotConfig
from triporteur_depot.failing import DepotFailed
from triporteur_wire.answering import ANSWERS_S, Answering
from triporteur_wire.manager import Manager

_log = logging.getLogger(__name__)

#: CONNECT of MQTT 5 without a name or a password: it is refused, and that is an answer.
_STRANGER = b"\x10\x0d\x00\x04MQTT\x05\x02\x00\x05\x00\x00\x00"
_CONNACK = b"\x20"
_LOOK_S = 0.5
_ENDS_S = 5.0


def run(config: DepotConfig, stop: threading.Event, manager: Manager) -> None:
    """Until `stop`. Raises DepotFailed when the broker is not set up, or ends by itself."""
    folder = Path(config.authority.broker_directory)
    if not (folder / CONFIGURATION).exists():
        raise DepotFailed(f"there is no broker in {folder}; set it up: triporteur-depot broker")
    ours = {name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"}
    done = threading.Event()
    answering = Answering(manager, partial(_answers, config.mqtt.port))
    asking = threading.Thread(target=answering.run, args=(done,), name="answering")
    with subprocess.Popen(command(folder), env=ours) as broker:
        asking.start()
        try:
            while broker.poll() is None and not stop.wait(_LOOK_S):
                pass
            ended = broker.returncode
        finally:
            done.set()
            _end(broker)
            asking.join()
    if ended is not None:
        raise DepotFailed(f"the broker ended (status {ended}); its own words are above")


def _answers(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=ANSWERS_S) as line:
        line.sendall(_STRANGER)
        return line.recv(1) == _CONNACK


def _end(broker: "subprocess.Popen[bytes]") -> None:
    broker.terminate()
    try:
        broker.wait(_ENDS_S)
    except subprocess.TimeoutExpired:
        _log.warning("the broker did not end within %g s", _ENDS_S)
        broker.kill()
