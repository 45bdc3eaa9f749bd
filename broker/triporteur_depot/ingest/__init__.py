"""Taking in what units send: read, store, commit, and only then acknowledge."""

from triporteur_depot.ingest.intake import Intake
from triporteur_depot.ingest.message import Message
from triporteur_depot.ingest.rollups import roll_up

__all__ = ["Intake", "Message", "roll_up"]
