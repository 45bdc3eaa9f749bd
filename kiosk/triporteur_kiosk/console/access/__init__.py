"""Who may come in to the console, and over which line.

papers        key and certificates: `keys` makes, `slot` keeps, `pushed` takes
origin, door  what is looked at before any page: the name asked for, where from, who asks
pairing, phones   the one-time code, and the phones that it let in

The connections themselves, and what is shown on them, are `triporteur_kiosk.secured`'s.
"""
