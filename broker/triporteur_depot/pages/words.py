"""French for the words that devices and the agent aboard say; unknown words stay as they came."""

from triporteur_wire.records import Event

#: What a controller says when nothing is wrong.
NO_FAULT = frozenset({"", "none", "ok"})

_EVENTS = {
    "source_heard": "répond",
    "source_silent": "ne répond plus",
}


def event(said: Event) -> str:
    """What happened, and to which source: what it names stands in quotes."""
    source = f"« {said.source} »" if said.source else ""
    parts = [source, _EVENTS.get(said.name, said.name.replace("_", " "))]
    sentence = " ".join(part for part in parts if part)
    return f"{sentence} ({said.detail})" if said.detail else sentence
