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
up-to-ages = { $ages ->
    [1] 1 { month-or-week } after their first purchase
   *[other] up to { $ages } { months-or-weeks } after their first purchase
}
earned = { $margin_stated ->
    [yes] margin
   *[no] revenue
}
fair = { $compared ->
    [yes] the comparison is fair
   *[no] the trend would have gone on
}
fair-first = { $compared ->
    [yes] If the comparison is fair
   *[no] If the trend would have gone on
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

## What to do. $title: what was introduced.

decision = { $title ->
    [none] { choice-first }
   *[other] { $title }: { choice }
}
    .reason = { $failure ->
        [none] { $varies ->
            [no] All that was bought is alike, so that chance cannot be told from an effect. { doubt }
           *[yes] { what-was-seen } { doubt }
        }
       *[other] { not-to-be-believed } { failure }
    }
choice = { $choice ->
    [worth] keep for now
    [may-worth] keep for now, and test it
    [not-worth] better end it
    [may-not] test before ending it
    [cost-open] a gain; state its cost
    [money-open] a gain, but not yet in money
    [no-gain] no gain seen
   *[untold] cannot be told
}
choice-first = { $choice ->
    [untold] Cannot be told
   *[other] { choice }
}
who-got-it = { $ages ->
    [0] Customers who got it
   *[other] Recent customers
}
# $amount: by how much, with its range. $chance: whether chance alone could make it.
what-was-seen = { $metric ->
    [retained] { who-got-it }: the share who buy lay { $amount } { above-or-below } what was expected{ could-be-chance }.
   *[other] { who-got-it } brought { $amount } { $more ->
        [yes] more
       *[no] less
    } { $metric ->
        [revenue] { earned }
       *[orders] orders
    } a { month-or-week } than expected{ $cost ->
        [yes] , after cost
       *[no] {""}
    }{ could-be-chance }.
}
could-be-chance = { $chance ->
    [yes] : chance alone could make that
   *[no] {""}
}
# $pays: open where there is a gain whose cost is not stated, or no money.
doubt = { $compared ->
    [yes] { $pays ->
        [open] They were not randomised, and { not-known }.
       *[known] They were not randomised{ $unlike ->
            [none] {""}
           *[other] {" "}and stood { $unlike } { $unlike_above ->
                [yes] above
               *[no] below
            } the others before
        }: another cause would look the same.
    }
   *[no] { $pays ->
        [open] There is nobody to compare with, and { not-known }.
       *[known] There is nobody to compare with: a season, or anything else that began then, looks the same.
    }
}
not-known = { $metric ->
    [revenue] { $margin_stated ->
        [yes] its cost is not known
       *[no] neither its cost nor your margin is known
    }
   *[other] revenue was not compared
}
not-to-be-believed = { $compared ->
    [yes] They were not randomised, and the comparison fails a check: neither a gain nor a loss is to be believed.
   *[no] There is nobody to compare with, and a check fails: neither a gain nor a loss is to be believed.
}
# What the check that fails says.
failure = { $failure ->
    [pre_trend] { $compared ->
        [yes] Before the change, { metric-in-sentence } of the two groups did not move alike.
       *[no] Before the change, { metric-in-sentence } did not follow a straight line, so carrying it on may mislead.
    }
    [placebo] At { $date }, when nothing was introduced, the same comparison finds an effect too.
    [trend] The drift that was there before the change, carried on, undoes the effect.
    [clusters] Too few clusters ({ $column }) were compared: one group counts as { $effective } of them.
    [untested] The time before the change is too short to try the comparison out.
    [nearer] Before, they stood { $share } { $unlike_above ->
        [yes] above
       *[no] below
    } the others; chosen for that, they would have come nearer by themselves.
   *[proportion] The groups were not alike before: the effect is gone if the others' change carries over in proportion.
}

## Findings

measured-only = What is drawn below was measured; it is not an effect of the change.
# $amount: money a year, with its range.
year = { $more ->
    [yes] Over a year that would bring { $amount }, if it goes on like this.
   *[no] Over a year that would cost { $amount }, if it goes on like this.
}
# $needed: from which margin on it pays. $gain: what it may cost at most.
pays = { $stated ->
    [yes] { $margin_stated ->
        [yes] { fair-first }, it pays with a probability of { $chance }.
       *[no] { $needed ->
            [none] You have not set a margin, so revenue counts as if all of it were earned.
           *[other] It pays if your margin is above { $needed }. You have not set one.
        }
    }
   *[no] It pays if it costs less than { $gain } { each }{ $margin_stated ->
        [yes] {""}
       *[no] , times your margin
    }.
}
others = Each { month-or-week }, against what was expected: { $parts }.
other = { $metric ->
    [retained] { short-name }
   *[other] { short-name } a customer
} { $effect }
others-fail = What is said of { $metrics } is not to be believed: a check fails.
drift = A slow drift that we could not see might explain this result.
unlike = Before the change, those who got it stood { $share } { above-or-below } the others.
unlike-open = Whether both groups were alike before cannot be told.
season = Less than a year lies before the change: a season cannot be told from an effect.
# $n, $others: how many customers.
who = { $compared ->
    [yes] { customers } who got it were compared with { $others } who did not, the same in all { months-or-weeks }.
   *[no] { $n ->
        [one] One customer counts, { up-to-ages }; of older ones it says nothing.
       *[other] { $n } customers count, { up-to-ages }; of older ones it says nothing.
    }
}
# $n: customers who are not in the customers table.
unlisted = Left out: { customers } of whom we do not know whether they got it.
truth = In truth, known of simulated data, { metric-in-sentence } changed by { $value }{ $metric ->
    [retained] {""}
   *[other] {" "}{ each }
}.

## Can it be believed? In a line.

check-line = { $check ->
    [pre_trend] { $compared ->
        [yes] moved alike before
       *[no] straight before
    }
    [placebo] nothing at earlier dates
    [trend] no slow drift
    [levels] alike in level before
   *[clusters] enough clusters ({ $column })
}
between-checks = { " · " }

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
       *[other] Whether both groups were alike in { metric-in-sentence } before the date, within { $tolerance }, cannot be told: the treated stood { $share } { above-or-below } the comparison ({ $limits }).
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

levels-against = Here that would have worked against the finding.

## What is to be known of who and what was counted

note-about = { $about ->
    [customers] customers
    [periods] periods
    [intervals] intervals
   *[money] money
}
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

## Tiles. $kept: whether it is margin, less its cost.

tile-total = { $kept ->
    [yes] Profit
   *[no] Gain
} in { $after } { $after ->
    [one] { month-or-week }
   *[other] { months-or-weeks }
}
    .basis = { $stated ->
        [yes] after cost
       *[no] before cost
    }
    .definition = { $ages ->
        [0] The { earned } that came in beyond what was expected without the change, of { customers } from { $date } on.
       *[other] The { earned } that came in beyond what was expected without the change, of { customers } from { $date } on, each in those { months-or-weeks } that are { ages } after the first purchase: { $times } { months-or-weeks } of customers.
    }
tile-lift = Lift in { metric-in-sentence }
    .definition = { metric-per-period-first }: the difference in per cent of what was expected without the change.
tile-past = as wide as errors at earlier dates

## Figures. $level: confidence.

# $state: failed, chance or beyond. $lift: how far, without its sign.
levels = { $state ->
    [failed] { short-name-first } as measured, not an effect of the change
    [chance] { short-name-first } is within chance of what was expected
   *[beyond] { short-name-first } was { $lift } { above-or-below } what was expected
}
    .measure = { $compared ->
        [yes] Per customer and { month-or-week }, those who got it and the others; shaded from { $date } on
       *[no] Per customer and { month-or-week }, { up-to-ages }; shaded from { $date } on
    }
    .treated = those who got it
    .all = those who count
    .comparison = comparison
    .expected = expected without it
    .caption = { $compared ->
        [yes] Means of the same customers throughout, with { $level } bands; who buys nothing counts as 0. Expected: their level before, moved as the comparison moved.
       *[no] Means of customers { of-ages }, others in every { month-or-week }, with { $level } bands; ages weigh the same throughout. Expected: a straight line through the { months-or-weeks } before, carried on.
    } { periods-over }
    .reading = { $when } | { $name }: { $value }
periods-over = { $over ->
    [none] All periods are whole.
   *[other] Of { $asked } { $asked ->
        [one] { month-or-week }
       *[other] { months-or-weeks }
    } from that day on, { $over } are over.
}
# $pre_trend: whether the check of the time before the date holds.
event-study = { $compared ->
    [yes] { $pre_trend ->
        [yes] Before the change the gap did not move beyond chance
        [no] The gap had been moving before the change
       *[open] Whether the gap had been moving before cannot be told
    }
   *[no] { $pre_trend ->
        [yes] Before the change { short-name } followed a straight line
        [no] Before the change { short-name } did not follow a straight line
       *[open] Whether { short-name } was straight before cannot be told
    }
}
    .measure = { $compared ->
        [yes] Gap between both groups, less its mean before, by { months-or-weeks } from { $date }
       *[no] Distance from the trend before, by { months-or-weeks } from { $date }
    }
    .caption = { $compared ->
        [yes] Grey: before the change, where it should lie around zero. Bars: { $level } of each { month-or-week } by itself; an arrow goes on. Band: the effect, the mean from that day on{ hollow-truth }.
       *[no] Grey: before the change, where it should lie around zero. Blue: no data, but a second straight line with { $level } intervals; an arrow goes on. Band: the effect, its mean{ hollow-truth }.
    }
    .reading = { $when } | { $value }
    .mean = effect
    .truth = in truth
hollow-truth = { $truth ->
    [yes] ; hollow: the truth
   *[no] {""}
}
# $currency: the unit's currency behind a comma, or nothing.
panel-title = { $kind ->
    [share] { short-name }, pp
   *[other] { short-name }{ $currency }
}
placebo = { $date ->
    [none] At { earlier-dates } nothing is found beyond chance
   *[other] At { $date } an effect is found where none can be
}
    .measure = The same comparison at earlier dates, from what lies before { $true }, and at { $true } itself
    .caption = Bars: { $level } intervals of each date by itself; an arrow goes on. Of several grey ones some may miss zero by chance; the check allows for their number.

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
notes =
    .about = about
    .note = to be known
    .caption = How customers and periods were chosen.
per = per customer and { month-or-week }
before-to-after = { $before } → { $after }
effects =
    .expected = expected
    .seen = seen
    .difference = difference
    .lift = against expected
    .truth = in truth
    .caption = { $compared ->
        [yes] Means from { $date } on, beside what was expected without the change, with { $level } intervals.
       *[no] Means from { $date } on, beside the trend before, carried on, with { $level } intervals.
    }
courses =
    .course = before → after
    .comparison = comparison
    .expected = expected
    .difference = difference
    .p = p
    .caption = { $compared ->
        [yes] Means of all periods before and after. Expected: what those who got it had before, and what changed for the comparison. Difference: what came after, less that (difference-in-differences), with its { $level } interval.
       *[no] Means of all periods before and after, of the same ages of customers, mixed alike, and brought to one length. Difference: mean distance from the straight trend of the time before (interrupted time series), with its { $level } interval.
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
    .times = { $move } ({ $n } × { $largest })
    .caption = { $compared ->
        [yes] In proportion: if the comparison's change had carried over in proportion, not in amount. Trend carried on: less a straight trend of the gap before the date, as if it had gone on. Undone by: a lasting move of the gap from the date on. In brackets beside it, how many times the largest move between two periods before it is, chance included. Other brackets: { $level } intervals.
       *[no] In the first period: distance from the trend right at the date; more each period: how the distance grows. Undone by: a lasting move off the trend from the date on. In brackets beside it, how many times the largest move between two periods before it is, chance included. Other brackets: { $level } intervals.
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
    .caption = From the periods before { $date } alone. Each date by itself; in brackets: { $level } intervals.
money-table =
    .per = per
    .gain = { earned } added{ $currency }
    .cost = its cost
    .profit = left{ $currency }
    .chance = pays with
    .caption = { $margin_stated ->
        [yes] Effect on revenue times the margin of { $margin }
       *[no] Effect on revenue, all of it counted as earned
    }, { $stated ->
        [yes] less the cost. Pays with: probability under a flat prior, if { fair }; that this is so is in no number here.
       *[no] before its cost, which is not stated.
    } In brackets: { $level } intervals.
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
