"""Customers → fitted model → every customer's value: keepbook beside lifetimes and PyMC-Marketing.

    python bench/value.py [--customers 1000000] [--repeat 3] [--whole 10000000] [--clean]

One fresh process a run; the clock starts when frequency, recency and T are in memory, or in the engine.
PyMC-Marketing takes part where it is installed, or under another interpreter named by `--pymc PYTHON`.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
AS_OF, DAYS = date(2024, 12, 31), 731
TRUTH = {"r": 0.6, "alpha": 60.0, "a": 0.8, "b": 2.5}  # BG/NBD, in days
PART = 500_000  # customers simulated at a time
MONTHS, YEARLY = 12, 0.10
AGREE = {"params": 2e-3, "purchases": 1e-3}

Answer = dict[str, Any]

# ------------------------------------------------------------------------------------------------ the data


def simulate(folder: Path, customers: int) -> None:
    """Customer-days of BG/NBD buyers over two years, each with an amount."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir(parents=True)
    rng = np.random.default_rng(1)
    for part, start in enumerate(range(0, customers, PART)):
        n = min(PART, customers - start)
        first, rate = rng.integers(0, DAYS, n), rng.gamma(TRUTH["r"], 1 / TRUTH["alpha"], n)
        chance, spend = rng.beta(TRUTH["a"], TRUTH["b"], n), 6 / rng.gamma(4, 1 / 15, n)
        who, when = [np.arange(n)], [first.astype(float)]
        alive, at = np.arange(n), first.astype(float)
        while len(alive):
            at = at + rng.exponential(1 / rate[alive])
            alive, at = alive[at < DAYS], at[at < DAYS]
            who.append(alive)
            when.append(at.copy())
            stays = rng.random(len(alive)) > chance[alive]
            alive, at = alive[stays], at[stays]
        buyer, day = np.concatenate(who), np.concatenate(when).astype(np.int64)
        buyer, day = np.unique(np.stack([buyer, day]), axis=1)
        order = np.argsort(day, kind="stable")
        buyer, day = buyer[order], day[order]
        columns = {
            "customer_id": start + buyer,
            "date": pa.array(np.datetime64("2023-01-01", "D") + day),
            "amount": np.maximum(rng.gamma(6, 1 / 6, len(buyer)) * spend[buyer], 0.01).round(2),
        }
        pq.write_table(pa.table(columns), folder / f"part-{part:03}.parquet")


def days_of(customers: int) -> Path:
    folder = DATA / f"customers-{customers}"
    if not folder.exists():
        unfinished = folder.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        simulate(unfinished, customers)
        unfinished.rename(folder)
    return folder


def base_of(folder: Path) -> Any:
    """The customer base in keepbook's engine, with the memory limit that `open_tables` sets."""
    import ibis

    from keepbook.clv.base import Choices, customer_base
    from keepbook.tables import Window

    engine = ibis.duckdb.connect(memory_limit="2GB", preserve_insertion_order=False)
    lines = engine.read_parquet(str(folder / "*.parquet"))
    money = lines.amount.cast("decimal(18, 4)")
    purchases = lines.mutate(amount=money, gross=money, is_purchase=True)
    choices = Choices(model="bg_nbd", months=MONTHS, discount_rate=YEARLY)
    return customer_base(purchases, Window(date(2023, 1, 1), AS_OF), choices)


def frames_of(folder: Path) -> tuple[Any, Any]:
    """Customers, and patterns with their counts, as frames for whoever wants them so."""
    customers = base_of(folder).rfm.to_pandas()
    patterns = customers.groupby(["frequency", "recency", "T"]).size().rename("customers").reset_index()
    return customers, patterns


# ------------------------------------------------------------------------------------------- who takes part


def keepbook(folder: Path) -> Answer:
    import tempfile

    from keepbook.clv.model import fit_model
    from keepbook.clv.processes.bg_nbd import BG
    from keepbook.clv.processes.fitting import maximise
    from keepbook.clv.value import score

    started = time.perf_counter()
    base = base_of(folder)
    summed = time.perf_counter()
    maximise(BG.objective(base.patterns))
    fitted = time.perf_counter()
    model = fit_model(base)
    drawn = time.perf_counter()
    with tempfile.TemporaryDirectory() as home:
        score(base, model).to_parquet(f"{home}/scores.parquet")
        scored = time.perf_counter()
        purchases = score(base, model).expected_purchases.sum().to_pandas()
    return {
        "sum": summed - started,
        "fit": fitted - summed,
        "draws": drawn - fitted,
        "score": scored - drawn,
        "params": dict(zip(model.fit.names, map(float, model.fit.params), strict=True)),
        "purchases": float(purchases),
        "patterns": len(base.patterns),
    }


