"""Experiments and changes of a unit file: those tests begin with, and the message for each that is wrong."""

from __future__ import annotations

from unit_files import told

TABLES = """\
unit: demo
transactions: {source: lines.csv}
customers: {source: people.csv, columns: {tier: Level, shop: Shop}}
assignments: {source: arms.csv, columns: {complaints: n, spend: s}}
"""
FIRST = "experiments:\n  - {name: winback, control: none"  # line 5; what follows belongs to the experiment
CHANGE = "before_after:\n  - {name: shipping, date: 2024-04-01"  # likewise
READY = "outcomes: {source: o.csv, columns: {variant: segment, spend: spend}}"
FULL = """\
experiments:
  - name: winback_voucher
    title: Win-back voucher
    question: Does a voucher bring lost customers back?
    control: no_voucher
    split: {no_voucher: 1, voucher: 1, call: 0.5}
    outcome_days: 30
    pre_days: 0
    first_day: next
    ends: 2024-06-30
    metrics:
      retained: goal
      revenue: {role: goal}
      average_order_value: {role: guardrail, margin: 0.05}
      days_to_purchase: diagnostic
      complaints: {role: guardrail, margin: 0.1, better: lower}
    cost: {voucher: 1.5, call: 6}
    max_loss: 0.05
    confidence: 0.9
    rollout_to: 5000
    segments: [tier, cohort, rfm, region]
  - name: hillstrom
    control: No E-Mail
    metrics: {spend: goal}
    cost: 0
    outcomes: {source: "postgres://u:${PW}@h/db", table: mails, columns: {variant: segment, spend: spend}}
  - name: banner
    control: a
    metrics: {revenue: goal}
    totals: {source: totals.csv}
before_after:
  - name: free_shipping
    date: 2024-04-01
    treated: {tier: gold}
    comparison: {tier: [plus, basic], city: {like: "B%"}}
    period: week
    before: 8
    after: 4
    cluster: shop
    metrics: [revenue]
    cost: 0.8
  - {name: prices, date: 2024-05-01, comparison_unit: deli}
"""


# ── what is wrong ───────────────────────────────────────────────────────────────────────────────────────

SPLIT = "two or more arms with a weight above 0: {control: 1, voucher: 1}"
ROLE = "goal or diagnostic, or {role: guardrail, margin: 0.05}"
METRICS = "lines such as retained: goal"
SHARE = "a share of the control's value, above 0 and at most 1: 5 % is 0.05"
COST = "money from 0 per treated customer, for all alike or by arm: 1.5, or {voucher: 1.5, call: 6}"
NAME = "letters, digits, _ and -, a letter or digit first, at most 64 signs, no name Windows reserves"
TREATED = "conditions on columns of the customers table, such as {tier: gold}"


def wrong(what: str, key: str, expected: str | None = None, do: str | None = None) -> str:
    return told(what, f", line 6, experiments item 1{key}", expected, do)


