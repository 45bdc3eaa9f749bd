"""A trike that does not exist, and the bytes its instruments would send. Imports no decoder."""
