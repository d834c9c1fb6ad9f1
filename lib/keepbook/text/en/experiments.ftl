### Which strategy works: experiments.

-chance-unknown = All values are alike, so chance cannot be told.
# Between effects, guardrails and true effects of a sentence.
list-semicolon = { "; " }
earned = { $revenue ->
    [yes] revenue
   *[no] margin
}
next-to-nothing = next to nothing
outcome-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}

## Findings

arm-count = { $variant } { $n }
design-ready = { $n } customers in a ready table: { $arms }.
# $one_day: all were assigned on one day. $left: customers who are left out.
design = { $n } customers were assigned { $one_day ->
    [yes] on { $first }
   *[no] from { $first } to { $last }
} ({ $clustered ->
    [yes] clusters
   *[no] customers
} drawn by lot: { $arms }); { $mature } have been followed for all of { outcome-days } and count.{ $left ->
    [0] {""}
    [one] {" "}Left out: { $left } customer, see below.
   *[other] {" "}Left out: { $left } customers, see below.
}
split = { $failed ->
    [yes] No effect is stated, for the split is not sound; the sections below show it nevertheless.
   *[no] The split is as intended (sample-ratio check, p { $p }).
}
# $effects: one or more of `goal`. $adjusted: by the time before. $counting: once, corrected or early.
goals = { $effects }{ $counting ->
    [early] { $adjusted ->
        [yes] {" "}(effects adjusted by what customers did before, intervals that hold however often one looks)
       *[no] {" "}(intervals that hold however often one looks)
    }
    [corrected] { $adjusted ->
        [yes] {" "}(effects adjusted by what customers did before, p corrected for { $n } comparisons)
       *[no] {" "}(p corrected for { $n } comparisons)
    }
   *[once] { $adjusted ->
        [yes] {" "}(effects adjusted by what customers did before)
       *[no] {""}
    }
}.
metric-of-variant = { $metric }{ $several ->
    [yes] {" "}({ $variant })
   *[no] {""}
}
# $state: unknown, alike, early or once.
goal = { $state ->
    [unknown] { metric-of-variant }: not compared, for an arm has too few values of it
    [alike] { metric-of-variant }: { $treatment } against { $control }; all values are alike, so chance cannot be told
    [early] { metric-of-variant }: { $treatment } against { $control }, { $effect }
   *[once] { metric-of-variant }: { $treatment } against { $control }, { $effect }, p { $p }
}
guardrails = Guardrails: { $parts }.
guardrail = { $state ->
    [yes] { metric-of-variant } is unharmed (by less than { $margin })
    [no] { metric-of-variant } is harmed by more than { $margin }
   *[open] whether { metric-of-variant } is harmed by { $margin } or more is open
}
# $costed: the cost is stated.
gain = Treated with { $variant }, a customer brings { $gain } of { earned } against the control{ $gains ->
    [yes] , which is the most it may cost
   *[no] {""}
}.{ $costed ->
    [yes] {" "}It costs { $cost }, which leaves { $profit }, or { $total } for { $customers ->
        [one] { $customers } customer
       *[other] { $customers } customers
    }.{ $alike ->
        [yes] {" "}{ -chance-unknown }
       *[no] {""}
    }
   *[no] {""}
}{ margin-needed }
# $margin: none, never, bounded or open.
margin-needed = { $margin ->
    [never] {" "}No `margin` is set, so revenue counts in full, and even so it costs more than it adds.
    [bounded] {" "}No `margin` is set, so revenue counts in full: it pays from a margin of { $least } on.
    [open] {" "}No `margin` is set, so revenue counts in full: it pays from a margin of { $least } on, at best of { $at_best }; it may not pay at any margin.
   *[none] {""}
}
# $decided_on: the verdict is about $variant, which seems to earn most, and not about $decided.
best = { $decided_on ->
    [yes] { $earns ->
        [yes] Of the { $n } treatments { $variant } earns most with a probability of { $chance }; to take it instead of the one that truly does is expected to lose { $loss } a customer. The best of several owes part of its lead to luck: expect somewhat less.
       *[no] Of the { $n } treatments { $variant } loses least with a probability of { $chance }.
    }
   *[no] { $held_up ->
        [yes] { $variant } seems to earn more than { $decided }, but a guardrail of it is harmed or open.
       *[no] { $variant } seems to earn more than { $decided }, but that is not settled.
    }
}
true-effect = { $metric } { $effect }
truth = { $nothing ->
    [yes] In truth, which is known of simulated data, it does nothing.
   *[no] In truth, which is known of simulated data: { $parts }.
}

## Key figures

