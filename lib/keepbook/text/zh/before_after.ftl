### 未经随机分配的调整带来了什么：调整前后对比。

## 名称。$period：month（月）或week（周）。$metric：revenue、orders或retained。$ages：计入的周期数。

month-or-week = { $period ->
    [month] 月
   *[week] 周
}
months-or-weeks = { $period ->
    [month] 个月
   *[week] 周
}
each = 每位客户每{ month-or-week }
short-name = { $metric ->
    [revenue] 收入
    [orders] 订单数
   *[retained] 购买客户占比
}
short-name-first = { $metric ->
    [revenue] 收入
    [orders] 订单数
   *[retained] 购买客户占比
}
# 用于句中。
metric-in-sentence = { $metric ->
    [revenue] 收入
    [orders] 订单数
   *[retained] 购买客户占比
}
metric-per-period = { $metric ->
    [retained] 每{ month-or-week }{ short-name }
   *[other] { each }的{ short-name }
}
metric-per-period-first = { $metric ->
    [retained] 每{ month-or-week }{ short-name-first }
   *[other] { each }的{ short-name-first }
}
ages = { $ages ->
    [1] 第1{ month-or-week }
   *[other] 第1至第{ $ages }{ months-or-weeks }
}
of-ages = 首次购买后{ ages }
up-to-ages = { $ages ->
    [1] 首次购买后1{ month-or-week }以内
   *[other] 首次购买后{ $ages }{ months-or-weeks }以内
}
earned = { $margin_stated ->
    [yes] 毛利
   *[no] 收入
}
fair = { $compared ->
    [yes] 两组可比
   *[no] 原有趋势会延续
}
fair-first = { $compared ->
    [yes] 只要两组可比
   *[no] 只要原有趋势会延续
}
above-or-below = { $above ->
    [yes] 高
   *[no] 低
}
between-parts = ；
between-sentences = { "" }

## 单元配置文件中的条件。$x：取值。

who-treated = { $conditions ->
    [none] 全部客户
   *[other] { $conditions }
}
who-comparison = { $unit ->
    [none] { $conditions ->
        [none] 其余全部客户
       *[other] { $conditions }
    }
   *[other] 业务单元{ $unit }的客户
}
condition = { $column }：{ $value }
condition-or = 或
# 范围的两端之间。
condition-all = { "" }
condition-from = 从{ $x }
condition-to = 到{ $x }
condition-like = 形如{ $x }
condition-not = 非{ $x }
condition-bool = { $value ->
    [yes] 是
   *[no] 否
}

## 怎么做。$title：调整的名称。

decision = { $title ->
    [none] { choice-first }
   *[other] { $title }：{ choice }
}
    .reason = { $failure ->
        [none] { $varies ->
            [no] 所有购买都一样，分不清是偶然还是效果。{ doubt }
           *[yes] { what-was-seen }{ doubt }
        }
       *[other] { not-to-be-believed }{ failure }
    }
