"""Settings of a unit file that are wrong, line by line, and the exact message for each."""

from __future__ import annotations

from unit_files import told

RATE = "a yearly share, at least 0 and below 1: 10 % is 0.10"
MARGIN = "a share of revenue, above 0 and at most 1: 30 % is 0.30"
PRIOR = "lines such as r: {median: 0.5, log_sd: 1}"
PARAMETER = "{median: …, log_sd: …}: about two thirds lie within a factor e^log_sd of the median"
SETTINGS = {
    "alpha: 5": told(
        "'alpha' cannot be the number 5.",
        ", line 4, alpha",
        "a number, above 0 and below 0.5",
        "Write 0.05 for 5 %.",
    ),
    "alpha: 1e-2": told(
        "'alpha' cannot be the text '1e-2'.",
        ", line 4, alpha",
        "a number, above 0 and below 0.5",
        "Write 0.01, without quotes.",
    ),
    "warm_up: -1": told(
        "'warm_up' cannot be the number -1.", ", line 4, warm_up", "a whole number, at least 0"
    ),
    "warm_up: true": told(
        "'warm_up' cannot be the truth value true.", ", line 4, warm_up", "a whole number, at least 0"
    ),
    "warm_up: 010": told(
        "'010' stands without quotes, and YAML reads it as the number 8.",
        ", line 4, warm_up",
        do="Put it in quotes if it is text, write plain digits if it is a number.",
    ),
    "warm_up: 08": told(
        "'warm_up' cannot be the text '08'.",
        ", line 4, warm_up",
        "a whole number, at least 0",
        "Write 8, without quotes.",
    ),
    "churn_after: 1:30": told(
        "'1:30' stands without quotes, and YAML reads it as the number 90.",
        ", line 4, churn_after",
        do="Put it in quotes if it is text, write plain digits if it is a number.",
    ),
    "alpha: 1.0e+999": told(
        "'1.0e+999' stands without quotes, and YAML reads it as a number.",
        ", line 4, alpha",
        do="Put it in quotes if it is text, write plain digits if it is a number.",
    ),
    "alpha: .inf": told(
        "'.inf' stands without quotes, and YAML reads it as a number.",
        ", line 4, alpha",
        do="Put it in quotes if it is text, write plain digits if it is a number.",
    ),
    "horizon: 61": told(
        "'horizon' cannot be the number 61.", ", line 4, horizon", "a whole number, at least 0 and at most 60"
    ),
    "seed: 1.0": told(
        "'seed' cannot be the number 1.0.",
        ", line 4, seed",
        "a whole number, at least 0",
        "Write 1, without decimals.",
    ),
    "seed: 999999999999999999999999": told(
        "The number is too large.",
        ", line 4, seed",
        "at most 18 digits",
    ),
    "seed: " + "9" * 5000 + "": told(
        f"'{'9' * 60}…' stands without quotes, and YAML reads it as a number.",
        ", line 4, seed",
        do="Put it in quotes if it is text, write plain digits if it is a number.",
    ),
    "clock: roling": told(
        "'clock' cannot be the text 'roling'.",
        ", line 4, clock",
        "'calendar' or 'rolling'",
        "Did you mean 'rolling'?",
    ),
    "return_rule: on": told(
        "'on' stands without quotes, and YAML reads it as the truth value true.",
        ", line 4, return_rule",
        do="Put it in quotes if it is text, write true if it is a truth value.",
    ),
    "return_rule: bracket": told(
        "'return_rule' is 'bracket', but 'brackets' is missing.",
        ", brackets",
        "two or more ascending whole numbers from 1: [1, 2, 4, 8] means the periods 1, 2–3 and 4–7",
        "Add the key brackets, or choose the return_rule 'on' or 'on_or_after'.",
    ),
    "brackets: [1, 2]": told(
        "'brackets' is given, but 'return_rule' is 'on'.",
        ", line 4, brackets",
        do="Remove brackets, or write return_rule: bracket.",
    ),
    "{return_rule: bracket}": told("A key has no ':' behind it.", ", line 4", do="Write key: value."),
    "title: 2017": told(
        "'title' cannot be the number 2017.", ", line 4, title", "text", "Put it in quotes: '2017'."
    ),
    "currency: usd": told(
        "'currency' cannot be the text 'usd'.", ", line 4, currency", "three capital letters such as USD"
    ),
    "timezone: Europe/Berlinn": told(
        "'timezone' cannot be the text 'Europe/Berlinn'.",
        ", line 4, timezone",
        "an IANA time zone such as UTC, Europe/Berlin or Asia/Shanghai",
        "Did you mean 'Europe/Berlin'?",
    ),
    "timezone: ../../etc/passwd": told(
        "'timezone' cannot be the text '../../etc/passwd'.",
        ", line 4, timezone",
        "an IANA time zone such as UTC, Europe/Berlin or Asia/Shanghai",
    ),
    "as_of: 2017-02-30": told(
        "'as_of' cannot be the text '2017-02-30'.", ", line 4, as_of", "a day such as 2017-12-31"
    ),
    "as_of: 31.12.2017": told(
        "'as_of' cannot be the text '31.12.2017'.", ", line 4, as_of", "a day such as 2017-12-31"
    ),
    "as_of: 2017-12-31 10:00:00": told(
        "'as_of' cannot be the text '2017-12-31 10:00:00'.", ", line 4, as_of", "a day such as 2017-12-31"
    ),
    "as_of: 20171231": told(
        "'as_of' cannot be the number 20171231.", ", line 4, as_of", "a day such as 2017-12-31"
    ),
    "alpha:": told("'alpha' cannot be empty.", ", line 4, alpha", "a number, above 0 and below 0.5"),
    "alpha: [0.05]": told("'alpha' cannot be a list.", ", line 4, alpha", "a number, above 0 and below 0.5"),
    "horison: 3": told("Unknown key 'horison'.", ", line 4, horison", do="Did you mean 'horizon'?"),
    "retention_by: tier": told(
        "'retention_by' is 'tier', but there is no customers table.",
        ", customers",
        do="Add the key customers, or remove retention_by.",
    ),
    "about: x\nabout: y": told(
        "'about' is given twice, first in line 4.", ", line 5, about", do="Keep one of them."
    ),
    "2017: x": told("'2017' cannot be a key.", ", line 4", "text", "Put it in quotes."),
    "? [a]\n: b": told("A list cannot be a key.", ", line 4", "text", "Put it in quotes."),
    'about: "a\\0b"': told(
        "'a\\x00b' holds the control character U+0000.", ", line 4, about", "text", "Delete it."
    ),
    "cohort_period: '" + "x" * 61 + "'": told(
        f"'cohort_period' cannot be the text '{'x' * 60}…'.",
        ", line 4, cohort_period",
        "'week' or 'month' or 'quarter'",
    ),
    'clock: "a\\n<script>\'\\u202e"': told(
        "'clock' cannot be the text \"a\\n<script>'\\u202e\".",
        ", line 4, clock",
        "'calendar' or 'rolling'",
    ),
    "discount_rate: 10": told(
        "'discount_rate' cannot be the number 10.", ", line 4, discount_rate", RATE, "Write 0.1 for 10 %."
    ),
    "discount_rate: 1": told(
        "'discount_rate' cannot be the number 1.", ", line 4, discount_rate", RATE, "Write 0.01 for 1 %."
    ),
    "discount_rate: 8.5": told(
        "'discount_rate' cannot be the number 8.5.", ", line 4, discount_rate", RATE, "Write 0.085 for 8.5 %."
    ),
    "discount_rate: 10 %": told(
        "'discount_rate' cannot be the text '10 %'.", ", line 4, discount_rate", RATE, "Write 0.1 for 10 %."
    ),
    "discount_rate: ten %": told(
        "'discount_rate' cannot be the text 'ten %'.", ", line 4, discount_rate", RATE
    ),
    "discount_rate: 0,10": told(
        "'discount_rate' cannot be the text '0,10'.",
        ", line 4, discount_rate",
        RATE,
        "Write 0.10, with a point.",
    ),
    "discount_rate: -0.1": told(
        "'discount_rate' cannot be the number -0.1.", ", line 4, discount_rate", RATE
    ),
    "discount_rate: .nan": told(
        "'.nan' stands without quotes, and YAML reads it as a number.",
        ", line 4, discount_rate",
        do="Put it in quotes if it is text, write plain digits if it is a number.",
    ),
    "discount_rate: 1e-1": told(
        "'discount_rate' cannot be the text '1e-1'.",
        ", line 4, discount_rate",
        RATE,
        "Write 0.1, without quotes.",
    ),
    "discount_rate:": told("'discount_rate' cannot be empty.", ", line 4, discount_rate", RATE),
    "discount_rate: no": told(
        "'no' stands without quotes, and YAML reads it as the truth value false.",
        ", line 4, discount_rate",
        do="Put it in quotes if it is text, write false if it is a truth value.",
    ),
    "margin: 30": told(
        "'margin' cannot be the number 30.", ", line 4, margin", MARGIN, "Write 0.3 for 30 %."
    ),
    "margin: 30%": told(
        "'margin' cannot be the text '30%'.", ", line 4, margin", MARGIN, "Write 0.3 for 30 %."
    ),
    "margin: 0": told("'margin' cannot be the number 0.", ", line 4, margin", MARGIN),
    "margin: -0.3": told("'margin' cannot be the number -0.3.", ", line 4, margin", MARGIN),
    "margin: 150": told("'margin' cannot be the number 150.", ", line 4, margin", MARGIN),
    "value_months: 0": told(
        "'value_months' cannot be the number 0.",
        ", line 4, value_months",
        "a whole number, at least 1 and at most 60",
    ),
    "value_months: 61": told(
        "'value_months' cannot be the number 61.",
        ", line 4, value_months",
        "a whole number, at least 1 and at most 60",
    ),
    "value_months: 1.5": told(
        "'value_months' cannot be the number 1.5.",
        ", line 4, value_months",
        "a whole number, at least 1 and at most 60",
    ),
    "value_months: 012": told(
        "'012' stands without quotes, and YAML reads it as the number 10.",
        ", line 4, value_months",
        do="Put it in quotes if it is text, write plain digits if it is a number.",
    ),
    "time_unit: month": told(
        "'time_unit' cannot be the text 'month'.", ", line 4, time_unit", "'day' or 'week'"
    ),
    "time_unit: Weeks": told(
        "'time_unit' cannot be the text 'Weeks'.",
        ", line 4, time_unit",
        "'day' or 'week'",
        "Did you mean 'week'?",
    ),
    "model: BG/NBD": told(
        "'model' cannot be the text 'BG/NBD'.",
        ", line 4, model",
        "'auto' or 'bg_nbd' or 'mbg_nbd' or 'pareto_nbd'",
        "Did you mean 'bg_nbd'?",
    ),
    "prior: [r]": told("'prior' cannot be a list.", ", line 4, prior", PRIOR),
    "prior: 3": told("'prior' cannot be the number 3.", ", line 4, prior", PRIOR),
    "prior: {r: 0.5}": told("'r' cannot be the number 0.5.", ", line 4, prior.r", PARAMETER),
    "prior: {r: }": told("'r' cannot be empty.", ", line 4, prior.r", PARAMETER),
    "prior: {r: {median: 0, log_sd: 1}}": told(
        "'median' cannot be the number 0.", ", line 4, prior.r.median", "a number, above 0"
    ),
    "prior: {r: {median: 1, log_sd: -1}}": told(
        "'log_sd' cannot be the number -1.", ", line 4, prior.r.log_sd", "a number, above 0"
    ),
    "prior: {r: {median: 1}}": told(
        "'log_sd' is missing.", ", line 4, prior.r.log_sd", "a number, above 0", "Add the key log_sd."
    ),
    "prior: {r: {median: 1, log_sd: 1, sd: 1}}": told(
        "Unknown key 'sd'.", ", line 4, prior.r.sd", do="Known: log_sd, median."
    ),
    "prior: {r: {median: 1, log_sd: .nan}}": told(
        "'.nan' stands without quotes, and YAML reads it as a number.",
        ", line 4, prior.r.log_sd",
        do="Put it in quotes if it is text, write plain digits if it is a number.",
    ),
    "prior: {alhpa: {median: 1, log_sd: 1}}": told(
        "Unknown key 'alhpa'.", ", line 4, prior.alhpa", do="Did you mean 'alpha'?"
    ),
    "prior: {alhpa: {unit: x}}": told(
        "Unknown key 'alhpa'.", ", line 4, prior.alhpa", do="Did you mean 'alpha'?"
    ),
    "prior: {lambda: {median: 1, log_sd: 1}}": told(
        "Unknown key 'lambda'.", ", line 4, prior.lambda", do="Known: a, alpha, b, beta, gamma, p, q, r, s."
    ),
    "model: bg_nbd\nprior: {s: {median: 1, log_sd: 1}}": told(
        "'model' is 'bg_nbd', which has no parameter 's'.",
        ", line 5, prior.s",
        "r, alpha, a, b; of spend p, q, gamma",
        "Remove it, or write model: pareto_nbd.",
    ),
    "model: pareto_nbd\nprior: {b: {median: 1, log_sd: 1}, q: {median: 4, log_sd: 1}}": told(
        "'model' is 'pareto_nbd', which has no parameter 'b'.",
        ", line 5, prior.b",
        "r, alpha, s, beta; of spend p, q, gamma",
        "Remove it, or write model: bg_nbd or mbg_nbd.",
    ),
    "model: mbg_nbd\nprior: {bta: {median: 1, log_sd: 1}}": told(
        "Unknown key 'bta'.", ", line 5, prior.bta", do="Known: a, alpha, b, gamma, p, q, r."
    ),
}
