"""Where a recording comes from: a small JSON file beside the raw bytes, `FILE.json` by `FILE`.

What was asked stands there too, by how many bytes had been heard before: some answers mean nothing
without their question, and a recording that knows them can be asked again.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from triporteur_device.files import write_whole
from triporteur_wire.reading import Unreadable, Whole, decode


class BadProvenance(ValueError):
    """The file beside a recording is not one of ours, or speaks of other bytes."""


class Provenance(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of a recording.

    `began_utc` is what the machine's clock said. `unit` and `device` are the installer's words, for
    example "JBD-SP14S004, 13S 30 Ah"; empty where nothing was said. `protocol` is None for a line
    only listened to at `baud`, and then nothing is counted. `frames` and `discarded` (bytes by
    reason) are what the decoder of that day made of it. `asked` holds, in order, how many bytes
    were heard before a question and which of `questions` (hexadecimal) it was.
    """

    protocol: str | None
    baud: Whole
    began_utc: str
    seconds: float
    unit: str
    device: str
    bytes: Whole
    sha256: str
    frames: Whole | None = None
    discarded: dict[str, Whole] = {}
    questions: tuple[str, ...] = ()
    asked: tuple[tuple[Whole, Whole], ...] = ()


_DECODER = msgspec.json.Decoder(Provenance)


def beside(recording: Path) -> Path:
    """Where the provenance of a recording is."""
    return recording.with_name(f"{recording.name}.json")


def write_provenance(recording: Path, provenance: Provenance) -> None:
    """Writes it beside the recording. Raises OSError."""
    said: dict[str, object] = msgspec.to_builtins(provenance)
    lines = (f' "{key}": {msgspec.json.encode(value).decode()}' for key, value in said.items())
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    write_whole(beside(recording), text.encode(), durable=True, mode=0o644)


def read_provenance(recording: Path) -> Provenance | None:
    """What is known of a recording; None when nothing is. Raises BadProvenance and OSError."""
    path = beside(recording)
    try:
        found = decode(_DECODER, path.read_bytes())
        known = [bytes.fromhex(question) for question in found.questions]
    except FileNotFoundError:
        return None
    except (Unreadable, ValueError) as error:
        raise BadProvenance(f"{path} is not what `record` writes: {error}") from error
    if any(number >= len(known) for _, number in found.asked):
        raise BadProvenance(f"{path} is not what `record` writes: a question is missing")
    return found


def exchanges(raw: bytes, provenance: Provenance) -> Iterator[tuple[bytes, bytes]]:
    """Each question with all that was heard until the next; first what came before any (b"")."""
    marks = [(0, b"")]
    marks += [(at, bytes.fromhex(provenance.questions[n])) for at, n in provenance.asked]
    ends = [at for at, _ in marks[1:]] + [len(raw)]
    for (start, question), end in zip(marks, ends, strict=True):
        yield question, raw[start:end]


def digest(raw: bytes) -> str:
    """The SHA-256 of a recording, hexadecimal."""
    return hashlib.sha256(raw).hexdigest()
