### What all pages say.

range-and-basis = { $range }; { $basis }
identity = { $claim }: { $left } = { $right }
# $against: what it is compared with.
no-clear-change = { $against ->
    [none] no clear change
   *[other] { $against }: no clear change
}
definition-of = What is “{ $label }”?
# Below the first sentence of a reason; below the most urgent decisions.
cards-more = more
cards-others = { $n ->
    [one] { $n } more decision
   *[other] { $n } more decisions
}
data-csv = File (CSV)
data-parquet = File (Parquet)
foot-table = Table
foot-copy = Copy
foot-copied = Copied
foot-source = { $unit }, data to { $day }
# Of a drawing, read aloud.
alt-points = { $n ->
    [one] One point: { $first }.
   *[other] { $n } points, from { $first } to { $last }.
}
not-saved = { $caption } Nothing is saved: `save_to` says where.
said-above = Not shown, as said above.
too-few-periods = Not shown: the data cover too few periods for it.
no-entry = Not shown: { $list ->
    [experiments] what a strategy brought
   *[before_after] what a change brought
}. It needs `{ $list }` in the unit file.

## How a page was made

made = How this page was made
    .unit-file = unit file
    .data = data
    .database = database
    .sister = beside it: { $unit }
    .seed = seed
    .took = took
    .written = written
done = done

## What a page is about

simulated = simulated data
opening = { $start } to { $end }
    .period = Period
    .as-of = Data as of
    .unit = Unit
data-end = The data end on { $last }, { $days } days before `as_of`: if they are not complete, all that follows counts missing days as days without purchases.
lines-used = Lines used: { $kept } of { $all } ({ $share }){ $returns ->
    [0] {""}
   *[other] {","} { $returns } of them returns, { $returned }, which lower revenue and are no purchase
}
    .rule = rule
    .lines = lines
    .amount = amount
    .matched = lines that break it
    .kept = kept
    .all = all lines
unread = { $share } of the lines have a date or an amount that cannot be read; their money is missing here.
how-read = How it was read

## Curves and tables by age

curve-average = average
curve-each = each cohort
# $who: whose curve it is; none: the average cohort's.
curve-reading = { $who ->
    [none] { $age }|{ $share } came back; { $active } of { $size } customers
   *[other] { $who }, { $age }|{ $share } came back; { $active } of { $size } customers
}
heat-cohort = cohort
heat-size = customers
heat-average = average
heat-switch = What the table counts
    .customers = Customers
    .revenue = Revenue
heat-measure =
    .customers = Of each cohort, % who bought in { $rule ->
        [on] that { period }
        [on_or_after] that { period } or later
       *[bracket] that range of { period }s
    }, by { age-axis }
    .revenue = Revenue in % of the cohort’s first { period }, by { age-axis }; not marked, for few customers carry it
heat-legend =
    .marks = ▴ ▾ above or below the other cohorts beyond chance, all cells considered
    .open = dashed: not over yet, in no average
    .warm-up = * data begin here: these customers may be older than they look
heat-cell = { $who }, { $age }
    .customers = { $share } came back{ $rule ->
        [on_or_after] {" "}then or later
       *[other] {""}
    }
    .counted = { $active } of { $size } customers{ $mean ->
        [none] {""}
       *[other] ; average { $mean }
    }
    .revenue = Revenue { $share }{ $mean ->
        [none] {""}
       *[other] ; average { $mean }
    }
    .cohorts = { $size } customers, { $cohorts } cohorts
    .open = { $active } of { $size } customers so far: not over yet
    .above = above the other cohorts beyond chance
    .below = below the other cohorts beyond chance