EXPERIMENTS = {  # behind name: winback, control: none
    ", split: {nobody: 1, voucher: 1}": wrong(
        "'none' is no arm of 'split'.", ".control", do="Known: nobody, voucher."
    ),
    ", split: {None: 1, voucher: 1}": wrong(
        "'none' is no arm of 'split'.", ".control", do="Did you mean 'None'?"
    ),
    ", split: {none: 1}": wrong("'split' cannot be a block of keys.", ".split", SPLIT),
    ", split: {}": wrong("'split' cannot be an empty block.", ".split", SPLIT),
    ", split: [none, voucher]": wrong("'split' cannot be a list.", ".split", SPLIT),
    ", split: {none: 1, voucher: 0}": wrong(
        "'voucher' cannot be the number 0.", ".split.voucher", "a number, above 0"
    ),
    ", split: {none: 1, voucher: -1}": wrong(
        "'voucher' cannot be the number -1.", ".split.voucher", "a number, above 0"
    ),
    ", split: {none: 1, voucher: half}": wrong(
        "'voucher' cannot be the text 'half'.", ".split.voucher", "a number, above 0"
    ),
    ", split: {none: 1, NO: 1, voucher: 1}": wrong(
        "'NO' cannot be a key.", ".split", "text", "Put it in quotes."
    ),
    ", split: {none: 1, 1: 1, voucher: 1}": wrong(
        "'1' cannot be a key.", ".split", "text", "Put it in quotes."
    ),
    ", outcome_days: 0": wrong(
        "'outcome_days' cannot be the number 0.", ".outcome_days", "a whole number, at least 1"
    ),
    ", pre_days: -1": wrong("'pre_days' cannot be the number -1.", ".pre_days", "a whole number, at least 0"),
    ", first_day: nxt": wrong(
        "'first_day' cannot be the text 'nxt'.",
        ".first_day",
        "'same' or 'next'",
        "Did you mean 'next'?",
    ),
    ", ends: 30.6.2024": wrong("'ends' cannot be the text '30.6.2024'.", ".ends", "a day such as 2017-12-31"),
    ", outcome_day: 30": wrong(
        "Unknown key 'outcome_day'.", ".outcome_day", do="Did you mean 'outcome_days'?"
    ),
    ", metrics: [retained]": wrong("'metrics' cannot be a list.", ".metrics", METRICS),
    ", metrics: {}": wrong(
        "No metric has the role goal.", ".metrics", METRICS, "Give the metric that decides the role goal."
    ),
    ", metrics: {revenue: diagnostic}": wrong(
        "No metric has the role goal.", ".metrics", METRICS, "Give the metric that decides the role goal."
    ),
    ", metrics: {retained: gaol}": wrong(
        "'retained' cannot be the text 'gaol'.", ".metrics.retained", ROLE, "Did you mean 'goal'?"
    ),
    ", metrics: {retained: 1}": wrong("'retained' cannot be the number 1.", ".metrics.retained", ROLE),
    ", metrics: {retained: }": wrong("'retained' cannot be empty.", ".metrics.retained", ROLE),
    ", metrics: {retained: goal, revenue: guardrail}": wrong(
        "The guardrail 'revenue' has no margin.",
        ".metrics.revenue",
        SHARE,
        "Write revenue: {role: guardrail, margin: 0.05} for 5 %.",
    ),
    ", metrics: {retained: goal, revenue: {role: guardrail}}": wrong(
        "'role' is 'guardrail', but 'margin' is missing.",
        ".metrics.revenue.margin",
        SHARE,
        "Add margin: 0.05 for 5 %.",
    ),
    ", metrics: {retained: {role: goal, margin: 0.05}}": wrong(
        "'margin' is given, but 'role' is 'goal'.",
        ".metrics.retained.margin",
        do="Remove margin, or write role: guardrail.",
    ),
    ", metrics: {retained: goal, revenue: {role: guardrail, margin: 5}}": wrong(
        "'margin' cannot be the number 5.", ".metrics.revenue.margin", SHARE, "Write 0.05 for 5 %."
    ),
    ", metrics: {retained: {role: goal, beter: lower}}": wrong(
        "Unknown key 'beter'.", ".metrics.retained.beter", do="Did you mean 'better'?"
    ),
    ", metrics: {retained: {role: goal, better: low}}": wrong(
        "'better' cannot be the text 'low'.",
        ".metrics.retained.better",
        "'higher' or 'lower'",
        "Did you mean 'lower'?",
    ),
    ", metrics: {retained: {better: lower}}": wrong(
        "'role' is missing.",
        ".metrics.retained.role",
        "'goal' or 'guardrail' or 'diagnostic'",
        "Add the key role.",
    ),
    ", metrics: {retaned: goal}": wrong(
        "'retaned' is no metric that is built in, and no column of assignments.",
        ".metrics.retaned",
        do="Did you mean 'retained'?",
    ),
    ", metrics: {complants: goal}": wrong(
        "'complants' is no metric that is built in, and no column of assignments.",
        ".metrics.complants",
        do="Did you mean 'complaints'?",
    ),
    ", metrics: {nps: goal}": wrong(
        "'nps' is no metric that is built in, and no column of assignments.",
        ".metrics.nps",
        do="Add it under assignments.columns; known: average_order_value, complaints, days_to_purchase, "
        "margin, orders, retained, revenue, spend.",
    ),
    ", metrics: {cluster: goal}": wrong(
        "'cluster' is no metric that is built in, and no column of assignments.",
        ".metrics.cluster",
        do="Add it under assignments.columns; known: average_order_value, complaints, days_to_purchase, "
        "margin, orders, retained, revenue, spend.",
    ),
    ", cost: -1": wrong("'cost' cannot be the number -1.", ".cost", COST),
    ", cost: free": wrong("'cost' cannot be the text 'free'.", ".cost", COST),
    ", cost: true": wrong("'cost' cannot be the truth value true.", ".cost", COST),
    ", cost: {}": wrong("'cost' cannot be an empty block.", ".cost", COST),
    ", cost: {voucher: -1}": wrong(
        "'voucher' cannot be the number -1.", ".cost.voucher", "money from 0 per treated customer"
    ),
    ", cost: {NO: 1, voucher: 1}": wrong("'NO' cannot be a key.", ".cost", "text", "Put it in quotes."),
    ", split: {none: 1, voucher: 1}, cost: {vouchr: 1, voucher: 1}": wrong(
        "'vouchr' is no arm of 'split'.", ".cost.vouchr", do="Did you mean 'voucher'?"
    ),
    ", split: {none: 1, voucher: 1, call: 1}, cost: {voucher: 1}": wrong(
        "'cost' says nothing of the arm 'call'.", ".cost", do="Add call: 0 if it costs nothing."
    ),
    ", max_loss: 0": wrong("'max_loss' cannot be the number 0.", ".max_loss", "a number, above 0"),
    ", confidence: 95": wrong(
        "'confidence' cannot be the number 95.",
        ".confidence",
        "a probability above 0.5 and below 1: 95 % is 0.95",
        "Write 0.95 for 95 %.",
    ),
    ", confidence: 0.5": wrong(
        "'confidence' cannot be the number 0.5.",
        ".confidence",
        "a probability above 0.5 and below 1: 95 % is 0.95",
    ),
    ", rollout_to: 0": wrong(
        "'rollout_to' cannot be the number 0.", ".rollout_to", "a whole number, at least 1"
    ),
    ", segments: tier": wrong("'segments' cannot be the text 'tier'.", ".segments", "a list"),
    ", segments: [tier, tier]": wrong("'tier' is given twice.", ".segments item 2", do="Keep one."),
    ", segments: [Tier]": wrong(
        "'Tier' is called 'tier' in customers.columns.", ".segments item 1", do="Write it alike."
    ),
    ", outcomes: visits.csv": wrong(
        "'outcomes' cannot be the text 'visits.csv'.",
        ".outcomes",
        "a block of keys and values",
        "Put it under the key source: 'visits.csv'.",
    ),
    f", metrics: {{spend: goal}}, {READY}, totals: {{source: t.csv}}": wrong(
        "'outcomes' and 'totals' are both given.", ".totals", do="Keep one of them."
    ),
    ", metrics: {spend: goal}, outcomes: {source: simulate, columns: {spend: s}}": wrong(
        "Outcomes are not simulated.",
        ".outcomes.source",
        "a source of your own",
        "Simulate the assignments instead.",
    ),
    f", {READY}": wrong(
        "'metrics' is missing.",
        ".metrics",
        METRICS,
        "Add the key metrics, and name what 'outcomes' holds.",
    ),
    ", totals: {source: t.csv}": wrong(
        "'metrics' is missing.", ".metrics", METRICS, "Add the key metrics, and name what 'totals' holds."
    ),
    f", metrics: {{spend: goal, retained: diagnostic}}, {READY}": wrong(
        "'outcomes' maps no column 'retained'.",
        ".metrics.retained",
        do="Add retained under outcomes.columns, or remove it.",
    ),
    f", metrics: {{spent: goal}}, {READY}": wrong(
        "'outcomes' maps no column 'spent'.", ".metrics.spent", do="Did you mean 'spend'?"
    ),
    f", metrics: {{spend: goal}}, segments: [rfm], {READY}": wrong(
        "'segments' needs customers, and 'outcomes' names none.", ".segments", do="Remove the key segments."
    ),
    ", metrics: {spend: goal}, totals: {source: t.csv, columns: {mean: m}}": wrong(
        "Unknown key 'mean'.",
        ".totals.columns.mean",
        do="Known: metric, n, sum, sum_squares, variant.",
    ),
}
NAMES = {
    "{control: a}": wrong("'name' is missing.", ".name", NAME, "Add the key name."),
    "{name: win back, control: a}": wrong("'name' cannot be the text 'win back'.", ".name", NAME),
    "{name: a}": wrong("'control' is missing.", ".control", "text", "Add the key control."),
    "{name: a, control: NO}": wrong(
        "'NO' stands without quotes, and YAML reads it as the truth value false.",
        ".control",
        do="Put it in quotes if it is text, write false if it is a truth value.",
    ),
    "{name: a, control: 1}": wrong(
        "'control' cannot be the number 1.", ".control", "text", "Put it in quotes: '1'."
    ),
    "winback": wrong(
        "Item 1 of 'experiments' cannot be the text 'winback'.", "", "a block of keys and values"
    ),
}


