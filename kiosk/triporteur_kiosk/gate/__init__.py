"""The way in for phones: one interface, its addresses, its names, and who may pass."""
