### What a change did that was not assigned at random: before and after.

## Names. $period: month or week. $metric: revenue, orders or retained. $ages: how many ages of customers count.

month-or-week = { $period ->
    [month] month
   *[week] week
}
months-or-weeks = { $period ->
    [month] months
   *[week] weeks
}
each = a customer and { month-or-week }
short-name = { $metric ->
    [revenue] revenue
    [orders] orders
   *[retained] share who buy
}
short-name-first = { $metric ->
    [revenue] Revenue
    [orders] Orders
   *[retained] Share who buy
}
# Within a sentence.
metric-in-sentence = { $metric ->
    [revenue] revenue
    [orders] orders
   *[retained] the share who buy
}
metric-per-period = { $metric ->
    [retained] { short-name } in a { month-or-week }
   *[other] { short-name } { each }
}
metric-per-period-first = { $metric ->
    [retained] { short-name-first } in a { month-or-week }
   *[other] { short-name-first } { each }
}
ages = { $ages ->
    [1] 1 { month-or-week }
   *[other] 1 to { $ages } { months-or-weeks }
}
of-ages = { ages } after their first purchase
earned = { $margin_stated ->
    [yes] margin
   *[no] revenue
}
earned-first = { $margin_stated ->
    [yes] Margin
   *[no] Revenue
}
fair = { $compared ->
    [yes] the comparison is fair
   *[no] the trend would have gone on
}
above-or-below = { $above ->
    [yes] above
   *[no] below
}
between-parts = { "; " }
between-sentences = { " " }

## Conditions of the unit file. $x: a value.

who-treated = { $conditions ->
    [none] all customers
   *[other] { $conditions }
}
who-comparison = { $unit ->
    [none] { $conditions ->
        [none] all others
       *[other] { $conditions }
    }
   *[other] customers of the unit { $unit }
}
condition = { $column }: { $value }
condition-or = { " " }or{ " " }
# Between the parts of a range.
condition-all = { " " }
condition-from = from { $x }
condition-to = to { $x }
condition-like = like { $x }
condition-not = not { $x }
condition-bool = { $value ->
    [yes] true
   *[no] false
}

## Findings

periods-before = { $before ->
    [one] { $before } { month-or-week }
   *[other] { $before } { months-or-weeks }
}
periods-after = { $after ->
    [one] { $after } { month-or-week }
   *[other] { $after } { months-or-weeks }
}
# $treated, $comparison: who they are; $n, $others: how many.
compared = { customers } who got it ({ $treated }) are compared with { $others } who did not ({ $comparison }): over { periods-before } before { $date } and { periods-after } from it on, the same customers throughout.
series = In each { month-or-week } those are counted who first bought { ages } before, so each holds others, { customers } in all; of older customers it says nothing. What they bring is held against the trend before { $date }: { periods-before } before it and { periods-after } from it on.
no-effect = What is drawn and counted below is what was measured; an effect of the change it is not.
# $seen: what was. $customers: how many count, without a comparison group.
effect = { metric-per-period-first }: { $seen } from { $date } on, where { $expected } were to be expected without the change. The difference is { $effect }{ $lift ->
    [none] {""}
   *[other] , { $lift } of that
}{ $total ->
    [none] {""}
   *[other] ; for all { $customers ->
        [none] of them
       *[other] { $customers } who count from that day on
    }, over { periods-after }, { $total }
}.
other-effects = { $parts }.
other-effect = { $first ->
    [yes] { metric-per-period-first }
   *[no] { metric-per-period }
} { $seen } where { $expected } were to be expected, { $effect }
# $stated: its cost is. $needed: the margin from which on it pays, or none.
money = { $stated ->
    [yes] { money-left }
   *[no] No cost is stated: it pays if it costs less than { $gain } { each }{ $margin_stated ->
        [yes] {""}
       *[no] , times your margin
    }.
}
money-left = After its cost of { $cost } { each }, { $profit } of { earned } is left, { $total } in all: if { fair }, it pays with a probability of { $chance }.{ $margin_stated ->
    [yes] {""}
   *[no] {" "}{ $needed ->
        [none] No margin is stated: revenue counts as if all of it were earned.
       *[other] No margin is stated, so revenue counts in full: it pays from a margin of { $needed } on.
    }
}
levels-against = Here that would have worked against the finding.
others-fail = What is said of { $metrics } is not to be believed: a check fails for it, see below.
undone = What would undo it: anything else that moved { $compared ->
    [yes] the gap between the groups
   *[no] the series off its trend
} by { $nearest } for good from { $date } on. That is { $times } of the largest move from one { month-or-week } to the next before, { $largest }, chance included.
truth = In truth, which is known of simulated data: { $parts }.
truth-part = { metric-per-period } { $value }

