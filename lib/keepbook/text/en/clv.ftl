### What customers are worth: customer lifetime value.

## Terms

horizon = { $months ->
    [one] { $months } month
   *[other] { $months } months
}
# $margin: whether the unit's margin is known, so that value is margin, not revenue.
earned = { $margin ->
    [yes] margin
   *[no] revenue
}
# How value is counted. $rate: discount rate a year, if there is one.
value = { earned }{ $rate ->
    [none] {""}
   *[other] , discounted at { $rate } a year
}
# $method: which one; $name: as models are called.
method-name = { $method ->
    [historical-formula] historical formula
    [same-as-last-period] same as last period
    [gradient-boosting] gradient boosting
   *[other] { $name }
}
# The same within a sentence.
method-in-sentence = { $method ->
    [historical-formula] the historical formula
    [same-as-last-period] the last period repeated
    [gradient-boosting] gradient boosting
   *[other] { $name }
}
off-by = { $way ->
    [right] right
    [high] { $n } too high
   *[low] { $n } too low
}
span = { $low } to { $high }

## Findings

too-little = What { customers } will bring cannot be said yet; so far they have brought { $money }.
check-stops = { $name }: { $measured }; needed: { $needed }. { $follows }
check-failed = { $figures ->
    [yes] Read with care: { $follows } ({ $name }: { $measured }; needed: { $needed }.)
   *[no] Nor is this met: { $name }: { $measured }; needed: { $needed }. { $follows }
}
checks-failed = Nor are these met: { $names }; see the conditions below.
# $true_value: what it is in truth, known of simulated data; $true_purchases is not known where weeks are counted.
ahead = Today's { customers } will buy { $parts } ({ value }).{ $true_value ->
    [none] {""}
   *[other] {" "}In truth, which is known of simulated data, it is { $true_purchases ->
        [none] { $true_value } in { horizon }.
       *[other] { $true_purchases } times and { $true_value } in { horizon }.
    }
}
ahead-part = { $times } times for { $money } within { horizon }
untested = How far to trust this cannot be tested yet: { $why }
untried = How far to trust this is open: { $model } could not be tried on the past.
# $verdict: whether intervals are as wide as past errors. $covered: share of customers whose interval held.
trust = Tried on the past, { $days } days ahead from { $cuts ->
    [one] { $cuts } cut-off
   *[other] { $cuts } cut-offs (latest first)
}, the total of revenue was { $money }, that of purchases { $purchases }. { $verdict ->
    [wide] The intervals above are as wide as that.
    [plan] The intervals above (±{ $half }) hold chance, not this: plan totals with ±{ $worst }.
   *[no-plan] The intervals above (±{ $half }) hold chance, not this: totals are an order of magnitude, no plan.
}{ $covered ->
    [none] {""}
   *[other] {" "}Single customers' { $level } intervals held what happened for { $covered } of them.
}
# $n: customers in the most valuable tenth. $tried: what such a tenth spent in tests on the past.
holders = { $active } of the customers are expected to be still active{ $once_active ->
    [yes] {" "}(BG/NBD counts whoever bought once as active)
   *[no] {""}
}. The most valuable tenth ({ customers }) hold { $top } of the value ahead, the lower half { $low }.{ $tried ->
    [none] {""}
   *[other] {" "}Tried on the past, the tenth named beforehand then spent { $tried } of all.
}
# $counts: the method nearest to purchases, if another. $simple: whether the formula is nearest, as good or worse.
method = Of { $n } methods { $best } came nearest to what each customer spent; the next, { $second }, errs { $margin } more{ $chance ->
    [yes] {" "}(may be chance)
   *[no] {""}
}.{ $counts ->
    [none] {""}
   *[other] {" "}To how often they bought it was { $counts }.
} { $simple ->
    [best] So no model is better than the simple formula here (order value × rate × lifetime).
    [as-good] The simple formula (order value × rate × lifetime) is as good: { method-simple }
   *[worse] The simple formula (order value × rate × lifetime) is clearly worse: { method-simple }
}{ $shown ->
    [none] {""}
   *[other] {" "}Shown here is { $shown }, { $chosen ->
        [asked] as the unit's file asks
       *[likeliest] which gave what happened the highest probability of the models whose fit holds
    }.
}
method-simple = it errs { $simple_margin } more, and its total was { $simple_off } (the nearest: { $best_off }).
# $since: first day of newcomers who brought clearly less than the model says. $against: of today's cost.
new-customer = A new customer brings { $value } of { earned } within { horizon }, { $first } of it at once.{ $since ->
    [none] {""}
   *[other] {" "}But those who came since { $since } brought { $ratio } of what the model says in their first { $followed ->
        [one] { $followed } month
       *[other] { $followed } months
    }: customers of the first days may have been so long before, or newcomers are of another kind. Reckon with { $ratio } of it.
} { $margin ->
    [yes] So winning one may cost at most { $cap }, all costs counted.
   *[no] So winning one may cost at most { $cap } times your margin, all costs counted: { $example_cap } if that is { $example } (`margin` in the unit file).
}{ $against ->
    [none] {""}
    [margin] {" "}Today one costs { $cost }: it takes a margin of { $least } to earn that back within the time.
    [loss] {" "}Today one costs { $cost }, more than that: each new customer loses { $loss }.
   *[earned] {" "}Today one costs { $cost }: that is earned back { $times } times.
}

