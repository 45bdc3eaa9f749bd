"""The faults. Each is let loose by a step of a schedule, and gives what undoes it, if anything.

Storage that fails is in `storage_faults`.
"""

import random
import shutil
import signal
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from tests.chaos.field import Field
from tests.chaos.processes import Part
from tests.chaos.schedule import Fault, Step, Undo
from tests.chaos.unit import UNKNOWN
from triporteur_wire.topics import Channel, topic

_DAY_MS = 86_400_000


def kill_unit(field: Field, step: Step) -> Undo:
    unit = field.units[step.unit]
    unit.part.kill()
    return unit.start


def reboot_unit(field: Field, step: Step) -> Undo:
    """Signal 9, and another boot: a new number, and a clock that begins at 0."""
    unit = field.units[step.unit]
    unit.kill()
    unit.reboot()
    return unit.start


def kill_kiosk(field: Field, step: Step) -> Undo:
    unit = field.units[step.unit]
    unit.kiosk.kill()
    return unit.start


def kill_depot(field: Field, step: Step) -> Undo:
    field.depot.kill()
    return field.depot.start


def kill_broker(field: Field, step: Step) -> Undo:
    field.broker.kill()
    return field.broker.start


def black_hole(field: Field, step: Step) -> Undo:
    """Nothing passes, no FIN; afterwards what was sent is sent once more."""
    relay = field.units[step.unit].relay
    relay.hold()
    return relay.heal


def forgotten(field: Field, step: Step) -> Undo:
    """Nothing passes; afterwards nobody on the way knows the connection."""
    relay = field.units[step.unit].relay
    relay.hold()

    def undo() -> None:
        relay.reset()
        relay.heal()

    return undo


def one_way(field: Field, step: Step) -> Undo:
    """The unit is heard, and hears nothing."""
    relay = field.units[step.unit].relay
    relay.hold("down")
    return relay.heal


def half_open(field: Field, step: Step) -> None:
    field.units[step.unit].relay.half_open()


def reset(field: Field, step: Step) -> None:
    field.units[step.unit].relay.reset()


def sudden_depot(field: Field, step: Step) -> Undo:
    """The ingest dies between commit and acknowledgement, again and again."""
    options = ("--die", "0.3", "--seed", str(step.seed))
    _replace_depot(field, *options)
    return lambda: _replace_depot(field)


def frozen_depot(field: Field, step: Step) -> Undo:
    """The broker queues for it, up to its limit, and then drops without a word."""
    field.depot.freeze()
    return field.depot.thaw


def denied(field: Field, step: Step) -> Undo:
    """The broker answers batches with 0x87, not authorised."""
    rules = f"\nuser {step.unit}\ntopic deny {topic('+', Channel.JOURNAL)}\n"
    _allow(field, field.access + rules)
    return lambda: _allow(field, field.access)


def second_ingest(field: Field, step: Step) -> Undo:
    """Two ingests on one database."""
    name = f"beside-{step.seed}"
    beside = Part(name, field.depot_command("--beside", name), field.folder / "beside.log")
    field.add(beside).start()
    return beside.stop


def restored_depot(field: Field, step: Step) -> Undo:
    """A copy of the database is taken; `for_s` later it is put back."""
    copy = _copy(field.database, field.folder / f"copy-{step.seed}.db")

    def undo() -> None:
        field.depot.kill()
        _put_back(copy, field.database)
        field.depot.start()

    return undo


def restored_machine(field: Field, step: Step) -> Undo:
    """The same with the whole machine: what the broker keeps is as old as the database."""
    copy = _copy(field.database, field.folder / f"copy-{step.seed}.db")
    kept = field.retained.read_bytes() if field.retained.exists() else None

    def undo() -> None:
        for part in (field.broker, field.depot):
            part.kill()
        _put_back(copy, field.database)
        field.retained.unlink(missing_ok=True)
        if kept is not None:
            field.retained.write_bytes(kept)
        for part in (field.broker, field.depot):
            part.start()

    return undo


def _copy(database: Path, copy: Path) -> Path:
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def _put_back(copy: Path, database: Path) -> None:
    for side in ("-wal", "-shm"):
        database.with_name(database.name + side).unlink(missing_ok=True)
    shutil.copy(copy, database)  # it may be on a card of its own


def clock_jump(field: Field, step: Step) -> Undo:
    """The wall clock is set back, forward, to 1970, or nobody vouches for it any more."""
    unit = field.units[step.unit]
    dice = random.Random(step.seed)
    jump = dice.choice(("-3600000", str(-_DAY_MS), str(400 * _DAY_MS), "-9999999999999", UNKNOWN))
    unit.clock.write_text(jump)
    return lambda: unit.clock.write_text("0")


def _replace_depot(field: Field, *options: str) -> None:
    field.depot.kill()
    field.depot.command = field.depot_command(*options)
    field.depot.start()


def _allow(field: Field, rules: str) -> None:
    field.acl.write_text(rules)
    field.broker.tell(signal.SIGHUP)


FAULTS: Mapping[str, Fault] = {
    "kill unit": kill_unit,
    "reboot unit": reboot_unit,
    "kill kiosk": kill_kiosk,
    "kill depot": kill_depot,
    "kill broker": kill_broker,
    "black hole": black_hole,
    "black hole, then reset": forgotten,
    "one-way link": one_way,
    "half-open link": half_open,
    "reset link": reset,
    "depot dies before its ack": sudden_depot,
    "depot hangs": frozen_depot,
    "ACL denies": denied,
    "two ingests": second_ingest,
    "depot restored from a copy": restored_depot,
    "depot's machine restored": restored_machine,
    "clock jumps": clock_jump,
}