## What may be said of it. $unit: the one that is compared with, or none.

claim = { $compared ->
    [yes] { $unit ->
        [none] Customers were not drawn by lot. The finding holds if, without the change, both groups would have moved alike; what else happened to one group alone looks the same.
       *[other] Customers were not drawn by lot. The finding holds if, without the change, customers of both units would have moved alike; what else happened in one unit alone looks the same.
    }
   *[no] There is no comparison group: the finding is against the trend of earlier customers of the same ages, the weakest of comparisons. A season, a campaign or anything else that began at the date looks the same.{ $year_before ->
        [yes] {""}
       *[no] {" "}Less than a year lies before the change, so a season cannot be told from an effect.
    }
}

## Checks. $holds: yes, no or open. $p: p-value, with its sign.

check-pre-trend = { $holds ->
    [open] Whether { metric-in-sentence } moved alike before the date cannot be tested: there are too few customers, clusters or purchases.
    [no] { $compared ->
        [yes] Before the date { metric-in-sentence } of the two groups did not move alike (p { $p }): what is found after it may have been on its way.
       *[no] Before the date { metric-in-sentence } did not follow a straight line (p { $p }): carrying it on may mislead.
    }
   *[yes] { $compared ->
        [yes] Before the date { metric-in-sentence } of the two groups moved alike as far as can be seen (p { $p }); that is no proof.
       *[no] Before the date { metric-in-sentence } followed a straight line as far as can be seen (p { $p }); that is no proof.
    }
}
earlier-dates = { $dates ->
    [one] { $dates } earlier date
   *[other] { $dates } earlier dates
}
check-placebo = { $holds ->
    [open] No earlier date can be tried out on { metric-in-sentence }.
    [no] { placebo-found }.
   *[yes] At { earlier-dates } the same comparison finds no effect on { metric-in-sentence }.
}
placebo-found = At { $date }, when nothing was introduced, the same comparison finds an effect on { metric-in-sentence } (p { $p }, corrected for { earlier-dates })
check-trend = { $holds ->
    [yes] The effect on { metric-in-sentence } stands if the trend of the gap before the date is carried on.
    [no] Carrying on the trend that the gap had before the date undoes the effect on { metric-in-sentence }.
   *[open] A trend of the gap too small to be seen before the date, carried on, could make the effect on { metric-in-sentence }.
}
check-levels = { $holds ->
    [yes] Before the date both groups were alike in { metric-in-sentence }, within { $tolerance } even with chance.
    [no] Before the date { metric-in-sentence } of the treated was { $share } { above-or-below } that of the comparison. If they were chosen by what they had bought, they would have come nearer to the others anyway, and that looks like an effect.
   *[open] { $limits ->
        [none] Whether both groups were alike in { metric-in-sentence } before the date cannot be told.
       *[other] Whether both groups were alike in { metric-in-sentence } before the date, within { $tolerance }, cannot be told: the treated stood { $share } { above-or-below } the comparison { $limits }.
    }
}
# $column: what customers are clustered by. $n: clusters; $effective: as how many of one size they count.
check-clusters = { $uneven ->
    [yes] Errors are by { $column }, of unlike sizes: one group has { $n } of them, the largest with { $largest } of its customers, so they count as { $holds ->
        [yes] { $effective }.
       *[no] only { $effective }, and intervals are uncertain themselves.
    }
   *[no] { $holds ->
        [yes] Errors are by { $column }; the smaller group has { $n } of them.
       *[no] Errors are by { $column }, and one group has only { $n } of them: intervals are uncertain themselves.
    }
}

## What is to be known of who and what was counted