def lifetimes(folder: Path, weighted: bool) -> Answer:
    from lifetimes import BetaGeoFitter, GammaGammaFitter

    customers, patterns = frames_of(folder)
    rows, weights = (patterns, patterns["customers"]) if weighted else (customers, None)
    started = time.perf_counter()
    model = BetaGeoFitter().fit(rows["frequency"], rows["recency"], rows["T"], weights=weights)
    fitted = time.perf_counter()
    answer: Answer = {"fit": fitted - started, "params": dict(model.params_)}
    if not weighted:
        known = [customers[name] for name in ("frequency", "recency", "T")]
        again = customers[customers["frequency"] > 0]
        money = GammaGammaFitter().fit(again["frequency"], again["monetary_value"])
        started = time.perf_counter()
        model.conditional_probability_alive(*known)
        bought = model.predict(365, *known)
        money.conditional_expected_average_profit(customers["frequency"], customers["monetary_value"])
        monthly = (1 + YEARLY) ** (1 / 12) - 1
        money.customer_lifetime_value(model, *known, customers["monetary_value"], MONTHS, monthly, freq="D")
        answer |= {"score": time.perf_counter() - started, "purchases": float(bought.sum())}
    return answer


def pymc(folder: Path) -> Answer:
    import pandas as pd
    from pymc_marketing.clv import BetaGeoModel

    rows = pd.read_parquet(folder / "rfm.parquet")
    started = time.perf_counter()
    model = BetaGeoModel(data=rows)
    model.fit(method="map", progressbar=False)
    fitted = time.perf_counter()
    found = {name: float(model.fit_result[name].to_numpy().ravel()[0]) for name in TRUTH}
    bought = model.expected_purchases(future_t=365).sum()
    return {
        "fit": fitted - started,
        "score": time.perf_counter() - fitted,
        "params": found,
        "purchases": float(bought),
    }


CONTESTANTS: dict[str, Callable[[Path], Answer]] = {
    "keepbook": keepbook,
    "lifetimes, customers": lambda folder: lifetimes(folder, weighted=False),
    "lifetimes, weighted patterns": lambda folder: lifetimes(folder, weighted=True),
    "PyMC-Marketing, customers (MAP)": pymc,
}

# --------------------------------------------------------------------------------------------------- the run


def run_once(name: str, folder: Path, python: str) -> Answer:
    command = [python, "-W", "ignore", __file__, "--contestant", name, "--folder", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return {"missing": (done.stderr.strip().splitlines() or ["no message"])[-1]}
    return json.loads(done.stdout.splitlines()[-1])


def compete(name: str, folder: Path) -> None:
    answer = CONTESTANTS[name](folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer["peak_memory"] = peak if sys.platform == "darwin" else peak * 1024
    print(json.dumps(answer))


def table(results: dict[str, list[Answer]]) -> str:
    """Medians, and how many times keepbook's they are."""
    lines = [
        "| contestant | fit s | × | score s | × | peak MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    ours = results["keepbook"]
    for name, answers in results.items():
        if "missing" in answers[0]:
            lines.append(f"| {name} | {answers[0]['missing']} | | | | |")
            continue
        cells = [name]
        for part in ("fit", "score"):
            seconds = [answer[part] for answer in answers if part in answer]
            own = median(answer[part] for answer in ours)
            cells += [f"{median(seconds):.2f}", f"{median(seconds) / own:.1f}"] if seconds else ["", ""]
        peak = median(answer["peak_memory"] for answer in answers) / 1e6
        lines.append(f"| {' | '.join([*cells, f'{peak:,.0f}'])} |")
    return "\n".join(lines)


def disagreements(results: dict[str, list[Answer]]) -> list[str]:
    """Parameters and total purchases unlike keepbook's."""
    ours, found = results["keepbook"][0], []
    for name, answers in results.items():
        for answer in answers:
            other = answer.get("params", {})
            if any(abs(other[key] / ours["params"][key] - 1) > AGREE["params"] for key in other):
                found.append(f"DIFFERENT parameters: {name}: {other}")
            bought = answer.get("purchases", ours["purchases"])
            if abs(bought / ours["purchases"] - 1) > AGREE["purchases"]:
                found.append(f"DIFFERENT purchases: {name}: {bought:,.0f}, keepbook {ours['purchases']:,.0f}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--whole", type=int, default=0, help="also so many customers through keepbook alone")
    parser.add_argument("--pymc", default=sys.executable, help="interpreter that has PyMC-Marketing")
    parser.add_argument("--clean", action="store_true", help="delete the simulated data afterwards")
    parser.add_argument("--contestant", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contestant:
        compete(options.contestant, options.folder)
        return
    folder = days_of(options.customers)
    if not (folder / "rfm").exists():
        rows = frames_of(folder)[0][["customer_id", "frequency", "recency", "T"]]
        (folder / "rfm").mkdir(exist_ok=True)
        rows.to_parquet(folder / "rfm" / "rfm.parquet")
    results: dict[str, list[Answer]] = {name: [] for name in CONTESTANTS}
    for repetition in range(options.repeat):
        for name in reversed(results) if repetition % 2 else list(results):
            if repetition and "missing" in results[name][0]:
                continue
            of_pymc = name.startswith("PyMC")
            where, python = (folder / "rfm", options.pymc) if of_pymc else (folder, sys.executable)
            results[name].append(run_once(name, where, python))
            print(name, results[name][-1], file=sys.stderr)
    print(f"{options.customers:,} customers, {results['keepbook'][0]['patterns']:,} patterns\n")
    print(table(results) + "\n")
    faults = disagreements(results)
    print("\n".join(faults) or "All found the same parameters and the same total.")
    if options.whole:
        print(f"\n{options.whole:,} customers:", run_once("keepbook", days_of(options.whole), sys.executable))
    if options.clean:
        shutil.rmtree(DATA, ignore_errors=True)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