choice = { $choice ->
    [worth] 暂时保留
    [may-worth] 暂时保留，再做实验验证
    [not-worth] 建议停止
    [may-not] 先做实验，再决定是否停止
    [cost-open] 有增量，请补充成本
    [money-open] 有增量，但没有折算成金额
    [no-gain] 没有看到增量
   *[untold] 无法判断
}
choice-first = { $choice ->
    [untold] 无法判断
   *[other] { choice }
}
who-got-it = { $ages ->
    [0] 受影响的客户
   *[other] 首次购买不久的客户
}
# $amount：差多少，及其区间。$chance：是否可能只是偶然。
what-was-seen = { $metric ->
    [retained] { who-got-it }中，购买客户占比比预期{ above-or-below }{ $amount }{ could-be-chance }。
   *[other] { who-got-it }，客均每{ month-or-week }{ $metric ->
        [revenue] { earned }
       *[orders] 订单数
    }比预期{ $more ->
        [yes] 多
       *[no] 少
    }{ $amount }{ $cost ->
        [yes] ，已扣成本
       *[no] {""}
    }{ could-be-chance }。
}
could-be-chance = { $chance ->
    [yes] ，但可能只是偶然
   *[no] {""}
}
# $pays：有增量但没有写明成本，或没有金额时为open。
doubt = { $compared ->
    [yes] { $pays ->
        [open] 客户不是随机分配的，{ not-known }。
       *[known] 客户不是随机分配的{ $unlike ->
            [none] {""}
           *[other] ，此前就比其他客户{ $unlike_above ->
                [yes] 高
               *[no] 低
            }{ $unlike }
        }：变化也可能另有原因。
    }
   *[no] { $pays ->
        [open] 没有对照组，{ not-known }。
       *[known] 没有对照组：变化也可能来自季节，或同时开始的其他事情。
    }
}
not-known = { $metric ->
    [revenue] { $margin_stated ->
        [yes] 成本也未知
       *[no] 成本和毛利率也未知
    }
   *[other] 也没有对比收入
}
not-to-be-believed = { $compared ->
    [yes] 客户不是随机分配的，而且有一项检验没有通过：无论增减都不可信。
   *[no] 没有对照组，而且有一项检验没有通过：无论增减都不可信。
}
# 没有通过的检验说明了什么。
failure = { $failure ->
    [pre_trend] { $compared ->
        [yes] 调整之前，两组的{ metric-in-sentence }走势就不一致。
       *[no] 调整之前，{ metric-in-sentence }不是直线变化，延长趋势会误导。
    }
    [placebo] 在没有任何调整的{ $date }，同样的对比也得出了“效果”。
    [trend] 调整之前已有的缓慢变化如果延续，效果就不存在了。
    [clusters] 参与对比的分组（{ $column }）太少：其中一组只相当于{ $effective }个。
    [untested] 调整之前的时间太短，对比方法无法检验。
    [nearer] 此前他们就比其他客户{ $unlike_above ->
        [yes] 高
       *[no] 低
    }{ $share }；如果正是因此被选中，他们自己也会向平均水平靠拢。
   *[proportion] 两组在调整前并不相当：如果按比例而不是按差额推算对照组的变化，效果就不存在了。
}

## 结论

measured-only = 下面画出的只是实测结果，不能算作调整的效果。
# $amount：一年的金额及其区间。
year = { $more ->
    [yes] 照此下去，一年可带来{ $amount }。
   *[no] 照此下去，一年会损失{ $amount }。
}
# $needed：毛利率高于多少才划算。$gain：成本最多可以是多少。
pays = { $stated ->
    [yes] { $margin_stated ->
        [yes] { fair-first }，划算的概率为{ $chance }。
       *[no] { $needed ->
            [none] 没有设置毛利率，这里把收入全部当作毛利。
           *[other] 毛利率高于{ $needed }就划算。目前还没有设置毛利率。
        }
    }
   *[no] 只要{ each }的成本低于{ $gain }就划算{ $margin_stated ->
        [yes] {""}
       *[no] （还要乘以毛利率）
    }。
}
others = 与预期相比，每{ month-or-week }{ $parts }。
other = { $metric ->
    [retained] { short-name }
   *[other] 客均{ short-name }
}{ $effect }
others-fail = { $metrics }的结果不可信：有一项检验没有通过。
drift = 不能排除是一种看不出来的缓慢变化造成了这个结果。
unlike = 调整之前，受影响的客户就比其他客户{ above-or-below }{ $share }。
unlike-open = 调整前两组是否相当，无法判断。
season = 调整前的数据不足一年，分不清是季节还是效果。
# $n、$others：客户数。
who = { $compared ->
    [yes] 受影响的{ customers }与未受影响的{ $others }位客户对比，每{ month-or-week }都是同一批人。
   *[no] 计入{ $n }位客户，都在{ up-to-ages }；更早的客户不在其中。
}
# $n：不在客户表中的客户。
unlisted = 未计入：{ customers }，不知道是否受影响。
truth = 真实情况（模拟数据，事先已知）：{ metric-in-sentence }变化{ $value }{ $metric ->
    [retained] {""}
   *[other] （{ each }）
}。