tile-share = Share in { $variant }
    .definition = Share of the customers found in this arm; { $intended } were intended.
tile-profit = Profit a customer{ $several ->
    [yes] {" "}· { $variant }
   *[no] {""}
}
    .definition = Margin added less cost, per customer treated with { $variant }, against the control.
tile-total = Profit of all{ $several ->
    [yes] {" "}· { $variant }
   *[no] {""}
}
    .definition = The same for the { $n } customers it would reach.
tile-effect = Effect on: { $metric }{ $several ->
    [yes] {" "}· { $variant }
   *[no] {""}
}
    .definition = { $days ->
        [0] { $variant } less the control.
       *[other] { $variant } less the control, over { outcome-days } after the assignment.
    }

## The decision

no-decision = No decision yet
# $ground: why. $until: last day to assign customers on; none where enough are. $decide: when to decide.
decision = { $action ->
    [keep-running] { $until ->
        [none] Wait until { $decide }
       *[day] Keep running until { $until }
    }
   *[other] { $ground ->
        [earns] Roll out { $variant }
        [loses] Stop: it loses money
        [nothing-to-gain] { $pays ->
            [yes] Stop: there is too little to gain
           *[no] Stop: it does not pay
        }
        [guardrail] Stop: it does harm
        [broken-split] { $split_stated ->
            [yes] Redesign: the split is broken
           *[no] State the split, or find what broke it
        }
        [drift] Redesign: the arms' shares changed
        [too-few] Redesign: too small to tell
        [guardrail-open] Redesign: harm is not ruled out
        [no-cost] State the cost first
       *[no-money] No money is measured
    }
}
    .reason = { $ground ->
        [broken-split] { broken-split }
        [drift] The arms' shares changed while customers were assigned (p { $p_drift }): { $apart } of an arm would have had to come at another time. Whatever changed meanwhile, a season or growth, looks like an effect. Look at a time with one share (`where` under `assignments`), or give each share an experiment of its own.
        [no-money] No metric of this experiment speaks of money; map `revenue` for a decision about it.
        [guardrail] { $variant } harms what it must not: { $harms }.{ $costed ->
            [yes] {" "}{ brings }
           *[no] {""}
        }
        [no-cost] { cost-missing }
       *[other] { $alike ->
            [yes] { brings } { -chance-unknown }
           *[no] { brings } { why }{ few-carry }{ when }{ $action ->
                [roll-out] { margin-needed }
               *[other] {""}
            }
        }
    }