def changed(what: str, key: str, expected: str | None = None, do: str | None = None) -> str:
    return told(what, f", line 6, before_after item 1{key}", expected, do)


CHANGES = {  # behind name: shipping, date: 2024-04-01
    ", treated: {}": changed("'treated' cannot be an empty block.", ".treated", TREATED),
    ", treated: gold": changed("'treated' cannot be the text 'gold'.", ".treated", TREATED),
    ", treated: {tier: []}": changed(
        "'tier' cannot be an empty list.",
        ".treated.tier",
        "a value, a list of values, {from: …, to: …}, {like: 'C%'} or {not: …}",
    ),
    ", treated: {Tier: gold}": changed(
        "'Tier' is called 'tier' in customers.columns.", ".treated.Tier", do="Write it alike."
    ),
    ", comparison: {tier: gold}": changed(
        "'comparison' is given, but 'treated' is missing.",
        ".comparison",
        TREATED,
        "Add the key treated, or remove comparison.",
    ),
    ", treated: {tier: gold}, comparison: {tier: gold}": changed(
        "'comparison' and 'treated' are the same customers.", ".comparison", do="Correct one of them."
    ),
    ", treated: {tier: gold}, comparison: {tier: plus}, comparison_unit: deli": changed(
        "'comparison' and 'comparison_unit' are both given.", ".comparison_unit", do="Keep one of them."
    ),
    ", comparison_unit: demo": changed(
        "'comparison_unit' is this very unit.", ".comparison_unit", do="Name another unit, or remove it."
    ),
    ", comparison_unit: ../deli": changed(
        "'comparison_unit' cannot be the text '../deli'.", ".comparison_unit", NAME
    ),
    ", period: day": changed("'period' cannot be the text 'day'.", ".period", "'week' or 'month'"),
    ", before: 1": changed("'before' cannot be the number 1.", ".before", "a whole number, at least 2"),
    ", after: 0": changed("'after' cannot be the number 0.", ".after", "a whole number, at least 1"),
    ", metrics: []": changed(
        "'metrics' cannot be an empty list.", ".metrics", "a list of some of revenue, orders, retained"
    ),
    ", metrics: [orders, orders]": changed("'orders' is given twice.", ".metrics item 2", do="Keep one."),
    ", metrics: [order]": changed(
        "Item 1 of 'metrics' cannot be the text 'order'.",
        ".metrics item 1",
        "'revenue' or 'orders' or 'retained'",
        "Did you mean 'orders'?",
    ),
    ", cost: -1": changed("'cost' cannot be the number -1.", ".cost", "a number, at least 0"),
    ", when: 2024-01-01": changed(
        "Unknown key 'when'.",
        ".when",
        do="Known: after, before, cluster, comparison, comparison_unit, cost, date, metrics, name, period, "
        "question, title, treated.",
    ),
}