## 可信吗？一行结论。

check-line = { $check ->
    [pre_trend] { $compared ->
        [yes] 调整前走势一致
       *[no] 调整前呈直线
    }
    [placebo] 更早的日期没有“效果”
    [trend] 没有缓慢变化
    [levels] 调整前水平相当
   *[clusters] 分组数足够（{ $column }）
}
between-checks = { " · " }

## 检验。$holds：yes、no或open。$p：p值及其符号。

check-pre-trend = { $holds ->
    [open] 调整之前{ metric-in-sentence }走势是否一致，无法检验：客户、分组或购买太少。
    [no] { $compared ->
        [yes] 调整之前，两组的{ metric-in-sentence }走势不一致（p{ $p }）：之后看到的差异可能早已开始。
       *[no] 调整之前，{ metric-in-sentence }不是直线变化（p{ $p }）：延长趋势可能误导。
    }
   *[yes] { $compared ->
        [yes] 调整之前，两组的{ metric-in-sentence }走势看起来一致（p{ $p }）；这不等于证明。
       *[no] 调整之前，{ metric-in-sentence }看起来呈直线变化（p{ $p }）；这不等于证明。
    }
}
earlier-dates = { $dates }个更早的日期
check-placebo = { $holds ->
    [open] 没有更早的日期可以用来检验{ metric-in-sentence }。
    [no] { placebo-found }。
   *[yes] 在{ earlier-dates }做同样的对比，{ metric-in-sentence }都没有“效果”。
}
placebo-found = 在没有任何调整的{ $date }，同样的对比在{ metric-in-sentence }上也得出了“效果”（p{ $p }，已按{ earlier-dates }校正）
check-trend = { $holds ->
    [yes] 即使两组差距在调整前的趋势延续下去，{ metric-in-sentence }的效果依然成立。
    [no] 如果两组差距在调整前的趋势延续下去，{ metric-in-sentence }的效果就不存在了。
   *[open] 两组差距可能有一种在调整前看不出的微小趋势，延续下去就足以造成{ metric-in-sentence }的效果。
}
check-levels = { $holds ->
    [yes] 调整前两组的{ metric-in-sentence }相当，算上偶然波动也在{ $tolerance }以内。
    [no] 调整前受影响组的{ metric-in-sentence }比对照组{ above-or-below }{ $share }。如果他们正是因为买得多或少而被选中，自己也会向其他客户靠拢，看起来就像效果。
   *[open] { $limits ->
        [none] 调整前两组的{ metric-in-sentence }是否相当，无法判断。
       *[other] 调整前两组的{ metric-in-sentence }是否相当（相差在{ $tolerance }以内），无法判断：受影响组比对照组{ above-or-below }{ $share }（{ $limits }）。
    }
}
# $column：客户按什么分组。$n：分组数；$effective：相当于多少个同样大小的分组。
check-clusters = { $uneven ->
    [yes] 误差按{ $column }计算，大小不一：其中一组有{ $n }个，最大的占{ $largest }的客户，所以{ $holds ->
        [yes] 相当于{ $effective }个。
       *[no] 只相当于{ $effective }个，区间本身也不可靠。
    }
   *[no] { $holds ->
        [yes] 误差按{ $column }计算；较少的一组有{ $n }个。
       *[no] 误差按{ $column }计算，其中一组只有{ $n }个：区间本身也不可靠。
    }
}
levels-against = 在这里，靠拢只会使效果变小。

## 关于客户和计数方法

