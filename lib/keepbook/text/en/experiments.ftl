### Which strategy works: experiments.

-chance-unknown = All values are alike, so chance cannot be told.
# Between parts of a sentence.
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
# Whom a strategy would reach. $yearly: it is stated how many a year.
reached = { $customers ->
    [one] { $customers } customer
   *[other] { $customers } customers
}{ $yearly ->
    [yes] {" "}a year
   *[no] {""}
}

## Findings

# $profit_known: the cost and the margin are. $brings: it adds; else it takes away. $sure: beyond chance.
money = { $profit_known ->
    [yes] { $brings ->
        [yes] Rolled out to { reached }, { treatment } { would } bring { $amount } after its cost.
       *[no] Rolled out to { reached }, { treatment } { would } lose { $amount } after its cost.
    }
   *[no] { $brings ->
        [yes] Rolled out to { reached }, { treatment } { would } add { $amount } of { earned }, before its cost.
       *[no] Rolled out to { reached }, { treatment } { would } take away { $amount } of { earned }, before its cost.
    }
}
would = { $sure ->
    [yes] would
   *[no] might
}
treatment = { $several ->
    [yes] { $variant }
   *[no] it
}
metric-of-variant = { $metric }{ $several ->
    [yes] {" "}({ $variant })
   *[no] {""}
}
# $state: unknown, alike, moved or open. $early: the experiment still runs.
goal = { $state ->
    [unknown] { metric-of-variant }: not compared, as an arm has too few values of it.
    [alike] { metric-of-variant }: { $treatment }; all values are alike, so chance cannot be told.
    [moved] { $early ->
        [yes] { metric-of-variant }: { $treatment } so far, a change of { $effect }.
       *[no] { metric-of-variant }: { $treatment }, a change of { $effect }.
    }
   *[open] { $early ->
        [yes] { metric-of-variant }: no clear change so far, { $effect }.
       *[no] { metric-of-variant }: no clear change, { $effect }.
    }
}
guardrails = { $parts }.
guardrail = { $state ->
    [yes] not harmed: { $metrics }
    [no] harmed by more than you allow: { $metrics }
   *[open] harm not ruled out: { $metrics }
}
# $decided_on: the verdict is about $variant, which seems to earn most, and not about $decided.
best = { $decided_on ->
    [yes] { $earns ->
        [yes] Of { $n } treatments { $variant } earns most with a chance of { $chance }; expect somewhat less, for the best was lucky.
       *[no] Of { $n } treatments { $variant } loses least with a chance of { $chance }.
    }
   *[no] { $held_up ->
        [yes] { $variant } seems to earn more than { $decided }, but it does harm, or harm is not ruled out.
       *[no] { $variant } seems to earn more than { $decided }, but that is not settled.
    }
}
who-ready = { $failed ->
    [yes] A ready table holds { $n } customers, but not in the planned shares: no effect is stated.
   *[no] A ready table holds { $n } customers, in the planned shares.
}
# $all: all are followed up.
who = { $clustered ->
    [yes] { $n } customers were assigned by lot, in clusters
   *[no] { $n } customers were assigned by lot
}{ $failed ->
    [yes] , but not in the planned shares: no effect is stated.
   *[no] { $all ->
        [yes] {" "}and followed for { outcome-days }; their shares are as planned.
       *[no] ; { $mature } have been followed for { outcome-days } and count.
    }
}
truth = { $nothing ->
    [yes] The data are simulated: in truth it does nothing.
   *[no] The data are simulated: in truth { $metric } changes by { $effect }.
}

## Key figures

tile-share = Share in { $variant }
    .basis = { $intended } planned
    .definition = Share of the customers found in this arm; { $intended } were planned.
tile-profit = Profit a customer
    .definition = Margin added less cost, per customer treated with { $variant }, against the control.
tile-total = { $yearly ->
    [yes] Profit a year
   *[no] Profit of all
}
    .definition = Profit a customer, for the { $n } customers it would reach.
