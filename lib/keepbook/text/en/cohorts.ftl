### Who stays: cohort retention.

## Findings

# $start and $end: days. $left: customers who are left out as warm-up.
who-stays = { $n ->
    [one] { $n } customer
   *[other] { $n } customers
} first bought between { $start } and { $end }.{ $left ->
    [0] {""}
   *[other] {" "}{ $left } who first appear earlier are left out: they may have been customers before the data begin.
} { $shares ->
    [none] No { $period } after the first is over yet, so nothing can be said about who stays.
   *[other] { $shares }.
}
who-stays-share = { $estimate } return in { $age }
# $verdict: more, less or same.
trend = { $verdict ->
    [more] Newer cohorts return more often than older ones
    [less] Newer cohorts return less often than older ones
   *[same] There is no clear change between newer and older cohorts
}: { $change } in { $age }, first purchase since { $since } against before.{ $before_data ->
    [yes] {" "}Part of it may be that older cohorts still hold customers of before the data begin.
   *[no] {""}
}
worth = If one percentage point more of a cohort returned in { $age }, that { $period } would bring about { $gain } more: { $size } new customers, { $each } from each who returns (plain arithmetic on the latest cohorts).
lost = In { $when }, { $lost } of all { $start } customers active at its start were lost ({ $share }; nothing bought for { $days } days), and { $gained } were new or came back.
heading = If nothing changes, { $share } will still buy in { $period } { $last }; over the last { $held } observed periods this projection was off by { $error } on average.

## Tiles

tile-retention = Return in { $age }
    .compared = newer half of the cohorts vs. older
    .definition = Share of customers who buy again in { $age } after their first purchase, average of all cohorts that reached it.
tile-churn = Customers lost, last { $period }
    .compared = vs. { $period } before
    .definition = Customers at the start of the last complete { $period } who by its end have bought nothing for { $days } days.
tile-nrr = Net revenue retention
    .definition = Revenue in the last complete { $period } from customers who had bought earlier, as a share of all revenue one { $period } before; the season is not taken out.

## Figures

return-axis = share who return
heatmap-axis = { age-axis }; % of the cohort
# $average: pooled or simple. $open, $warm_up: whether there are such cells and cohorts. $hidden: whether cohorts are not drawn.
heatmap = { $ages ->
    [0] No period after the first purchase is over yet
    [1] { $share } return in { $age }
   *[other] { $share } return in { $age }, { $share_last } in { $age_last }
}
    .average = average
    .cohort = cohort
    .customers = customers
    .caption = Share of each cohort that { $rule ->
        [on] bought in exactly that period
        [on_or_after] bought in that period or later
       *[bracket] bought within that range of periods
    }. { $average ->
        [pooled] Average: complete cells only, weighted by cohort size.
       *[simple] Average: complete cells only, each cohort counted once.
    }{ $open ->
        [yes] {" "}Hatched: not over for the whole cohort, in no average.
       *[no] {""}
    }{ $warm_up ->
        [yes] {" "}* Warm-up: these customers may be older than they look, as the data begin here.
       *[no] {""}
    }{ $hidden ->
        [yes] {" "}The latest { $drawn } of { $cohorts } cohorts are drawn.
       *[no] {""}
    }
curve = Of the average cohort { $share } { $limits } return in { $age }
    .caption = Blue: average of all cohorts with its { $level } interval; grey: each cohort. Complete periods only. The period of the first purchase itself (100 %) is not drawn.
segments = { $differ ->
    [yes] { $best } returns most ({ $high }), { $worst } least ({ $low }) after one { $period }
   *[no] The data show no clear difference between segments after one { $period }
}
    .caption = Each group by { $column } (customers in brackets) in blue with its { $level } interval, the average of all in grey. The title rests on one χ² test over all segments in the first { $period }, so that looking at many of them cannot produce a difference by chance alone.
projection = Heading for { $share } { $limits } in { $period } { $last }
    .model = model
    .predicted = predicted from the earlier periods
    .observed = observed
    .caption = Shifted beta-geometric model (Fader & Hardie 2007), made for contracts: here it describes the curve, it does not explain it. Checked by predicting the last { $held ->
        [one] { $held } observed period
       *[other] { $held } observed periods
    } from those before: off by { $error } on average. Band: { $level } interval for the share to be observed.
revenue-curve = Of { $hundred } in the first { $period }, { $back } come back in { $period } { $age }
    .axis = of first-period revenue
    .caption = Revenue net of returns of all customers who entered, divided by the revenue of their first period; { $level } interval. A first calendar period is a part of one for most customers, so read the shape rather than the level.
revenue-rates = { $periods ->
    [0] No two periods to compare yet
   *[other] In { $when }, earlier customers brought { $share } of the revenue of the { $period } before
}
    .net = net (NRR)
    .gross = gross (GRR)
    .axis = of the period before
    .caption = Net: what earlier customers spent, as a share of all revenue one { $period } earlier; includes those who came back. Gross: the same without any increase. Bands: { $level } intervals. Dashed: unchanged.
churn-rate = { $share } of customers were lost in { $when }
    .axis = of customers at its start
    .caption = Lost: a customer at the start of the { $period } who by its end has bought nothing for { $days } days. Bars: { $level } Wilson intervals.
compared-curves = { $differ ->
    [yes] { $best } returns most ({ $high }), { $worst } least ({ $low }) in { $age }
   *[no] The data show no clear difference between the units in { $age }
}
    .caption = Average curve of each unit with its { $level } interval, complete periods only; each is counted as its own unit file says.

## Table

average-table =
    .label = { period }
    .cohorts = cohorts
    .size = customers
    .active = active
    .retention = return
    .interval = { $level } interval
    .revenue_retention = revenue
    .revenue_interval = { $level } interval of revenue
    .caption = Customers: those whose period is over. Return: share active. Revenue: share of first-period revenue.

## What adds up

identity-customers = customers in cohorts + left out = customers with a purchase
identity-money = starting − churned − contraction + expansion + reactivation + new = ending
identity-churn = at the end of the last period = bought within the rule's days before it

## Why something is not shown

no-later-period = Not shown: no period after the first purchase is over yet.
no-purchase = There is no purchase up to { $as_of }, so there is no cohort.
    .do = Set a later `as_of`.
all-warm-up = Every cohort lies in the warm-up of { $warm_up } { $unit ->
    [week] weeks
    [month] months
   *[quarter] quarters
} and is left out, with { $left_out } customers.
    .do = Set a shorter `warm_up`, or `warm_up_cohorts: flag`.
no-segments = Retention by segment is not shown: it needs the table `customers`, and `retention_by` naming one of its columns.
too-short-to-fit = A curve can be projected only from two periods or more in which some leave and some stay.
not-single-periods = A projection needs the share active in each single period.
    .do = Choose the return_rule 'on'.
too-few-periods = A projection needs { $needed } complete periods after the first in which customers return; there are { $found }.
