### 数字、金额、日期和列表的写法。`名称`在各语言中保持原样。

percent = { $number }%
points = { $number }个百分点
money = { $amount }{ $currency ->
    [CNY] 元
    [HKD] 港元
    [USD] 美元
    [EUR] 欧元
    [GBP] 英镑
    [JPY] 日元
   *[other] {" "}{ $currency }
}
interval = { $signed ->
    [yes] { $lower }至{ $upper }
   *[no] { $lower }–{ $upper }
}
# 区间两端都要保留的符号；其他单位只写一次：29%–32%，55万–73万元。
both-ends-keep = %万亿
at-least = ≥{ $value }
at-most = ≤{ $value }
# 估计值及其区间。
estimate = <b>{ $value }</b>（{ $limits }）
above = >{ $value }
below = <{ $value }
equal = ={ $value }
# CLDR 的日、月、季度格式。
day = { "y年M月d日" }
month = { "y年M月" }
quarter = { "y年第Q季度" }
# 列表各项之间；最后两项之间。
list-comma = 、
list-and = 和
