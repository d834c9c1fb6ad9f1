### 所有页面共用的文字。

range-and-basis = { $range }；{ $basis }
identity = { $claim }：{ $left } = { $right }
# $against：对比的对象。
no-clear-change = { $against ->
    [none] 无明显变化
   *[other] { $against }：无明显变化
}
definition-of = “{ $label }”的统计口径
# 理由第一句之后；最紧要的几项决定之后。
cards-more = 更多
cards-others = 另有{ $n }项
data-csv = 文件（CSV）
data-parquet = 文件（Parquet）
foot-table = 表格
foot-copy = 复制
foot-copied = 已复制
foot-source = { $unit }，数据截至{ $day }
# 图表的朗读文本。
alt-points = { $n ->
    [one] 一个数据点：{ $first }。
   *[other] 共{ $n }个数据点，从{ $first }到{ $last }。
}
not-saved = { $caption }未保存任何文件：保存位置由`save_to`指定。
said-above = 原因同上，此处不再展示。
too-few-periods = 数据覆盖的周期太少，此处不展示。
no-entry = 此处不展示：{ $list ->
    [experiments] 策略带来的效果
   *[before_after] 调整带来的变化
}。需要在单元配置文件中填写`{ $list }`。

## 本页是怎样生成的

made = 本页的生成过程
    .unit-file = 单元配置文件
    .data = 数据
    .database = 数据库
    .sister = 对照单元：{ $unit }
    .seed = 随机种子
    .took = 用时
    .written = 生成时间
done = 完成

## 本页的对象

simulated = 模拟数据
opening = { $start }至{ $end }
    .period = 时间范围
    .as-of = 数据截至
    .unit = 业务单元
data-end = 数据止于{ $last }，比`as_of`早{ $days }天。如果数据不完整，缺失的日子会被当作没有购买，后面的结果都会受影响。
lines-used = 使用了{ $all }行中的{ $kept }行（{ $share }）{ $returns ->
    [0] {""}
   *[other] ；其中退货{ $returns }行，金额{ $returned }，冲减收入，不计为购买
}
    .rule = 清洗规则
    .lines = 行数
    .amount = 金额
    .matched = 触发该规则的行数
    .kept = 保留
    .all = 全部
unread = 有{ $share }的行日期或金额无法读取，这部分金额未计入本页。
how-read = 数据读取方式

## 按周期的曲线和表格

curve-average = 平均
curve-each = 各同期群
# $who: 曲线属于谁；none表示平均同期群。
curve-reading = { $who ->
    [none] { $age }|{ $share }；{ $size }位客户中有{ $active }位购买
   *[other] { $who }，{ $age }|{ $share }；{ $size }位客户中有{ $active }位购买
}
heat-cohort = 同期群
heat-size = 客户数
heat-average = 平均
heat-switch = 表格统计的内容
    .customers = 客户
    .revenue = 收入
heat-measure =
    .customers = 各同期群的留存率（%）：{ $rule ->
        [on] 当{ period }有购买
        [on_or_after] 当{ period }及以后有购买
       *[bracket] 该{ period }区间内有购买
    }，按{ age-axis }
    .revenue = 各同期群的收入占首{ period }收入的百分比（%），按{ age-axis }；收入集中在少数客户，不作标记
heat-legend =
    .marks = ▴ ▾ 高于或低于其他同期群，已按全部单元格校正，不是偶然
    .open = 虚线框：周期尚未结束，不计入平均
    .warm-up = * 数据从这里开始：这些客户可能更早就有过购买
heat-cell = { $who }，{ $age }
    .customers = 留存率{ $share }{ $rule ->
        [on_or_after] ，含之后各期
       *[other] {""}
    }
    .counted = { $size }位客户中的{ $active }位{ $mean ->
        [none] {""}
       *[other] ；平均{ $mean }
    }
    .revenue = 收入占比{ $share }{ $mean ->
        [none] {""}
       *[other] ；平均{ $mean }
    }
    .cohorts = { $cohorts }个同期群，共{ $size }位客户
    .open = 目前{ $size }位客户中的{ $active }位，周期尚未结束
    .above = 明显高于其他同期群
    .below = 明显低于其他同期群