broken-split = { $split_stated ->
    [yes] The split is broken: { $counts } where { $shares } was intended (p { $p_split }). What shifted customers may have shifted outcomes, so no difference between the arms is to be believed. Find where customers were lost, then run it again.
   *[no] No `split` is stated, so arms of the same size were supposed, and { $counts } are not (p { $p_split }). If they were drawn otherwise, write it, e.g. `split: { $example }`. Else customers were lost or doubled, or an arm is misspelt, and no difference between the arms is to be believed.
}
cost-missing = { $gains ->
    [yes] What { $variant } costs is not stated (`cost`). It adds { $gain } of { earned } a customer before cost: it pays if treating one costs less.
   *[no] What { $variant } costs is not stated (`cost`), but it adds nothing: even before cost a customer brings { $gain } of { earned } against the control.
}
brings = { $alike ->
    [yes] After its cost, { $variant } brings { $profit } a customer against the control.
   *[no] After its cost, { $variant } brings { $profit } a customer against the control: it pays with a probability of { $chance }.
}
always-valid = { $always_valid } ({ $both }: { $asked } to either side)
not-the-end = { $end_planned ->
    [yes] The planned end is not reached
   *[no] No planned end is stated (`ends`)
}
needed = { $clustered ->
    [yes] { $needed ->
        [one] { $needed } cluster
       *[other] { $needed } clusters
    }
   *[no] { $needed ->
        [one] { $needed } customer
       *[other] { $needed } customers
    }
}
# What the evidence was held against. $final: the planned end is reached.
why = { $ground ->
    [earns] { $final ->
        [yes] For { $customers } customers that is { $total }. What rolling out may lose, weighed by how likely that is, comes to { $loss } a customer; { $max_loss } is allowed (`max_loss`).
       *[no] { not-the-end }, yet the interval that allows looking at any time, { always-valid }, lies above zero. For { $customers } customers it is { $total }.
    }
    [loses] { $final ->
        [yes] Rolled out to { $customers } customers it would lose { $lost } { $lost_limits }.
       *[no] Even the interval that allows looking at any time, { always-valid }, lies below zero.
    }
    [nothing-to-gain] What going without it may lose, weighed by how likely that is, comes to { $loss_kept } a customer; { $max_loss } is allowed (`max_loss`).
    [too-early] That is not settled: the interval that allows looking at any time is { always-valid }. If the effect is what it seems, { needed } settle it with a chance of 80 %.
    [guardrail-open] { $needed ->
        [0] But { $harms }.
       *[other] But it is not shown that { $harms }; about { needed } would show it with a chance of 80 %.
    }
   *[too-few] { $final ->
        [yes] That settles nothing: { probability-asked } is asked for, and going without it may lose { $loss_kept } a customer where { $max_loss } is allowed (`max_loss`).
       *[no] { not-the-end }, so only the interval that allows looking at any time counts, { always-valid }, and { $holds_zero ->
            [yes] it holds zero
           *[no] it cannot be relied on while so few customers carry the money
        }.
    } { $in_reach ->
        [yes] About { needed } would settle it with a chance of 80 %, if the effect is what it seems.{ $uneven ->
            [yes] {" "}Arms of the same size would take fewer.
           *[no] {""}
        }
       *[no] An effect as small as this one seems is beyond any test of reasonable size: try something bolder, and see the page of the next test.
    }
}
probability-asked = { $treatments ->
    [1] a probability of { $asked }
   *[other] a probability of { $asked } ({ $own } shared among { $treatments } treatments)
}
few-carry = { $few ->
    [yes] { $clustered ->
        [yes] {" "}Few clusters carry this money, so its interval is less sure than it says.
       *[no] {" "}Few customers carry this money, so its interval is less sure than it says.
    }
   *[no] {""}
}
when = { $decide ->
    [none] {""}
   *[day] { $until ->
        [none] {" "}Enough are assigned: decide on { $decide }, when all are followed up.
       *[day] { $as_planned ->
            [yes] {" "}Go on assigning until { $until }, as planned, and decide on { $decide }, when all are followed up.
           *[no] {" "}Go on assigning until { $until }, and decide on { $decide }, when all are followed up.
        }
    }
}
# $extent: by more than its margin, by less, or seems by more. $better: higher or lower is better.
harm = { $extent ->
    [more] { $better ->
        [higher] { $metric } falls by more than its margin
       *[lower] { $metric } rises by more than its margin
    }
    [less] { $better ->
        [higher] { $metric } falls by less than its margin
       *[lower] { $metric } rises by less than its margin
    }
   *[seems] { $better ->
        [higher] { $metric } seems to fall by more than its margin allows
       *[lower] { $metric } seems to rise by more than its margin allows
    }
}

## Figures

profit = Treated with { $variant }, a customer brings { $profit } after cost, against the control
    .axis = profit a customer, after cost{ $currency ->
        [none] {""}
       *[other] { currency-suffix }
    }
    .earns = earns: { $chance }
    .loses = loses: { $chance }
    .caption = Profit: what is earned more, less cost, against the control. The higher the curve, the likelier; orange: it loses. Line below: { $level } interval.
comeback = After { $days } days { $share } of { $treated } have bought again, { $base } of { $control }
    .time-axis = days since the assignment
    .share-axis = have bought again
    .caption = Share with a purchase since the assignment (one less Kaplan–Meier), with { $level } bands. All who count are in it; those not yet followed to the end count for as long as they were.
# $differ: some segment responds otherwise than the others, and $segment most.
segments = { $differ ->
    [yes] Segments by { $column } respond differently (p { $p }): most, { $segment } with { $effect }
   *[no] No segment is shown to respond otherwise than the others; nearest to it is { $column } (p { $p })
}
    .axis = effect on: { $metric }{ $currency ->
        [none] {""}
       *[other] { currency-suffix }
    }
    .size = { $segment } ({ $n })
    .caption = Customers in brackets. Grey, hollow: as measured, with { $level } intervals. Blue: what is to be expected, drawn towards the mean of all as far as chance alone explains the differences.{ $left ->
        [0] {""}
        [one] {" "}Left out: up to { $left } customer in segments too small, or in none.
       *[other] {" "}Left out: up to { $left } customers in segments too small, or in none.
    }
