"""What the results say, in sentences and tiles: every number with its interval and its definition."""

from keepbook.findings import cohorts
from keepbook.findings.cohorts import average_table, cohort_findings, cohort_tiles
from keepbook.findings.shared import Tile, cash, shown_as
from keepbook.findings.value import Worth, value_findings
from keepbook.findings.value_tables import (
    best_table,
    cost_table,
    cuts_table,
    forecast_table,
    gates_table,
    methods_table,
    models_table,
    newcomer_table,
    outlook_table,
    parameters_table,
)
from keepbook.findings.value_tiles import value_tiles

__all__ = [
    "Tile",
    "Worth",
    "average_table",
    "best_table",
    "cash",
    "cohort_findings",
    "cohort_tiles",
    "cohorts",
    "cost_table",
    "cuts_table",
    "forecast_table",
    "gates_table",
    "methods_table",
    "models_table",
    "newcomer_table",
    "outlook_table",
    "parameters_table",
    "shown_as",
    "value_findings",
    "value_tiles",
]
