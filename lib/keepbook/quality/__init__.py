"""What a unit's data hold, and what stands out in them: whether they will carry the analyses."""

from keepbook.quality.anomalies import Anomaly
from keepbook.quality.readiness import Account, Readiness, readiness
