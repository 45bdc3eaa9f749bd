"""Who belongs to the fleet: certificates, bundles, and the broker that asks for them.

trusted       what units trust; needs no key
certificates  the shapes of certificates, signing_requests what a unit asks with
revocations   lists of what no longer holds
vault         the authority's files
bundles, issued   what the database knows of both; known and barred outlive it
registrar     answers who asks for a certificate, possession whether he may; desk is its connection
console_registrar   the same for a unit's console, which is no unit; consoles is what it noted
broker        the files that mosquitto reads; settling writes them anew from all of the above
running       tells a broker that runs; starting is how one is started
office        all of it together, for one command at a time
"""
