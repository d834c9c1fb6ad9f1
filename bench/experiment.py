"""Assigned customers → outcomes → effects, money, verdict: keepbook beside pandas and tea-tasting.

    python bench/experiment.py [--customers 1000000] [--repeat 3] [--whole 10000000] [--clean]

One fresh process a run; the clock starts after the imports. Each answer is compared before its time counts.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
START, PRE, ENROLMENT, OUTCOME = date(2024, 1, 1), 90, 60, 60  # days
AS_OF = START + timedelta(days=PRE + ENROLMENT + OUTCOME - 1)
ENDS = START + timedelta(days=PRE + ENROLMENT - 1)
BEFORE, BACK, AFTER, LIFT = 2.4, 0.22, 0.75, 0.05  # orders before; share who come back, their orders; truth
AGAIN, SWITCHED = 0.005, 0.2
PART = 500_000  # customers simulated at a time
STRIDE = 7_368_787  # a prime: customers of one part lie all over the others'
TIERS = ("basic", "plus", "silver", "gold")
SAME = 1e-6
RATIO = 0.02  # limits of a ratio: other degrees of freedom

Answer = dict[str, Any]

# ------------------------------------------------------------------------------------------------ the data


def simulate(folder: Path, customers: int) -> None:
    """Order lines, assignments and customers; the treatment brings `LIFT` more orders, so more revenue."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    for name in ("lines", "assignments", "customers"):
        (folder / name).mkdir(parents=True)
    rng, tiers = np.random.default_rng(1), pa.array(TIERS)
    for part, start in enumerate(range(0, customers, PART)):
        n = min(PART, customers - start)
        customer = (np.arange(start, start + n) * STRIDE) % customers
        assigned, treated = PRE + rng.integers(0, ENROLMENT, n), rng.random(n) < 0.5
        rate, spend = rng.gamma(1.2, 1 / 1.2, n), 6 / rng.gamma(4, 1 / 15, n)
        back = rng.random(n) < BACK
        orders = rng.poisson(BEFORE * rate), rng.poisson(back * AFTER * rate * (1 + LIFT * treated))
        who = [np.repeat(np.arange(n), counts) for counts in orders]
        when = [
            assigned[who[0]] - 1 - rng.integers(0, PRE, len(who[0])),
            assigned[who[1]] + rng.integers(0, OUTCOME, len(who[1])),
        ]
        buyer, day = np.concatenate(who), np.concatenate(when)
        order = np.argsort(day, kind="stable")
        buyer, day = buyer[order], day[order]
        amount = np.maximum(rng.gamma(6, 1 / 6, len(buyer)) * spend[buyer], 0.01).round(2)
        again = np.flatnonzero(rng.random(n) < AGAIN)  # assigned once more, some to the other arm
        switched = treated[again] ^ (rng.random(len(again)) < SWITCHED)
        later = assigned[again] + rng.integers(1, 20, len(again))
        arm = np.concatenate([treated, switched]).astype("int8")
        made = {
            "lines": {"customer_id": customer[buyer], "date": _days(day), "amount": amount},
            "assignments": {
                "experiment": pa.DictionaryArray.from_arrays(np.zeros(len(arm), "int8"), ["offer"]),
                "customer_id": np.concatenate([customer, customer[again]]),
                "variant": pa.DictionaryArray.from_arrays(arm, ["control", "offer"]),
                "assigned_at": _days(np.concatenate([assigned, later])),
            },
            "customers": {
                "customer_id": customer,
                "tier": pa.DictionaryArray.from_arrays(rng.integers(0, 4, n).astype("int8"), tiers),
            },
        }
        for name, columns in made.items():
            pq.write_table(pa.table(columns), folder / name / f"part-{part:03}.parquet")


def _days(day: Any) -> Any:
    import numpy as np
    import pyarrow as pa

    return pa.array(np.datetime64(START, "D") + day)


def data_of(customers: int) -> Path:
    folder = DATA / f"experiment-{customers}"
    if not folder.exists():
        unfinished = folder.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        simulate(unfinished, customers)
        unfinished.rename(folder)
    return folder