note-who = { $ages ->
    [0] Customers take part who had bought before { $first }; who came later would enter with a purchase, and perhaps because of the change. In periods without a purchase they count as 0.
   *[other] In each period customers count who first bought { ages } before: in every period others, of the same ages, for a fixed group would buy less and less by itself. An age has the same weight in every period, by all who count at that age in any of them. How many ages count follows from how far the data reach back, not from `before`.
}
note-left-out = Left out: { customers } { $group ->
    [newer] who first bought on { $first } or later
    [neither] in neither group
    [unlisted] not in the customers table
    [unclustered] in no cluster
   *[older] who had first bought too long before the first period
}.
note-fewer-before = Of { $asked } { months-or-weeks } asked for before { $date } only { $before } { $compared ->
    [yes] begin within the data, after its first day.
   *[no] are used: those before them tell who is how old a customer.
}
note-fewer-after = Of { $asked } { months-or-weeks } asked for from { $date } on only { $after } are over within the data.
note-groups-today = Groups are as the customers table has them now: a column that follows what customers buy, such as a tier, would sort them by the outcome itself.
note-no-clusters = Errors are those of a series of periods; clusters play no part in it.
note-last-line = No line is dated later than { $last }: the periods after it look empty.
note-month = Months differ in length: means are those of a month of { $days } days.
note-no-cost = The unit file states no cost: what the change earns is before it.

## What to do

decision = { $choice ->
    [worth] Looks worth keeping
    [may-worth] May be worth keeping
    [not-worth] Does not look worth keeping
    [may-not] May not be worth keeping
    [cost-open] Gain seen, cost not stated
    [money-open] Gain seen, money not compared
    [no-gain] No gain to be seen
   *[untold] Cannot be told
}
    .reason = { $failure ->
        [none] { $choice ->
            [no-gain] { chance-alone }
            [untold] { chance-alone }
           *[other] { decision-effect }{ decision-pays } { decision-caution }
        }
       *[other] The comparison fails a check, so neither a gain nor a loss is to be believed. { failure }
    }
# $check: what the check that fails says.
failure = { $failure ->
    [untested] Nothing can be tried out on the time before the date: see the checks below.
    [nearer] Before the date those who got it stood { $share } { above-or-below } the comparison. Chosen for that, they would have come nearer to it by themselves, and that could make all of the effect.
    [proportion] The groups were not alike before the date, and the finding is gone if the comparison's change is carried over in proportion instead of in amount; the data do not tell which is right.
   *[other] { $check }
}
chance-alone = { $varies ->
    [yes] { decision-effect } Chance alone could make that: the interval holds zero.
   *[no] All that was bought is alike, so that chance cannot be told from an effect.
}
decision-who = { $ages ->
    [0] Those who got it
   *[other] Customers { of-ages }
}
decision-effect = { $metric ->
    [retained] { decision-who }: the share who buy in a { month-or-week } lay { $value } { $limits } { $more ->
        [yes] above
       *[no] below
    } what was to be expected.
   *[other] { decision-who } brought { $value } { $limits } { $more ->
        [yes] more
       *[no] less
    } { $metric ->
        [revenue] { earned }
       *[orders] orders
    } { each } than was to be expected without it{ $cost ->
        [none] {""}
       *[other] , its cost of { $cost } taken off
    }.
}
# $pays: open where there is a gain and no cost is stated.
decision-pays = { $metric ->
    [revenue] { $pays ->
        [open] { $margin_stated ->
            [yes] {" "}Whether that pays is open: its cost is not in the unit file (`cost`).
           *[no] {" "}Whether that pays is open: neither its cost nor a margin is in the unit file (`cost`, `margin`).
        }
       *[known] {""}
    }
   *[other] {" "}Whether that pays cannot be told: `revenue` is not among the metrics of the change.
}
decision-caution = { $compared ->
    [yes] { $levels ->
        [no] Before, they stood { $share } { above-or-below } the comparison. { not-by-lot }
       *[other] { $pre_trend ->
            [yes] Before, both groups moved alike, as far as can be seen. { not-by-lot }
           *[other] { not-by-lot }
        }
    }
   *[no] In each period these are others, and of older customers it says nothing. There is nobody to compare with: a season, or anything else that began then, looks the same.
}
not-by-lot = They were not drawn by lot: what else happened to them alone at that time would look the same.

## Tiles

tile-each = Gain { each }
    .definition = { earned-first } added against what was to be expected without the change, { $cost_stated ->
        [yes] less its cost
       *[no] before its cost, which is not stated
    }.
