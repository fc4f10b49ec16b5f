"""One file for each group of benchmarks; every module here with `benchmarks(world)` is run."""