tile-margin = Pays from a margin of
    .definition = From this share of revenue on, what { $variant } adds is more than it costs. No margin is set for this unit.
tile-revenue = { $yearly ->
    [yes] Revenue added a year
   *[no] Revenue added in all
}
    .definition = Revenue that { $variant } adds, before its cost, for the { $n } customers it would reach.
tile-against = { $variant } against { $control }
tile-effect = Change: { $metric }
    .definition = { $days ->
        [0] { $variant } less the control.
       *[other] { $variant } less the control, over { outcome-days } after the assignment.
    }

## The decision

no-decision = No decision yet
decision = { $title }: { do }
# $ground: why. $until: last day to assign customers on; none where enough are. $decide: when to decide.
# $ask_margin: it pays only as all revenue counts as earned.
do = { $action ->
    [keep-running] { $until ->
        [none] wait until { $decide }
       *[day] keep running until { $until }
    }
   *[other] { $ground ->
        [earns] { $ask_margin ->
            [yes] set the margin first
           *[no] { $several ->
                [yes] roll out { $variant }
               *[no] roll out
            }
        }
        [loses] stop, it loses money
        [nothing-to-gain] { $pays ->
            [yes] stop, too little to gain
           *[no] stop, it does not pay
        }
        [guardrail] stop, it does harm
        [broken-split] { $split_stated ->
            [yes] redesign, the split is broken
           *[no] check the split first
        }
        [drift] redesign, the arms' shares changed
        [too-few] { $clear ->
            [yes] redesign, not sure enough
           *[no] redesign, too small to tell
        }
        [guardrail-open] redesign, harm is not ruled out
        [no-cost] state its cost first
       *[no-money] measure money first
    }
}
    .reason = { $ground ->
        [broken-split] { $split_stated ->
            [yes] { $off } holds { $share } of the customers; { $intended } were planned. No effect can be believed: find where customers were lost.
           *[no] { $off } holds { $share } of the customers; with equal arms it would be { $intended }. State the planned shares, or find what was lost.
        }
        [drift] The shares of the arms changed while customers were assigned. Whatever else changed then would look like an effect.
        [no-money] No metric of this test speaks of money, so nothing can be weighed. Add revenue to its metrics.
        [no-cost] { $gains ->
            [yes] It adds { $gain } of { earned } a customer. It pays if treating one costs less.
           *[no] It adds nothing, even before its cost: { $gain } of { earned } a customer.
        }
        [guardrail] It does more harm than you allow: { $guarded }.
       *[other] { $alike ->
            [yes] { -chance-unknown }
           *[no] { $ask_margin ->
                [yes] It pays if your margin is above { $least }. You have not set one.
               *[no] { reason }
            }
        }
    }
# Of what is decided by the evidence.
reason = { $ground ->
    [earns] { $final ->
        [yes] It pays with a chance of { $chance }: { a-customer }.{ but }
       *[no] The evidence is enough before the end: { a-customer }.{ but }
    }
    [loses] { $final ->
        [yes] It loses with a chance of { $chance_lost }: { a-customer }.
       *[no] The evidence is enough before the end: { a-customer }.
    }
    [nothing-to-gain] It pays with a chance of { $chance }: { a-customer }. A gain worth waiting for is unlikely.
    [too-early] { $clear ->
        [yes] Not sure enough yet by your rule
       *[no] Not settled yet
    }: { a-customer }. Decide on { $decide }, when all are followed up.
    [guardrail-open] { $needed ->
        [0] It seems to do more harm than you allow: { $guarded }. That is not certain.
       *[other] That it does no harm is not shown: { $guarded }. { $action ->
            [keep-running] Decide on { $decide }, when all are followed up.
           *[other] About { needed } would show it.
        }
    }
   *[too-few] { $clear ->
        [yes] Not sure enough by your rule
       *[no] Too small to tell
    }: { a-customer }. { $in_reach ->
        [yes] About { needed } would settle it.
       *[no] Try something bolder.
    }
}
# What is to be known of a roll-out. $worse: goals that got worse, beyond chance.
but = { $worse ->
    [none] { $may_lose ->
        [yes] {" "}A loss is not ruled out.
       *[no] { $few ->
            [yes] {" "}Few customers carry this money, so the range is less sure than it says.
           *[no] {""}
        }
    }
   *[other] {" "}But this got worse, beyond chance: { $worse }.
}
a-customer = { $profit } a customer after its cost

