"""What is used of the kiosk: counted by the hour, of nobody, and kept in the kiosk's own journal.

words ─▶ counts (RAM) ─▶ keeper, once an hour ─▶ journal (card)
"""
