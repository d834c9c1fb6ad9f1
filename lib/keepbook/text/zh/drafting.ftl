### 单元配置文件的草稿：需要人工确认的事项，以及各行旁边的依据。

or = 或

## 需要确认

won = 只有{ $column }为{ $values }的行计为销售。
# $rest：同一列中含义不明的其他值；没有则为none。
cancelled = { $column }为{ $values }的行视为已取消{ $rest ->
    [none] 。
   *[other] ；{ $rest }不视为已取消。
}
unpaid = { $column }为{ $values }的行已剔除。
no-sale = { $column }中有{ $values }：如果这些行不是销售，请用exclude剔除：{"{"}非销售: {"{"}{ $column }: [{ $first }]{"}"}{"}"}。
repeated-totals = 同一订单各行的{ $column }都相同（{ $n }个多行订单如此）：如果它是订单总额，每个订单只应保留一行：query: SELECT DISTINCT ON ("{ $order }") * FROM source
units = { $column }的单位可能是{ $unit }：请换算成币种的基本单位，例如 query: SELECT * REPLACE (CAST("{ $quoted }" AS DOUBLE) / 100 AS "{ $quoted }") FROM source
currencies = 数据中有多种币种（{ $shares }）：本单元只取{ $currency }，其他币种请各建一个单元。
    .share = { $currency }共{ $n }行
zone-guessed = 日期按时区{ $zone }划分：这是店铺所在的时区吗？
zone-unknown = { $column }中的时间带有时区{ $offsets ->
    [none] {""}
   *[other] （{ $offsets }）
}，目前按UTC划分日期：请把timezone设为店铺所在时区。
guess = { $role }：{ $column }{ $instead ->
    [none] 是猜测的。
   *[other] ，还是{ $instead }？
}

## 各行的依据

given = 由你指定
from-column = 取自列{ $column }
from-preset = 取自预设{ $name }
from-offset = 依据时间的时区偏移
from-language = 依据语言
few-values = 取值种类少
are-days = { $share }是日期
are-numbers = { $share }是数字
different = { $n }行中有{ $distinct }个不同的值
such-as = 例如{ $examples }
currency = 三个字母；报告在每个金额后注明
as-of = 观察的最后一天；不填则取数据的最后一天
date-format = 请选择：{ $forms }
decimal = 请选择：小数点是“.”还是“,”
missing = 请填写对应的列名，可选：{ $columns }
