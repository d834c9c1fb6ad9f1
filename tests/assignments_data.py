"""Units with a table of an experiment, and the messages that tests of such tables compare."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from keepbook.unit import Unit

Shop = Callable[..., Unit]
LINES = "customer_id,date,amount\n1,2024-01-01,5\n2,2024-02-01,5\n"
HEAD = "experiment,customer_id,variant,assigned_at\n"
WINBACK = {"name": "winback", "control": "none"}
TWO = HEAD + "winback,1,none,2024-01-03\nwinback,2,voucher,2024-01-04\n"
LOAD = TWO.replace("_at\n", "_at,x\n").replace("03\n", "03,{}\n").replace("04\n", "04,{}\n")
MEND = "Correct them, or leave such lines out with `where:`."


def unit_of(shop: Shop, home: Path, content: str | bytes, name: str = "arms.csv", **settings: Any) -> Unit:
    (home / name).write_bytes(content.encode() if isinstance(content, str) else content)
    keys = {key: settings.pop(key) for key in ("columns", "where", "exclude", "timezone") if key in settings}
    lines = settings.pop("lines", LINES)
    experiments = settings.pop("experiments", [WINBACK])
    zone = {"timezone": settings.pop("unit_zone")} if "unit_zone" in settings else {}
    return shop(lines, assignments={"source": name, **keys}, experiments=experiments, **zone, **settings)


def ready(shop: Shop, kind: str, keys: dict[str, Any], metrics: dict[str, Any], **more: Any) -> Unit:
    return shop(
        LINES, experiments=[{"name": "mail", "control": "none", "metrics": metrics, kind: keys, **more}]
    )


def told(what: str, expected: str, do: str, table: str = "assignments") -> str:
    return f"{what}\n  where:    params/shop.yaml, {table}\n  expected: {expected}\n  do:       {do}"
