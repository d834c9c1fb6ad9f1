"""One function per figure: takes a result, returns it drawn, titled with its finding.

Figures are SVG with text kept as text. Ink, grid and paper are CSS variables of the page, so that a figure
follows light, dark and print; data colours are from the colour-blind-safe Okabe–Ito set.
"""

from keepbook.charts.before_after import (
    bare,
    event_study,
    headline,
    levels,
    measured,
    placebo,
    standing,
)
from keepbook.charts.customers import cohort_value, concentration, matrix, share_held, spread
from keepbook.charts.drawing import CALENDAR, Drawn, age_name, cohort_name, period_name, sparkline, when
from keepbook.charts.money import churn_rate, revenue_curve, revenue_rates
from keepbook.charts.planner import detectable, simulated_power
from keepbook.charts.retention import (
    headline_periods,
    projection,
    retention_curve,
    retention_heatmap,
    segment_curves,
)
from keepbook.charts.strategy import (
    change,
    comeback,
    metric_name,
    profit,
    segment_effects,
    shown,
)
from keepbook.charts.strategy_lifts import lifts
from keepbook.charts.trust import alive, backtest, calibration, coverage, off_by, span
from keepbook.charts.value import (
    behind,
    earned,
    forecast,
    horizon,
    latest_cost,
    new_customer,
    outlook,
    shortfall,
    worth,
)

__all__ = [
    "CALENDAR",
    "Drawn",
    "age_name",
    "alive",
    "backtest",
    "bare",
    "behind",
    "calibration",
    "change",
    "churn_rate",
    "cohort_name",
    "cohort_value",
    "comeback",
    "concentration",
    "coverage",
    "detectable",
    "earned",
    "event_study",
    "forecast",
    "headline",
    "headline_periods",
    "horizon",
    "latest_cost",
    "levels",
    "lifts",
    "matrix",
    "measured",
    "metric_name",
    "new_customer",
    "off_by",
    "outlook",
    "period_name",
    "placebo",
    "profit",
    "projection",
    "retention_curve",
    "retention_heatmap",
    "revenue_curve",
    "revenue_rates",
    "segment_curves",
    "segment_effects",
    "share_held",
    "shortfall",
    "shown",
    "simulated_power",
    "span",
    "sparkline",
    "spread",
    "standing",
    "when",
    "worth",
]
