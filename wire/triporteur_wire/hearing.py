"""French for how a source is heard, the same words aboard and at the depot."""

from triporteur_wire.french import plural
from triporteur_wire.messages import Doubt, SourceHealth

#: Of a source whose figures stand still while current flows.
FROZEN = "mesures figées alors que la batterie travaille"
_DOUBTS = {
    Doubt.OFFLINE: "ne répond plus",
    Doubt.ECHO: "renvoie nos questions (endormi, ou câblage)",
    Doubt.STUCK: FROZEN,
}


def doubts_in_french(health: SourceHealth) -> list[str]:
    """Every doubt of now; a word that a newer unit says is passed over."""
    return [words for doubt, words in _DOUBTS.items() if doubt in health.doubts]


def counts_in_french(health: SourceHealth) -> list[str]:
    """What came since the agent started: what was read, then what went wrong, if anything."""
    counts = [plural(health.frames, "message lu", "messages lus")]
    if health.refused:
        counts.append(plural(health.refused, "refusé", "refusés"))
    if health.missed_polls:
        counts.append(
            plural(health.missed_polls, "question sans réponse", "questions sans réponse")
        )
    if discarded := sum(health.discarded.values()):
        counts.append(plural(discarded, "signe illisible", "signes illisibles"))
    return counts
