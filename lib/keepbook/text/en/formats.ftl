### How numbers, money, days and lists are written. `names` stay as they are in every language.

percent = { $number } %
points = { $number } pp
money = { $amount } { $currency }
interval = { $signed ->
    [yes] { $lower } to { $upper }
   *[no] { $lower }–{ $upper }
}
# Signs behind a number that both ends of an interval keep; any other unit is written once.
both-ends-keep = { "" }
at-least = ≥ { $value }
at-most = ≤ { $value }
# An estimate before its interval.
estimate = <b>{ $value }</b> ({ $limits })
above = > { $value }
below = < { $value }
equal = = { $value }
# CLDR pattern of a day, a month and a quarter.
day = { "yyyy-MM-dd" }
month = { "yyyy-MM" }
quarter = { "yyyy-'Q'Q" }
# Between the parts of a list: the last two, and all others.
list-comma = { ", " }
list-and = { " " }and{ " " }
