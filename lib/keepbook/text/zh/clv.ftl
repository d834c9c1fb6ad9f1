### 客户值多少钱：客户生命周期价值。

## 用语

horizon = { $months }个月
# $margin：是否知道毛利率；知道时价值是利润，不知道时是收入。
earned = { $margin ->
    [yes] 利润
   *[no] 收入
}
# 价值的口径。$rate：年折现率（如有）。
value = { earned }{ $rate ->
    [none] {""}
   *[other] ，按每年{ $rate }折现
}
# $method：哪种方法；$name：模型的名称。
method-name = { $method ->
    [historical-formula] 历史公式
    [same-as-last-period] 与上期相同
    [gradient-boosting] 梯度提升
   *[other] { $name }
}
# 句子里的叫法。
method-in-sentence = { $method ->
    [historical-formula] 历史公式
    [same-as-last-period] “与上期相同”
    [gradient-boosting] 梯度提升
   *[other] { $name }
}
off-by = { $way ->
    [right] 准确
    [high] 偏高{ $n }
   *[low] 偏低{ $n }
}
span = { $low }至{ $high }

## 结论

too-little = { customers }今后会带来多少，目前还无法判断；到现在为止带来了{ $money }。
check-stops = { $name }：{ $measured }。要求：{ $needed }。{ $follows }
read-with-care = 请谨慎解读。{ $follows }
# $told：前面已经说到的有几项。
more-checks = { $told ->
    [0] 有{ $n }项
   *[other] 还有{ $n }项
}前提条件不满足，见前提条件表。
# $amount：附区间。
ahead = 现有{ customers }未来{ horizon }预计{ $margin ->
    [yes] 贡献利润
   *[no] 消费
}约{ $amount }。
untested = 历史太短，预测还没有经过回测：区间只包含偶然波动。
rough = 过去对客户消费的预测偏差很大：总额只能当作数量级来看。
# $way：所有回测的偏差方向。
one-sided = { $way ->
    [low] 过去{ $n }次预测全部偏低：客户的实际消费很可能更多。
   *[high] 过去{ $n }次预测全部偏高：客户的实际消费很可能更少。
}
# $n：价值最高的十分之一客户。
holders = 价值最高的{ $n }位客户，一位抵得上价值较低的一半客户中的{ $times }位。
lowered = { $since }以来的新客户只带来预期的{ $ratio }，新客户的价值已按此下调。
# $against：与目前的获客成本相比。
may-cost = { $against ->
    [none] 获得一位新客户，全部成本最多可以花{ $cap }。
    [example] 毛利率为{ $example }时，获得一位新客户最多可以花{ $cap }。
    [margin] 目前获得一位新客户要花{ $cost }，毛利率达到{ $least }就能回本。
    [loss] 目前获得一位新客户要花{ $cost }，其中{ $loss }收不回来。
   *[earned] 目前获得一位新客户要花{ $cost }，能赚回{ $times }倍。
}

## 指标卡

basis-past = { $rough ->
    [yes] 只是数量级，过去的预测偏差达{ $worst }
   *[no] 过去的预测最多偏差{ $worst }
}
basis-also = 按过去的偏差
basis-untested = 尚未回测
basis-tenth = 过去的回测结果
basis-lowered = 已按新客户的表现下调
tile-value = 未来{ horizon }客户价值
    .definition = 现有全部客户预计带来的{ value }，已扣除退货。区间取得足够宽：放到过去每一次预测上，都能包含后来的实际结果。
tile-purchases = 未来{ horizon }购买次数
    .definition = 现有全部客户预计购买的{ $unit ->
        [week] 周数
       *[day] 天数
    }，同{ $unit ->
        [week] 一周
       *[day] 一天
    }之内多次购买算一次。
tile-top-tenth = 价值前10%客户的占比
    .definition = 未来的价值中，价值最高的十分之一客户占多少。区间来自过去的回测：事先选出的这十分之一客户，后来的实际消费占比。
tile-new-customer = 一位新客户的价值
    .definition = { horizon }内预计的{ value }，包括首次购买。这是大量新客户的平均值，不是某一位客户的。

## 图：今后

