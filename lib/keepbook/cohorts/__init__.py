"""Who stays: retention triangles, revenue retention, churn and a projection of the average curve."""

from keepbook.cohorts.projection import Projection, ShiftedBetaGeometric, fit_survival, project
from keepbook.cohorts.retention import BySegment, Retention, customers, retention, retention_by
from keepbook.cohorts.revenue import logo_churn, revenue_bridge
from keepbook.cohorts.triangle import Choices