note-about = { $about ->
    [customers] 客户
    [periods] 周期
    [intervals] 区间
   *[money] 金额
}
note-who = { $ages ->
    [0] 参与对比的是{ $first }之前购买过的客户；之后才来的客户，一计入就必然有一次购买，而且可能正是因这次调整而来。没有购买的周期按0计。
   *[other] 每个周期计入首次购买后{ ages }的客户：各周期是不同的人，但处于相同阶段，因为固定的一批客户本来就会越买越少。每个阶段在各周期的权重相同，取自所有处于该阶段的客户。计入多少个阶段，取决于数据能追溯多远，与`before`无关。
}
note-left-out = 未计入：{ $group ->
    [newer] { $first }及以后才首次购买的{ customers }
    [neither] 不属于任何一组的{ customers }
    [unlisted] 不在客户表中的{ customers }
    [unclustered] 没有分组信息的{ customers }
   *[older] 首次购买距第一个周期太久的{ customers }
}。
note-fewer-before = { $date }之前要求{ $asked }{ months-or-weeks }，只用了{ $before }{ months-or-weeks }：{ $compared ->
    [yes] 更早的周期不在数据之内。
   *[no] 更早的周期用来确定客户处于什么阶段。
}
note-fewer-after = 从{ $date }起要求{ $asked }{ months-or-weeks }，数据中只有{ $after }{ months-or-weeks }已经结束。
note-groups-today = 分组按客户表现在的内容：如果用来分组的列本身随购买变化（例如会员等级），就等于按结果分组。
note-no-clusters = 误差按周期序列计算，没有用到分组。
note-last-line = { $last }之后没有数据行：之后的周期看起来是空的。
note-month = 各月长短不一：平均值按每月{ $days }天折算。
note-no-cost = 单元配置文件没有写明成本：这里的增量未扣成本。

## 指标卡。$kept：是否为扣除成本后的毛利。

tile-total = { $after }{ months-or-weeks }的{ $kept ->
    [yes] 利润
   *[no] 增量
}
    .basis = { $stated ->
        [yes] 已扣成本
       *[no] 未扣成本
    }
    .definition = { $ages ->
        [0] 从{ $date }起，{ customers }合计的{ earned }比没有调整时的预期多出的部分。
       *[other] 从{ $date }起，{ customers }合计的{ earned }比没有调整时的预期多出的部分，每位客户只计入首次购买后{ ages }：共{ $times }个客户{ month-or-week }。
    }
tile-lift = { metric-in-sentence }的提升
    .definition = { metric-per-period-first }：与没有调整时的预期相差百分之几。
tile-past = 不小于更早日期的误差

## 图。$level：置信水平。

# $state：failed、chance或beyond。$lift：相差多少，不带符号。
levels = { $state ->
    [failed] { short-name-first }的实测结果，不能算作效果
    [chance] { short-name-first }与预期之差在偶然波动之内
   *[beyond] { short-name-first }比预期{ above-or-below }{ $lift }
}
    .measure = { $compared ->
        [yes] 每位客户每{ month-or-week }，受影响的客户与对照组；阴影为{ $date }以后
       *[no] 每位客户每{ month-or-week }，{ up-to-ages }；阴影为{ $date }以后
    }
    .treated = 受影响的客户
    .all = 计入的客户
    .comparison = 对照组
    .expected = 没有调整时的预期
    .caption = { $compared ->
        [yes] 各周期都是同一批客户的平均值，带{ $level }置信区间；没有购买按0计。预期：这些客户原来的水平，加上对照组的变化。
       *[no] { of-ages }的客户的平均值，每{ month-or-week }是不同的人，带{ $level }置信区间；各阶段权重始终相同。预期：按之前各{ month-or-week }拟合的直线向后延长。
    }{ periods-over }
    .reading = { $when } | { $name }：{ $value }
