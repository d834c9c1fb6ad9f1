"""What a page was made of, by what, and when."""

import datetime as dt
import platform
from collections.abc import Mapping
from html import escape
from importlib.metadata import version

from keepbook.tables import Tables
from keepbook.text import catalogue, number
from keepbook.unit import Unit

say = catalogue("page")
VERSIONS = ("keepbook", "pandas", "numpy", "scipy", "duckdb", "ibis-framework", "lifetimes", "seaborn")


def provenance(unit: Unit, tables: Tables, others: Mapping[str, tuple[Unit, Tables]], seconds: float) -> str:
    """The fold at a page's foot.

    Parameters
    ----------
    others : units that this one is compared with. seconds : that the page took so far.
    """
    database = say("made.database")
    beside = {
        say("made.sister", unit=name): f"{_file_of(other)}, {its.fingerprint or database}"
        for name, (other, its) in others.items()
    }
    facts = {
        say("made.unit-file"): _file_of(unit),
        say("made.data"): tables.fingerprint or database,
        **beside,
        say("made.seed"): str(unit.seed),
        say("made.took"): f"{number(seconds, 1)} s",
        say("made.written"): f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC",
        "Python": platform.python_version(),
        **{name: version(name) for name in VERSIONS},
    }
    rows = "".join(f"<dt>{escape(key)}</dt><dd>{escape(value)}</dd>" for key, value in facts.items())
    return f'<details class="kb-provenance"><summary>{say("made")}</summary><dl>{rows}</dl></details>'


def _file_of(unit: Unit) -> str:
    return f"{unit.path.name} ({unit.file_hash[:12]})"