# $change：从第一个完整周期到最后一个，每天购买次数的变化。$new：每天新增客户。
# $ratio：新客户达到模型预期的比例，明显偏低时才有。
forecast = { $change ->
    [none] 今后没有一个完整的{ $period }
    [steady] 现有客户的购买次数大致不变
    [fall] 到{ $when }，现有客户的购买次数减少{ $share }
   *[rise] 到{ $when }，现有客户的购买次数增加{ $share }
}
    .measure = 每{ $period }的复购次数。点：实际；线：预测及区间；灰底：今后
    .today = 现有客户
    .with-new = 加上新客户
    .was = { $when } | 实际{ $n }次，模型{ $model }次
    .will-be = { $when } | 预计{ $n }次
    .caption = 区间不窄于过去预测总数的偏差；单个{ $period }的波动更大。{ $new ->
        [none] 最近{ $days }天没有新客户，所以不计算新客户。
       *[other] 虚线：如果像最近{ $days }天那样，每天继续新增{ $new }位客户。
    }{ $ratio ->
        [none] {""}
       *[other] 虚线要看低一些：近来的新客户只达到模型预期的{ $ratio }。
    }
# $way：偏差不到百分之一时为`right`。$purchases：各次偏差。
past-forecasts = { $way ->
    [right] 过去的预测偏差不到百分之一
   *[other] 过去的预测最多偏差{ $worst }
}
    .measure = 预测的总收入与实际相比；0为准确，底色为区间的宽度
    .row = { $when }：{ $off }
    .caption = 每次预测只用当时已有的数据，向后预测{ $days }天。{ $shorter ->
        [yes] 这比上面的{ horizon }短，时间越长偏差越大。
       *[no] {""}
    }购买次数的偏差：{ $purchases }。
# $case：标题讲什么。$payback：在第几个月收回获客成本。
new-customer-curve = { $case ->
    [less] 新客户只带来模型预期的{ $ratio }
    [at-once] 首次购买就能收回获客成本
    [payback] 获客成本在第{ $payback }个月收回
    [never] 获客成本在{ horizon }内收不回来
    [nothing] 新客户没有带来价值
   *[first] 首次购买占新客户价值的{ $share }
}
    .measure = 每位新客户的平均{ earned }{ $suffix }{ $seen ->
        [yes] ；方块：新客户的实际表现
       *[no] {""}
    }{ $truth ->
        [yes] ；空心：真实值
       *[no] {""}
    }
    .reckoned = 预计
    .model = 模型
    .cost = 获客成本
    .months = 首次购买之后的月数
    .reading = 第{ $months }个月 | { $amount }
    .seen-reading = { $since ->
        [none] {""}
       *[other] { $since }以来的
    }{ $n ->
        [none] 新客户
       *[other] { $n }位新客户
    } | { horizon }内{ $amount }
    .caption = 色带：平均值（{ value }）的区间，宽度参照过去预测的偏差，不是单个客户的区间。{ $ratio ->
        [none] {""}
       *[other] 虚线：根据全部客户得出的模型；其中最早的客户可能早就是老客户。
    }{ $seen ->
        [yes] 新客户：最近加入、并且观察时间足够长的客户，未折现。
       *[no] {""}
    }

## 图：客户

# $active：模型给出的活跃比例，附区间。$once_active：该模型把只买过一次的客户都算作活跃。
alive-matrix = { $share }的客户很可能已经流失
    .measure = 平均活跃概率，按已有的复购次数和距上次购买的天数
    .caption = 按{ $model }，全部客户中预计有{ $active }仍然活跃。{ $once_active ->
        [yes] { $model }把只买过一次的客户都算作活跃。
       *[no] 流失：活跃概率不到一半；活跃的客户也可能很少购买。
    }{ matrix-cells }
purchases-matrix = { $share }的客户今后几乎不会再买
    .measure = 未来{ horizon }预计的平均购买次数，按已有的复购次数和距上次购买的天数
    .caption = 横着看：以前常买、现在沉默的客户多半已经流失；本来就买得少的，可能只是还没到时候。几乎不会再买：预计不到半次。{ matrix-cells }
# .reading：各语言的顺序必须一致。
matrix-cells = 没有底色的格子不足{ $few }位客户。
    .corner = 沉默天数 \ 复购次数
    .reading = 沉默{ $days }天，复购{ $bought }次 | { $found }，{ $n }位客户的平均
