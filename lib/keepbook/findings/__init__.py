"""What the results say, in sentences and tiles: every number with its interval and its definition."""

from keepbook.findings import cohorts
from keepbook.findings.cohorts import average_table, cohort_findings, cohort_tiles
from keepbook.findings.planner import needed_table, plan_findings
from keepbook.findings.shared import Tile, cash, shown_as
from keepbook.findings.strategy import Strategy, care, decision, first_goal, strategy_findings
from keepbook.findings.strategy_tables import (
    balance_table,
    details_table,
    effects_table,
    left_out_table,
    money_table,
    overlaps_table,
    segments_table,
    split_table,
    waiting_table,
)
from keepbook.findings.strategy_tiles import strategy_tiles
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
    "Strategy",
    "Tile",
    "Worth",
    "average_table",
    "balance_table",
    "best_table",
    "care",
    "cash",
    "cohort_findings",
    "cohort_tiles",
    "cohorts",
    "cost_table",
    "cuts_table",
    "decision",
    "details_table",
    "effects_table",
    "first_goal",
    "forecast_table",
    "gates_table",
    "left_out_table",
    "methods_table",
    "models_table",
    "money_table",
    "needed_table",
    "newcomer_table",
    "plan_findings",
    "outlook_table",
    "overlaps_table",
    "parameters_table",
    "segments_table",
    "shown_as",
    "split_table",
    "strategy_findings",
    "strategy_tiles",
    "value_findings",
    "value_tiles",
    "waiting_table",
]
