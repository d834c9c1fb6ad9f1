### 多个主题共用的词语。

customers = { $n }位客户
days = { $n }天
months = { $n }个月

## 首次购买之后的周期

period = { $clock ->
    [rolling] { $period ->
        [week] 7天周期
        [month] 30天周期
       *[quarter] 90天周期
    }
   *[calendar] { $period ->
        [week] 周
        [month] 月
       *[quarter] 季度
    }
}
age-axis = { $clock ->
    [rolling] { $period ->
        [week] 首次购买后的7天周期
        [month] 首次购买后的30天周期
       *[quarter] 首次购买后的90天周期
    }
   *[calendar] { $period ->
        [week] 首次购买后的周数
        [month] 首次购买后的月数
       *[quarter] 首次购买后的季度数
    }
}
age = 第{ $age }{ $clock ->
    [rolling] { $period ->
        [week] 个7天周期
        [month] 个30天周期
       *[quarter] 个90天周期
    }
   *[calendar] { $period ->
        [week] 周
        [month] 个月
       *[quarter] 个季度
    }
}{ $kind ->
    [later] 及以后
   *[other] {""}
}
week-of = { $monday }起的一周

## 实验的指标

metric-retained = 回购率
metric-orders = 客均订单数
metric-revenue = 客均收入
metric-margin = 客均毛利
metric-profit = 客均利润
metric-average_order_value = 平均订单金额
metric-days_to_purchase = 距下次购买天数
currency-suffix = { $currency ->
    [CNY] （元）
    [HKD] （港元）
    [USD] （美元）
    [EUR] （欧元）
    [GBP] （英镑）
    [JPY] （日元）
   *[other] （{ $currency }）
}