# $top：附事先选出的十分之一客户在回测中的消费占比（如有）。$low：价值较低的一半客户的占比。
concentration = 十分之一的客户占未来价值的{ $top }
    .measure = 客户按价值从高到低分成十等份，各占{ horizon }预计{ earned }的比例
    .tenths = 客户十等份，价值高的在前
    .reading = 第{ $n }份 | 占价值的{ $share }
    .caption = 价值较低的一半客户占{ $low }。{ $tested ->
        [yes] 区间来自过去的回测：事先选出的十分之一客户，后来的实际消费占比。
       *[no] 还没有回测能说明这些客户实际会消费多少。
    }实际会更加分散：预期之外还有偶然。
value-distribution = { $share }的客户每位价值不到{ $amount }
    .measure = 客户占比和价值占比，按每位客户{ horizon }的价值{ $suffix }
    .customers = 客户占比
    .value = 价值占比
    .reading = { $low }–{ $high } | { $what }{ $share }
    .caption = 按预计的{ value }。
# $case：是否每个同期群的区间都包含全体的平均值；few：没有一个同期群足够大。
cohort-value = { $case ->
    [same] 不论何时首次购买，客户的价值大致相同
    [one] 所有客户都在同一{ $period }首次购买
    [few] 每{ $period }的客户太少，看不出同期群之间的差别
   *[apart] { $high }的客户价值最高，{ $low }的最低
}
    .measure = 每位客户未来{ horizon }的平均{ earned }{ $suffix }，按首次购买的{ $period }
    .all = 全体
    .reading = { $when } | { $amount }，{ customers }
    .caption = 已经流失的客户也计算在内，越早的同期群流失越多。区间只包含偶然波动{ $worst ->
        [none] 。
       *[other] ，不包含过去预测总额的{ $worst }偏差。
    }{ $few ->
        [none] {""}
       *[other] 浅色：不足{ $few }位客户。
    }{ $hidden ->
        [yes] 共{ $cohorts }个同期群，图中是最近的{ $drawn }个。
       *[no] {""}
    }
# $once_active：该模型把只买过一次的客户都算作活跃。
alive-path = { $customer }仍然活跃的概率为{ $chance }
    .measure = 到{ $day }为止每{ $unit ->
        [week] 周
       *[day] 天
    }结束时的活跃概率；点：购买
    .reading = { $day } | 有购买，活跃概率{ $chance }
    .caption = 根据{ $model }和有购买的{ $purchases }{ $unit ->
        [week] 周
       *[day] 天
    }。沉默时概率下降，以前买得越勤降得越快；购买后上升。{ $once_active ->
        [yes] { $model }把只买过一次的客户都算作活跃。
       *[no] {""}
    }

## 图：回测

backtest = { $cut }所做的预测，总数{ $off }
    .measure = 每{ $period }的复购次数。点：实际；线：预测及{ $level }区间
    .reading = { $when } | 实际{ $n }次，预测{ $model }次
    .caption = 同样的模型，只用{ $cut }之前的数据和当时的客户。{ $periods }个{ $period }中有{ $inside }个落在色带内。色带只包含偶然波动，不含季节：落在外面的部分说明季节的影响有多大。
calibration = { $groups }组客户中有{ $inside }组与预测相符
    .measure = { $cut }之后的客均购买次数。点：实际及均值的{ $level }区间；横线：{ $model }
    .frequency = 此前的复购次数
    .decile = 客户十等份，按预测从高到低
    .reading = { $group } | 实际{ $bought }次，预测{ $model }次
    .caption = 总数准确，可能只是误差相互抵消；分组之后就抵消不了。标题数的是十等份，第1份预计买得最多；预测相同的客户放在一起。
alive = { $limit ->
    [none] { $back }的客户回来购买
   *[other] 活跃概率不到{ $limit }的客户中，{ $back }回来购买
}
    .measure = { $cut }之后有购买的客户占比，按当时的活跃概率。点：实际；横线：{ $model }的预期
    .axis = 截断日期时的活跃概率
    .reading = { customers }，活跃概率{ $span } | { $back }回来购买，预期{ $expected }
    .caption = 预期为{ $expected }。竖线：{ $level }的Wilson区间。预期低于活跃概率本身，因为活跃的客户不一定很快购买。