## Tiles

tile-value = Today's customers bring in { horizon }
    .definition = Expected { value }, of all customers seen so far; net of returns.
tile-purchases = Purchases in { horizon }
    .definition = Expected { $unit ->
        [week] weeks
       *[day] days
    } with a purchase, of all customers seen so far.
tile-active = Customers still active
    .definition = { $once_active ->
        [yes] Mean probability of not having left for good. { $model } counts all who bought once as active.
       *[no] Mean probability of not having left for good ({ $model }): who is active may still buy seldom.
    }
tile-new-customer = A new customer brings in { horizon }
    .definition = Expected { value }, first purchase counted in; the interval is of this mean.
    .caveat = Newcomers of late brought { $ratio } of what the model says.

## Figures of what is ahead

outlook = Today's customers bring { $amount } { $limits } within { horizon }
    .purchases = purchases
    .value = { value }{ $suffix }
    .truth = truth
    .caption = Sums from now on, of the customers seen so far. Bars: { $level } intervals of what they may happen to do and of the model's parameters; a wrong model or a season is not in them (see the test on the past).{ $truth ->
        [yes] {" "}Diamonds: the truth, expected under the parameters the simulation was drawn from.
       *[no] {""}
    }
# $new: new customers a day; $ratio: what newcomers bring of what the model says, where that is clearly less.
forecast = { $periods ->
    [0] No whole { $period } lies ahead
    [1] Today's customers buy { $first } { $limits } times in { $when }
   *[other] Today's customers buy { $first } { $limits } times in { $when }, { $last } in { $later }
}
    .bought = bought
    .model = model
    .axis = repeat purchases a { $period }
    .today = today's customers
    .with-new = with new ones
    .caption = Whole { $period }s only. Left: repeat purchases of all who were customers by then, and what the fitted model says of them. Shaded: what is ahead, with { $level } intervals that know of no season. { $new ->
        [none] Nobody new has come in the last { $days } days, so none are expected.
       *[other] Dashed: with repeat purchases of those still to come, if { $new } new customers a day keep coming as in the last { $days } days.
    }{ $ratio ->
        [none] {""}
       *[other] {" "}Newcomers of late bring { $ratio } of what the model says: read the dashed line lower.
    }