# ------------------------------------------------------------------------------------------------ keepbook

UNIT = """\
unit: bench
as_of: {as_of}
warm_up: 0
margin: 0.3
duplicates: keep
transactions:
  source: {folder}/lines
  query: SELECT customer_id, date, amount FROM source
customers:
  source: {folder}/customers
  columns: {{customer_id: customer_id, tier: tier}}
assignments:
  source: {folder}/assignments
  columns: {{experiment: experiment, customer_id: customer_id, variant: variant, assigned_at: assigned_at}}
experiments:
  - name: offer
    control: control
    split: {{control: 1, offer: 1}}
    outcome_days: {outcome}
    pre_days: {pre}
    ends: {ends}
    metrics:
      retained: goal
      revenue: goal
      orders: diagnostic
      average_order_value: {{role: guardrail, margin: 0.02}}
      days_to_purchase: diagnostic
    cost: 0.05
    segments: [tier]
"""


class Stopwatch:
    """Seconds by stage; `watch` has a function of a module add its own to a stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started

    def watch(self, module: str, **stages: str) -> None:
        for function, name in stages.items():
            setattr(sys.modules[module], function, self._timed(getattr(sys.modules[module], function), name))

    def _timed(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        def timed(*args: Any, **options: Any) -> Any:
            with self.stage(name):
                return function(*args, **options)

        return timed


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Any, Any, Any]]:
    """The unit's tables, the unit and its experiment."""
    from keepbook.tables import open_tables
    from keepbook.unit import load_unit

    with tempfile.TemporaryDirectory() as home:
        file = Path(home, "params", "bench.yaml")
        file.parent.mkdir()
        text = UNIT.format(folder=folder.resolve(), as_of=AS_OF, ends=ENDS, outcome=OUTCOME, pre=PRE)
        file.write_text(text, encoding="utf-8")
        unit = load_unit("bench", home=Path(home))
        with open_tables(unit) as tables:
            yield tables, unit, unit.experiments[0]


def keepbook(folder: Path) -> Answer:
    import keepbook.experiments as experiments

    watch = Stopwatch()
    watch.watch("keepbook.tables.opening", customers_of="customers", assignments_of="assignments")
    watch.watch(
        "keepbook.experiments.study",
        taken_in="who counts",
        followed="outcomes",
        outcomes_of="outcomes",
        moments_of="moments",
        life_table="life table",
    )
    started, worked = time.perf_counter(), time.process_time()
    with opened(folder) as (tables, unit, experiment):
        loaded = time.perf_counter() - started
        watch.seconds["purchases"] = loaded - watch.seconds["customers"] - watch.seconds["assignments"]
        found = experiments.study_of(tables, unit, experiment)
        with watch.stage("effects, money, verdict"):
            effects, money = experiments.study_effects(found), experiments.study_money(found)
            experiments.time_to_purchase(found)
            verdict = experiments.study_verdict(found, effects, money, tables.window.as_of)
        with watch.stage("segments"):
            segments = experiments.segment_effects(found, tables, "revenue")[0]
        seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    return {
        "seconds": seconds,
        "cpu": cpu,
        "loaded": loaded,
        "stages": watch.seconds,
        "effects": {
            row.metric: [row.effect, row.ci_lower, row.ci_upper, row.pvalue] for row in effects.itertuples()
        }
        | {
            f"plain {row.metric}": [row.plain_effect, row.plain_lower, row.plain_upper]
            for row in effects[effects["plain_effect"].notna()].itertuples()
        },
        "life": found.life.to_numpy().tolist(),
        "segments": segments.effects[["segment", "effect", "ci_lower", "ci_upper"]].to_numpy().tolist(),
        "profit": money[["profit", "profit_lower", "profit_upper"]].to_numpy().tolist(),
        "lift": effects.loc[effects["metric"] == "revenue", ["lift", "lift_lower", "lift_upper"]]
        .iloc[0]
        .tolist(),
        "verdict": verdict.action,
    }


