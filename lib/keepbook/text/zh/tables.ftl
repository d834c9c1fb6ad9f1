### 数据表：显示方式、数据源的读取方式，以及剔除数据行的清洗规则。

rows = 共{ $n }行{ $cut ->
    [yes] ，显示前{ $shown }行
   *[no] {""}
}

## 数据源的读取方式

# 关于交易表以外的另一张表的句子。
of-table = { $table }：{ $sentence }
# $how：下面的某一条。
files = { $n }个文件：{ $how }。
parquet = Parquet
json = JSON
csv = { $encoding }，字段分隔符为{ $sign ->
    [tab] 制表符
    [blank] 空格
   *[other] { $sign }
}{ $header ->
    [none] {""}
   *[other] ，列名在第{ $header }行
}
white-space = { $encoding }，各列以空白分隔
# $aside：未读取的工作表，每张为sheet-aside。
sheet = 工作表{ $title }{ $header ->
    [none] {""}
   *[other] ，列名在第{ $header }行
}{ $left ->
    [no] {""}
   *[other] （未读取：{ $aside }）
}
sheet-aside = { $title }{ $hidden ->
    [yes] （隐藏）
   *[no] {""}
}
columns-aside = 只在部分文件中出现的列未采用：{ $columns }。
day-form = { $column }：{ $form ->
    [dmy] 日在月前
    [mdy] 月在日前
    [named] 月份为名称
    [epoch] 自1970年起的秒数
    [epoch_ms] 自1970年起的毫秒数
    [excel] 电子表格的日期序号
   *[ymd] 年在最前
}，例如{ $example }。
decimals = { $column }：小数点写作{ $sign }{ $example ->
    [none] {""}
   *[other] ，例如{ $example }
}。
zone = { $column }：时间带有时区；按{ $zone }划分日期。
others = { $n }行中有{ $others }行不符合`where`，不计入下面的任何统计。
missing-buyers = { $n }位购买客户中，{ $known }位在客户表中；例如{ $first }不在。
periods = 共{ $n }{ $kind ->
    [day] 天
    [week] 周
    [quarter] 个季度
   *[month] 个月
}，{ $first }至{ $last }。
arms = { $arms }个组，共{ $n }位客户。
assigned = { $experiments }个实验，共{ $n }行；{ $customers }位客户中有{ $bought }位曾经购买。
# $why：这些行缺什么，或因何剔除。
left-out = { $all }行中有{ $n }行未采用，{ $why }：{ $lines }。
    .without = 缺少{ $what ->
        [experiment] 实验名称
        [customer] 客户
        [metric] 指标
        [day] 可识别的日期
       *[arm] 组别
    }
    .rule = 原因为{ $rule }
    .unlike = 客户编号与交易表的写法不同
example = 第{ $row }行{ $value ->
    [none] 为空
   *[other] {" "}{ $value }
}

## 剔除交易行的规则

rule-in-several-files = 多个文件重复
rule-exact-duplicate = 完全重复
rule-no-customer = 缺少客户
rule-no-readable-date = 日期无法识别
rule-no-readable-amount = 金额无法识别
rule-cancelled-order = 已取消订单
rule-after-as-of = 晚于数据截止日
rule-zero-amount = 金额为零
rule-return = 退货
rule-order-fully-returned = 整单退货
