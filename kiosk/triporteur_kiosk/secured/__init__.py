"""Pages over TLS, among strangers: what the portal's and the console's listeners have in common.

server        takes connections, few of each and none for long; strict refuses what no browser says
bridge        hands requests to the pages, in threads
tls           shows the certificate of now, under its own names only; chains examines one first
"""
