### The next test: how many customers, how long, how small an effect.

## Findings

audience = { $audience ->
    [active] active customers
    [silent] silent customers
   *[all] customers
}
# $lift: the least lift that a test of all who are there today would show.
today = { $lift ->
    [none] A test of today's { $n } { audience } would show no lift of any size.
   *[other] { $bold ->
        [yes] Today's { $n } { audience } would show only a lift of { $lift } or more: test a bold offer.
       *[no] A test of today's { $n } { audience } would show a lift of { $lift } or more in who comes back.
    }
}
# $day: when the answer is there.
aim = { $day ->
    [none] To show a lift of { $lift }, a test takes { $n } { audience } per arm, more than come in a year.
   *[other] To show a lift of { $lift }, a test takes { $n } { audience } per arm. Begun today, it ends on { $day }.
}
between-parts = { "; " }
planned-end = This holds for a test with a planned end. Deciding at any look takes half as many customers again.

## What limits a plan

short = { $metric }: a lift of { $lift } is found in { $power } of simulated tests with { $n } customers per arm, where the formula promises { $formula }: a few customers carry much of it. Plan for more.
inflated = { $metric }: with { $n } customers per arm { $rate } of tests find what is not there, over { $alpha }.
little-room = { $share } of customers come back anyway, so no lift in who comes back is above { $most }.
no-room = { $metric }: it is the same for all customers, or not above 0, so no lift can be planned.
nobody-before = Nobody had bought in the { $days } days before: only a pre-period of over { $most } days helps.
intake-unknown = The data are too short to say how many customers come each week.
no-intake = In the last { $weeks } weeks nobody became eligible: the test has only those who are there.
no-notes = Nothing else limits these plans.
notes =
    .audience = test with
    .note = what limits it
    .caption = What is to be known before such a test is begun.

## Tiles

tile-available = { $audience ->
    [active] Active customers today
   *[silent] Silent customers today
}
    .definition = Customers who could take part in a test today, half of them treated.
    .basis = { $more } more a week
tile-detectable = { $audience ->
    [active] Smallest lift shown: active
   *[silent] Smallest lift shown: silent
}
    .definition = Smallest lift in the share who come back within { $days } days that a test of all of them finds with a chance of { $power }.
    .basis = of { $share } who come back

## Figures

# $lift and $metric: what a test of today's customers finds.
detectable = { $audience ->
    [active] Active
   *[silent] Silent
} customers today: a test finds a lift of { $lift } or more
    .measure = Smallest lift that a test finds, by customers in it, half of them treated
    .today = there today
    .customers-axis = customers in the test
    .caption = Found with a chance of { $power }, at { $alpha } significance, { outcome-days } after the last one is assigned.{ $sharpened ->
        [yes] {" "}Dashed: without what customers did before.
       *[no] {""}
    } Right of today: with those who come in 13 and 26 weeks.
    .reading = { $metric } | { customers } find a lift of { $lift }
# $short: metrics in which they find less.
simulated-power = { $short ->
    [none] Simulated tests find what the formula promises
   *[other] Simulated tests find less than the formula promises
}
    .measure = Tests with { audience }: share that find the lift, simulated (dots) and by the formula (dashes){ $short ->
        [none] {""}
       *[other] ; less in: { $short }
    }
    .lift-axis = lift
    .rate = { $metric } { $rate }
    .caption = Each dot: { $n } tests drawn from the customers of { $anchor }, with a lift put in and analysed as an experiment's page does. Without a lift an effect is found in: { $rates }.
    .reading = lift { $lift }, { $n } per arm | found in { $found } of simulated tests

## Table

outcome-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
needed =
    .lift = lift in who comes back
    .n_per_arm_cuped = customers per arm
    .weeks = weeks of enrolment
    .ready = answer on
    .caption = What it takes to show a lift with a chance of { $power }. The answer is there { outcome-days } after enrolment; – where that takes over a year, or so many cannot come back.
needed-all =
    .metric = metric
    .lift = lift
    .n_per_arm_cuped = per arm
    .n_per_arm = without the pre-period
    .weeks = weeks of enrolment
    .ready = answer on
    .caption = Customers in either arm that find the lift with a chance of { $power }. Weeks: until so many are there. Answer: { outcome-days } later; – where enrolment takes over a year, or there is no room for such a lift.

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
