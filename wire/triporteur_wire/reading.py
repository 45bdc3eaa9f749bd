"""Decoding what came from outside: whatever the bytes, a value or one kind of error."""

from typing import Annotated, TypeVar

import msgspec

#: Whole numbers that JSON, SQLite and every language keep exactly.
Whole = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]

Decoded = TypeVar("Decoded")


class Unreadable(ValueError):
    """The bytes are not what they should be: the sender's fault, told in one sentence."""


def decode(decoder: msgspec.json.Decoder[Decoded], payload: bytes | msgspec.Raw) -> Decoded:
    """Raises Unreadable, and nothing else: msgspec has three more ways to refuse."""
    try:
        return decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        raise Unreadable(str(error)) from error