# $payback: the month in which the cost of a new customer is earned back, or never.
new-customer-curve = { $ratio ->
    [none] A new customer brings { $amount } { $limits } within { horizon }
   *[other] By the model a new customer brings { $amount } { $limits } within { horizon }; newcomers brought { $ratio } of that
}
    .model = model
    .seen = seen
    .truth = truth
    .cost = a new customer costs { $cost }
    .months = months after the first purchase
    .axis = { earned }{ $suffix }
    .caption = Mean of new customers, the first purchase counted in ({ value }). Band: { $level } interval of that mean, not of a single customer.{ $seen ->
        [yes] {" "}Green: what those who came last, and could be followed for so long, have brought (not discounted).
       *[no] {""}
    }{ $payback ->
        [none] {""}
        [never] {" "}By { earned }, the cost is not earned back within the time.
        [0] {" "}By { earned }, the first purchase earns the cost back.
       *[other] {" "}By { earned }, the cost is earned back in month { $payback }.
    }

## Figures of customers

alive-matrix = { $share } of the customers are probably gone: less than an even chance that they still buy
    .caption = Mean probability that a customer is still active, %. { matrix-cells }
purchases-matrix = { $share } of the customers will hardly buy: less than half a purchase expected in { horizon }
    .caption = Mean purchases expected in the next { horizon }. { matrix-cells }
matrix-cells = Cells of fewer than { $few } customers in grey, empty ones hold nobody. Customers of one cell differ in how long they have been customers.
    .purchases = repeat purchases so far
    .days = days since the last purchase
concentration = A tenth of the customers hold { $top } of the value ahead, the lower half { $low }
    .tenth = the best tenth: { $top }
    .equal = if all were alike
    .customers = share of customers, most valuable first
    .value = share of value
    .caption = Expected value of each customer over { horizon }, summed from the most valuable down. What will happen is spread wider still: chance adds to what is expected.
value-distribution = { $share } of the customers are worth less than { $amount } each
    .customers = of customers
    .value = of value
    .axis = value of a customer over { horizon }{ $suffix }
    .caption = Customers by expected value ({ value }). Grey: their share of customers, blue: of all value.
# $same: every cohort's interval holds the mean of all.
cohort-value = { $same ->
    [yes] Whenever customers first bought, one is worth about { $mean }
   *[no] A customer is worth { $low } { $low_limits } if first seen in { $then }, { $high } { $high_limits } if in { $later }
}
    .all = all: { $mean }
    .first = first purchase
    .axis = a customer{ $suffix }
    .caption = Expected value a customer over the next { horizon }, those who are gone counted in; bars: { $level } intervals of the cohort's mean. Older cohorts hold more who have left; of the newest the model knows least.{ $hidden ->
        [yes] {" "}The latest { $drawn } of { $cohorts } cohorts are drawn.
       *[no] {""}
    }
# $once_active: the model counts whoever bought once as active.
alive-path = { $customer }: { $chance } likely to be still active on { $day }, after { $purchases ->
    [one] { $purchases } { $unit ->
        [week] week
       *[day] day
    }
   *[other] { $purchases } { $unit ->
        [week] weeks
       *[day] days
    }
} with a purchase
    .axis = probability of being active
    .bought = bought
    .caption = By { $model }, fitted to all customers' purchases up to { $day } and asked at the end of each { $unit ->
        [week] week
       *[day] day
    } what the purchases up to it say. It falls while the customer is silent, faster for one who used to buy often, and rises with a purchase.{ $once_active ->
        [yes] {" "}{ $model } counts whoever bought once as active.
       *[no] {""}
    }

## Figures of the test on the past

backtest = A forecast made on { $cut } would have been { $off } in total
    .forecast = forecast
    .bought = bought
    .caption = The same model fitted to what was known on { $cut }, of the customers known then. { $inside } of { $periods ->
        [one] { $periods } { $period }
       *[other] { $periods } { $period }s
    } lie within the { $level } band. It holds chance, not seasons: what lies outside says how far those go.
calibration = In { $inside } of { $groups } groups customers bought as often as { $model } said
    .frequency = repeat purchases before
    .decile = tenth of the customers, by prediction
    .axis = purchases a customer
    .bought = bought
    .predicted = predicted
    .caption = Dots: what customers of a group bought on average after { $cut }, with the { $level } interval of that mean; dashes: what the model had said. Right, and in the title: tenths, 1 expected to buy most; equal predictions stay together.