# ---------------------------------------------------------------------------------------- pandas and scipy


def by_hand(folder: Path) -> Answer:
    """The same in memory, as a practised user writes it; nothing is checked, money is floating point."""
    import numpy as np
    import pandas as pd

    started, worked = time.perf_counter(), time.process_time()
    lines = pd.read_parquet(folder / "lines")
    arms = pd.read_parquet(folder / "assignments", columns=["customer_id", "variant", "assigned_at"])
    read = time.perf_counter()
    arms = arms.sort_values("assigned_at", kind="stable")
    several = arms.groupby("customer_id")["variant"].nunique()
    arms = arms[~arms["customer_id"].isin(several.index[several > 1])].drop_duplicates("customer_id")
    days = lines.groupby(["customer_id", "date"], as_index=False, sort=False)["amount"].sum()
    rows = days.merge(arms, on="customer_id")
    rows["day"] = (pd.to_datetime(rows["date"]) - pd.to_datetime(rows["assigned_at"])).dt.days
    after = rows[rows["day"].between(0, OUTCOME - 1)].groupby("customer_id")
    before = rows[rows["day"].between(-PRE, -1)].groupby("customer_id")
    named = {"amount": "sum", "day": "min", "date": "size"}
    each = arms.set_index("customer_id")[["variant"]]
    each = each.join(after.agg(named).rename(columns={"amount": "revenue", "date": "orders"}))
    each = each.join(
        before.agg({"amount": "sum", "date": "size"}).set_axis(["pre_revenue", "pre_orders"], axis=1)
    )
    each = each.assign(bought=each["day"].notna(), day=each["day"].fillna(OUTCOME)).fillna(
        dict.fromkeys(("revenue", "orders", "pre_revenue", "pre_orders"), 0.0)
    )
    each["retained"], each["pre_retained"] = (each[f"{at}orders"] > 0 for at in ("", "pre_"))
    prepared = time.perf_counter()
    effects = {"days_to_purchase": _welch(*_arms(each, each["day"]))}
    for name in ("retained", "orders", "revenue"):
        effects[name] = _welch(*_arms(each, _adjusted(each, name)))
    ratios = []
    for arm in _arms(each, each[["revenue", "orders"]]):
        revenue, orders = arm["revenue"].mean(), arm["orders"].mean()
        ratios.append(revenue / orders + (arm["revenue"] - revenue / orders * arm["orders"]) / orders)
    effects["plain average_order_value"] = _welch(*ratios)[:3]
    last = each["day"].where(each["bought"], OUTCOME - 1)
    life = each.groupby(["variant", last], observed=True)["bought"].agg(["sum", "size"])
    life["size"] -= life["sum"]
    tiers = pd.read_parquet(folder / "customers").set_index("customer_id")["tier"]
    segments = []
    for tier, part in each.join(tiers.astype("str")).groupby("tier"):
        segments.append([tier, *_welch(*_arms(part, _adjusted(part, "revenue")))[:3]])
    gain = 0.3 * np.array(effects["revenue"][:3])
    done = time.perf_counter()
    return {
        "seconds": done - started,
        "cpu": time.process_time() - worked,
        "stages": {"read": read - started, "outcomes": prepared - read, "effects": done - prepared},
        "effects": effects,
        "life": [[*key, *map(int, row)] for key, row in zip(life.index, life.to_numpy(), strict=True)],
        "segments": segments,
        "profit": [(gain - 0.05).tolist()],
    }


def _arms(each: Any, values: Any) -> tuple[Any, Any]:
    treated = each["variant"] == "offer"
    return values[~treated], values[treated]


def _adjusted(each: Any, name: str) -> Any:
    """CUPED: less what the pre-period foretells."""
    import numpy as np

    y, x = each[name].to_numpy(float), each[f"pre_{name}"].to_numpy(float)
    cov = np.cov(y, x)
    return each[name] - cov[0, 1] / cov[1, 1] * (x - x.mean())


