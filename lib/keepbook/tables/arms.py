"""The arms of an experiment, as they are found in a table, against those that the unit file names."""

from collections.abc import Iterable, Mapping

import ibis.expr.types as ir

from keepbook.errors import DataError, suggestion
from keepbook.unit import Experiment

MAX_ARMS = 50  # nobody tries so many arms: these are likely numbers of customers
MAX_LISTED = 10  # experiments or arms in a message


def counted(table: ir.Table, column: str, most: int) -> dict[str, int]:
    """Value → its lines, most first."""
    each = table.group_by(column).agg(n=table.count())
    found = each.order_by(each.n.desc(), column).limit(most).to_pandas()
    return dict(zip(found[column], map(int, found["n"]), strict=True))


def listed(found: Mapping[str, int]) -> str:
    """`'control' (500 lines), 'voucher' (1 line)`."""
    first = [f"{name!r:.60} ({n:,} line{'s' * (n != 1)})" for name, n in [*found.items()][:MAX_LISTED]]
    return ", ".join(first) + (f" and {len(found) - MAX_LISTED:,} more" if len(found) > MAX_LISTED else "")


def check_arms(experiment: Experiment, found: Mapping[str, int]) -> None:
    """The arms that are found are those that the unit file names.

    Parameters
    ----------
    found : arm → its lines.

    Raises
    ------
    DataError : they are others, too few, or so many that they can be no arms; or one has no cost beside those
        that have.
    """
    of = f"of the experiment {experiment.name!r}"
    if len(found) > MAX_ARMS:
        raise DataError(
            f"The table holds more than {MAX_ARMS} arms {of}, such as {next(iter(found))!r:.60}.",
            expected="a few arms, such as control and voucher",
            do="Check what `variant` is mapped to under `columns:`.",
        )
    split = experiment.split or {}
    cost = experiment.cost if isinstance(experiment.cost, dict) else {}
    strange = [arm for arm in found if split and arm not in split]
    if strange:
        raise DataError(
            f"{listed({strange[0]: found[strange[0]]})} is an arm {of} that `split` does not name.",
            expected=f"one of {', '.join(map(repr, split))}",
            do=f"{hint(strange[0], split)}Name it in `split` and say its weight, or correct it in the table; "
            "`where:` leaves lines out.",
        )
    for key, arms in (("split", split), ("control", (experiment.control,)), ("cost", cost)):
        for arm in arms:
            if arm not in found:
                raise DataError(
                    f"No line is in the arm {arm!r:.60} {of}, which `{key}` names.",
                    expected=f"one of the arms there are: {listed(found)}",
                    do=f"{hint(arm, found)}Correct `{key}`, or the arms in the table.",
                )
    forgotten = [arm for arm in found if cost and arm not in (*cost, experiment.control)]
    if forgotten:
        raise DataError(
            f"`cost` leaves out arms {of}: {listed({arm: found[arm] for arm in forgotten})}.",
            expected=f"a cost for every arm but {experiment.control!r:.60}, as profits are compared",
            do=f"{hint(forgotten[0], cost)}Add {forgotten[0]:.60}: 0 to `cost` if it costs nothing, or "
            "correct the arm in the table.",
        )
    if len(found) < 2:
        raise DataError(
            f"All lines {of} are in the arm {experiment.control!r:.60}.",
            expected="a second arm to compare it with",
            do="Check `where:` and what `variant` is mapped to under `columns:`.",
        )


def hint(name: str, known: Iterable[str]) -> str:
    """`Did you mean 'voucher'? `, or nothing where no name is near."""
    meant = suggestion(name, known).name
    return f"Did you mean '{meant}'? " if meant else ""
