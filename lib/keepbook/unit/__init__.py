"""Unit file → one frozen, validated `Unit`; every fault in it said in plain words.

One way through: text → checked YAML values with their lines (`document`) → model (`model`, `settings`,
`source`) → `Unit` (`loading`). Whatever goes wrong on the way is a `Fault` (`faults`, those of pydantic by
`validation`), and all faults of a file leave together as one `UnitFileError`.
"""

from keepbook.unit.before_after import Change
from keepbook.unit.canonical import ORDER_ATTRIBUTES, Assignments, Outcomes, Totals, Transactions
from keepbook.unit.conditions import Condition, condition_of
from keepbook.unit.experiments import BUILT_IN, Experiment, Metric
from keepbook.unit.loading import (
    find_home,
    load_unit,
    new_unit_file,
    resolve_secrets,
    table_keys,
    unit_from,
    unit_names,
)
from keepbook.unit.model import Unit, unit_schema
from keepbook.unit.source import DATE_FORMS, Simulation, Source