alive = { $limit ->
    [none] { $back } of the customers came back; { $expected } were expected to
   *[other] Of customers under { $limit } active, { $back } came back; { $expected } were expected to
}
    .returned = returned
    .expected = expected to return
    .axis = probability of being active at the cut-off, %; customers
    .caption = Customers by the probability of being active that { $model } gave them on { $cut }. Dots: the share that bought in what followed, with its { $level } Wilson interval; dashes: the share the model expected, less than the probability itself, since who is active need not buy that soon.
coverage = { $widest } intervals of a customer's purchases held { $held } of what happened
    .stated = stated
    .axis = stated probability of the interval
    .held = held what happened
    .caption = Each dot is a cut-off ({ $cuts }), with the { $level } interval of its share. A count that lies across an end of its interval counts for the part of its probability that is inside.

## Tables

outlook-table =
    .within = within
    .purchases = purchases
    .true_purchases = in truth
    .revenue = revenue{ $suffix }
    .value = { value }
    .true_value = value in truth
    .caption = Sums from now on, net of returns; today's customers only. Brackets: { $level } intervals.
forecast-table =
    .period = period
    .purchases = purchases
    .revenue = revenue{ $suffix }
    .new_customers = new customers
    .new_purchases = their purchases
    .new_revenue = their revenue
    .caption = Revenue net of returns, not discounted. New customers: as many a day as came in the last { $days } days ({ $new }); their purchases count the first one too. * not a whole { $period }.{ $hidden ->
        [yes] {" "}The first { $shown } of { $periods }; the data of the figure hold all.
       *[no] {""}
    }
top-customers =
    .customer_id = customer
    .last = last bought
    .frequency = repeat purchases
    .spend_to_date = spent so far{ $suffix }
    .p_alive = active
    .expected_purchases = purchases ahead
    .clv = value{ $suffix }
    .caption = By expected value over { horizon } ({ value }). Brackets: { $level } intervals of what this one customer may do; whoever is at the top of such a list has partly been lucky, which the expectation already allows for.
new-customer-table =
    .within = within
    .first = first purchase
    .purchases = repeat purchases
    .value = value{ $suffix }
    .expected = revenue by the model
    .seen = revenue seen
    .customers = of newcomers
    .since = since
    .caption = Value: { value }. Revenue: net of returns, not discounted.{ $lifetime ->
        [none] {""}
       *[other] {" "}For ever, a new customer would bring { $lifetime }: most of it beyond anything these data have seen.
    }
cost-table =
    .period = from
    .cost = marketing and sales
    .new_customers = new customers
    .cac = a new customer
    .caption = The latest periods that the data cover wholly: their costs over the customers first seen in them.
cuts-table =
    .cut = known until
    .end = predicted until
    .customers_all = customers
    .customers = of them tried
    .holdout_purchases = purchases
    .holdout_spend = money{ $suffix }
    .caption = What followed each cut-off: purchases, and money before returns, of customers known at it.{ $share ->
        [none] {""}
       *[other] {" "}{ $share } of the customers are tried, always the same ones.
    }
# $nearest and $shown: it came nearest, and it is the one shown. $why: why other methods are not in it.
methods-table =
    .method = method
    .marked = { $name }{ $nearest ->
        [yes] {" "}({ $shown ->
            [yes] nearest, shown here
           *[no] nearest
        })
       *[no] { $shown ->
            [yes] {" "}(shown here)
           *[no] {""}
        }
    }
    .off = total off by
    .rmse = RMSE
    .mae = MAE
    .gini = Gini
    .top_decile = held by top tenth
    .log_likelihood = log-likelihood
    .caption = { $target ->
        [purchases] Periods with a purchase
       *[spend] Revenue before returns
    } per customer, means over { $cuts ->
        [one] { $cuts } cut-off
       *[other] { $cuts } cut-offs
    } at which all could be tried; of the total, the range. RMSE ranks: predicting means, as totals need, makes it least, while MAE favours whoever says 0 for all who stay away. Gini: 1 ranks customers perfectly. Held by top tenth: share of what happened, of those predicted highest.{ $why ->
        [none] {""}
       *[other] {" "}{ $why }
    }
