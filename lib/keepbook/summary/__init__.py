"""One unit in short, from the records of its pages: what is to be decided, what matters most, what changed.

`choice` picks from the records, `changes` compares them with those of the run before, `activity` counts the
customers who bought lately.
"""

from keepbook.summary.activity import Activity, activity
from keepbook.summary.changes import Move, moves
from keepbook.summary.choice import Item, findings_that_matter, pick_tiles, to_decide
