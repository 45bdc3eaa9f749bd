"""Whether a folder is in RAM: what the gate writes is of phones, and must not outlive them."""

from pathlib import Path

_MOUNTS = Path("/proc/self/mounts")
_KINDS = frozenset({"tmpfs", "ramfs"})


def outlives(folder: Path, mounts: Path = _MOUNTS) -> str | None:
    """The sentence that says where it is, when it is not in RAM; it need not be there yet.

    Raises OSError.
    """
    kind = _file_system(folder.resolve(), mounts)
    if kind in _KINDS:
        return None
    return (
        f"[gate] ram found {str(folder)!r}, which is kept ({kind}); expected a folder in RAM, such "
        "as /run/triporteur-gate, for it holds who is there"
    )


def _file_system(path: Path, mounts: Path) -> str:
    """The kind of the innermost; of two at one place the later covers the other."""
    lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    found = [(at, kind) for _, at, kind, *_ in map(str.split, lines) if path.is_relative_to(at)]
    return max(reversed(found), key=lambda one: len(one[0]))[1]
