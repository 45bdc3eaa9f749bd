"""The optional log of who was let through to the Internet, which the unit can write and not read.

passes ─▶ entries (RAM) ─▶ sealed with a public key ─▶ one file a day (card) ─▶ erased after a year

Off unless `[gate] legal_log` names a certificate. See docs/legal-log.md.
"""
