"""How a device was fitted, as `[[source]]` says it: keys that only some protocols take."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from triporteur_device.protocols import PROTOCOLS, Fitting, RegisterMap
from triporteur_device.protocols.modbus_maps import BUILT_IN
from triporteur_device.register_maps import read_map
from triporteur_wire.configuration import BadConfiguration

_SIGNS = {"positive": 1, "negative": -1}

Metres = Annotated[
    Annotated[float, msgspec.Meta(ge=0.3, le=4)] | None,
    msgspec.Meta(description="metres, from 0.3 to 4"),
]
PerTurn = Annotated[
    Annotated[float, msgspec.Meta(gt=0, le=10_000)] | None,
    msgspec.Meta(description="a number above 0 and at most 10000"),
]
DeviceAddress = Annotated[
    Annotated[int, msgspec.Meta(ge=1, le=247)] | None,
    msgspec.Meta(description="a whole number from 1 to 247"),
]
Registers = Annotated[
    Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9_-]+|/.+)\Z")] | None,
    msgspec.Meta(description=f"{', '.join(BUILT_IN)}, or a path that begins with /"),
]
Sign = Annotated[
    Literal["positive", "negative"] | None, msgspec.Meta(description="one of: positive, negative")
]


class FittingKeys(msgspec.Struct, frozen=True, kw_only=True):
    """What of a source is for the protocols that take it."""

    charge_sign: Sign = None
    wheel_circumference_m: Metres = None
    erpm_per_turn: PerTurn = None
    address: DeviceAddress = None
    registers: Registers = None


def fitting(keys: FittingKeys) -> Fitting:
    """The fitting that these keys describe.

    Raises:
        BadConfiguration: The register map cannot be used; with all that is wrong in it.
    """
    return Fitting(
        charge_sign=_SIGNS[keys.charge_sign] if keys.charge_sign else None,
        wheel_circumference_m=keys.wheel_circumference_m,
        erpm_per_turn=keys.erpm_per_turn,
        address=keys.address,
        registers=_registers(keys.registers) if keys.registers else None,
    )


def misfits(protocol: str, keys: FittingKeys) -> Iterator[str]:
    """What is wrong with these keys for a device of this protocol, one sentence each."""
    taken = PROTOCOLS[protocol].takes
    names = FittingKeys.__struct_fields__
    given = {name for name in names if getattr(keys, name) is not None}
    for name in sorted(given - taken):
        yield f"{name} means nothing to {protocol}; remove it"
    if "registers" in taken - given:
        known = ", ".join(BUILT_IN)
        yield f"registers is missing; {protocol} needs one of: {known}, or the path of a map"
    pair = {"erpm_per_turn", "wheel_circumference_m"}
    if pair <= taken and len(pair & given) == 1:
        yield f"{min(pair - given)} is missing; neither speed nor distance is known without both"
    if "address" in taken & given:
        yield from _misfits_of_address(protocol, keys)
    if "registers" in taken & given:
        yield from _misfits_of_map(keys)


def _misfits_of_address(protocol: str, keys: FittingKeys) -> Iterator[str]:
    try:
        PROTOCOLS[protocol].fitted(Fitting(address=keys.address))
    except ValueError as error:
        yield str(error)


def _misfits_of_map(keys: FittingKeys) -> Iterator[str]:
    try:
        fitting(keys)
    except BadConfiguration as error:
        yield from (f"registers: {sentence}" for sentence in str(error).splitlines())


def _registers(name: str) -> RegisterMap:
    if name.startswith("/"):
        return read_map(Path(name))
    if name in BUILT_IN:
        return BUILT_IN[name]
    known = ", ".join(BUILT_IN)
    raise BadConfiguration(
        Path(name),
        [f"is no map known here; expected one of: {known}, or a path that begins with /"],
    )
