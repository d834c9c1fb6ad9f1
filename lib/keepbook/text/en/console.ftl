### The pages of a terminal: what `keepbook check` and `keepbook init` show of a unit.

## check: the heading, and what became of the lines

simulated = (simulated data)
held = { $customers ->
    [one] { $customers } customer
   *[other] { $customers } customers
}, { $orders ->
    [one] { $orders } order
   *[other] { $orders } orders
} (one per customer and day), { $money }
covers = { $start } to { $end } ({ $in ->
    [months] { months }
   *[days] { days }
})
how-read = How it was read
ledger = Lines of the source
    .lines = lines
    .amount = amount
    .left-out = left out: { $rule }
    .kept = kept
    .all = all
to-look-at = To look at
nothing = Nothing stands out.
would-carry = What the data would carry
missing = Tables that are missing, and what each would add

## check: what to look at

unread = { $share } of the lines have a date or an amount that cannot be read: they are missing in all that follows. Look at the lines shown above, and say `date_format` or `decimal`, or export them again.
ahead = { $n ->
    [one] { $n } order is
   *[other] { $n } orders are
} dated after today. If deliveries are planned, set `as_of` to the last true day.
# Days that stand out.
those-days = { $days ->
    [1] { $first }
   *[other] { $first } to { $last }
}
usual = { $usual ->
    [0] less than 1
   *[other] { $usual }
}
default-day = { $default ->
    [yes] {" "}Programs write this day where they know none.
   *[no] {""}
}
# Far from all others; `mend` is a setting.
far = { $count ->
    [one] { $count } order lies
   *[other] { $count } orders lie
} on { those-days }, { $apart ->
    [one] { $apart } day
   *[other] { $apart } days
} { $later ->
    [yes] after
   *[no] before
} all others: the time between looks empty.{ default-day } If that is wrong, { $mend } leaves it out.
# Too few at the end.
end = { $count ->
    [0] No order
    [one] Only { $count } order
   *[other] Only { $count } orders
} after { $before }, though the data count up to { $last }; { usual } would be usual. If the export stopped there, or more is to come, set `as_of: { $as-of }`; else customers look lost.
# Many first purchases on one day.
new = { $count } customers ({ $share }) first appear on { those-days }; around it { usual } a day.{ default-day } { $at-start ->
    [yes] They may be older than the data: `warm_up_cohorts: exclude` keeps them out of the cohorts.
   *[no] If customers were moved into a new system then, they are older: add their earlier purchases.
}
orders = { $count } customers bought on { those-days } ({ $share } of all orders); around it { usual } a day.{ default-day } If it was no sale, the date may be wrong; { $exclude } leaves it out.
money = { $amount } ({ $share } of all money) came in on { those-days }; around it a day brings { $usual-amount }. Look for amounts that are mistyped or in another currency.
gap = No purchase from { those-days } ({ $days ->
    [one] { $days } day
   *[other] { $days } days
}), where { usual } orders would be usual. If the business was not closed, lines are missing and customers look lost: export them again.
more-like-it = And { $n } more like the last.
# `setting` is what to write there.
exclude = { $setting } under `transactions`
    .wrong-date = wrong date
    .no-person = no person
account = { $placeholder ->
    [yes] Customer '{ $customer }' looks like a placeholder, not a person: { $days ->
        [one] { $days } day
       *[other] { $days } days
    } with a purchase, { $money } of the money. { $exclude } leaves it out.
   *[no] Customer '{ $customer }' bought on { $days ->
        [one] { $days } day
       *[other] { $days } days
    } ({ $share } of all days) and holds { $money } of the money. If many people stand behind it, { $exclude } leaves it out.
}
negative = { customers } gave back more than they paid, together { $money }. If these are no returns of what was bought before the data begin, look at the signs of the amounts.
hardly-anybody-twice = Hardly anybody buys twice: is `customer_id` perhaps the number of the order?
no-currency = No currency is set. Add it to the unit file, e.g. `currency: EUR`.
no-timezone = Times carry a zone, and days are cut in UTC. Set `timezone` to the shop's own.
one-time = { $share } ({ $limits }) of the customers are one-time buyers: they bought on one day, be it the last.

## check: what the data would carry

yes = yes
care = with care
no = no
mend-dates = { $why } Mend the dates first.
retention = { $cohorts ->
    [0] No cohort has a complete { period } after its first.
    [one] { $cohorts } cohort with a complete next { period }; { customers } in a typical one: shares to ± { $error } points.
   *[other] { $cohorts } cohorts with a complete next { period }; { customers } in a typical one: shares to ± { $error } points.
}{ $enough ->
    [yes] {""}
   *[no] {" "}It takes { $least } cohorts of { $size }.
}{ $better ->
    [none] {""}
   *[other] {" "}`cohort_period: { $better }` gives { $better-cohorts } cohorts of about { $better-size }.
}
    .name = Cohort retention