coverage = 单个客户购买次数的{ $widest }区间，包含了{ $held }的实际结果
    .measure = 实际购买次数落在区间内的客户占比；横线：名义概率。竖线：{ $level }区间
    .axis = 区间的名义概率
    .reading = { $cut } | { $level }区间包含了{ $held }
    .caption = 每个点是一个截断日期（{ $cuts }）。次数正好落在区间端点时，按区间内的那部分概率计算。

## 表

# $truth：模拟数据才知道。
outlook-table =
    .within = 时间
    .value_text = { earned }{ $suffix }
    .range = 区间
    .purchases = 购买次数
    .true_value = 真实值
    .true_purchases = 真实购买次数
    .caption = 现有客户从现在起累计的{ value }，已扣除退货。区间不窄于过去预测的偏差。{ $truth ->
        [yes] 真实值来自模拟所用的参数，估计时没有用到。
       *[no] {""}
    }
model-outlook-table =
    .within = 时间
    .purchases = 购买次数
    .revenue = 收入{ $suffix }
    .value = { value }
    .caption = 模型自身的{ $level }区间：包含客户行为的偶然性和参数的不确定性，不包含模型本身的错误和季节。
forecast-table =
    .period = 周期
    .purchases = 购买次数
    .revenue = 收入{ $suffix }
    .new_customers = 新客户
    .new_purchases = 新客户购买次数
    .new_revenue = 新客户收入
    .caption = 收入已扣除退货，未折现。新客户：每天的人数与最近{ $days }天相同（{ $new }位），购买次数包括首次购买。*表示不足一个完整的{ $period }。{ $hidden ->
        [yes] 表中是{ $periods }个周期中的前{ $shown }个，图的数据包含全部。
       *[no] {""}
    }
# $held：回测中单个客户的区间实际包含的比例；$widest：名义概率。
top-customers =
    .customer_id = 客户
    .clv = 价值{ $suffix }
    .range = 区间
    .expected_purchases = 预计购买次数
    .p_alive = 活跃概率
    .last = 最近购买
    .frequency = 复购次数
    .spend_to_date = 累计消费{ $suffix }
    .caption = 按{ horizon }的预计价值（{ value }）排序。排在最前的客户多少有些运气成分，预计价值已经考虑到这一点。区间：这一位客户可能的结果，名义概率为{ $level }。{ $held ->
        [none] {""}
       *[other] 过去的回测中，名义概率{ $widest }的区间实际包含了{ $held }的购买次数。
    }
new-customer-table =
    .within = 时间
    .first = 首次购买
    .purchases = 复购次数
    .value = 价值{ $suffix }
    .expected = 模型预计收入
    .seen = 实际收入
    .customers = 新客户数
    .since = 起始日期
    .caption = 仅按模型，尚未按新客户的表现下调。价值：{ value }。收入：已扣除退货，未折现。{ $lifetime ->
        [none] {""}
       *[other] 如果不限时间，一位新客户会带来{ $lifetime }：其中大部分超出了数据所能看到的范围。
    }
cost-table =
    .period = 起始日期
    .cost = 市场和销售费用
    .new_customers = 新客户
    .cac = 每位新客户
    .caption = 数据完整覆盖的最近几个周期：费用除以其间首次出现的客户数。文件中有全部周期。
cuts-table =
    .cut = 已知数据截至
    .end = 预测至
    .customers_all = 客户数
    .customers = 参与回测
    .holdout_purchases = 购买次数
    .holdout_spend = 金额{ $suffix }
    .purchases_error = 次数偏差
    .money_error = 金额偏差
    .caption = 每个截断日期之后，当时已有客户的购买次数和未扣除退货的金额，以及本页所用模型的偏差。{ $share ->
        [none] {""}
       *[other] 参与回测的是{ $share }的客户，每次都是同一批。
    }
