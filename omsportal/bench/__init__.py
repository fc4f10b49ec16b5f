"""`make bench`: what the portal does, beside what the machine could do at best, in one run.

Not a part of the suite and not of the production image. An entry is one small file in `entries/`; see `frame`.
"""