tile-total = Gain in all
    .definition = { $ages ->
        [0] The same, of { $n } customers in all periods.
       *[other] The same, of { $n } customers from { $date } on, each in those { months-or-weeks } that are { ages } after the first purchase: { $times } { months-or-weeks } of customers.
    }
tile-lift = { short-name-first }, against expected
    .definition = { metric-per-period-first }: the difference in per cent of what was to be expected without the change.

## Figures. $level: confidence.

levels = { metric-per-period-first }: { $seen } from { $date } on; { $expected } were to be expected without the change
    .treated = those who got it
    .all = those who count
    .comparison = comparison
    .expected = to be expected without the change
    .from = from { $date } on
    .months = months
    .begin-axis = { months-or-weeks } that begin on
    .caption = { $compared ->
        [yes] Means of the same customers in every period, with { $level } bands; who buys nothing counts as 0. Dashed: the level of the treated before { $date }, moved as the comparison moved. Before that day it should run along the treated; after it, the distance is the effect.
       *[no] Means of customers { of-ages }, others in every period, with { $level } bands; an age weighs the same in all periods, by all the customers who count at that age. Dashed: a straight line fitted to the periods before { $date }, with its band; from that day on it is carried on, no data. The distance from it is the effect.
    } { $over ->
        [none] All periods are whole.
       *[other] All periods are whole; of { $asked ->
            [one] { $asked } { month-or-week }
           *[other] { $asked } { months-or-weeks }
        } from that day on, { $over } are over.
    }
# $pre_trend: whether the check of the time before the date holds.
event-study = { $compared ->
    [yes] From { $date } on the gap in { short-name } moved by { $effect }; { $pre_trend ->
        [yes] before it did not move beyond chance
        [no] but it had been moving before
       *[open] whether it had been moving before cannot be told
    }
   *[no] From { $date } on { short-name } lay { $effect } off its trend; { $pre_trend ->
        [yes] before it was straight, as far as can be seen
        [no] but it was not straight before
       *[open] whether it was straight before cannot be told
    }
}
    .axis = { months-or-weeks } from { $date }
    .caption = { $compared ->
        [yes] Dots: those who got it less the comparison, less the mean of that before { $date }; bars: { $level } intervals, of each period by itself. Grey, before: they should lie around zero. Blue band: the effect, the mean from that day on, with its interval.
       *[no] Grey, before { $date }: distance of each period from the trend; it should lie around zero, without a bend. Blue, from that day on: no data, but the distance of a second straight line, fitted to those periods, with { $level } intervals. Band: the effect, its mean, with its interval.
    }
# $currency: the unit's currency behind a comma, or nothing.
panel-title = { $kind ->
    [share] { short-name }, percentage points
   *[other] { short-name }{ $currency }
}
placebo = At { earlier-dates }, when nothing was introduced, nothing is found beyond chance
    .caption = The comparison at earlier dates, from the periods before { $date } alone: grey, with { $level } intervals of each date by itself. Blue, last: at the true date. Of several grey ones some may miss zero by chance; the check allows for their number.

## Tables. $level: confidence.

groups =
    .group = group
    .who = who
    .take-part = take part
    .newer = came too late
    .left-out = left out
    .clusters = clusters
    .caption = { $ages ->
        [0] Every customer is in one row. Came too late: first bought when the periods had begun.
       *[other] Every customer is in one row. Take part: count in one { month-or-week } at least, { of-ages }. Came too late: first bought in the last { month-or-week }.
    }
group-name = { $group ->
    [treated] those who got it
    [comparison] comparison
    [all] all
    [neither] in neither group
    [unlisted] not in the customers table
    [unclustered] in no cluster
   *[older] first bought too long before
}
notes = to be known
per = per customer and { month-or-week }
before-to-after = { $before } → { $after }
effects =
    .course = before → after
    .comparison = comparison
    .expected = expected
    .difference = difference
    .truth = in truth
    .p = p
    .caption = { $compared ->
        [yes] Means of all periods before and after. Expected: what those who got it had before, and what changed for the comparison. Difference: what came after, less that (difference-in-differences). Brackets: { $level }.
       *[no] Means of all periods before and after, of the same ages of customers, mixed alike, and brought to one length. Difference: mean distance from the straight trend of the time before (interrupted time series). Brackets: { $level }.
    }