# $nearest和$shown：最接近实际的方法；本页所用的方法。$why：其他方法为什么没有列入。
methods-table =
    .method = 方法
    .marked = { $name }{ $nearest ->
        [yes] （{ $shown ->
            [yes] 最接近，本页采用
           *[no] 最接近
        }）
       *[no] { $shown ->
            [yes] （本页采用）
           *[no] {""}
        }
    }
    .off = 总数偏差
    .rmse = RMSE
    .mae = MAE
    .gini = 基尼系数
    .top_decile = 前10%占比
    .log_likelihood = 对数似然
    .caption = 每位客户的{ $target ->
        [purchases] 购买次数
       *[spend] 未扣除退货的收入
    }，{ $cuts }个截断日期的平均；总数偏差为范围。{ $n }种方法中{ $best }最接近实际；其次是{ $second }，误差多{ $margin }{ $chance ->
        [yes] （可能只是偶然）
       *[no] {""}
    }。{ $simple ->
        [best] 所以在这里没有模型优于简单公式（订单金额×频率×时长）。
        [as-good] 简单公式（订单金额×频率×时长）同样好：{ method-simple }
       *[worse] 简单公式（订单金额×频率×时长）明显较差：{ method-simple }
    }{ $shown ->
        [none] {""}
       *[other] 本页采用{ $shown }，{ $chosen ->
            [asked] 因为单元配置文件这样指定。
           *[likeliest] 因为在拟合成立的模型中，它给实际结果的概率最高。
        }
    }按RMSE排序：预测平均值时它最小，总数也需要平均值；MAE偏爱给沉默客户一律填0的方法。基尼系数：1表示客户排序完全正确。前10%占比：预测最高的十分之一客户占实际的比例。{ $why ->
        [none] {""}
       *[other] { $why }
    }
method-simple = 误差多{ $simple_margin }，总数{ $simple_off }（最接近的方法：{ $best_off }）。
parameters-table =
    .parameter = 参数
    .estimate = 估计值
    .standard_error = 标准误
    .interval = { $level }区间
    .caption = 购买：{ $model }（以本单元的时间单位计）{ $why ->
        [fitted] ；消费金额：Gamma-Gamma（p、q、gamma）。
       *[other] ；每次购买按平均值计，因为{ no-spend }。
    }
no-spend = { $why ->
    [few] 有消费金额的复购客户不足{ $least }位
   *[alike] 所有客户的消费金额都相同
}
models-table =
    .model = 模型
    .holdout_log_likelihood = 留出数据的客均对数似然
    .log_likelihood = 全部数据的对数似然
    .chosen = 本页采用
    .caption = `model: auto`采用给留出购买的概率最高、且对全部数据拟合成立的模型；数值越大越好。空缺：没有拟合，或无法回测。
checks-table =
    .name = 前提条件
    .met = 满足
    .measured = 实际
    .needed = 要求
    .follows = 影响
    .caption = 本页数字成立的前提。必要的条件不满足时，不展示任何数字。
export = 每位客户一行，价值高的在前。

## 核对

identity-value = 客户价值之和 = 全体价值
identity-customers = 评分的客户 = 有购买的客户
identity-cohorts = 各同期群价值之和 = 全体价值
identity-spend = 评分客户的累计消费 = 全部客户的累计消费

## 前提条件

check-nobody = 客户数
    .measured = 0
    .needed = 1
    .follows = 没有客户。
check-customers = 客户数
    .measured = { customers }
    .needed = 至少{ $least }位
    .follows = 客户太少：请看区间，不要只看估计值。
# $gap：两次购买通常间隔的天数。$least：少于这些天不拟合模型。
check-history = 历史长度
    .measured = { days }{ $gap ->
        [none] {""}
       *[other] ，两次购买通常间隔{ $gap }天
    }{ $weeks ->
        [none] {""}
       *[other] ，共{ $weeks }个完整的周
    }
    .needed = 至少{ $wanted }天
    .follows = { $too_short ->
        [yes] 历史太短：预测至少需要{ $least }天。{ $days_would_do ->
            [yes] 按天计数比按周计数需要的时间短。
           *[no] {""}
        }
       *[no] 客户还没有足够的时间回来购买：较远的预测只能依靠模型。
    }
check-latest-order = 最近一笔订单
    .measured = { $last }，距数据截止日{ $silent }天
    .needed = 最多{ $most }天
    .follows = 如果{ $last }之后的销售数据有缺失，所有客户都会显得更沉默：请把报告日期改到那一天。
