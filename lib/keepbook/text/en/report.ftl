### What stands around the cells of a report, on the page over all units, and on the page of a failure.

## Every page

skip = Skip to the content
all-units = All units
# For a screen reader: what the links of the bar are.
pages = Pages
glossary = What the words mean
theme-auto = Theme: auto
theme-light = Theme: light
theme-dark = Theme: dark
# Below what is wider than the page; and what a screen reader calls it.
scroll = Scroll sideways for more
scrolls = Content that scrolls sideways

## A report

contents = Contents
show-code = Show code
code = Code
# Behind "Code", where the cell holds the parameters.
code-parameters = : parameters
code-of-this-run = : parameters of this run
# Warnings of a cell, folded away.
messages = Messages
traceback = Traceback

## The page of a failure

not-made = { $notebook } could not be made for { $unit }
label-where = Where
label-expected = What was expected
label-do = What to do
nothing-lost = Nothing was lost.
# A link; `.end` stands behind it.
last-report = Open the last good report
    .end = .
failed-step = The step that failed
traceback-page = Traceback, for whoever mends it

## The page over all units

index-title = Keepbook: all units
index-heading = Which unit needs attention?
lead = { $units ->
    [one] { $units } unit
   *[other] { $units } units
}{ $failed ->
    [0] {""}
   *[other] , { $failed } failed
}{ $stale ->
    [0] {""}
   *[other] , { $stale } out of date
}. Made { $when }.
find = Find a unit
# For a screen reader.
table-caption = One row per unit; the headings sort.
column-unit = Unit
column-trend = Newer cohorts
column-state = Data to
# Of the small line, read aloud: the first and the last value.
trend = from { $first } to { $last }
simulated = simulated
status-failed = Failed
status-stale = Out of date
to-decide = To decide
    .more = { $n } more
    .unpriced = Without a sum
why-failed = why it failed
last-good = last good report
legend = About the columns
no-unit = No unit has been run yet. Put a unit file into params/ and type: keepbook run
