### What all pages say.

range-and-basis = { $range }; { $basis }
identity = { $claim }: { $left } = { $right }
no-clear-change = no clear change
definition-of = What is “{ $label }”?
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
