### Words that several subjects use.

customers = { $n ->
    [one] { $n } customer
   *[other] { $n } customers
}
days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
months = { $n ->
    [one] { $n } month
   *[other] { $n } months
}

## Periods since the first purchase

period = { $clock ->
    [rolling] { $period ->
        [week] 7-day period
        [month] 30-day period
       *[quarter] 90-day period
    }
   *[calendar] { $period ->
        [week] week
        [month] month
       *[quarter] quarter
    }
}
age-axis = { $clock ->
    [rolling] { $period ->
        [week] 7-day periods since first purchase
        [month] 30-day periods since first purchase
       *[quarter] 90-day periods since first purchase
    }
   *[calendar] { $period ->
        [week] weeks since first purchase
        [month] months since first purchase
       *[quarter] quarters since first purchase
    }
}
age = { $kind ->
    [later] { period } { $age } or later
    [several] { period }s { $age }
   *[one] { period } { $age }
}
week-of = the week of { $monday }

## Metrics of experiments

metric-retained = came back
metric-orders = orders a customer
metric-revenue = revenue a customer
metric-margin = margin a customer
metric-profit = profit a customer
metric-average_order_value = revenue an order
metric-days_to_purchase = days to the next purchase
currency-suffix = , { $currency }
