### What customers are worth: customer lifetime value.

## Terms

horizon = { $months ->
    [one] { $months } month
   *[other] { $months } months
}
# $margin: whether the unit's margin is known, so that value is profit, not revenue.
earned = { $margin ->
    [yes] profit
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
check-stops = { $name }: { $measured }. Needed: { $needed }. { $follows }
read-with-care = Read with care: { $follows }
# $told: how many were named before.
more-checks = { $told ->
    [0] { $n } conditions are not met
   *[other] { $n ->
        [one] One more condition is not met
       *[other] { $n } more conditions are not met
    }
}: see the table of conditions.
# $amount: with its range.
ahead = Today's { customers } will { $margin ->
    [yes] bring a profit of about { $amount }
   *[no] spend about { $amount }
} in the next { horizon }.
untested = No forecast could be tested on the past yet: the range holds chance alone.
rough = Past forecasts of what customers spend were far off: take it as an order of magnitude.
# $way: in which direction all of them erred.
one-sided = { $way ->
    [low] All { $n } forecasts made in the past were too low: customers may well spend more.
   *[high] All { $n } forecasts made in the past were too high: customers may well spend less.
}
# $n: customers in the most valuable tenth.
holders = One of the best { $n } customers is worth as much as { $times } of the lower half.
lowered = Newcomers since { $since } bring { $ratio } of what was expected; their value is lowered to that.
# $against: of today's cost.
may-cost = { $against ->
    [none] Winning a new customer may cost up to { $cap }, all costs counted.
    [example] At a margin of { $example }, winning a new customer may cost up to { $cap }.
    [margin] A new customer costs { $cost } today: that pays at a margin of { $least } or more.
    [loss] A new customer costs { $cost } today, and loses { $loss } of it.
   *[earned] A new customer costs { $cost } today and earns that back { $times } times.
}

## Tiles

basis-past = { $rough ->
    [yes] order of magnitude: past forecasts erred by { $worst }
   *[no] past forecasts erred by up to { $worst }
}
basis-also = from past errors
basis-untested = not yet tested on the past
basis-tenth = in past tests
basis-lowered = lowered to what newcomers bring
tile-value = Will bring in { horizon }
    .definition = Expected { value }, of all customers seen so far, net of returns. The range would have held what followed each forecast of the past.
tile-purchases = Purchases in { horizon }
    .definition = Expected { $unit ->
        [week] weeks
       *[day] days
    } with a purchase, of all customers seen so far.
tile-top-tenth = Best tenth holds
    .definition = Share of the value ahead that the most valuable tenth of the customers holds. The range is what such a tenth, named beforehand, spent in tests on the past.
tile-new-customer = A new customer brings
    .definition = Expected { value }, within { horizon }, first purchase counted in. Mean of many new customers, not of a single one.

## Figures of what is ahead

# $change: of the purchases a day, from the first whole period to the last. $new: new customers a day.
# $ratio: what newcomers bring of what the model says, where that is clearly less.
forecast = { $change ->
    [none] No whole { $period } lies ahead
    [steady] Today's customers will go on buying about as often
    [fall] Purchases of today's customers fall by { $share } until { $when }
   *[rise] Purchases of today's customers rise by { $share } until { $when }
}
    .measure = Repeat purchases a { $period }. Dots: bought; line: forecast, with its range; shaded: what is ahead
    .today = today's
    .with-new = with new
    .was = { $when } | { $n } bought; the model: { $model }
    .will-be = { $when } | { $n } expected
    .caption = The range is as wide as past forecasts of totals erred, or wider; single { $period }s swing more. { $new ->
        [none] Nobody new has come in the last { $days } days, so none are expected.
       *[other] Dashed: if { $new } new customers a day keep coming, as in the last { $days } days.
    }{ $ratio ->
        [none] {""}
       *[other] {" "}Read it lower: newcomers of late bring { $ratio } of what the model says.
    }
# $way: `right` where forecasts were off by less than a per cent. $purchases: errors, a list.
past-forecasts = { $way ->
    [right] Forecasts made in the past were right to a per cent
   *[other] Forecasts made in the past were off by up to { $worst }
}
    .measure = Forecast of total revenue against what followed; 0 is right, shaded: what the ranges allow
    .row = { $when }: { $off }
    .caption = Each forecast knew only what lay before, and looked { $days } days ahead. { $shorter ->
        [yes] That is less than the { horizon } above: over longer times errors grow.
       *[no] {""}
    } Purchases were off, too: { $purchases }.
