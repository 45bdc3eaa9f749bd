"""Decoding what came from outside: whatever the bytes, a value or one kind of error."""

import zlib
from typing import Annotated, TypeVar

import msgspec

#: Whole numbers that JSON, SQLite and every language keep exactly.
Whole = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]

Decoded = TypeVar("Decoded")


class Unreadable(ValueError):
    """The bytes are not what they should be: the sender's fault, told in one sentence."""


def inflated(payload: bytes, most_bytes: int) -> bytes:
    """What zlib packed; never more than `most_bytes`. Raises Unreadable."""
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(payload, most_bytes)
    except zlib.error as error:
        raise Unreadable(f"not zlib: {error}") from error
    if not inflater.eof:
        raise Unreadable(f"cut short, or larger than {most_bytes} bytes unpacked")
    return text


def decode(decoder: msgspec.json.Decoder[Decoded], payload: bytes | msgspec.Raw) -> Decoded:
    """Raises Unreadable, and nothing else: msgspec has three more ways to refuse."""
    try:
        return decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        raise Unreadable(str(error)) from error
