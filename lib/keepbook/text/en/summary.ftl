### A unit in short: what is to be decided, what matters most, what changed.

## Decisions

# Below a decision. $amount: money that hangs on it.
stake = { $amount } a year
# Of a page that could not be made.
failed = Could not be made: { $page }
    .stands = What stands is of data to { $day }.
# Lines whose day or amount cannot be read.
unread = { $share } of the lines cannot be read
    .reason = { $share } of the lines cannot be read: their money is missing from every figure.
old-verdict = from the last good report

## Key figures

tile-active = Active customers
    .definition = Customers with a purchase in the { $days } days up to the last day. The change is what was gained less what was lost in { $apart } days; chance alone could move it by its square root or so.
    .basis = in { $days } days
    .compared = vs. { $apart } days before
# A figure and its range.
with-range = { $value } ({ $limits })

## Figures

retention = { $cohorts ->
    [one] { $share } of the one cohort return in { $age }
   *[other] { $share } of new customers return in { $age }
}
    .caption = The page of cohorts says more.
curve = After { $age }, { $share } of the average cohort still buy
    .measure = Share who buy, by time since the first purchase
    .caption = The band is the range that chance leaves. Dashed: fewer than 100 customers.
# $apart: the ranges of the two do not touch.
segments = { $apart ->
    [yes] { $best } come back most, { $worst } least
   *[no] No segment clearly differs from the others
}
    .measure = Share who buy, by time since the first purchase; grey: all customers
    .caption = { $hidden ->
        [0] Compared in { $age }, by ranges that do not touch. Customers in brackets.
       *[other] Compared in { $age }, by ranges that do not touch. Customers in brackets; { $hidden } smaller segments are on the page of cohorts.
    }
value-ahead = { $change ->
    [fall] Without new customers, revenue falls by { $share } until { $when }
    [rise] Without new customers, revenue still rises by { $share } until { $when }
   *[steady] Even without new customers, revenue holds until { $when }
}
    .measure = Expected revenue a { $period }{ $suffix }
    .today = today's customers
    .with-new = with new ones
    .caption = { $more ->
        [yes] Dashed: if new customers keep coming as they did lately. The band is no narrower than past forecasts of totals erred; single { $period }s swing more.
       *[no] The band is no narrower than past forecasts of totals erred; single { $period }s swing more.
    }
    .reading = { $when } | { $amount } ({ $limits })

## What changed

# $kind: figure, verdict, new, failed or back.
changes =
    .what = what
    .before = in the last report
    .now = now
    .caption = What is otherwise than in the report of data to { $day }, as far as it is more than chance.{ $recounted ->
        [yes] {" "}Settings were changed since, so some figures are not compared.
       *[no] {""}
    }
    .was = { $kind ->
        [verdict] { $label }
        [new] not yet there
        [back] could not be made
       *[failed] made
    }
    .is = { $kind ->
        [failed] could not be made
        [back] made again
       *[verdict] { $label }
    }

## What is to be known of the data

health =
    .what = what
    .found = found
    .caption = Lines used and left out, and what was checked. The foot of the page has every rule.
    .lines = Lines used
    .of = { $n } of { $all } ({ $share })
    .left-out = Most were left out for
    .rule = { $rule }: { $n }
    .none = nothing
    .unread = Lines that cannot be read
    .unread-share = { $n } ({ $share })
    .last-line = Last line
    .gap = { $day }, { $days ->
        [one] { $days } day before the last day
       *[other] { $days } days before the last day
    }
    .sums = Sums counted twice
    .agree = all { $n } agree, on { $pages ->
        [one] { $pages } page
       *[other] { $pages } pages
    }

## What adds up

identity-customers = active customers before + gained − lost = active customers
identity-lines = lines kept + lines left out = all lines

## Why something is not shown

no-pages = There is no report of this unit yet. Make them first: `keepbook run { $unit }`.
no-table = Not shown: { $page ->
    [clv] the page of customer value has
   *[other] the page of cohorts has
} not been made, or had too few data.
too-short = Not shown: active customers. The data cover too few days beside the { $days } that count.
nothing-to-decide = Nothing is to be decided: no experiment or change is in the unit file, and no page warns.
first-report = This is the first report. The next one says here what changed.
nothing-changed = Nothing changed by more than chance since the report of data to { $day }.
