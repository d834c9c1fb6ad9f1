### 终端页面：`keepbook check`和`keepbook init`展示的业务单元内容。

## check：标题，以及各数据行的去向

simulated = （模拟数据）
held = { $customers }位客户，{ $orders }笔订单（每位客户每天计一笔），{ $money }
covers = { $start }至{ $end }（{ $in ->
    [months] { months }
   *[days] { days }
}）
how-read = 数据读取方式
ledger = 源数据
    .lines = 行数
    .amount = 金额
    .left-out = 剔除：{ $rule }
    .kept = 保留
    .all = 全部
to-look-at = 需要关注
nothing = 未发现异常。
would-carry = 数据能支持的分析
missing = 缺少的数据表，以及补上后能增加的内容

## check：需要关注的事项

unread = { $share }的行日期或金额无法识别，后面各项都不包含这些行。请查看上面列出的行，填写`date_format`或`decimal`，或重新导出。
ahead = 有{ $n }笔订单的日期晚于今天。如果是预约发货，请把`as_of`设为最后一个真实日期。
# 异常的日期。
those-days = { $days ->
    [1] { $first }
   *[other] { $first }至{ $last }
}
usual = { $usual ->
    [0] 不到1
   *[other] { $usual }
}
default-day = { $default ->
    [yes] 不少程序在日期未知时会写入这一天。
   *[no] {""}
}
# 远离其他订单；`mend`是一项设置。
far = 有{ $count }笔订单出现在{ those-days }，比其他订单{ $later ->
    [yes] 晚
   *[no] 早
}{ $apart }天，中间没有任何订单。{ default-day }如果日期有误，可用{ $mend }剔除。
# 末尾太少。
end = 数据统计到{ $last }，但{ $before }之后{ $count ->
    [0] 没有订单
   *[other] 只有{ $count }笔订单
}，按以往应有{ usual }笔。如果导出到此为止，或还有数据未到，请设置`as_of: { $as-of }`；否则客户会被误判为流失。
# 同一天大量首次购买。
new = { $count }位客户（{ $share }）首次出现在{ those-days }，前后每天约{ usual }位。{ default-day }{ $at-start ->
    [yes] 他们可能在数据开始之前就是客户：设置`warm_up_cohorts: exclude`可把他们排除在同期群之外。
   *[no] 如果当时更换过系统，他们其实是老客户：请补上之前的购买记录。
}
orders = { $count }位客户在{ those-days }购买（占全部订单的{ $share }），前后每天约{ usual }位。{ default-day }如果当时没有促销，日期可能有误；可用{ $exclude }剔除。
money = { those-days }收入{ $amount }（占全部金额的{ $share }），前后每天约{ $usual-amount }。请检查是否有金额录错或币种不同。
gap = { those-days }没有任何购买（{ $days }天），按以往应有{ usual }笔订单。如果当时没有停业，说明数据缺失，客户会被误判为流失：请重新导出。
more-like-it = 另有{ $n }条与上一条类似。
# `setting`是要写在那里的内容。
exclude = `transactions`下的{ $setting }
    .wrong-date = 日期有误
    .no-person = 非真实客户
account = { $placeholder ->
    [yes] 客户“{ $customer }”像是占位符，不是真实客户：{ $days }天有购买，占金额的{ $money }。可用{ $exclude }剔除。
   *[no] 客户“{ $customer }”在{ $days }天有购买（占全部天数的{ $share }），占金额的{ $money }。如果背后其实是很多人，可用{ $exclude }剔除。
}
negative = { customers }退回的金额超过其支付的金额，合计{ $money }。如果不是数据开始之前购买的退货，请检查金额的正负号。
hardly-anybody-twice = 几乎没有客户购买两次：`customer_id`会不会其实是订单号？
no-currency = 没有设置币种。请在单元配置文件中补上，例如`currency: CNY`。
no-timezone = 时间带有时区，目前按UTC划分日期。请把`timezone`设为店铺所在时区。
one-time = { $share }（{ $limits }）的客户是一次性客户：即使把最后一天算上，也只在一天购买过。

## check：数据能支持的分析

yes = 支持
care = 谨慎使用
no = 不支持
mend-dates = { $why }请先更正日期。
retention = { $cohorts ->
    [0] 没有一个同期群在首个{ period }之后有完整的{ period }。
   *[other] { $cohorts }个同期群有完整的下一个{ period }；典型的同期群有{ customers }，比例的误差为±{ $error }个百分点。
}{ $enough ->
    [yes] {""}
   *[no] 需要{ $least }个{ $size }人的同期群。
}{ $better ->
    [none] {""}
   *[other] 改用`cohort_period: { $better }`可得到{ $better-cohorts }个约{ $better-size }人的同期群。
}
    .name = 同期群留存