def _welch(control: Any, treatment: Any) -> list[float]:
    from scipy.stats import ttest_ind

    test = ttest_ind(treatment, control, equal_var=False)
    limits = test.confidence_interval(0.95)
    return [float(treatment.mean() - control.mean()), *map(float, limits), float(test.pvalue)]


# --------------------------------------------------------------------------------------------- tea-tasting


def tea_tasting(folder: Path, turn: int) -> Answer:
    """The last stage alone, side by side: from one table of customers with outcomes to effects."""
    import tea_tasting as tt

    import keepbook.experiments as experiments
    from keepbook.stats.moments import moments_of
    from keepbook.tables.intake import materialised
    from keepbook.unit import Metric

    named = ("retained", "orders", "revenue", "days_to_purchase", "pre_retained", "pre_orders", "pre_revenue")
    metrics: dict[str, Any] = {
        name: tt.Mean(name, f"pre_{name}") for name in ("retained", "orders", "revenue")
    }
    metrics["average_order_value"] = tt.RatioOfMeans("revenue", "orders", "pre_revenue", "pre_orders")
    metrics["days_to_purchase"] = tt.Mean("days_to_purchase")
    with opened(folder) as (tables, unit, experiment):
        study = experiments.study_of(tables, unit, experiment)
        each = materialised(study.each.select("variant", *named))
        wanted = experiment.model_copy(
            update={"metrics": {name: Metric(role="diagnostic") for name in metrics}}
        )

        def ours() -> Answer:
            moments = dict.fromkeys(metrics, moments_of(each, named))
            rows = experiments.study_effects(replace(study, experiment=wanted, moments=moments)).itertuples()
            return {row.metric: [row.effect, row.ci_lower, row.ci_upper, row.pvalue] for row in rows}

        def theirs() -> Answer:
            found = tt.Experiment(metrics).analyze(each, "control")
            fields = ("effect_size", "effect_size_ci_lower", "effect_size_ci_upper", "pvalue")
            return {name: [float(getattr(found[name], key)) for key in fields] for name in metrics}

        answer: Answer = {"stages": {}}
        runs = {"keepbook": ours, "tea-tasting": theirs}
        for name in reversed(runs) if turn % 2 else runs:
            started = time.perf_counter()
            answer[name] = runs[name]()
            answer["stages"][name] = time.perf_counter() - started
    return answer


# --------------------------------------------------------------------------------------------------- the run

CONTESTANTS: dict[str, Callable[[Path, int], Answer]] = {
    "keepbook": lambda folder, turn: keepbook(folder),
    "pandas and scipy": lambda folder, turn: by_hand(folder),
    "tea-tasting": tea_tasting,
}


def compete(name: str, folder: Path, turn: int) -> None:
    """One contestant in this process; what every contestant may need is imported before its clock starts."""
    import pandas  # noqa: F401
    import pyarrow.parquet  # noqa: F401
    import scipy.stats  # noqa: F401
    import tea_tasting  # noqa: F401

    import keepbook.experiments
    import keepbook.tables.opening  # noqa: F401

    answer = CONTESTANTS[name](folder, turn)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer["peak_memory"] = peak if sys.platform == "darwin" else peak * 1024
    print(json.dumps(answer))


