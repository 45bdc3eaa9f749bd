"""A Modbus device described in a TOML file, without code. See `docs/devices/modbus-map.md`."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from triporteur_device.protocols import Register, RegisterMap
from triporteur_wire.alarms import Alarm
from triporteur_wire.configuration import Reader
from triporteur_wire.quantities import QUANTITIES, Shape

TABLES = frozenset({"device", "register"})
LAST_REGISTER = 65535

_WORD = r"^[a-z][a-z0-9_]{0,31}\Z"
Word = Annotated[
    str,
    msgspec.Meta(
        pattern=_WORD, description="a word of at most 32 lower case letters, digits, underscores"
    ),
]
Baud = Literal[1200, 2400, 4800, 9600, 14400, 19200, 38400, 57600, 115200, 230400]
Name = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,31}\Z",
        description="at most 32 lower case letters, digits, hyphens and underscores",
    ),
]
Number = Annotated[
    int,
    msgspec.Meta(
        ge=0,
        le=LAST_REGISTER,
        description=f"a whole number from 0 to {LAST_REGISTER}, as on the wire",
    ),
]
Factor = Annotated[
    int, msgspec.Meta(ge=-1000, le=1000, description="a whole number from -1000 to 1000")
]
Divisor = Annotated[
    int, msgspec.Meta(ge=1, le=100_000, description="a whole number from 1 to 100000")
]
Count = Annotated[int, msgspec.Meta(ge=1, le=64, description="a whole number from 1 to 64")]
Address = Annotated[int, msgspec.Meta(ge=1, le=247, description="a whole number from 1 to 247")]
Bits = Annotated[
    tuple[Annotated[str, msgspec.Meta(pattern=_WORD)], ...],
    msgspec.Meta(max_length=16, description="a list of at most 16 words, for bit 0 first"),
]


class DeviceTable(msgspec.Struct, frozen=True):
    name: Name
    baud: Baud = 115200
    address: Address = 1


class RegisterTable(msgspec.Struct, frozen=True):
    """One register, or `count` in a row; exactly one of `quantity` and `field` is given."""

    number: Number
    quantity: str = ""
    field: Word | None = None
    factor: Factor = 1
    divisor: Divisor = 1
    signed: bool = False
    count: Count = 1
    bits: Bits = ()


def read_map(path: Path) -> RegisterMap:
    """The map that the file describes. Raises BadConfiguration with every fault at once."""
    reader = Reader(path, TABLES)
    device = reader.table("device", DeviceTable)
    registers = reader.tables("register", RegisterTable)
    for fault in _faults(registers):
        reader.fault(fault)
    reader.finish()
    assert device
    return RegisterMap(
        device.name, tuple(_expanded(registers)), baud=device.baud, address=device.address
    )


def _expanded(tables: Iterable[RegisterTable]) -> Iterator[Register]:
    for table in tables:
        for number in range(table.number, table.number + table.count):
            yield Register(
                number,
                table.quantity or table.field or "",
                table.factor,
                table.divisor,
                table.signed,
                table.bits,
            )


def _faults(tables: list[RegisterTable]) -> Iterator[str]:
    if not any(table.quantity for table in tables):
        yield "[register] nothing is measured; write a [[register]] with a quantity"
    for table in tables:
        for sentence in _faults_of(table):
            yield f"[register] {table.number}: {sentence}"
    numbers = (n for table in tables for n in range(table.number, table.number + table.count))
    for number, times in Counter(numbers).items():
        if times > 1:
            yield f"[register] {number} is described {times} times; expected each once"


def _faults_of(table: RegisterTable) -> Iterator[str]:
    quantity = QUANTITIES.get(table.quantity)
    if bool(table.quantity) == (table.field is not None):
        yield "expected either a quantity, which is stored, or a field, which is only shown"
    elif table.quantity and quantity is None:
        yield f"quantity found {table.quantity!r}; expected a name of docs/quantities.md"
    if table.field in QUANTITIES:
        yield f"field found {table.field!r}, which is a quantity; write quantity = {table.field!r}"
    if table.number + table.count - 1 > LAST_REGISTER:
        yield f"count found {table.count}; register {LAST_REGISTER} is the last there can be"
    if table.factor == 0:
        yield "factor found 0; expected another whole number"
    shape = quantity.shape if quantity else None
    if table.count > 1 and quantity and shape is not Shape.NUMBERS:
        yield f"count found {table.count}; {quantity.name} is one value: expected 1"
    yield from _faults_of_bits(table, shape)


def _faults_of_bits(table: RegisterTable, shape: Shape | None) -> Iterator[str]:
    if table.bits and shape not in (Shape.WORD, Shape.WORDS):
        yield "bits are names of faults or alarms; remove them"
    elif shape in (Shape.WORD, Shape.WORDS) and not table.bits:
        yield f"bits is missing; expected the words of {table.quantity}, for bit 0 first"
    unknown = [word for word in table.bits if word not in list(Alarm)]
    if shape is Shape.WORDS and unknown:
        known = ", ".join(Alarm)
        yield f"bits found {', '.join(unknown)}; expected words among: {known}"