## How it was decided, for analysts

basis =
    .step = step
    .says = what it says
    .evidence = evidence
    .rule = rule
    .caution = caution
    .when = when
    .margin = margin
    .best = the best of several
    .caption = What the decision rests on. The levels asked for stand in the unit file.
evidence = { $ground ->
    [broken-split] { broken-split }
    [drift] The arms' shares changed while customers were assigned (p { $p_drift }): { $apart } of an arm would have had to come at another time. Whatever changed meanwhile, a season or growth, looks like an effect. Look at a time with one share (`where` under `assignments`), or give each share an experiment of its own.
    [no-money] No metric of this experiment speaks of money; map `revenue` for a decision about it.
    [guardrail] { $variant } harms what it must not: { $harms }.{ $costed ->
        [yes] {" "}{ brings }
       *[no] {""}
    }
    [no-cost] { cost-missing }
   *[other] { brings }
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
    [yes] After its cost, { $variant } brings { $profit } a customer against the control. { -chance-unknown }
   *[no] After its cost, { $variant } brings { $profit } a customer against the control: it pays with a probability of { $chance }.
}
always-valid = { $always_valid } (with { $both }: { $asked } to either side)
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
        [yes] Rolled out to { $customers } customers it would lose { $lost } ({ $lost_limits }).
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
        [yes] Few clusters carry this money, so its interval is less sure than it says.
       *[no] Few customers carry this money, so its interval is less sure than it says.
    }
   *[no] {""}
}
when = { $decide ->
    [none] {""}
   *[day] { $until ->
        [none] Enough are assigned: decide on { $decide }, when all are followed up.
       *[day] { $as_planned ->
            [yes] Go on assigning until { $until }, as planned, and decide on { $decide }, when all are followed up.
           *[no] Go on assigning until { $until }, and decide on { $decide }, when all are followed up.
        }
    }
}
# $margin: none, never, bounded or open.
margin-needed = { $margin ->
    [never] No `margin` is set, so revenue counts in full, and even so it costs more than it adds.
    [bounded] No `margin` is set, so revenue counts in full: it pays from a margin of { $least } on.
    [open] No `margin` is set, so revenue counts in full: it pays from a margin of { $least } on, and may not pay at any.
   *[none] {""}
}
best-loss = To take { $variant } instead of the treatment that truly earns most is expected to lose { $loss_best } a customer.
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

## The table of all metrics

