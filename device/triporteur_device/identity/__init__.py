"""Identity: the certificate a unit shows the depot, how it gets it, and how it keeps it good."""

from triporteur_device.identity.console import ConsoleErrand
from triporteur_device.identity.contact import FirstContact
from triporteur_device.identity.errand import CertificateErrand
from triporteur_device.identity.identity import Identity
from triporteur_device.identity.tls import EachTime, NotEnrolled

__all__ = [
    "CertificateErrand",
    "ConsoleErrand",
    "EachTime",
    "FirstContact",
    "Identity",
    "NotEnrolled",
]
