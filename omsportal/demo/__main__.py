"""`python -m omsportal.demo up` runs the demo, `… reset` removes its data."""

import argparse
import sys

from omsportal.demo.places import DemoError
from omsportal.demo.runner import reset, up


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m omsportal.demo", description="The portal on one machine."
    )
    parser.add_argument("action", choices=("up", "reset"))
    try:
        return up() if parser.parse_args().action == "up" else reset()
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
