### A drafted unit file: what a person should look at, and the reasons that stand beside its lines.

or = {" "}or{" "}

## What to look at

won = Only lines whose { $column } is { $values } count as sales.
# $rest: values of the same column that mean nothing known, or none.
cancelled = Lines whose { $column } is { $values } count as cancelled{ $rest ->
    [none] .
   *[other] ; { $rest } do not.
}
unpaid = Lines whose { $column } is { $values } are left out.
no-sale = { $column } holds { $values }: if such lines are no sales, leave them out with exclude: {"{"}no sale: {"{"}{ $column }: [{ $first }]{"}"}{"}"}.
repeated-totals = { $column } is the same on all lines of an order ({ $n } orders with several lines): if it is the order's total, keep one line of each: query: SELECT DISTINCT ON ("{ $order }") * FROM source
units = { $column } is perhaps in units of { $unit }: bring it into the currency's own, e.g. query: SELECT * REPLACE (CAST("{ $quoted }" AS DOUBLE) / 100 AS "{ $quoted }") FROM source
currencies = There are several currencies ({ $shares }): this unit takes { $currency }; make one unit for each other.
    .share = { $n } lines in { $currency }
zone-guessed = Days are cut in the zone { $zone }: is it the shop's own?
zone-unknown = Moments in { $column } carry a zone{ $offsets ->
    [none] {""}
   *[other] {" "}({ $offsets })
}, and days are cut in UTC: set timezone to the shop's own.
guess = { $role }: { $column }{ $instead ->
    [none] {" "}is a guess.
   *[other] , or rather { $instead }?
}

## Why a line stands there

given = as given
from-column = from the column { $column }
from-preset = preset { $name }
from-offset = from the moments' offset
from-language = from the language
few-values = few different values
are-days = { $share } are days
are-numbers = { $share } are numbers
different = { $distinct } different in { $n } lines
such-as = such as { $examples }
currency = three letters; reports name it behind every amount
as-of = last day of observation; left out, the last day in the data
date-format = decide: { $forms }
decimal = decide: the sign before the decimals, '.' or ','
missing = name its column, one of: { $columns }
