"""What the next test needs, in a table."""

from functools import partial

import pandas as pd

from keepbook.page.elements import Table
from keepbook.planning import Plan
from keepbook.text import MISSING, catalogue, day, metric_name, number, percent

say = catalogue("planning")


def needed_table(plan: Plan) -> Table:
    """Customers and weeks for each metric and lift."""
    rows = plan.needed
    return Table(
        {
            say("needed.metric"): (rows["metric"].map(metric_name), str),
            say("needed.lift"): (rows["lift"], partial(percent, digits=0)),
            say("needed.per-arm"): (rows["n_per_arm_cuped"], number),
            say("needed.plain"): (rows["n_per_arm"], number),
            say("needed.weeks"): (rows["weeks"], number),
            say("needed.ready"): ([MISSING if pd.isna(one) else day(one) for one in rows["ready_on"]], str),
        },
        say("needed.caption", power=percent(plan.power, 0), days=plan.outcome_days),
        name=f"needed_{plan.audience}",
    )
