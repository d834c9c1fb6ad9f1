"""The next test, planned on the unit's own past: how many customers, how long, how small an effect."""

from keepbook.experiments.planner.checks import returned, returned_seen, spent, spent_seen
from keepbook.experiments.planner.past import History, Who
from keepbook.experiments.planner.planning import Plan, plan

__all__ = ["History", "Plan", "Who", "plan", "returned", "returned_seen", "spent", "spent_seen"]