parameters-table =
    .parameter = parameter
    .estimate = estimate
    .standard_error = standard error
    .interval = { $level } interval
    .caption = { $model } of purchases (in the unit's own time unit){ $why ->
        [fitted] , Gamma-Gamma of spend (p, q, gamma).
       *[other] ; every purchase counts as the mean, as { no-spend }.
    }
no-spend = { $why ->
    [few] fewer than { $least } repeat buyers with positive spend
   *[alike] everybody spends the same
}
models-table =
    .model = model
    .holdout_log_likelihood = held-out log-likelihood a customer
    .log_likelihood = log-likelihood of all data
    .chosen = shown here
    .caption = `model: auto` takes the one that gave held-out purchases the highest probability and whose fit to all data holds; higher is better. Missing: not fitted, or not to be tried on the past.
checks-table =
    .name = condition
    .measured = found
    .needed = needed
    .follows = what follows
    .caption = What the figures rest on. Where a condition that stops is not met, none is shown.
export = One row per customer, the most valuable first.

## What adds up

identity-value = sum of the customers' values = value of all
identity-customers = customers scored = customers with a purchase
identity-cohorts = values of the cohorts = value of all
identity-spend = spent so far by the customers scored = the same of all customers

## Conditions

check-nobody = Customers
    .measured = 0
    .needed = 1
    .follows = There is nobody to speak of.
check-customers = Customers
    .measured = { customers }
    .needed = at least { $least }
    .follows = The parameters rest on few customers; read the intervals, not the estimates.
# $gap: days between purchases, typically. $least: days below which no model is fitted.
check-history = History
    .measured = { days }{ $gap ->
        [none] {""}
       *[other] , purchases typically { $gap } days apart
    }{ $weeks ->
        [none] {""}
       *[other] , { $weeks } whole weeks
    }
    .needed = at least { $wanted } days
    .follows = { $too_short ->
        [yes] A model takes { $least } days or more.{ $days_would_do ->
            [yes] {" "}`time_unit: day` asks for less than weeks do.
           *[no] {""}
        }
       *[no] Who will come back has hardly had the time to: figures far ahead rest on the model alone.
    }
check-latest-order = Latest order
    .measured = { $silent } days, since { $last }
    .needed = at most { $most } days
    .follows = If lines are missing after { $last }, everybody looks quieter than they are: then set `as_of` to it.
check-repeat-buyers = Repeat buyers
    .measured = { $repeaters } of { $customers } customers bought again
    .needed = at least { $least }
    .follows = { $repeaters ->
        [0] Nobody bought twice: nothing tells a customer who will return from one who will not.
       *[other] So few cannot tell how purchase rates differ and when customers leave.
    }
check-three-times = Customers who bought three times
    .measured = { customers }
    .needed = at least { $least }
    .follows = Nobody bought three times: how regular anybody is cannot be seen.
check-differences = Differences
    .measured = { $patterns ->
        [one] { $patterns } pattern of purchases
       *[other] { $patterns } patterns of purchases
    }
    .needed = at least { $least }
    .follows = All customers bought alike, on the same days of their time: no model can tell them apart.
check-priced = Purchases with a price
    .measured = { $free } of { $repeaters } repeat buyers ({ $share }) paid nothing
    .needed = at most { $most }
    .follows = { $nothing ->
        [yes] No repeat purchase cost anything: there is no money to predict. Check the amounts.
       *[no] The spend model is fitted without them, and they are expected to go on paying nothing.
    }
check-returns = Returns
    .measured = { $share } of revenue is left after returns
    .needed = at least { $least }
    .follows = { $nothing ->
        [yes] Returns take away all that was bought: no value is left to predict. Check the amounts.
       *[no] Most of what is sold comes back; value is what is left, and rests on returns staying as they are.
    }
