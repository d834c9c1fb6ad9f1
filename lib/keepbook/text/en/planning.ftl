### The next test: how many customers, how long, how small an effect.

## Findings

# $more: customers a week. $past: of them, on the day $anchor. $lifts: the least lift found, metric by metric.
today = { $audience ->
    [active] Bought lately
    [silent] Silent
   *[all] All
}: { customers } today, { $more } more a week. Of the { $past } of { $anchor }, { $share } came back within { $days ->
    [one] { $days } day
   *[other] { $days } days
} and brought { $revenue } each.{ $lifts ->
    [none] {""}
   *[other] {" "}A test of all of today's finds lifts from: { $lifts }.
}
aim = To find a lift of { $lift } with a chance of { $power } takes, in either arm: { $parts }.
# $day: when the answer is there.
aim-part = { customers } for { $metric } ({ $day ->
    [none] more than come in a year: a bolder treatment is needed
   *[other] started today, the answer is there on { $day }
})
between-parts = { "; " }
planned-end = All this is of a test with a planned end (`ends`). One that may be decided at any look takes half as many customers again; and one that has to show a profit takes the more, the more of its gain the treatment costs: three to four times as many where it costs half.

## What limits a plan

short = { $metric }: a lift of { $lift } is found in { $power } of simulated tests with { $n } customers per arm, where the formula promises { $formula }: a few customers carry much of it. Plan for more.
inflated = { $metric }: with { $n } customers per arm { $rate } of tests find what is not there, over { $alpha }.
little-room = retained: { $share } of customers come back anyway, so no lift is above { $most }.
no-room = { $metric }: it is the same for all customers, or not above 0, so no lift can be planned.
nobody-before = Nobody had bought in the { $days } days before: only a pre-period of over { $most } days helps.
intake-unknown = The data are too short to say how many customers come each week.
no-intake = In the last { $weeks } weeks nobody became eligible: the test has only those who are there.

## Tiles

tile-available = Customers for a test: { $audience ->
    [active] active
   *[silent] silent
}
    .definition = Customers who could take part today, half of them treated.
tile-detectable = Lift it finds: { $audience ->
    [active] active
   *[silent] silent
}
    .definition = Smallest lift in the share who come back that all of them show with a chance of { $power }.

## Figures

# $lift and $metric: what a test of $n customers finds.
detectable = A test of today's { customers } finds a lift of { $lift } or more in: { $metric }
    .today = there today
    .customers-axis = customers in the test, half of them treated
    .lift-axis = smallest lift it finds
    .caption = Found with a chance of { $power }, at { $alpha } significance, { $days ->
        [one] { $days } day
       *[other] { $days } days
    } after the last one is assigned. Full lines: with what customers did before (CUPED), dashed: without. Right of today: those who come in 13 and 26 weeks.
# $short: metrics in which they find less.
simulated-power = { $short ->
    [none] Simulated tests find what the formula promises
   *[other] Simulated tests find less than the formula promises in: { $short }
}
    .simulated = simulated
    .formula = formula
    .lift-axis = lift; customers per arm
    .found-axis = found
    .rate = { $metric } { $rate } { $limits }
    .caption = Each dot: { $n } tests drawn from the customers of { $anchor } with a lift put in through additional purchases, analysed as this page does. Where nothing is put in, an effect is found in: { $rates }.

## Table

needed =
    .metric = metric
    .lift = lift
    .per-arm = per arm
    .plain = without the pre-period
    .weeks = weeks of enrolment
    .ready = answer on
    .caption = Customers in either arm that find the lift with a chance of { $power }. Weeks: until so many are there, with those of today and those who come. Answer: { $days ->
        [one] { $days } day
       *[other] { $days } days
    } later; – where enrolment takes over a year, or there is no room for such a lift.

## What adds up

identity-customers = active customers who came back = the same, from their purchases
identity-money = their money in the outcome days = the same, from their purchases

## Why something is not shown

no-past = No purchase lies before { $anchor }, { $days } days before { $as_of }: there is no past to plan on.
few-buyers = Of { $n } customers { $bought } bought in { $days } days from { $anchor } on; a plan takes { $fewest } or more.
few-customers = { $n } customers { $audience ->
    [active] bought in the { $days } days before { $day }
    [silent] were silent for over { $days } days on { $day }
   *[all] bought before { $day }
}; a plan takes { $fewest } or more.
nothing-detectable = Not shown: with the customers there are, no effect of any size would be found.
nothing-simulated = Not shown: simulated tests. No lift has room on top of what customers do anyway.
