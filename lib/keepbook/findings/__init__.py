"""What the results say, in sentences and tiles: every number with its interval and its definition."""

from keepbook.findings import cohorts
from keepbook.findings.before_after import change_findings
from keepbook.findings.before_after_tables import (
    change_checks_table,
    change_effects_table,
    change_groups_table,
    change_money_table,
    change_notes_table,
    change_placebo_table,
    change_robust_table,
)
from keepbook.findings.before_after_tiles import change_tiles
from keepbook.findings.before_after_verdict import Changed, change_verdict
from keepbook.findings.cohorts import average_table, cohort_findings, cohort_tiles
from keepbook.findings.planner import needed_table, plan_findings, plan_tiles
from keepbook.findings.shared import Tile, cash, shown_as
from keepbook.findings.strategy import Strategy, first_goal, still_running, strategy_findings
from keepbook.findings.strategy_tables import (
    ahead_table,
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
from keepbook.findings.strategy_verdict import decision
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
    "ahead_table",
    "Changed",
    "Strategy",
    "Tile",
    "Worth",
    "average_table",
    "balance_table",
    "best_table",
    "cash",
    "change_checks_table",
    "change_effects_table",
    "change_findings",
    "change_groups_table",
    "change_money_table",
    "change_notes_table",
    "change_placebo_table",
    "change_robust_table",
    "change_tiles",
    "change_verdict",
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
    "outlook_table",
    "overlaps_table",
    "parameters_table",
    "plan_findings",
    "plan_tiles",
    "segments_table",
    "shown_as",
    "split_table",
    "still_running",
    "strategy_findings",
    "strategy_tiles",
    "value_findings",
    "value_tiles",
    "waiting_table",
]
