"""Installs an authority's certificate where Chromium looks for those that its user added.

    python -m tests.kiosk.access.trusted FOLDER < certificate.der

By NSS itself, which is there with Chromium; its own tool for it is in another package. A process
apart, for NSS can be opened once in a process.
"""

import sys
from ctypes import CDLL, POINTER, Structure, byref, c_char_p, c_int, c_uint, c_void_p
from pathlib import Path


class _Trust(Structure):
    _fields_ = (("ssl", c_uint), ("email", c_uint), ("objects", c_uint))


_SIGNATURES = {
    "NSS_InitReadWrite": (c_int, [c_char_p]),
    "PK11_GetInternalKeySlot": (c_void_p, []),
    "PK11_InitPin": (c_int, [c_void_p, c_char_p, c_char_p]),
    "CERT_DecodeCertFromPackage": (c_void_p, [c_char_p, c_int]),
    "PK11_ImportCert": (c_int, [c_void_p, c_void_p, c_void_p, c_char_p, c_int]),
    "CERT_DecodeTrustString": (c_int, [POINTER(_Trust), c_char_p]),
    "CERT_GetDefaultCertDB": (c_void_p, []),
    "CERT_ChangeCertTrust": (c_int, [c_void_p, c_void_p, POINTER(_Trust)]),
    "NSS_Shutdown": (c_int, []),
}


def install(folder: Path, der: bytes) -> None:
    """Trusts the certificate for servers, in the database of the folder."""
    nss = CDLL("libsmime3.so")  # and with it libnss3
    for name, (gives, takes) in _SIGNATURES.items():
        function = getattr(nss, name)
        function.restype, function.argtypes = gives, takes
    folder.mkdir(parents=True)
    assert nss.NSS_InitReadWrite(f"sql:{folder}".encode()) == 0
    slot = nss.PK11_GetInternalKeySlot()
    nss.PK11_InitPin(slot, None, b"")
    certificate = nss.CERT_DecodeCertFromPackage(der, len(der))
    assert certificate
    assert nss.PK11_ImportCert(slot, certificate, None, b"authority", 0) == 0
    trust = _Trust()
    assert nss.CERT_DecodeTrustString(byref(trust), b"C,,") == 0
    assert nss.CERT_ChangeCertTrust(nss.CERT_GetDefaultCertDB(), certificate, byref(trust)) == 0
    nss.NSS_Shutdown()


if __name__ == "__main__":
    install(Path(sys.argv[1]), sys.stdin.buffer.read())