def run_once(name: str, folder: Path, turn: int) -> Answer:
    command = [sys.executable, "-W", "ignore", __file__, "--contestant", name]
    done = subprocess.run(
        [*command, "--folder", str(folder), "--turn", str(turn)], capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{name} failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def stages(answers: list[Answer], title: str, own: str = "") -> str:
    """Medians by stage, in the order in which they ended; `own`: the stage that × are multiples of."""
    found = {name: median(answer["stages"][name] for answer in answers) for name in answers[0]["stages"]}
    lines = [f"| {title} | s |{' × |' if own else ''}", f"| --- | ---: |{' ---: |' if own else ''}"]
    for name, seconds in found.items():
        lines.append(f"| {name} | {seconds:.2f} |{f' {seconds / found[own]:.1f} |' if own else ''}")
    return "\n".join(lines)


def table(results: dict[str, list[Answer]]) -> str:
    """Medians, and how many times keepbook's they are."""
    head = ["contestant", "s", "min – max s", "×", "CPU s", "×", "peak MB", "×"]
    lines = [head, ["---", *["---:"] * 7]]
    own = {key: median(one[key] for one in results["keepbook"]) for key in ("seconds", "cpu", "peak_memory")}
    for name, answers in results.items():
        found = {key: median(answer[key] for answer in answers) for key in own}
        seconds = [answer["seconds"] for answer in answers]
        times = {key: f"{found[key] / own[key]:.1f}" for key in own}
        span = f"{min(seconds):.1f} – {max(seconds):.1f}"
        cells = [name, f"{found['seconds']:.1f}", span, times["seconds"], f"{found['cpu']:.1f}", times["cpu"]]
        lines.append([*cells, f"{found['peak_memory'] / 1e6:,.0f}", times["peak_memory"]])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def alike(one: Any, other: Any, near: float = SAME) -> bool:
    if isinstance(one, list):
        return len(one) == len(other) and all(alike(a, b, near) for a, b in zip(one, other, strict=True))
    if isinstance(one, str):
        return one == other
    return math.isclose(one, other, rel_tol=near, abs_tol=1e-9)


def same_effect(metric: str, one: list[float], other: list[float]) -> bool:
    """Effects to a millionth, and their limits; of a ratio Keepbook's count only who carries its base."""
    return alike(one[:1], other[:1]) and alike(
        one, other, RATIO if metric.endswith("average_order_value") else SAME
    )


def disagreements(ours: Answer, other: Answer, name: str) -> list[str]:
    """Figures of both that differ by more than a millionth."""
    found = [
        f"DIFFERENT {key}: {name}"
        for key in ("life", "segments", "profit")
        if not alike(ours[key], other[key])
    ]
    for metric, figures in other["effects"].items():
        if not same_effect(metric, ours["effects"][metric][: len(figures)], figures):
            found.append(f"DIFFERENT effect on {metric}: {name}: {figures}, {ours['effects'][metric]}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument(
        "--whole", type=int, default=10_000_000, help="so many through keepbook alone; 0: none"
    )
    parser.add_argument("--clean", action="store_true", help="delete the simulated data afterwards")
    parser.add_argument("--contestant", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--turn", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contestant:
        compete(options.contestant, options.folder, options.turn)
        return
    results: dict[str, list[Answer]] = {name: [] for name in CONTESTANTS}
    for turn in range(options.repeat):
        for name in reversed(results) if turn % 2 else list(results):
            results[name].append(run_once(name, data_of(options.customers), turn))
            print(name, results[name][-1]["stages"], file=sys.stderr)
    last = results.pop("tea-tasting")
    faults = [
        fault
        for one in results["pandas and scipy"]
        for fault in disagreements(results["keepbook"][0], one, "pandas and scipy")
    ]
    for one in last:
        if not all(same_effect(name, own, one["tea-tasting"][name]) for name, own in one["keepbook"].items()):
            faults.append(f"DIFFERENT: {one['keepbook']}, tea-tasting {one['tea-tasting']}")
    print(f"{options.customers:,} customers\n\n{table(results)}\n")
    for name, answers in results.items():
        print(stages(answers, name) + "\n")
    print(stages(last, "from outcomes to effects alone", "keepbook") + "\n")
    print("\n".join(faults) or "All found the same.")
    if options.whole:
        runs = [run_once("keepbook", data_of(options.whole), 0) for _ in range(options.repeat)]
        print(f"\n{options.whole:,} customers\n\n{table({'keepbook': runs})}\n\n{stages(runs, 'stage')}")
        lift, lower, upper = (f"{100 * figure:.2f}" for figure in runs[0]["lift"])
        print(f"\n{runs[0]['verdict']}; revenue +{lift} % ({lower} – {upper}), in truth +{100 * LIFT:.0f} %")
    if options.clean:
        shutil.rmtree(DATA, ignore_errors=True)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
