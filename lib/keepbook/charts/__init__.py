"""One function per figure: takes a result, returns it drawn, titled with its finding.

Figures are SVG with text kept as text. Ink, grid and paper are CSS variables of the page, so that a figure
follows light, dark and print; data colours are from the colour-blind-safe Okabe–Ito set.
"""

from keepbook.charts.drawing import CALENDAR, Drawn, age_name, cohort_name, period_name, sparkline, when
from keepbook.charts.money import churn_rate, revenue_curve, revenue_rates
from keepbook.charts.retention import (
    headline_periods,
    projection,
    retention_curve,
    retention_heatmap,
    segment_curves,
)

__all__ = [
    "CALENDAR",
    "Drawn",
    "age_name",
    "churn_rate",
    "cohort_name",
    "headline_periods",
    "period_name",
    "projection",
    "retention_curve",
    "retention_heatmap",
    "revenue_curve",
    "revenue_rates",
    "segment_curves",
    "sparkline",
    "when",
]