# What segments that are built in are called.
built-in-segment = { $segment ->
    [low] low
    [middle] middle
    [high] high
   *[never] no purchase before
}
# $moved: a goal is moved. $bounded: its lift has limits.
lifts = { $early ->
    [yes] { $moved ->
        [yes] { metric-of-variant }: { $lift } { $limits } so far
       *[no] Nothing is settled while it runs
    }
   *[no] { $moved ->
        [yes] { $bounded ->
            [yes] { metric-of-variant }: { $lift } { $limits } against the control
           *[no] { metric-of-variant }: { $lift } against the control, not to be bounded in per cent
        }
       *[no] No goal differs by more than chance
    }
}
    .broken = Not to be believed, for the split is broken. { $title }
    .axis = difference from { $control }, % of it
    .caption = Dots: estimates, thick: { $level } intervals of a single look, thin: intervals that hold however often one looks. Blue: better than { $control }, orange: worse, grey: may be chance. Dashed: as far as a guardrail may fall.{ $unbounded ->
        [yes] {" "}Dashed with arrows: cannot be bounded in per cent.
       *[no] {""}
    }{ $cut ->
        [yes] {" "}Thin with an arrow: goes on beyond the edge.
       *[no] {""}
    }{ $early ->
        [yes] {" "}The experiment still runs, so only the thin intervals count, and colours follow them.
       *[no] {""}
    }

## Tables

column-arm = arm
column-control = control
column-treated = treated
column-difference = difference
column-effect = effect
column-share = share
column-cost = cost
column-customers = customers
column-p = p
# Of a row that is about a metric or segment and an arm.
column-with-arm = { $column } · arm
split-table =
    .clusters = clusters
    .intended = intended
    .mature = followed to the end
    .caption = Sample-ratio check: χ² test, p { $p }; below 0.001 the split counts as broken.{ $drift ->
        [none] {""}
       *[other] {" "}That the shares were the same from the first assignment to the last: p { $drift }.
    }
left-out-table =
    .rule = rule
    .lines = lines
    .caption = Lines of the assignments table; of several to one arm the first counts.{ $uncosted ->
        [0] {""}
        [one] {" "}The cost of { $uncosted } treated customer is blank and counts as 0.
       *[other] {" "}The cost of { $uncosted } treated customers is blank and counts as 0.
    }
overlaps-table =
    .experiment = experiment
    .customers = customers in both
    .p = p that its arms are spread evenly
    .caption = Where the arms of the other are spread unevenly (small p), its effect mixes into this one; spread evenly it only adds noise.
balance-table =
    .what = what
    .mean = arm's mean
    .difference = standardised difference
    .bound = chance goes up to
    .alike = alike
    .yes = yes
    .no = no
    .pre_retained = bought before
    .pre_orders = orders before
    .pre_revenue = revenue before
    .caption = { $known ->
        [none] Nobody bought in { time-before }, so it says nothing; a longer `pre_days` would.
       *[other] Means per customer in { time-before }. Beyond what chance does in { $level } of experiments and beyond 0.1 the arms are called unlike.{ $clustered ->
            [yes] {" "}Differences are in standard deviations of the clusters' means.
           *[no] {""}
        }{ $known ->
            [some] {" "}{ $missing }: 0 in both arms, which says nothing.
           *[all] {""}
        }
    }
time-before = { $days ->
    [one] the { $days } day before the assignment
   *[other] the { $days } days before the assignment
}
effects-table =
    .metric = metric
    .role = role
    .truth = in truth
    .caption = Control, treated: as they were. Effect: treated less control, adjusted by what customers did before where that is known (CUPED). p: of goals corrected over metrics and arms (Holm), of diagnostics by false discoveries, of guardrails uncorrected. Brackets: { $level }, of one look at the planned end.
# $state, $always: unharmed, harmed or open at one look, and however often one looks. $differ: they do.
role = { $role ->
    [goal] goal
    [diagnostic] diagnostic
   *[guardrail] { $differ ->
        [yes] guardrail { $margin }: { $state }, looking any time { $always }
       *[no] guardrail { $margin }: { $state }
    }
}
guardrail-state = { $state ->
    [yes] unharmed
    [no] harmed
   *[open] open
}
details-table =
    .lift = lift
    .always-valid = looking any time
    .plain = without the pre-period
    .reduction = variance less
    .n = n
    .caption = Lift: the effect in per cent of control, with Fieller's interval: of means it excludes zero when the effect's does, of shares the two may differ at the margin. Looking any time: the interval that holds however often one looks, tightest at as many customers as were `planned`. Variance less: what the pre-period took away (CUPED). n: customers of control and treatment; in brackets, where below { $few }: how many alike would carry the metric in the smaller arm. The data of the figure also hold p uncorrected, standard errors and the chance that it is better.
money-table =
    .gain = added = break-even cost
    .profit = profit a customer
    .chance = pays with
    .loss = loss if rolled out, of allowed
    .loss-value = { $loss } of { $allowed }
    .loss-kept = loss if not
    .total = of all
    .caption = Per customer, against the control; of all: { $n } customers. Loss: what the decision may lose, weighed by how likely that is; of allowed (`max_loss`): the most that may be for a roll-out. Brackets: { $level } intervals.
