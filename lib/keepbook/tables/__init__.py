"""Sources → canonical tables, through Ibis; with a cleaning ledger that balances.

Everything per line, per order and per customer stays in the engine. A notebook holds expressions.
"""

from keepbook.tables.cleaning import NO_AMOUNT, rule_name
from keepbook.tables.ledger import WORTH_A_WARNING, Ledger
from keepbook.tables.model import Tables, Window
from keepbook.tables.opening import open_lines, open_tables
from keepbook.tables.rows import Rows
