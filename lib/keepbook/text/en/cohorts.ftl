### Who stays: cohort retention.

## Findings

# $share: who come back in the first period, of all; $gain: what one more percentage point brings in a year.
headline = { $share ->
    [none] No { $period } after the first is over yet, so nothing can be said about who stays.
   *[other] { $share } of new customers come back in { $age }{ $gain ->
        [none] .
       *[other] ; one more point adds about { $gain } a year.
    }
}
# $slow: whether the same cohorts had hardly more customers in $from, half-way.
still = { $slow ->
    [yes] { $share } still buy in { $age }, hardly fewer than in { $from }.
   *[no] { $share } still buy in { $age }, and the curve goes on falling.
}
# $verdict: more, less or same. $since: the first of the newer cohorts. $gain: money of the change in a year.
trend = { $verdict ->
    [more] Cohorts since { $since } come back more often: { $change } in { $age }
    [less] Cohorts since { $since } come back less often: { $change } in { $age }
   *[same] There is no clear change between earlier cohorts and those since { $since }
}{ $gain ->
    [none] .
   *[other] , about { $gain } a year.
}{ $before_data ->
    [yes] {" "}Part of it may be that older cohorts still hold customers of before the data begin.
   *[no] {""}
}
# $net: whether more customers came, or came back, than were lost.
lost = In { $when }, { $share } of active customers were lost: they bought nothing for { $days } days. { $net ->
    [more] More were new or came back.
    [fewer] Fewer were new or came back.
   *[same] As many were new or came back.
}
ahead = If nothing changes, { $share } will still buy in { $age }; past projections were off by { $error } on average.

## Tiles

# $kind: one age, several, or on_or_after.
tile-retention = { $kind ->
    [on_or_after] Back from { period } { $label } on
    [several] Back in { $age }
   *[one] { $clock ->
        [rolling] Back in { $age }
       *[calendar] Come back in { $age }
    }
}
    .basis = { $active } of { $size } customers
    .compared = vs older cohorts
    .definition = Share of customers who buy again in { $age } after their first purchase, average of all cohorts that reached it; the change is of the newer half of the cohorts. The range holds chance, not how much cohorts differ.
    .worth = One point more in { $age } would bring { $gain } a cohort: { $size } new customers, { $each } from each who comes back; plain arithmetic on the latest cohorts, no forecast.
tile-churn = { $week ->
    [yes] Lost, week of { $when }
   *[no] Lost in { $when }
}
    .basis = { $lost } of { $start } customers
    .compared = vs { $period } before
    .definition = Customers at the start of the last complete { $period } who by its end have bought nothing for { $days } days.
tile-nrr = Net revenue retention
    .definition = Revenue of { $when } from customers who had bought earlier, as a share of all revenue one { $period } before; the season is not taken out.

## Figures

# $found: what the table shows. $tenths: who do not come back in the first period, of ten, in every cohort.
heatmap = { $found ->
    [few] Too few customers yet to say who stays
    [one] { $share } still buy in { $age }
    [more] Newer cohorts come back more often than older ones
    [less] Newer cohorts come back less often than older ones
    [above] { $cohort } comes back more often than the other cohorts
    [below] { $cohort } comes back less often than the other cohorts
    [some] A few cells differ from the other cohorts beyond chance
    [many] Cohorts differ beyond chance in many { $period }s
    [longer] Older cohorts have had longer to come back; compare along rows
    [every] Every cohort loses { tenths } in ten customers after the first { $period }
   *[alike] No cohort differs from the others beyond chance
}
    .caption = The colour is a share without what chance may have done to it: small cohorts are drawn towards the average.{ $marks ->
        [yes] {" "}A season marks cells of one calendar { $period }, which lie on a diagonal.
       *[no] {""}
    }{ $average ->
        [simple] {" "}In the average each cohort counts once.
       *[pooled] {""}
    }{ $hidden ->
        [yes] {" "}The newest { $drawn } of { $cohorts } cohorts are shown; the file has all.
       *[no] {""}
    }{ $left ->
        [0] {""}
       *[other] {" "}Left out: { $left } customers of the first { $period }s, who may be older than the data.
    }