# Names of the goals that moved; none where none did.
effects-table =
    .metric = metric
    .role = role
    .change = change
    .words = change in %
    .chance = better with
    .truth = in truth
    .any-look = looking any time
    .one-look = one look
    .plain = without the pre-period
    .reduction = variance less
    .n = n
    .switch = More columns
    .goals = { $n } goals
    .fold = Show the effects nevertheless; they are not to be believed
    .unbounded = { $value } (no bounds)
    .title = { $failed ->
        [yes] Not to be believed, as the split is broken
       *[no] { $better ->
            [none] { $worse ->
                [none] { $early ->
                    [yes] No goal changed beyond chance so far
                   *[no] No goal changed beyond chance
                }
               *[other] { goals-worse }
            }
           *[other] { $worse ->
                [none] { goals-better }
               *[other] { goals-better }; { goals-worse }
            }
        }
    }
    .caption = Bars: change against { $control }, with { $level } ranges{ $early ->
        [yes] {" "}that hold however often one looks
       *[no] {""}
    }{ $guarded ->
        [yes] ; dashed: what a guardrail allows
       *[no] {""}
    }{ $simulated ->
        [yes] ; hollow: the truth
       *[no] {""}
    }.{ $adjusted ->
        [yes] {" "}Changes are adjusted for what customers did before, so they need not be treated less control.
       *[no] {""}
    }
    .note = Control, treated: as they were. Change: treated less control, adjusted by what customers did before where that is known (CUPED), in per cent of control with Fieller's interval: of means it excludes zero when the difference's does, of shares the two may differ at the margin. p: of goals corrected over metrics and arms (Holm), of diagnostics by false discoveries, of guardrails uncorrected, all of one look. { $early ->
        [yes] Ranges are those that hold however often one looks; one look: the { $level } interval of a single look at the planned end.
       *[no] Ranges are of one look at the planned end; looking any time: the { $level } interval that holds however often one looks, tightest at as many customers as were `planned`.
    } Better with: the probability that it is better, under a flat prior. Variance less: what the pre-period took away (CUPED). n: customers of control and treatment; in brackets, where below { $few }: how many alike would carry the metric in the smaller arm. The data below also hold p uncorrected and standard errors.
goals-better = { $early ->
    [yes] Better so far, beyond chance: { $better }
   *[no] Better beyond chance: { $better }
}
goals-worse = { $early ->
    [yes] Worse so far, beyond chance: { $worse }
   *[no] Worse beyond chance: { $worse }
}
role = { $role ->
    [goal] goal
    [diagnostic] diagnostic
   *[guardrail] guardrail { $margin }: { $state }
}
guardrail-state = { $state ->
    [yes] unharmed
    [no] harmed
   *[open] open
}

## From which margin on it pays

# $case: from, maybe, never, nothing, any or below.
margins = { $case ->
    [from] It pays if your margin is above { $margin }
    [maybe] It seems to pay at no margin, at best from { $best } on
    [nothing] It pays at no margin, for it adds nothing
    [any] It pays at any margin
    [below] It pays if your margin is below { $below }
   *[never] It pays at no margin, for it costs more than it adds
}
    .rule = { $same ->
        [stop] Whatever the margin, the rule stops it.
        [roll-out] Whatever the margin, the rule rolls it out.
        [redesign] At no margin is it settled.
        [keep-running] At no margin is it settled yet.
       *[none] By the rule: { $rolls ->
            [none] { $stops ->
                [none] it depends on the margin, see below.
               *[share] stop up to a margin of { $stops }; above, nothing is settled.
            }
           *[share] { $stops ->
                [none] roll out from a margin of { $rolls } on.
               *[other] roll out from a margin of { $rolls } on, stop up to { $stops }; between, nothing is settled.
            }
        }
    }
    .slider = If your margin is
    .own = { $margin } (yours)
    .step = { $several ->
        [yes] { $profit } a customer with { $variant }, after its cost
       *[no] { $profit } a customer, after its cost
    }
    .fold = All margins as a table
    .margin = margin
    .profit = profit a customer
    .chance = pays with
    .decision = decision
    .caption = The same evidence and the same rule at each margin. Ranges: { $level }{ $early ->
        [yes] , however often one looks
       *[no] {""}
    }.

## Figures

# $revenue: no margin is set, so that all revenue counts as earned.
profit = { $early ->
    [yes] { $variant } brings { $profit } a customer so far
   *[no] { $revenue ->
        [yes] With all revenue earned, { $variant } pays with a chance of { $chance }
       *[no] { $variant } pays with a chance of { $chance }
    }
}
    .measure = { $revenue ->
        [yes] Revenue
       *[no] Profit
    } a customer after its cost{ $currency ->
        [none] {""}
       *[other] { currency-suffix }
    }, against { $control }; the higher the curve, the likelier
    .earns = earns: { $chance }
    .loses = loses: { $chance }
    .reading = { $profit } | chance of more: { $chance }
    .caption = { $revenue ->
        [yes] No margin is set, so all revenue counts as earned: see from which margin it pays.{" "}
       *[no] {""}
    }Line below: the { $level } range{ $early ->
        [yes] , however often one looks
       *[no] {""}
    }.{ $few ->
        [yes] {" "}Dashed: few customers carry this money, so it is less sure than it looks.
       *[no] {""}
    }{ $left ->
        [0] {""}
       *[other] {" "}Not drawn: { $left } treatments that earn less.
    }
