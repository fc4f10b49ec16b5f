"""The drill: real processes, real faults, and a count at the end. See `manage.py drill`.

It brings its own PostgreSQL, Redis, gateway, web server, workers and two beats, breaks them while thousands of
messages leave, and then proves by counting that nobody was lost and nobody written to twice.
"""