clv-after-test-table =
    .caption = Expected { earned } of a customer in the { $months ->
        [one] { $months } month
       *[other] { $months } months
    } after the end of the data. The model takes an order that the strategy brought for a habit of the customer's own: read the difference as the most that may last. It is not in the decision.
time-to-purchase-table =
    .control = days, control
    .treated = days, treated
    .logrank = log-rank p
    .caption = Mean days without a purchase, counted up to the last outcome day (restricted mean of the curve above); below zero: sooner. Log-rank: whether the curves differ at all. Brackets: { $level }.
segments-table =
    .segment = segment
    .name = { $column }: { $segment }
    .measured = as measured
    .expected = to be expected
    .p = p corrected
    .interaction = same in all, p
    .caption = To be expected: drawn towards the mean of all segments, as far as chance alone explains their differences. Same in all: interaction test (Cochran's Q). Both p corrected for all that this table looks at (Holm). Brackets: { $level }.

## What adds up

identity-lines = lines counted, repeated and left out = lines of the table
identity-revenue = revenue of the arms = money of purchases in the outcome days

## Who counts

intake-rule = { $rule ->
    [several-arms] in several arms
    [exposed] treated before assignment
    [too-late] assigned after the data end
    [shared-cluster] in a cluster of several arms
    [no-cluster] without a cluster
    [repeated] assigned again to the same arm
   *[counted] counted
}
intake-rule-count = { $n } { intake-rule }
nobody = Experiment { $name }: none of { $n ->
    [one] { $n } customer
   *[other] { $n } customers
} can be counted: { $reasons }.
empty-arm = Experiment { $name }: the arm { $arms ->
    [none] beside { $control }
   *[other] { $arms }
} holds no customer who counts, so there is nothing to compare.
not-followed-up = Nobody of { $arms } has been followed for { $days } days yet; the first one will be on { $when }.

## Why something is not shown

no-values = Experiment { $name }: no customer has a value of any metric.
one-unit = Experiment { $name }: an arm has fewer than two { $clustered ->
    [yes] clusters
   *[no] customers
}, so there is no measure of chance.
one-unit-of-metric = { $metric }: an arm has fewer than two { $clustered ->
    [yes] clusters
   *[no] customers
}, so there is no measure of chance.
no-assignments = Not shown: who was assigned. The table holds outcomes alone.
no-ledger = Not shown: who was left out. The table holds outcomes alone.
no-customers-named = Not shown: other experiments. The table names no customers.
no-overlap = No customer of this experiment is in another one.
no-balance = Not shown: how alike the arms were. Nothing is known of the time before.
no-revenue = Not shown: revenue by arm. No metric of this experiment is `revenue`.
no-lift = Not shown: no metric has a value of the control to compare with.
no-money-metric = Not shown: money. No metric of this experiment speaks of it; map `revenue`.
no-money-compared = Not shown: money. No treatment can be compared with the control.
no-cost-known = Not shown: what treating a customer costs is not in the unit file (`cost`).
no-chance-of-profit = Not shown: how likely each profit is. All values are alike.
no-time-to-purchase = { $clustered ->
    [yes] Not shown: the days to the next purchase; clusters are drawn, see the table above.
   *[no] Not shown: the days to the next purchase. The table holds outcomes alone.
}
no-clv-after-test = Not shown: what lies beyond the outcome days. The table holds outcomes alone.
no-segments-named = Not shown: for whom it works. The experiment names no `segments`.
no-segments-known = Not shown: for whom it works. The table holds outcomes alone.
no-segments-goal = Not shown: for whom it works. The goal has no value that is known.
segments-no-column = Not shown: effects by { $column }. The customers table has no such column.
segments-too-many = Not shown: effects by { $column }. It has { $n } values; { $most } are the most that make segments.
# $several: of several treatments; then only $arm is not shown.
column-of-arm = { $several ->
    [yes] { $column } of { $arm }
   *[no] { $column }
}
segments-too-small = Not shown: effects by { column-of-arm }. Fewer than two segments have { $n } customers in both arms.
segments-alike = Not shown: effects by { column-of-arm }. All customers of a segment are alike in { $metric }.

## What cannot be checked

unchecked-split = A split cannot be checked on { $customers } customers in { $arms } arm(s).
    .expected = at least two arms, and customers in them
    .do = Check the assignments of the experiment.
no-weight = The split intends no customers for { $names }.
    .expected = a weight above 0 for every arm
    .do = Correct `split:` of the experiment.