check-repeat-buyers = 复购客户
    .measured = { $customers }位客户中有{ $repeaters }位再次购买
    .needed = 至少{ $least }位
    .follows = { $repeaters ->
        [0] 没有人买过第二次：看不出谁会回来。
       *[other] 复购客户太少，看不出客户之间的差异，也看不出何时流失。
    }
check-three-times = 购买三次的客户
    .measured = { customers }
    .needed = 至少{ $least }位
    .follows = 没有人买过三次：看不出购买是否有规律。
check-differences = 客户差异
    .measured = { $patterns }种购买模式
    .needed = 至少{ $least }种
    .follows = 所有客户的购买完全一样，日子也一样：无法区分。
check-priced = 有金额的购买
    .measured = { $repeaters }位复购客户中有{ $free }位（{ $share }）没有付款
    .needed = 最多{ $most }
    .follows = { $nothing ->
        [yes] 所有复购都没有金额，无法预测金额。请检查金额字段。
       *[no] 至今没有付过款的客户，预计今后也不会付款。
    }
check-returns = 退货
    .measured = 扣除退货后剩下{ $share }的收入
    .needed = 至少{ $least }
    .follows = { $nothing ->
        [yes] 退货抵消了全部购买，没有价值可以预测。请检查金额字段。
       *[no] 卖出的大部分被退回：价值取决于退货是否维持现状。
    }
check-horizon = 预测期限
    .measured = 向后{ horizon }，{ $ahead }天
    .needed = 不超过历史的{ $seen }天
    .follows = 超过{ $seen }天的预测，只是延续一种还没有人见过的走势。
check-independent = 金额与频次无关
    .measured = { $found ->
        [none] 数据太少，无法判断
       *[other] 相关系数{ $found }
    }
    .needed = ±{ $most }以内
    .follows = { $more ->
        [yes] 买得越勤的客户每次花得越多：最好的客户比这里写的更有价值。
       *[no] 买得越勤的客户每次花得越少：最好的客户没有这里写的那么有价值。
    }
check-steady = 金额稳定
    .measured = { $change ->
        [none] 复购太少，无法判断
       *[other] 每次复购{ $change }（{ $limits }），最近三分之一时间与最早三分之一相比
    }
    .needed = ±{ $most }以内
    .follows = { $more ->
        [yes] 近来每次购买的金额变大：价值被低估。
       *[no] 近来每次购买的金额变小：价值被高估。
    }
model-of = { $model ->
    [spend] 金额模型
   *[purchase] 购买模型
}
check-summit = { model-of }
    .measured = { $open ->
        [none] 在范围内有极大值
       *[other] { $open }无法确定
    }
    .needed = 在范围内有极大值
    .follows = 数据看不出客户之间差异多大，也看不出客户是否会流失。
check-no-summit = { model-of }
    .measured = 没有找到极大值
    .needed = 有极大值
    .follows = 模型无法拟合：数字不可靠。
check-no-spend-model = 金额模型
    .measured = { no-spend }
    .needed = 能够拟合
    .follows = 每次购买都按总平均值计，客户之间只有购买频次的差别。
check-draws = { model-of }的抽样
    .measured = k̂ { $k }
    .needed = 最多{ $most }
    .follows = 以这个模型为基础的区间可能偏窄。
check-different-draws = 不同的抽样
    .measured = { $found }
    .needed = 至少{ $least }
    .follows = 数据留下的余地太大，给不出区间。
check-likeliest-model = 最可能的模型
    .measured = { $model }
    .needed = { $best }
    .follows = { $best }给留出购买的概率更高，但它对全部数据的拟合不成立。

## 为什么不展示