value = { $again } of { $customers } customers bought again, typically { $interval } days apart; { $days } days of data.{ $needs ->
    [none] {""}
   *[other] {" "}It takes { $needs }.
}
    .name = Customer value
    .customers = { $n } customers
    .repeaters = { $n } who bought again
    .loyal = some who bought three times
    .history = { $n } days
    .recent = a purchase in the last { $n } days
scorecard = { $months ->
    [one] { $months } complete month
   *[other] { $months } complete months
}{ $enough ->
    [yes] .
   *[no] ; comparing one with the year before takes { $least }.
}
    .name = Scorecard
warning = Of { $all } customers active { $far } to { $near } days before the end, { $lost } did not come back.{ $enough ->
    [yes] {""}
   *[no] {" "}It takes { $least } who did, and { $least } who did not.
}
    .name = Churn warning
strategies = { $there ->
    [yes] {""}
   *[no] It takes `assignments`.{" "}
}Two halves of the { customers } of the last { $days } days would show a difference of { $effect } points.
    .name = Strategies
feedback = { $tables ->
    [none] It takes `surveys` or `interactions`.
   *[other] The unit file names { $tables }; this check does not look into them.
}
    .name = Feedback
add-customers = who they are: retention by segment, region or owner
add-costs = what was spent: the cost of a new customer and its return
add-surveys = what they said: satisfaction beside retention
add-interactions = when they called: response times beside retention
add-assignments = who was offered what: which strategy works

## check: experiments

experiments = Experiments
same-fault = The same is wrong with it.
# The columns of arms.
arm = arm
    .customers = customers
    .assigned = assigned
    .mature = followed { days }
    .clusters = clusters
    .share = share
    .expected_share = intended
split-unknown = Whether the split is sound cannot be told yet.
split-sound = The split is sound (p { $p }).
split-planned = As a whole the split is as planned (p { $p }).
split-broken = The split is broken: counts do not fit the planned split (p { $p }), so no effect will be stated.{ $given ->
    [yes] {""}
   *[no] {" "}`split` is not given, so arms of the same size are supposed.
}
split-drifted = The arms' shares changed while customers were assigned (p { $p }): a season or a trend may look like an effect, so none will be decided on.
lines-used = { $gone ->
    [none] All { $all } lines are used.
   *[other] { $used } of { $all } lines are used; left out: { $gone }.
}
assigned = { $days ->
    [1] Assigned on { $first };
   *[other] Assigned from { $first } to { $last };
} { $complete ->
    [yes] everybody has been followed up since { $on }.
   *[no] everybody so far will be followed up on { $on }.
}
overlap = { $n ->
    [one] { $n } customer is
   *[other] { $n } customers are
} also in '{ $other }'{ $arms ->
    [unknown] .
    [even] , whose arms are spread evenly over these (p { $p }).
   *[uneven] , whose arms are spread unevenly over these (p { $p }): its effect mixes into this one.
}
misspelt = The assignments table holds { lines } of '{ $other }', which is no experiment of the unit file: { $hint }
lines = { $n ->
    [one] { $n } line
   *[other] { $n } lines
}
unnamed = The assignments table holds experiments that the unit file does not name: { $others }.
    .one = '{ $other }' ({ lines })
    .more = and { $n } more

## check: before and after

before-after = Before and after
other-unit = { $title }: it is compared with the unit { $unit }, which is not read here.
alone = { $title }: { customers } count, with nobody to compare with; { lengths }.
compared = { $title }: { $treated ->
    [one] { $treated } customer
   *[other] { $treated } customers
} treated and { $comparison ->
    [one] { $comparison } customer
   *[other] { $comparison } customers
} to compare with{ $clusters ->
    [none] {""}
    [alike] {" "}(clusters: { $treated-clusters } and { $comparison-clusters })
   *[unlike] {" "}(clusters: { $treated-clusters } and { $comparison-clusters }, which count as { $treated-counting } and { $comparison-counting }, for they are of unlike sizes)
}; { lengths }.
# Periods before the change, and from its date on.
lengths = { $period ->
    [week] { $before ->
        [one] { $before } week
       *[other] { $before } weeks
    } before { $date }, { $after ->
        [one] { $after } week
       *[other] { $after } weeks
    } from it on
   *[month] { $before ->
        [one] { $before } month
       *[other] { $before } months
    } before { $date }, { $after ->
        [one] { $after } month
       *[other] { $after } months
    } from it on
}

## init

recognised = Recognised: { $about }
not-used = Not used: { $columns }
taken-for = taken for
    .column = column
    .examples = such as
    .why = and its values
no-column = No column was recognised for { $role }: name it in the file.
wrote = Wrote { $path }
next = { $complete ->
    [yes] Next: keepbook check { $unit }
   *[no] Decide what is marked there, then: keepbook check { $unit }
}