# $case: what the title is about. $payback: the month in which the cost of a new customer is earned back.
new-customer-curve = { $case ->
    [less] Newcomers bring { $ratio } of what the model says
    [at-once] The first purchase earns back what a new customer costs
    [payback] A new customer's cost is earned back in month { $payback }
    [never] A new customer's cost is not earned back in { horizon }
    [nothing] A new customer brings nothing
   *[first] The first purchase makes { $share } of a new customer's value
}
    .measure = Mean { earned } a new customer{ $suffix }{ $seen ->
        [yes] ; squares: what newcomers brought
       *[no] {""}
    }{ $truth ->
        [yes] ; hollow: the truth
       *[no] {""}
    }
    .reckoned = expected
    .model = model
    .cost = cost
    .months = months since the first purchase
    .reading = month { $months } | { $amount }
    .seen-reading = { $n ->
        [none] newcomers
       *[other] { $n } newcomers
    }{ $since ->
        [none] {""}
       *[other] {" "}since { $since }
    } | { $amount } in { horizon }
    .caption = Band: range of the mean ({ value }), as unsure as past forecasts, not of a single customer.{ $ratio ->
        [none] {""}
       *[other] {" "}Dashed: the model of all customers; the first of them may have been customers long before.
    }{ $seen ->
        [yes] {" "}Newcomers: those who came last and could be followed for so long; not discounted.
       *[no] {""}
    }

## Figures of customers

# $active: by the model, with its interval. $once_active: it counts whoever bought once as active.
alive-matrix = { $share } of the customers are probably gone
    .measure = Mean probability of being still active, by repeat purchases so far and days since the last one
    .caption = By { $model }, { $active } of all are expected to be still active. { $once_active ->
        [yes] { $model } counts whoever bought once as active.
       *[no] Gone: less than an even chance to be active; who is active may still buy seldom.
    } { matrix-cells }
purchases-matrix = { $share } of the customers will hardly buy again
    .measure = Mean purchases expected in { horizon }, by repeat purchases so far and days since the last one
    .caption = Read along a row: who bought often and fell silent is gone; who buys seldom may just be slow. Hardly: less than half a purchase expected. { matrix-cells }
# .reading: in every language in this order.
matrix-cells = Unshaded: fewer than { $few } customers.
    .corner = days silent \ repeat purchases
    .reading = Silent for { $days } days, { $bought } repeat purchases | { $found }, mean of { $n } customers
# $top: with what a tenth named beforehand spent in tests on the past, if any. $low: share of the lower half.
concentration = A tenth of the customers hold { $top } of the value ahead
    .measure = Share of the expected { earned } of { horizon }, by tenths of the customers
    .tenths = tenths of the customers, most valuable first
    .reading = tenth { $n } | { $share } of the value
    .caption = The lower half hold { $low }. { $tested ->
        [yes] The range is what a tenth named beforehand then spent, in tests on the past.
       *[no] No test on the past could show what such a tenth spends.
    } What will happen is spread wider still: chance adds to what is expected.
value-distribution = { $share } of the customers are worth less than { $amount } each
    .measure = Share of customers and of value, by value of a customer over { horizon }{ $suffix }
    .customers = of customers
    .value = of value
    .reading = { $low }–{ $high } | { $share } { $what }
    .caption = By expected { value }.
# $case: whether every cohort's interval holds the mean of all; few: no cohort is large enough to speak of.
cohort-value = { $case ->
    [same] Whenever customers first bought, they are worth about the same
    [one] All customers first bought in the same { $period }
    [few] Too few customers a { $period } to tell one from another
   *[apart] Customers of { $high } are worth most, those of { $low } least
}
    .measure = Mean { earned } a customer in the next { horizon }{ $suffix }, by { $period } of the first purchase
    .all = all
    .reading = { $when } | { $amount }, { customers }
    .caption = Those who are gone are counted in, and older cohorts hold more of them. Ranges hold chance alone{ $worst ->
        [none] .
       *[other] , not the { $worst } by which past totals were off.
    }{ $few ->
        [none] {""}
       *[other] {" "}Pale: fewer than { $few } customers.
    }{ $hidden ->
        [yes] {" "}The latest { $drawn } of { $cohorts } cohorts are drawn.
       *[no] {""}
    }
