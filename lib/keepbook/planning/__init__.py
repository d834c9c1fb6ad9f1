"""The next test, planned on the unit's own past: how many customers, how long, how small an effect."""

from keepbook.planning.history import Audience, History
from keepbook.planning.plan import Plan, plan
