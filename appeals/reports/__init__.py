"""The appeals report: one count, asked by pages, API, exports and the official forms alike.

`measures` and `query` are pure; `dimensions` says what each number and each breakdown means; `counting` keeps facts
and sums; `reading` answers a query.
"""
