### What is said of runs: what reports are called, and what goes wrong with notebooks and kernels.

## What a report is about: the file's name behind its number, else that name itself

subject-summary = Summary
subject-cohort_retention = Cohort retention
subject-clv = Customer value
subject-strategy_comparison = Strategy
subject-before_after = Before/after
subject-next_test = Next test
# What the language is called in itself.
language-name = English
of-entry = { $subject }: { $title }
with-verdict = { $subject } – { $verdict }
# What failed, where the page over all units could not be written.
all-units = all units
    .index = index

## What was asked for

no-notebook-named = There is no notebook '{ $name }'.
    .expected = { $hint }{ $broken ->
        [none] {""}
       *[other] ; broken, so that what is in it is not known: { $broken }
    }
    .do = Correct --only.
nothing-to-make = There is nothing to make of { $names }.
    .expected = what these notebooks are about, in the unit file
    .do = Add it there, or leave out --only.
no-unit-file = There is no unit file.
    .do = Start one: keepbook init NAME --from FILE.
no-unit = There is no business unit '{ $unit }'.
    .expected = { $hint }
    .do = Correct the name, or start the unit: keepbook init { $unit } --from FILE.
unit-in-the-way = The unit '{ $unit }' has its reports where those of all units in the language '{ $tag }' would be.
    .expected = a unit that is not called like a language
    .do = Rename the unit, or name '{ $tag }' first or alone behind --language.
no-notebooks = There is no notebook to run.
    .do = Start from the project folder, the one that holds params/ and notebooks/.
another-run = Another run, process { $process }, is making reports here.
    .unknown = unknown
    .expected = one run at a time for a folder of reports
    .do = Wait for it to end, or write elsewhere with --reports.

## What went wrong with a notebook

no-jupyter-notebook = This is no Jupyter notebook.
    .expected = a file as JupyterLab writes it; its reader says: { $reason }
    .do = Open and mend it in JupyterLab, or take it out of notebooks/.
no-parameter = The notebook does not take the parameter '{ $name }'.
    .expected = a cell tagged `parameters` that sets { $names }
    .do = Add it as in the other notebooks.
every-cell = every cell runs to its end
cell-failed = { $error }
    .expected = { every-cell }
    .do = The cell and the traceback below show where it stopped.
kernel-died = { $started ->
    [yes] The notebook's kernel died.
   *[no] The notebook's kernel did not start.
    }
    .where = { $file }, cell { $cell }
    .expected = a kernel that lives to the last cell; this one crashed, was killed, or ran out of memory
    .do = Run with fewer --jobs, or set the environment variable KEEPBOOK_MEMORY lower, e.g. 1GB.
ended-itself = The notebook ended itself before its last cell.
    .expected = { every-cell }
    .do = Take exit() or sys.exit() out of the cell; where data are missing, show a note instead.
no-record = The notebook ended without its record.
    .expected = a last cell that calls book.close(), and so writes { $file }
    .do = Add that cell, as in the other notebooks; below is the last one there is.
put-right = Put this right, then run again.
