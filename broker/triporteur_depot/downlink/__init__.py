"""What the depot gives units to keep: their settings and contents.

command ─▶ ledger (committed) ─▶ broker (retained) ═▶ unit ═▶ status.applied ─▶ verdict
               └─ resend, by the ingest, what a unit's status shows it lacks ─▶ broker
"""

from triporteur_depot.downlink.resending import resend

__all__ = ["resend"]
