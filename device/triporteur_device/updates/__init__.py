"""Updates: another release arrives, is tried, and stays or is gone back from."""