# $once_active: the model counts whoever bought once as active.
alive-path = { $customer } is { $chance } likely to be still active
    .measure = Probability of being active at the end of each { $unit ->
        [week] week
       *[day] day
    } up to { $day }; dots: purchases
    .reading = { $day } | bought; { $chance } active
    .caption = By { $model }, from { $purchases ->
        [one] { $purchases } { $unit ->
            [week] week
           *[day] day
        }
       *[other] { $purchases } { $unit ->
            [week] weeks
           *[day] days
        }
    } with a purchase. It falls in silence, faster for one who used to buy often, and rises with a purchase.{ $once_active ->
        [yes] {" "}{ $model } counts whoever bought once as active.
       *[no] {""}
    }

## Figures of the test on the past

backtest = A forecast made on { $cut } was { $off } in total
    .measure = Repeat purchases a { $period }. Dots: bought; line: forecast, with its { $level } interval
    .reading = { $when } | { $n } bought; forecast: { $model }
    .caption = The same model, fitted to what was known on { $cut }, of the customers known then. { $inside } of { $periods ->
        [one] { $periods } { $period }
       *[other] { $periods } { $period }s
    } lie within the band. It holds chance, not seasons: what lies outside says how far those go.
calibration = In { $inside } of { $groups } groups customers bought as often as predicted
    .measure = Purchases a customer after { $cut }. Dots: bought, with the { $level } interval of the mean; dashes: by { $model }
    .frequency = repeat purchases before
    .decile = tenth of the customers, by prediction
    .reading = { $group } | { $bought } bought, { $model } predicted
    .caption = A total can be right because errors cancel; in groups they cannot. The title counts tenths, 1 expected to buy most; equal predictions stay together.
alive = { $limit ->
    [none] { $back } of the customers came back
   *[other] Of customers under { $limit } active, { $back } came back
}
    .measure = Share who bought after { $cut }, by probability of being active then. Dots: seen; dashes: expected by { $model }
    .axis = probability of being active at the cut-off
    .reading = { customers }, { $span } active | { $back } came back; { $expected } expected
    .caption = { $expected } were expected to. Bars: { $level } Wilson intervals. Expected is less than the probability itself, since who is active need not buy that soon.
coverage = { $widest } intervals of a customer's purchases held { $held } of what happened
    .measure = Share of customers whose purchases lay in their interval; dashes: stated. Bars: { $level } intervals
    .axis = stated probability of the interval
    .reading = { $cut } | { $level } intervals held { $held }
    .caption = Each dot is a cut-off ({ $cuts }). A count that lies across an end of its interval counts for the part of its probability that is inside.

## Tables

# $truth: known of simulated data.
outlook-table =
    .within = within
    .value_text = { earned }{ $suffix }
    .range = range
    .purchases = purchases
    .true_value = in truth
    .true_purchases = purchases in truth
    .caption = Sums of { value }, from now on, of today's customers, net of returns. Ranges are as wide as past forecasts erred, or wider.{ $truth ->
        [yes] {" "}The truth is what the simulation was drawn from; no estimate knows it.
       *[no] {""}
    }
model-outlook-table =
    .within = within
    .purchases = purchases
    .revenue = revenue{ $suffix }
    .value = { value }
    .caption = The model's own { $level } intervals: what customers may happen to do, and what the data leave open of the parameters. A wrong model or a season is not in them.
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
# $held: what ranges of single customers held in tests on the past, meant to hold $widest.
top-customers =
    .customer_id = customer
    .clv = value{ $suffix }
    .range = range
    .expected_purchases = purchases ahead
    .p_alive = active
    .last = last bought
    .frequency = repeat purchases
    .spend_to_date = spent so far{ $suffix }
    .caption = By expected value over { horizon } ({ value }). Whoever tops such a list has partly been lucky; the expectation allows for that. Ranges: what this one customer may do, meant to hold it in { $level } of cases.{ $held ->
        [none] {""}
       *[other] {" "}In tests on the past, ranges meant to hold { $widest } held { $held } of purchases.
    }
new-customer-table =
    .within = within
    .first = first purchase
    .purchases = repeat purchases
    .value = value{ $suffix }
    .expected = revenue by the model
    .seen = revenue seen
    .customers = of newcomers
    .since = since
    .caption = By the model alone, before it is lowered to what newcomers bring. Value: { value }. Revenue: net of returns, not discounted.{ $lifetime ->
        [none] {""}
       *[other] {" "}For ever, a new customer would bring { $lifetime }: most of it beyond anything these data have seen.
    }
