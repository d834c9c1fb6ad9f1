### What the command line itself says; what its commands show of a unit is in console.ftl.

## Help

# Names of arguments stand behind them in the help, in capitals.
about = Retention reports of business units from one YAML file each.
usage = usage:
    .arguments = positional arguments
    .options = options
    .help = show this help message and exit
    .version = show program's version number and exit
command =
    .name = COMMAND
debug = show tracebacks
language = of what is shown, and of the unit that init writes: en or zh (default: KEEPBOOK_LANGUAGE, else en)
    .name = LANGUAGE
    .wrong = '{ $text }' is not one language
languages = pages are in this language whatever the unit files say, or in several: en,zh
    .name = LANGUAGES
units = business units (default: all in params/)
    .name = UNIT
run = make the reports that are out of date
only = by number or name, or one experiment or change by its name; may be repeated
    .name = NOTEBOOK
jobs = notebooks at the same time (default: one per processor)
    .name = N
    .wrong = '{ $text }' is not a whole number from 1
force = make even what is up to date
reports = where to (default: reports/)
    .name = FOLDER
check = validate units and their data; show what they will carry
list = list units, notebooks and the state of their reports
schema = write params/unit.schema.json for editors
init = write a new unit's file from its export
unit = name of the new business unit
    .name = UNIT
from = file, folder, 'pattern', or database URL
    .name = SOURCE
customers-from = an export of the customers, too
    .name = SOURCE
preset = what the export is, where that is not recognised
    .name = NAME
timezone = the shop's own, such as Asia/Shanghai
    .name = ZONE
currency = such as EUR
    .name = CODE
set = key of the source: encoding=cp1250, sheet=Orders, table=sales.orders, customers.table=people
    .name = KEY=VALUE
export = make a workbook (XLSX) and a document (PDF) of a unit's reports
    .units = business units whose reports have been made
    .reports = where they are (default: reports/)
as = what to make (default: both)
to = where to put the files (default: beside the unit's reports)
    .name = FOLDER
overwrite = write over a file that is there; it is kept as .bak

## While reports are made

progress = Reports
made = made
current = up to date
failed = failed
seconds = { $status }, { $seconds } s{ $what ->
    [none] {""}
   *[other] : { $what }
}

## When a command ends

interrupted = Interrupted. Finished reports stand; run again to make the rest.
run-ended = { $made } made, { $current } up to date, { $failed } failed. Open { $place }
# Below an error of a report, in the column of its other lines (see errors.ftl).
page = {"  "}page:     { $path }
failed-last-time = failed last time
up-to-date = up to date
to-be-made = to be made
wrote = Wrote { $path }
