"""The next test, planned on the unit's own past: how many customers, how long, how small an effect."""

from keepbook.planning.identities import returned, returned_seen, spent, spent_seen
from keepbook.planning.past import History, Who
from keepbook.planning.plan import Plan, plan

__all__ = ["History", "Plan", "Who", "plan", "returned", "returned_seen", "spent", "spent_seen"]
