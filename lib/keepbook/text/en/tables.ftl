### Tables: how they show themselves, how sources were read, and the rules that lines are left out under.

rows = { $n ->
    [one] 1 row
   *[other] { $n } rows
}{ $cut ->
    [yes] {""}, the first { $shown } shown
   *[no] {""}
}

## How sources were read

# A sentence about another table than the transactions.
of-table = { $table }: { $sentence }
# $how: one of the messages that follow.
files = { $n ->
    [one] 1 file
   *[other] { $n } files
}: { $how }.
parquet = Parquet
json = JSON
csv = { $encoding }, fields separated by { $sign ->
    [tab] 'a tab'
    [blank] 'a blank'
   *[other] { $sign }
}{ $header ->
    [none] {""}
   *[other] , column names in line { $header }
}
white-space = { $encoding }, columns separated by white space
# $aside: sheets that are not read, each as sheet-aside.
sheet = sheet { $title }{ $header ->
    [none] {""}
   *[other] , column names in line { $header }
}{ $left ->
    [no] {""}
   *[other] {" "}(not the sheets { $aside })
}
sheet-aside = { $title }{ $hidden ->
    [yes] , which is hidden
   *[no] {""}
}
columns-aside = Columns that only some files have are left aside: { $columns }.
day-form = { $column }: { $form ->
    [dmy] day before month
    [mdy] month before day
    [named] month by name
    [epoch] seconds since 1970
    [epoch_ms] milliseconds since 1970
    [excel] day numbers of a spreadsheet
   *[ymd] year first
}, such as { $example }.
decimals = { $column }: decimals behind { $sign }{ $example ->
    [none] {""}
   *[other] , such as { $example }
}.
zone = { $column }: moments carry a zone; days are cut in { $zone }.
others = { $others } of { $n } lines do not meet `where` and belong to no count below.
missing-buyers = { $known } of { $n } buyers are in the customers table; { $first } is not.
periods = { $n } { $kind ->
    [day] { $n ->
        [one] day
       *[other] days
    }
    [week] { $n ->
        [one] week
       *[other] weeks
    }
    [quarter] { $n ->
        [one] quarter
       *[other] quarters
    }
   *[month] { $n ->
        [one] month
       *[other] months
    }
}, { $first } to { $last }.
arms = { $n } customers in { $arms } arms.
assigned = { $n ->
    [one] 1 line
   *[other] { $n } lines
} of { $experiments ->
    [one] 1 experiment
   *[other] { $experiments } experiments
}; { $bought } of { $customers } customers have bought at some time.
# $why: what the lines lack, or why they are left out.
left-out = { $n } of { $all } lines left out, { $why }: { $lines }.
    .without = without { $what ->
        [experiment] an experiment
        [customer] a customer
        [metric] a metric
        [day] a readable day
       *[arm] an arm
    }
    .rule = as { $rule }
    .unlike = with a customer number unlike those of transactions
example = row { $row } { $value ->
    [none] blank
   *[other] { $value }
}

## Rules that lines of the transactions are left out under

rule-in-several-files = in several files
rule-exact-duplicate = exact duplicate
rule-no-customer = no customer
rule-no-readable-date = no readable date
rule-no-readable-amount = no readable amount
rule-cancelled-order = cancelled order
rule-after-as-of = after as_of
rule-zero-amount = zero amount
rule-return = return
rule-order-fully-returned = order fully returned