periods-over = { $over ->
    [none] 所有周期都是完整的。
   *[other] 之后的{ $asked }{ months-or-weeks }中，有{ $over }{ months-or-weeks }已经结束。
}
# $pre_trend：调整前的检验是否通过。
event-study = { $compared ->
    [yes] { $pre_trend ->
        [yes] 调整之前，两组差距没有超出偶然的变化
        [no] 调整之前，两组差距就在变化
       *[open] 调整之前两组差距是否在变化，无法判断
    }
   *[no] { $pre_trend ->
        [yes] 调整之前，{ short-name }呈直线变化
        [no] 调整之前，{ short-name }不是直线变化
       *[open] 调整之前{ short-name }是否呈直线，无法判断
    }
}
    .measure = { $compared ->
        [yes] 两组之差减去调整前的平均差，横轴为距{ $date }的{ month-or-week }数
       *[no] 与调整前趋势的距离，横轴为距{ $date }的{ month-or-week }数
    }
    .caption = { $compared ->
        [yes] 灰色：调整之前，应在0附近。竖线：每{ month-or-week }单独的{ $level }置信区间，箭头表示超出图外。色带：效果，即之后的平均值{ hollow-truth }。
       *[no] 灰色：调整之前，应在0附近。蓝色：不是数据点，而是第二条直线及其{ $level }置信区间，箭头表示超出图外。色带：效果，即平均距离{ hollow-truth }。
    }
    .reading = { $when } | { $value }
    .mean = 效果
    .truth = 真实值
hollow-truth = { $truth ->
    [yes] ；空心：真实值
   *[no] {""}
}
# $currency：货币单位，或为空。
panel-title = { $kind ->
    [share] { short-name }（百分点）
   *[other] { short-name }{ $currency }
}
placebo = { $date ->
    [none] 在{ earlier-dates }都没有超出偶然的“效果”
   *[other] 在{ $date }得出了不可能存在的“效果”
}
    .measure = 同样的对比放在更早的日期，只用{ $true }之前的数据；最后一行为{ $true }当天
    .caption = 横线：每个日期单独的{ $level }置信区间，箭头表示超出图外。灰色较多时，个别偏离0可能只是偶然；检验已按日期数校正。

## 表。$level：置信水平。

groups =
    .group = 组
    .who = 客户
    .take-part = 参与对比
    .newer = 首次购买太晚
    .left-out = 未计入
    .clusters = 分组数
    .caption = { $ages ->
        [0] 每位客户只在一行。首次购买太晚：周期开始之后才首次购买。
       *[other] 每位客户只在一行。参与对比：{ of-ages }，至少计入一{ month-or-week }。首次购买太晚：最后一{ month-or-week }才首次购买。
    }
group-name = { $group ->
    [treated] 受影响的客户
    [comparison] 对照组
    [all] 全部
    [neither] 不属于任何一组
    [unlisted] 不在客户表中
    [unclustered] 没有分组信息
   *[older] 首次购买太早
}
notes =
    .about = 关于
    .note = 需要知道的事项
    .caption = 客户和周期是怎样选定的。
per = 每位客户每{ month-or-week }
before-to-after = { $before } → { $after }
effects =
    .expected = 预期
    .seen = 实际
    .difference = 差额
    .lift = 与预期相比
    .truth = 真实值
    .caption = { $compared ->
        [yes] { $date }以后的平均值，与没有调整时的预期对比，附{ $level }置信区间。
       *[no] { $date }以后的平均值，与延长的原有趋势对比，附{ $level }置信区间。
    }
courses =
    .course = 之前 → 之后
    .comparison = 对照组
    .expected = 预期
    .difference = 差额
    .p = p值
    .caption = { $compared ->
        [yes] 调整前后所有周期的平均值。预期：受影响的客户原来的水平，加上对照组的变化。差额：之后的实际值减去预期（双重差分），附{ $level }置信区间。
       *[no] 调整前后所有周期的平均值，阶段相同、权重一致，并折算为同样长度。差额：与之前直线趋势的平均距离（中断时间序列），附{ $level }置信区间。
    }