tenths = { $tenths ->
    [1] one
    [2] two
    [3] three
    [4] four
    [5] five
    [6] six
    [7] seven
    [8] eight
   *[9] nine
}
# $ages: none that a title may speak of, one, or two.
curve = { $ages ->
    [0] Too few customers yet to say who stays
    [1] { $share } come back in { $age }
   *[other] { $slow ->
        [yes] After { $from } the curve hardly falls any more
       *[no] { $share } still buy in { $age }
    }
}
    .measure = Share of { $n } customers who buy in { $rule ->
        [on_or_after] a { $period } or later
        [bracket] a range of { $period }s
       *[on] a { $period }
    }; first purchases { $start } to { $end }
    .caption = Band: { $level } interval of the average; it does not hold how much cohorts differ. Only { $period }s that are over count.{ $few ->
        [yes] {" "}Dashed: fewer than { $fewest } customers.
       *[no] {""}
    }
# $differ: yes, no, or few where hardly any segment has enough customers.
segments = { $differ ->
    [yes] { $best } comes back most often, { $worst } least
    [few] Too few customers in each segment to compare them
   *[no] No clear difference between segments
}
    .panel = { $name } ({ $n })
    .measure = Share who buy, by { $axis }; by { $column }, number of customers in brackets; grey: all
    .caption = Bands: { $level } intervals. The title rests on one test of all segments of { $fewest } customers or more in { $age }.{ $few ->
        [yes] {" "}Dashed: fewer than { $fewest } customers.
       *[no] {""}
    }{ $others ->
        [0] {""}
        [one] {" "}One smaller segment is added up as “other”.
       *[other] {" "}{ $others } smaller segments are added up as “other”.
    }{ $small ->
        [none] {""}
       *[other] {" "}Too small to draw: { $small }.
    }
# $n: segments in it.
segment-other = { $n ->
    [0] other
    [one] other
   *[other] { $n } others
}
segment-not-stated = not stated
projection = If nothing changes, { $share } ({ $limits }) will buy in { $age }
    .measure = Share who buy, by { $axis }; grey area: not observed yet
    .model = expected
    .observed = observed
    .caption = Band: { $level } interval of what will be observed. Checked by predicting the last { $held ->
        [one] { $held } { $period }
       *[other] { $held } { $period }s
    } from those before (dashed): off by { $error } on average. A change in the business is in no band.
    .reading = { $ahead ->
        [yes] { $age }|{ $share } expected ({ $limits })
       *[no] { $age }|{ $share } observed; the model has { $limits }
    }
revenue-curve = { $ages ->
    [0] Too few customers yet to say what money comes back
   *[other] In { $age } customers bring { $share } of their first { $period }’s revenue
}
    .measure = Revenue of the average cohort, net of returns, in % of its first { $period }’s
    .caption = Band: { $level } interval. The first calendar { $period } is only a part of one for most customers: read the shape rather than the level.{ $few ->
        [yes] {" "}Dashed: fewer than { $fewest } customers.
       *[no] {""}
    }
    .reading = { $age }|{ $share } of the first { $period }’s revenue ({ $limits })
revenue-rates = { $periods ->
    [0] No two periods to compare yet
   *[other] Earlier customers brought { $share } of the previous { $period }’s revenue in { $when }
}
    .measure = Revenue of earlier customers, in % of all revenue of the { $period } before
    .nrr = net
    .grr = gross
    .unchanged = unchanged
    .caption = Net includes those who came back and those who spent more; gross leaves out every increase. Bands: { $level } intervals. Seasons are not taken out.
    .reading = { $when }|{ $name }: { $share } ({ $limits })
churn-rate = { $few ->
    [yes] Too few customers yet to say how many are lost
   *[no] { $share } of customers were lost in { $when }
}
    .measure = Share of the customers at the start of a { $period } who were lost by its end
    .caption = Lost: nothing bought for { $days } days. In the last { $period } { $gained } were new or came back. Band: { $level } interval.
    .reading = { $when }|{ $share } lost ({ $limits }); { $lost } of { $start } customers
compared-curves = { $differ ->
    [yes] Customers of { $best } come back most often, of { $worst } least
    [few] Too few customers in each unit to compare them
   *[no] No clear difference between the units in { $age }
}
    .measure = Share who buy in each unit, by { $axis }
    .caption = Bands: { $level } intervals; only { $period }s that are over count. Each is counted as its own unit file says.{ $few ->
        [yes] {" "}Dashed: fewer than { $fewest } customers.
       *[no] {""}
    }

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
no-large-segments = Not shown: of the segments by { $column }, no two have { $fewest } customers or more.
too-short-to-fit = A curve can be projected only from two periods or more in which some leave and some stay.
not-single-periods = A projection needs the share active in each single period.
    .do = Choose the return_rule 'on'.
too-few-periods = A projection needs { $needed } complete periods after the first in which customers return; there are { $found }.