value = { $customers }位客户中有{ $again }位再次购买，间隔通常为{ $interval }天；数据共{ $days }天。{ $needs ->
    [none] {""}
   *[other] 需要{ $needs }。
}
    .name = 客户价值
    .customers = { $n }位客户
    .repeaters = { $n }位再次购买的客户
    .loyal = 至少几位购买过三次的客户
    .history = { $n }天的数据
    .recent = 最近{ $n }天内有购买
scorecard = { $months }个完整的月份{ $enough ->
    [yes] 。
   *[no] ；与上年同月对比需要{ $least }个。
}
    .name = 指标卡
warning = 数据结束前{ $far }至{ $near }天内活跃的{ $all }位客户中，{ $lost }位没有再来。{ $enough ->
    [yes] {""}
   *[no] 需要再来和没有再来的客户各{ $least }位。
}
    .name = 流失预警
strategies = { $there ->
    [yes] {""}
   *[no] 需要`assignments`。
}最近{ $days }天的{ customers }对半分组，能看出{ $effect }个百分点的差异。
    .name = 策略对比
feedback = { $tables ->
    [none] 需要`surveys`或`interactions`。
   *[other] 单元配置文件中有{ $tables }；本检查不查看其内容。
}
    .name = 客户反馈
add-customers = 客户是谁：按分群、地区或负责人看留存
add-costs = 花了多少：获客成本及其回报
add-surveys = 客户怎么说：满意度与留存对照
add-interactions = 客户何时来找：响应时长与留存对照
add-assignments = 给了谁什么：哪种策略有效

## check：实验

experiments = 实验
same-fault = 问题同上。
# 各组表格的列。
arm = 组别
    .customers = 客户数
    .assigned = 已分配
    .mature = 已跟踪{ days }
    .clusters = 群组数
    .share = 占比
    .expected_share = 计划占比
split-unknown = 分组是否正常目前还无法判断。
split-sound = 分组正常（p{ $p }）。
split-planned = 总体上分组与计划一致（p{ $p }）。
split-broken = 分组异常：各组人数与计划不符（p{ $p }），因此不给出效果。{ $given ->
    [yes] {""}
   *[no] 没有填写`split`，按各组人数相等处理。
}
split-drifted = 分配期间各组占比发生了变化（p{ $p }）：季节或趋势可能被当成效果，因此不给出结论。
lines-used = { $gone ->
    [none] { $all }行全部采用。
   *[other] { $all }行中采用了{ $used }行；剔除：{ $gone }。
}
assigned = { $days ->
    [1] 于{ $first }分配；
   *[other] { $first }至{ $last }分配；
}{ $complete ->
    [yes] 自{ $on }起所有客户都已跟踪完毕。
   *[no] 现有客户将于{ $on }全部跟踪完毕。
}
overlap = { $n }位客户同时在“{ $other }”中{ $arms ->
    [unknown] 。
    [even] ，其各组在本实验中分布均匀（p{ $p }）。
   *[uneven] ，其各组在本实验中分布不均（p{ $p }）：它的效果会混入本实验。
}
misspelt = 分组表中有{ lines }属于“{ $other }”，单元配置文件中没有这个实验：{ $hint }
lines = { $n }行
unnamed = 分组表中有单元配置文件没有写到的实验：{ $others }。
    .one = “{ $other }”（{ lines }）
    .more = 另有{ $n }个

## check：前后对比

before-after = 前后对比
other-unit = { $title }：与业务单元{ $unit }对比，此处不读取其数据。
alone = { $title }：计入{ customers }，没有可对比的客户；{ lengths }。
compared = { $title }：受影响客户{ $treated }位，对照客户{ $comparison }位{ $clusters ->
    [none] {""}
    [alike] （群组：{ $treated-clusters }个和{ $comparison-clusters }个）
   *[unlike] （群组：{ $treated-clusters }个和{ $comparison-clusters }个；因大小不一，按{ $treated-counting }个和{ $comparison-counting }个计）
}；{ lengths }。
# 调整之前的周期数，以及从调整之日起的周期数。
lengths = { $date }之前{ $before }{ $period ->
    [week] 周
   *[month] 个月
}，之后{ $after }{ $period ->
    [week] 周
   *[month] 个月
}

## init

recognised = 已识别：{ $about }
not-used = 未使用：{ $columns }
taken-for = 对应
    .column = 列
    .examples = 例如
    .why = 及其取值
no-column = 没有识别出{ $role }对应的列：请在文件中填写。
wrote = 已写入 { $path }
next = { $complete ->
    [yes] 下一步：keepbook check { $unit }
   *[no] 请先决定文件中标出的事项，然后运行：keepbook check { $unit }
}
