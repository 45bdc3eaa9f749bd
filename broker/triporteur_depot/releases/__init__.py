"""Releases: made and signed here, and given to units piece by piece."""
