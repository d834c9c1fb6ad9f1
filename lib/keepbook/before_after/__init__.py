"""Before/after: what a change did that was not assigned at random, as far as that can be told."""

from keepbook.before_after.comparison import BeforeAfter, before_after, participants
from keepbook.before_after.verdict import Verdict, verdict_of