stopped = 此处不展示：数据不足以支持（{ $checks }）。
no-costs = 此处不展示获客成本与客户价值的对比：需要在单元配置文件中填写`costs`表。
nobody-bought-twice = 没有人买过第二次，无法预测今后的购买。
no-backtest-history = 此处不展示：历史太短，无法留出一部分。
no-backtest-repeaters = 此处不展示：到{ $cut }为止，复购客户不足{ $n }位。
no-whole-period = 此处不展示：截断日期之后没有一个完整的{ $period }。
untried = 此处不展示：本页所用的模型无法在过去的数据上回测。
model-untried = 此处不展示：{ $model }无法在过去的数据上回测。
too-few-to-fit = 到{ $cut }为止只有{ $again }位客户复购；购买模型至少需要{ $least }位。
too-few-to-judge = 到{ $cut }为止只有{ $again }位客户复购；评价一种方法至少需要{ $least }位。
no-fit = 在{ $cut }，{ $model }的似然函数找不到极大值。
parameters-run-away = 在{ $cut }，{ $model }的参数发散，算不出概率。
too-little-to-learn = 在{ $cut }，梯度提升可学习的数据太少：{ $customers }位客户中有{ $active }位后来购买；需要{ $least }位客户和{ $repeaters }位购买客户。
nothing-to-learn-from = 梯度提升没有更早的截断日期可以学习：历史从{ $start }开始。
no-cut-off = 过去没有可以评价的截断日期：{ $why }
    .do = 等更多客户复购之后再看。
too-short-to-test = 历史只有{ $days }天，太短，无法回测：至少需要{ $least }天，其中四周用于预测，八周用于学习。
    .do = 等历史更长之后再看。
unknown-customer = 到{ $day }为止，没有编号为'{ $customer }'且有购买的客户。
    .do = 请在`customers`中查找编号，或更正。

## 页面正文

cell-title = # 客户值多少钱？
cell-outlook-head =
    ## 现有客户今后带来多少

    到数据结束为止出现过的全部客户，从数据结束之后算起，不包括以后的新客户。
cell-outlook-check = 逐个客户的价值相加，等于全体的价值。
cell-customers-head =
    ## 价值在谁手里

    今后的价值分布有多不均匀，谁排在最前面。
cell-best-head =
    ### 价值最高的客户

    完整名单见下方的文件：每位客户的预计购买次数、价值和区间。
cell-matrix-head = ### 按已有的购买情况
cell-cohorts-head = ### 按首次购买时间
cell-cohorts-check = 每位客户只评分一次，只属于一个同期群。
cell-newcomer-head =
    ## 获得一位新客户可以花多少

    下一位新客户从首次购买起能带来多少。
cell-trust-head =
    ## 供分析师参考：过去预测得有多准

    每种方法只拿到截断日期之前的数据，预测截断日期之后的结果；截断日期之后的数据一概不知。
cell-active-head =
    ## 供分析师参考：单个客户与模型自身的数字

    谁很可能还活跃，价值如何分布，以及带模型自身区间的总数。
cell-model-head =
    ## 供分析师参考：前提条件与参数

    数字成立需要数据满足什么，实际又是怎样。
cell-spend-check = 客户的累计消费等于保留下来的各行金额之和。
cell-how =
    ## 统计口径

    一次购买指客户有购买的一天（或一周，见`time_unit`）。根据每位客户首次、最近购买的时间和其间购买的频次，购买模型（BG/NBD、MBG/NBD或Pareto/NBD）给出客户仍然活跃的概率和今后的购买次数；Gamma-Gamma给出每次购买的金额。价值是今后各月之和，乘以毛利率，并对较晚的金额折现。客户已经消费的金额不计在内。

    模型的区间包含客户行为的偶然性和参数的不确定性，不包含模型错误、季节、调价和促销。所以页首的总数用了更宽的区间：把它放在过去每一次预测上，都能包含后来的实际结果。如果新客户带来的明显少于模型预期，一位新客户的价值就按实际比例下调。
cell-limits =
    ## 局限

    - 价值反映的是数据中的客户和习惯：新价格、新产品、竞争对手和促销都不在任何区间之内。
    - 模型只考虑一种流失：不声不响、一去不回；也不考虑季节。回测说明这会带来多大的偏差。
    - 假定每次购买的金额与购买频次无关，并且稳定；前提条件表说明这在多大程度上成立。
    - 假定新客户与以往的客户相似。如果数据中最早的客户其实早就是老客户，或者获客方式有变化，请看新客户的实际表现。
    - 价值不等于营销活动带来的增量：价值高的客户本来也会购买。只有实验才能说明一项动作改变了什么。
