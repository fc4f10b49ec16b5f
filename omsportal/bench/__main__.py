"""`python -m omsportal.bench [name …]`: starts servers of its own, makes the data, prints the table.

Exit code 1 where a budget is broken. Sizes come as options or from the environment (BENCH_APPEALS=1000000 …).
"""

import logging
import os
import pkgutil
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import fields
from importlib import import_module
from typing import TYPE_CHECKING

from omsportal.bench import entries
from omsportal.demo.places import DemoError
from omsportal.demo.postgres import EmbeddedPostgres
from omsportal.demo.redis import EmbeddedRedis

if TYPE_CHECKING:
    from omsportal.bench.frame import Result

SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "omsportal.settings",
    "PORTAL_MODE": "test",
    "SECRET_KEY": "of-no-use-outside-the-benchmarks-0123456789-0123456789-0123456789",
    "SMS_GATEWAY_URL": "http://127.0.0.1:9/sms",
    "SMS_GATEWAY_TOKEN": "bench",
    "SMS_RECEIPT_SECRET": "bench",
    "EMAIL_URL": "memorymail://",
    "PORTAL_URL": "http://testserver",
}


def names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(entries.__path__))


def options() -> Namespace:
    parser = ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"entries to run: {', '.join(names())}; without any: all")
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("BENCH_ROUNDS", "5")))
    parser.add_argument("--appeals", type=int, default=int(os.environ.get("BENCH_APPEALS", "1000000")))
    parser.add_argument("--small", type=int, default=int(os.environ.get("BENCH_SMALL", "10000")))
    parser.add_argument("--open", type=int, default=int(os.environ.get("BENCH_OPEN", "5000")))
    parser.add_argument("--insured", type=int, default=int(os.environ.get("BENCH_INSURED", "200000")))
    given = parser.parse_args()
    unknown = set(given.names) - set(names())
    if unknown:
        parser.error(f"no entry {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    return given


def main() -> int:
    given = options()
    os.environ.update(SETTINGS)
    database, redis = EmbeddedPostgres("bench"), EmbeddedRedis("bench", durable=False)
    try:
        os.environ["DATABASE_URL"] = database.start()
        os.environ["REDIS_URL"] = redis.start()
        return run(given)
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        redis.stop()
        database.stop()


def run(given: Namespace) -> int:
    """With Django set up; the servers run."""
    import django

    django.setup()
    logging.disable(logging.INFO)  # a line for each request is not what is measured
    from django.db import connection

    from omsportal.bench.frame import measure, table
    from omsportal.bench.world import Sizes, World

    sizes = Sizes(**{field.name: getattr(given, field.name) for field in fields(Sizes)})
    world = World(sizes, lambda line: print(line, file=sys.stderr, flush=True))
    results: list[Result] = []
    for name in given.names or names():
        for benchmark in import_module(f"{entries.__name__}.{name}").benchmarks(world):
            world.report(f"measuring {benchmark.title}")
            results.append(measure(benchmark, given.rounds))
            world.report(table(results[-1:]).splitlines()[-1])
    connection.close()
    print(table(results))
    print(f"\nLoad of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.")
    return 1 if any(result.passed() is False for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
