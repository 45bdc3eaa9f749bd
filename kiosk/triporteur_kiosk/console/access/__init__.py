"""Who may come in to the console, and over which line.

server        takes connections (TLS by `tls`), bridge hands requests to the pages
papers        key and certificates: `keys` makes, `chains` examines, `slot` keeps, `pushed` takes
origin, door  what is looked at before any page: the name asked for, where from, who asks
pairing, phones   the one-time code, and the phones that it let in
"""
