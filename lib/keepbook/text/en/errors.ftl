### How an error is told, and what the machine makes go wrong.

## The lines below what is wrong; their spaces put all texts into one column

where = {"  "}where:    { $text }
expected = {"  "}expected: { $text }
do = {"  "}do:       { $text }

# Of a name that is unknown.
hint = { $near ->
    [yes] did you mean '{ $name }'?
   *[no] known: { $known }
}

no-language = There is no language '{ $tag }'.
    .expected = one of { $known }
    .do = Correct it; { $hint }

## Faults of the machine, and of Keepbook

disk-full = The disk is full.
    .expected = room for the report; what was there before still stands
    .do = Make room, then run again.
unreadable = A file cannot be read or written: { $reason }.
    .do = Check that it is there and may be read and written, then run again.
# What went wrong stands before it, in the words of the program it went wrong in.
unforeseen =
    .do = This is a fault of Keepbook: please report it, with what the same command says with --debug.
