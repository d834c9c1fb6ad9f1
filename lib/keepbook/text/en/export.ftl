### What a unit's workbook and document say around what its reports found, and what `keepbook export` says.

## Names of the first and the last sheet

contents = Contents
columns = Columns
    .about = every column of every sheet: its heading, its name in files, its meaning

## The first sheet

unit = Unit
span = Period
    .days = { $start } to { $end }
as-of = Data as of
data = Data
    .kind = { $simulated ->
        [yes] simulated: made up, with a known truth; no statement about a real business
       *[no] real
    }
currency = Currency
    .none = not stated
lines = Lines used
    .used = { $kept } of { $rows }
made = Reports made
    .when = { $when } UTC, by Keepbook { $version }
made-by = Made from reports of Keepbook { $version }
to-sheets = To the list of sheets ↓
sheets = Sheets
sheet = Sheet
report = Report
rows = Rows
about = What it shows
figure = Key figure
value = Value
lower = From
upper = To
change = Change
definition = Meaning
compared = Change: { $against }.
basis = ({ $basis })
verdict = { $label }: { $reason }
failed-since = The last run could not make this report anew: what follows is the last good one.

## A sheet of a table, and that of all columns

back = ← { $contents }
source = { $report } · data as of { $as_of } · { $source }
cut = These are the first { $shown } of { $rows } rows, as many as a sheet holds. All are in { $source }.
note = { $name }: { $definition }
heading = Heading
name = Name in files

## The document

cover = { $title } · { $start } to { $end } · from the reports made { $when } UTC by Keepbook { $version }
simulated = simulated data

## What the command says

making-xlsx = { $unit }: workbook, sheet { $what }
making-pdf = { $unit }: document, printed by { $what }
wrote-xlsx = Wrote { $path } ({ $size }, { $n ->
    [one] { $n } sheet
   *[other] { $n } sheets
})
wrote-pdf = Wrote { $path } ({ $size }, { $n ->
    [one] { $n } page
   *[other] { $n } pages
})
left-out = Not in it, as they have not been made: { $names }. To make them: keepbook run { $unit }
size-kb = { $number } kB
size-mb = { $number } MB

## Errors

no-reports = There are no reports of '{ $unit }' to export.
    .expected = at least one report, made by a run that came to its end
    .do = Make them first: keepbook run { $unit }
no-reports-in = There are no reports of '{ $unit }' in the language '{ $language }' to export.
    .expected = at least one of them; there are reports in: { $known }
    .do = Make them first: keepbook run { $unit } --language { $language }; or leave out --language.
made-meanwhile = A report was made anew while it was read: { $report }.
    .expected = reports that stay as they are meanwhile
    .do = Wait for the run to end, then export again.
damaged-table = A saved table cannot be read.
    .expected = a Parquet file, as a run leaves it
    .do = Make the report anew: keepbook run { $unit } --force
no-chromium = There is no PDF, for there is no browser to print it with.
    .expected = Chromium, Chrome or Edge
    .do = Install Chromium (apt install chromium), or name one in the environment variable KEEPBOOK_CHROMIUM; or open { $page } and print it.
no-such-chromium = There is no program of the name that KEEPBOOK_CHROMIUM has.
    .expected = the path of Chromium, Chrome or Edge
    .do = Correct it, or remove the variable.
chromium-hung = There is no PDF: the browser was stopped after { $seconds } s.
    .expected = a document printed in that time
    .do = Try again when the machine is less busy; or open { $page } and print it.
chromium-failed = There is no PDF: the browser ended without one.
    .expected = a document with every page in it; the browser says: { $reason }
    .do = Name another one in the environment variable KEEPBOOK_CHROMIUM; or open { $page } and print it.
