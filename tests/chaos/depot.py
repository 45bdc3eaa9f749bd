"""The real depot, which may die between a commit and its acknowledgement.

`python -m tests.chaos.depot --config DEPOT.toml [--die PROBABILITY --seed N] [--beside NAME]`

With `--beside` only a second ingest runs, of that client id, on the same database.
"""

import argparse
import logging
import os
import random
import signal
import sys
import threading
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from tests.chaos.replacing import put
from triporteur_depot import subscriber
from triporteur_depot.__main__ import main as depot
from triporteur_depot.clock import utc_ms
from triporteur_depot.config import load
from triporteur_depot.database import open_writer
from triporteur_depot.ingest import Intake, Message
from triporteur_depot.line import Broker
from triporteur_wire.messages import Ack
from triporteur_wire.topics import Channel


class SuddenIntake(Intake):
    """Commits like the real one; then, now and then, there is nobody left to acknowledge."""

    dice = random.Random()
    probability = 0.0

    def take(self, messages: Iterable[Message]) -> dict[str, Ack]:
        taken = list(messages)
        acks = super().take(taken)
        batches = any(message.channel is Channel.JOURNAL for message in taken)
        if batches and self.dice.random() < self.probability:
            os.kill(os.getpid(), signal.SIGKILL)
        return acks


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--die", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--beside")
    asked = parser.parse_args()
    SuddenIntake.dice = random.Random(asked.seed)
    SuddenIntake.probability = asked.die
    put(subscriber, "Intake", SuddenIntake)
    if asked.beside:
        return _beside(asked.config, asked.beside)
    return depot(["run", "--config", str(asked.config)])


def _beside(path: Path, client_id: str) -> int:
    config = load(path)
    logging.basicConfig(level=logging.INFO)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    mqtt = config.mqtt
    broker = Broker(mqtt.host, mqtt.port, mqtt.keepalive_s, password=mqtt.password())
    ingest = subscriber.Subscriber(broker, partial(open_writer, config.database_path))
    ingest._line._client._client_id = client_id.encode()  # or each would end the other's session
    ingest.run(stop, utc_ms)
    return 0


if __name__ == "__main__":
    sys.exit(main())