robust =
    .effect = 效果
    .proportional = 按比例推算
    .trended = 趋势延续
    .level = 第一个周期
    .bend = 每周期增加
    .before = { $compared ->
        [yes] 之前走势一致，p值
       *[no] 之前呈直线，p值
    }
    .breakdown = 多大的变化可抵消
    .times = { $move }（{ $n } × { $largest }）
    .caption = { $compared ->
        [yes] 按比例推算：假定对照组的变化按比例而不是按差额传递。趋势延续：减去两组差距在调整前的直线趋势。多大的变化可抵消：从该日起两组差距的持续变化；括号内为它相当于此前两个周期之间最大变化的多少倍，含偶然波动。其他括号：{ $level }置信区间。
       *[no] 第一个周期：调整当期与趋势的距离；每周期增加：距离怎样扩大。多大的变化可抵消：从该日起对趋势的持续偏离；括号内为它相当于此前两个周期之间最大变化的多少倍，含偶然波动。其他括号：{ $level }置信区间。
    }
checks =
    .check = 检验
    .outcome = 结果
    .caption = ✓通过，✗未通过，?无法判断。起决定作用的是{ short-name }，只要有一项未通过就都不可信；水平不同只有在足以造成效果时才算未通过。通过检验不等于证明。
check-mark = { $holds ->
    [yes] ✓
    [no] ✗
    [open] ?
   *[other] {""}
}
check-name = { check-mark } { $check ->
    [pre_trend] { $compared ->
        [yes] 之前走势一致
       *[no] 之前呈直线
    }
    [placebo] 更早的日期
    [trend] 趋势延续
    [levels] 之前的水平
   *[clusters] 分组数足够
}
# $others：其他指标的结果，或none。
check-found = { $sentence ->
    [none] { short-name }没有效果，谈不上抵消。
   *[other] { $sentence }
}{ $others ->
    [none] {""}
   *[other] （{ $others }）
}
check-other = { short-name } { check-mark }
placebo-dates =
    .date = 日期
    .p = { short-name }，p值
    .caption = 只用{ $date }之前的周期。每个日期单独计算；括号内为{ $level }置信区间。
money-table =
    .per = 范围
    .gain = 增加的{ earned }{ $currency }
    .cost = 成本
    .profit = 扣除成本后{ $currency }
    .chance = 划算的概率
    .caption = { $margin_stated ->
        [yes] 对收入的效果乘以毛利率{ $margin }
       *[no] 对收入的效果，收入全部当作毛利
    }{ $stated ->
        [yes] ，已扣成本。划算的概率：无信息先验，且{ fair }；这个前提不体现在任何数字里。
       *[no] ，未扣成本，因为没有写明。
    }括号内为{ $level }置信区间。
money-basis = { $basis ->
    [customer-and-period] { each }
    [customer] 每位客户，所有周期
   *[total] { $ages ->
        [0] 全部受影响的客户
       *[other] 该日以后计入的全部客户
    }
}

## 核对

identity-money = 两组在所有周期的收入 = 这些客户购买记录的金额
identity-effect = 各周期效果的平均值 = 效果
identity-customers = 各组客户数合计 = 有购买的客户数

## 为什么不展示

no-placebo = 此处不展示：没有更早的日期可以检验对比方法。
ages-do-not-add-up = 此处不加总：每个阶段的客户不论多少，在各周期权重相同。
no-revenue = 此处不加总：`revenue`不在这次调整的指标之中。
no-customers-table = 对比需要客户表，才知道谁属于哪一组。
# $group：treated或comparison。
few-customers = { $group ->
    [treated] 受影响组
   *[comparison] 对照组
}中，{ $first }之前购买过的只有{ customers }；至少需要{ $least }位。
few-clusters = { $group ->
    [treated] 受影响组
   *[comparison] 对照组
}只有{ $n }个分组（{ $column }）；至少需要{ $least }个。
few-of-the-ages = 有一个周期只计入{ $n }位客户（此前{ $ages }个周期内首次购买）；至少需要{ $least }位。
too-few-before = { $date }之前至少需要完整的两{ months-or-weeks }，还要有在那之前就来的客户；数据从{ $start }开始。
nothing-after = 从{ $date }起还没有一个完整的周期；数据止于{ $as_of }。
too-few-asked = 没有对照组时，{ $date }之前需要完整的{ $least }{ months-or-weeks }；目前只要求{ $asked }{ months-or-weeks }。
    .do = 把`before`设为{ $least }或更大，或者不填。