robust =
    .effect = effect
    .proportional = in proportion
    .trended = trend carried on
    .level = in the first period
    .bend = more each period
    .before = { $compared ->
        [yes] alike before, p
       *[no] straight before, p
    }
    .breakdown = undone by
    .times = { $n }×
    .caption = { $compared ->
        [yes] In proportion: if the comparison's change had carried over in proportion, not in amount. Trend carried on: less a straight trend of the gap before the date, as if it had gone on. Undone by: a lasting move of the gap, in largest moves seen from one period to the next before the date, chance included; 0 where there is nothing to undo. Brackets: { $level }.
       *[no] In the first period: distance from the trend right at the date; more each period: how the distance grows. Undone by: a lasting move off the trend, in largest moves seen from one period to the next before the date, chance included; 0 where there is nothing to undo. Brackets: { $level }.
    }
checks =
    .check = check
    .outcome = what was found
    .caption = ✓ holds, ✗ does not, ? cannot be told. Where one fails for { short-name }, which decides, nothing is believed; levels that differ forbid it only where they could make the effect by themselves. That a check holds is no proof.
check-mark = { $holds ->
    [yes] ✓
    [no] ✗
    [open] ?
   *[other] {""}
}
check-name = { check-mark } { $check ->
    [pre_trend] { $compared ->
        [yes] alike before the date
       *[no] straight before the date
    }
    [placebo] earlier dates
    [trend] trend carried on
    [levels] levels before
   *[clusters] enough clusters
}
# $others: how it came out for the other metrics, or none.
check-found = { $sentence ->
    [none] There is no effect on { short-name } to be undone.
   *[other] { $sentence }
}{ $others ->
    [none] {""}
   *[other] {" "}({ $others })
}
check-other = { short-name } { check-mark }
placebo-dates =
    .date = date
    .p = p, { short-name }
    .caption = From the periods before { $date } alone. Each date by itself; brackets: { $level }.
money-table =
    .per = per
    .gain = { earned } added{ $currency }
    .cost = its cost
    .profit = left{ $currency }
    .chance = pays with
    .caption = Effect on revenue times the margin of { $margin }, less the cost. Pays with: probability under a flat prior, if { fair }; that this is so is in no number here. Brackets: { $level }.
money-basis = { $basis ->
    [customer-and-period] { each }
    [customer] a customer, in all periods
   *[total] { $ages ->
        [0] all who got it
       *[other] all who count from the date on
    }
}

## What adds up

identity-money = revenue of both groups in all periods = money of their purchases
identity-effect = mean of the periods' effects = the effect
identity-customers = customers of all groups = customers with a purchase

## Why something is not shown

no-placebo = Not shown: there is no earlier date to try the comparison on.
ages-do-not-add-up = Not added up: every age of customers has the same weight in all periods, whatever its number.
no-revenue = Not added up: `revenue` is not among the metrics of the change.
no-customers-table = The comparison needs the customers table, which tells who belongs to which group.
# $group: treated or comparison.
few-customers = The { $group ->
    [treated] treated
   *[comparison] comparison
} group has { customers } who had bought before { $first }; { $least } are needed.
few-clusters = The { $group ->
    [treated] treated
   *[comparison] comparison
} group has { $n ->
    [one] { $n } cluster
   *[other] { $n } clusters
} ({ $column }); { $least } are needed.
few-of-the-ages = In one of the periods only { $n } customers count, who first bought up to { $ages } periods before; { $least } are needed.
too-few-before = Two whole { months-or-weeks } before { $date } are needed, and customers known before them; data begin on { $start }.
nothing-after = No whole period from { $date } on has been observed yet; data end on { $as_of }.
too-few-asked = Without a comparison group { $least } whole { months-or-weeks } before { $date } are needed; { $asked } are asked for.
    .do = Set `before` to { $least } or more, or leave it out.
too-short-for-trend = Without a comparison group { $least } whole { months-or-weeks } before { $date } are needed, and one more before them from which customers are known; data begin on { $start }.
    .do = { $period ->
        [month] Set `period: week`, so that more periods fit in, or name customers to compare with.
       *[week] Name customers to compare with (`treated` or `comparison_unit`).
    }
