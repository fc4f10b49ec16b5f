"""Everything `make demo` and `make test` need on a machine that has only Python; never part of production."""