too-short-for-trend = 没有对照组时，{ $date }之前需要{ $least }{ months-or-weeks }完整的数据，在那之前还要再有一个周期用来识别客户；数据从{ $start }开始。
    .do = { $period ->
        [month] 设`period: week`，可以容纳更多周期；或者指定对照的客户。
       *[week] 指定对照的客户（`treated`或`comparison_unit`）。
    }

## 页面正文

cell-title = # 这次调整带来了什么？
cell-effect-head =
    ## 影响有多大？

    从调整之日起的实际值，与没有调整时的预期对比。
cell-checks-head =
    ## 可信吗？

    调整之前的数据能提出什么反证：✓通过，✗未通过，?无法判断。
cell-money-head =
    ## 能赚多少？

    对收入的效果折成毛利，再减去调整的成本。
cell-who-head =
    ## 谁参与了对比

    谁参与，谁没有参与；每位客户只属于一组。
cell-checks-analysts =
    ## 供分析师参考：检验

    在没有任何调整的日子，不应该看到任何“效果”。
cell-robust-head =
    ## 供分析师参考：换一种假设

    同样的购买记录换一种算法，以及还要发生多大的其他变化才会推翻结论。
cell-course-head =
    ## 供分析师参考：调整前后

    计算效果所用的平均值，以及客户和周期是怎样选定的。
cell-course-check = 有对照组时，第一张图中的金额就是这些客户购买记录的金额；没有对照组时无法加总。
cell-effect-check = 效果是调整之日以后各周期的平均值。
cell-how =
    ## 统计口径

    有对照组时，把受影响的客户与未受影响的客户在调整前后进行对比：前者的变化减去后者的变化（双重差分）。只计入第一个周期之前就来的客户，所有周期都是同一批人。没有对照组时，改为延长调整之前的直线趋势（中断时间序列）：每个周期计入处于相同阶段的客户，即首次购买后若干月或若干周的客户，因此各周期是不同的人，老客户不计入任何周期。无论哪种方法，没有购买都按0计。

    这一切依赖一个假设：如果没有调整，两组的走势会一样，或者原有趋势会延续。这个假设无法证明，只能设法推翻，而且确实试过：调整之前两组走势是否一致，趋势是否呈直线；在没有任何调整的日子是否也得出“效果”；对于两组，缓慢变化是否足以抵消效果，两组是否本来就相当。只要有一项检验未通过，不管数字多好看，本页都会写“无法判断”。即使全部通过，结论也不如随机实验可靠。

    决定、结论和指标卡中的区间，至少与同样的对比在更早日期的误差一样宽。
cell-limits =
    ## 局限

    - 客户不是随机分配的。“两组走势会一样”或“趋势会延续”只是假设，检验只能推翻它，不能证明它。
    - 同一时间只对受影响的客户开始的其他事情，例如调价、活动或他们特有的季节因素，看起来与这次调整没有区别。
    - 有对照组时，结论针对的是调整前早已有过购买的客户，不包括调整对新客户的作用。没有对照组时，结论针对的是首次购买后不久的客户，也包括因为这次调整才来的客户，不包括调整对老客户的作用。
    - 没有对照组时，结论是与更早的、处于相同阶段的客户的趋势相比，这是最弱的一种对比：季节、活动或当天开始的任何其他事情，看起来都一样。
    - 一旦客户或员工知道谁与谁对比，对照的客户也可能受到不同对待，这时的差额就不再是效果。
    - 重要的结论值得做一次随机实验：“下一次实验”页面说明需要多少客户。