cost-table =
    .period = from
    .cost = marketing and sales
    .new_customers = new customers
    .cac = a new customer
    .caption = The latest periods that the data cover wholly: their costs over the customers first seen in them. The file holds all.
cuts-table =
    .cut = known until
    .end = predicted until
    .customers_all = customers
    .customers = of them tried
    .holdout_purchases = purchases
    .holdout_spend = money{ $suffix }
    .purchases_error = purchases off by
    .money_error = money off by
    .caption = What followed each cut-off: purchases, and money before returns, of customers known at it; and how far off the model shown was.{ $share ->
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
    } a customer, means over { $cuts ->
        [one] { $cuts } cut-off
       *[other] { $cuts } cut-offs
    }; of the total, the range. Of { $n } methods { $best } came nearest; the next, { $second }, errs { $margin } more{ $chance ->
        [yes] {" "}(may be chance)
       *[no] {""}
    }. { $simple ->
        [best] So no model is better than the simple formula here (order value × rate × lifetime).
        [as-good] The simple formula (order value × rate × lifetime) is as good: { method-simple }
       *[worse] The simple formula (order value × rate × lifetime) is clearly worse: { method-simple }
    }{ $shown ->
        [none] {""}
       *[other] {" "}Shown here is { $shown }, { $chosen ->
            [asked] as the unit's file asks.
           *[likeliest] which gave what happened the highest probability of the models whose fit holds.
        }
    } RMSE ranks: predicting means, as totals need, makes it least; MAE favours whoever says 0 for all who stay away. Gini: 1 ranks customers perfectly. Held by top tenth: share of what happened, of those predicted highest.{ $why ->
        [none] {""}
       *[other] {" "}{ $why }
    }
method-simple = it errs { $simple_margin } more, and its total was { $simple_off } (the nearest: { $best_off }).
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
    .met = met
    .measured = found
    .needed = needed
    .follows = what follows
    .caption = What the figures rest on. Where a condition that stops is not met, no figure is shown.
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
    .follows = The customers are few: read the ranges, not the estimates.
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
        [yes] The history is too short: a forecast takes { $least } days or more.{ $days_would_do ->
            [yes] {" "}Counting by days takes less than counting by weeks.
           *[no] {""}
        }
       *[no] Customers have hardly had time to come back: figures far ahead rest on the model alone.
    }
check-latest-order = Latest order
    .measured = { $silent } days, since { $last }
    .needed = at most { $most } days
    .follows = If sales after { $last } are missing, everybody looks quieter than they are: then date the report to that day.
check-repeat-buyers = Repeat buyers
    .measured = { $repeaters } of { $customers } customers bought again
    .needed = at least { $least }
    .follows = { $repeaters ->
        [0] Nobody bought twice: nothing tells who will return.
       *[other] So few cannot tell how customers differ and when they leave.
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
    .follows = All customers bought alike, on the same days of their time: nothing tells them apart.
check-priced = Purchases with a price
    .measured = { $free } of { $repeaters } repeat buyers ({ $share }) paid nothing
    .needed = at most { $most }
    .follows = { $nothing ->
        [yes] No repeat purchase cost anything: there is no money to predict. Check the amounts.
       *[no] Customers who paid nothing so far are expected to go on paying nothing.
    }
check-returns = Returns
    .measured = { $share } of revenue is left after returns
    .needed = at least { $least }
    .follows = { $nothing ->
        [yes] Returns take away all that was bought: no value is left to predict. Check the amounts.
       *[no] Most of what is sold comes back: value rests on returns staying as they are.
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
    .follows = Beyond { $seen } days ahead, figures carry on a shape that nobody has seen here.
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
       *[other] { $change } ({ $limits }) per repeat purchase, newest against oldest third of the time
    }
    .needed = within ±{ $most }
    .follows = { $more ->
        [yes] Purchases have come to be worth more of late: value is understated.
       *[no] Purchases have come to be worth less of late: value is overstated.
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
    .follows = These data cannot tell how customers differ, or whether they ever leave.
check-no-summit = { model-of }
    .measured = no summit found
    .needed = a summit
    .follows = The model could not be fitted: figures are not to be relied on.
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
    .follows = Ranges that rest on this model may be too narrow.
check-different-draws = Different draws
    .measured = { $found }
    .needed = at least { $least }
    .follows = The data leave so much open that no range can be given.
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
untried = Not shown: no forecast of the model shown here could be tried on the past.
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