check-horizon = Horizon
    .measured = { horizon } ahead, { $ahead ->
        [one] { $ahead } day
       *[other] { $ahead } days
    }
    .needed = at most the { $seen ->
        [one] { $seen } day
       *[other] { $seen } days
    } of history
    .follows = Beyond { $seen } days ahead figures carry a shape on that nobody has seen here.
check-independent = Spend independent of frequency
    .measured = { $found ->
        [none] too few to tell
       *[other] correlation { $found }
    }
    .needed = within ±{ $most }
    .follows = { $more ->
        [yes] Who buys more often spends more each time: the best customers are worth more than stated.
       *[no] Who buys more often spends less each time: the best customers are worth less than stated.
    }
check-steady = Steady spend
    .measured = { $change ->
        [none] too few repeat purchases to tell
       *[other] { $change } per repeat purchase { $limits }, newest against oldest third of the time
    }
    .needed = within ±{ $most }
    .follows = { $more ->
        [yes] Purchases have come to be worth more than the mean that is carried on: value is understated.
       *[no] Purchases have come to be worth less than the mean that is carried on: value is overstated.
    }
model-of = { $model ->
    [spend] Spend model
   *[purchase] Purchase model
}
check-summit = { model-of }
    .measured = { $open ->
        [none] a summit inside the range
       *[other] { $open } open
    }
    .needed = a summit inside the range
    .follows = The data leave { $open } open: customers differ less than the model can say, or never leave.
check-no-summit = { model-of }
    .measured = no summit found
    .needed = a summit
    .follows = The search for the likeliest parameters did not end: figures are not to be relied on.
check-no-spend-model = Spend model
    .measured = { no-spend }
    .needed = a fit
    .follows = Every purchase counts as the mean of all; customers differ only in how often they buy.
check-draws = Draws of the { $model ->
    [spend] spend model
   *[purchase] purchase model
}
    .measured = k̂ { $k }
    .needed = at most { $most }
    .follows = Intervals of these parameters, and of what rests on them, may be too narrow.
check-different-draws = Different draws
    .measured = { $found }
    .needed = at least { $least }
    .follows = The data leave the parameters so open that no interval can be given.
check-likeliest-model = Likeliest model
    .measured = { $model }
    .needed = { $best }
    .follows = { $best } gave held-out purchases a higher probability, but no fit of it to all data holds.

## Why something is not shown

stopped = Not shown: the data cannot carry it ({ $checks }).
no-costs = Not shown: what a new customer costs, beside what one is worth. It needs the table `costs` in the unit file.
nobody-bought-twice = Nobody has bought a second time, so nothing can be said of future purchases.
no-backtest-history = Not shown: the history is too short to hold a part of it back.
no-backtest-repeaters = Not shown: by { $cut } fewer than { $n } customers had come back.
no-whole-period = Not shown: no whole { $period } lies behind the cut-off.
model-untried = Not shown: { $model } could not be tried on the past.
too-few-to-fit = By { $cut } only { $again } customers had bought again; a model of purchases takes { $least }.
too-few-to-judge = By { $cut } only { $again } customers had bought again; judging a method takes { $least }.
no-fit = The likelihood of { $model } has no summit that could be found at { $cut }.
parameters-run-away = The parameters of { $model } run away at { $cut }: no probability can be computed from them.
too-little-to-learn = Gradient boosting has too little to learn from at { $cut }: of { $customers } customers { $active } bought in what followed; it takes { $least } and { $repeaters }.
nothing-to-learn-from = Gradient boosting has no earlier cut-off to learn from: the history begins on { $start }.
no-cut-off = No cut-off of the past can be judged: { $why }
    .do = Go on once more customers have come back.
too-short-to-test = The history of { $days } days is too short to be tested on itself: that takes { $least }, four weeks to predict and eight to learn from.
    .do = Go on once there are more.
unknown-customer = There is no customer '{ $customer }' with a purchase up to { $day }.
    .do = Look for the number in `customers`, or correct it.
