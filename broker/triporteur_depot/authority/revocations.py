"""Lists of the certificates that no longer hold, one for each authority.

A list is never taken back: what an older one names, the next names too, whatever the database has
forgotten meanwhile. It never ends, for a broker with an outdated list refuses everybody.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from triporteur_depot.authority.certificates import SINCE, Authority

#: RFC 5280 §4.1.2.5: the date that means no end.
_NEVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def serials(listed: x509.CertificateRevocationList | None) -> frozenset[int]:
    return frozenset(each.serial_number for each in listed or ())


def next_list(
    authority: Authority, before: x509.CertificateRevocationList | None, revoked: Iterable[int]
) -> x509.CertificateRevocationList:
    """The list after `before`: what that names and `revoked`; the same when nothing is added."""
    named = serials(before) | frozenset(revoked)
    if before is not None and named == serials(before):
        return before
    return _signed(authority, _number(before) + 1, sorted(named))


def _number(listed: x509.CertificateRevocationList | None) -> int:
    if listed is None:
        return 0
    return listed.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def _signed(
    authority: Authority, number: int, revoked: list[int]
) -> x509.CertificateRevocationList:
    # Of two lists a reloaded broker believes the later one, by the second: so that two made
    # within one, or by a clock set back, keep their order, a list's date counts the lists.
    dated = SINCE + timedelta(seconds=number)
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(dated)
        .next_update(_NEVER)
        .add_extension(by, critical=False)
        .add_extension(x509.CRLNumber(number), critical=False)
    )
    for serial in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(dated)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(authority.key, hashes.SHA256())