# $differ: beyond chance. $more: of the treated more have bought.
comeback = { $early ->
    [yes] So far { $share } of { $treated } have bought again
   *[no] { $differ ->
        [yes] { $more ->
            [yes] { $share } of { $treated } bought again, more than of { $control }
           *[no] { $share } of { $treated } bought again, fewer than of { $control }
        }
       *[no] No clear difference in when customers bought again
    }
}
    .measure = Share who have bought since the assignment, by day, up to { outcome-days }
    .reading = { $variant } | day { $day }: { $share } ({ $limits })
    .caption = Shades: { $level } ranges of one look. Customers who are not yet followed to the end count as long as they were.{ $few ->
        [yes] {" "}Dashed: fewer than 100 customers.
       *[no] {""}
    }
# $differ: some segment responds otherwise than the others, and $segment most.
segments = { $differ ->
    [yes] By { $column }, { $segment } responds most: { $effect }
   *[no] No segment clearly responds otherwise than the others
}
    .measure = Change in { $metric }; customers in brackets
    .size = { $segment } ({ $n })
    .reading = { $segment } | to be expected { $expected }; measured { $measured }
    .caption = Blue: to be expected, drawn towards the mean as far as chance explains the differences. Hollow: as measured. Lines: { $level } ranges of one look.{ $few ->
        [yes] {" "}Dashed: fewer than 100 customers.
       *[no] {""}
    }{ $cut ->
        [yes] {" "}An arrow: it goes on.
       *[no] {""}
    }{ $early ->
        [yes] {" "}The test still runs.
       *[no] {""}
    }{ $left ->
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

## Tables for analysts

column-arm = arm
column-control = control
column-treated = treated
column-difference = difference
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
    .broken = { $drifted ->
        [yes] The arms' shares as a whole. They changed while customers were assigned, more than chance does once in 1,000 tests.
       *[no] The arms as planned and as found. Chance makes such a difference less than once in 1,000 tests.
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
money-table =
    .gain = added = break-even cost
    .profit = profit a customer
    .chance = pays with
    .loss = loss if rolled out, of allowed
    .loss-value = { $loss } of { $allowed }
    .loss-kept = loss if not
    .total = of all
    .caption = Per customer, against the control; of all: { $n } customers. Loss: what the decision may lose, weighed by how likely that is; of allowed (`max_loss`): the most that may be for a roll-out. Behind each value: its { $level } interval.
clv-after-test-table =
    .caption = Expected { earned } of a customer in the { $months ->
        [one] { $months } month
       *[other] { $months } months
    } after the end of the data. The model takes an order that the strategy brought for a habit of the customer's own: read the difference as the most that may last. It is not in the decision.
time-to-purchase-table =
    .control = days, control
    .treated = days, treated
    .logrank = log-rank p
    .caption = Mean days without a purchase, counted up to the last outcome day (restricted mean of the curve above); below zero: sooner. Log-rank: whether the curves differ at all. Behind each value: its { $level } interval.
segments-table =
    .segment = segment
    .name = { $column }: { $segment }
    .measured = as measured
    .expected = to be expected
    .p = p corrected
    .interaction = same in all, p
    .caption = To be expected: drawn towards the mean of all segments, as far as chance alone explains their differences. Same in all: interaction test (Cochran's Q). Both p corrected for all that this table looks at (Holm). Behind each value: its { $level } interval.

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
no-effect-shown = Not shown: the split is broken, so no effect is to be believed.
no-margin-to-set = Not shown: from which margin it pays. The table holds margins of its own.
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
