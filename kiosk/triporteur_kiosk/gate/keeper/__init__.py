"""The gate while it runs: who is welcomed, for how long and how much, and what holds now."""
