### 下一次实验：需要多少客户，要多久，多小的效果能检出。

## 结论

audience = { $audience ->
    [active] 活跃客户
    [silent] 沉默客户
   *[all] 客户
}
# $lift：现有客户全部参加，能检出的最小提升。
today = { $lift ->
    [none] 现有{ $n }位{ audience }全部参加实验，多大的提升也检不出来。
   *[other] { $bold ->
        [yes] 现有{ $n }位{ audience }参加实验，回购率相对提升要到{ $lift }才能检出：请测试力度大的方案。
       *[no] 现有{ $n }位{ audience }参加实验，回购率相对提升{ $lift }以上就能检出。
    }
}
# $day：哪天出结果。
aim = { $day ->
    [none] 要检出{ $lift }的提升，每组需要{ $n }位{ audience }，一年之内凑不齐。
   *[other] 要检出{ $lift }的提升，每组需要{ $n }位{ audience }。今天开始，{ $day }出结果。
}
between-parts = ；
planned-end = 以上适用于事先定好结束日期的实验。如果要随时看结果、随时决定，客户数要再多一半。

## 方案的限制

short = { $metric }：每组{ $n }位客户时，{ $lift }的提升在{ $power }的模拟实验中检出，而公式给出的是{ $formula }。少数客户占了大头，客户数要多备一些。
inflated = { $metric }：每组{ $n }位客户时，没有效果却判为有效的实验占{ $rate }，高于{ $alpha }。
little-room = 即使什么都不做，也有{ $share }的客户回购，所以回购率最多只能提升{ $most }。
no-room = { $metric }：所有客户都一样，或者不大于0，无法安排实验。
nobody-before = 此前{ $days }天内没有人购买：只有把实验前的观察期延长到{ $most }天以上才有用。
intake-unknown = 数据时间太短，看不出每周有多少客户加入。
no-intake = 最近{ $weeks }周没有新符合条件的客户：实验只能用现有客户。
no-notes = 这些方案没有其他限制。
notes =
    .audience = 实验对象
    .note = 限制
    .caption = 实验开始之前需要知道的事项。

## 指标卡

tile-available = { $audience ->
    [active] 现有活跃客户
   *[silent] 现有沉默客户
}
    .definition = 今天可以参加实验的客户，其中一半为实验组。
    .basis = 每周新增{ $more }位
tile-detectable = { $audience ->
    [active] 可检出的提升：活跃客户
   *[silent] 可检出的提升：沉默客户
}
    .definition = 客户全部参加时，有{ $power }的把握检出的最小相对提升（变化除以目前的水平），看的是{ $days }天内回购客户的占比。
    .basis = 目前回购率{ $share }

## 图

# $lift：用现有客户做实验能检出的提升。
detectable = { $audience ->
    [active] 现有活跃客户
   *[silent] 现有沉默客户
}：提升{ $lift }以上就能检出
    .measure = 能检出的最小相对提升，按参加实验的客户数，其中一半为实验组
    .today = 现有客户
    .customers-axis = 参加实验的客户数
    .caption = 把握为{ $power }，显著性水平为{ $alpha }，最后一位客户入组后再观察{ outcome-days }。{ $sharpened ->
        [yes] 虚线：不利用客户在实验前的购买情况。
       *[no] {""}
    }“现有客户”右侧：加上今后13周和26周新增的客户。
    .reading = { $metric } | { customers }可检出{ $lift }的提升
# $short：检出少于公式的指标。
simulated-power = { $short ->
    [none] 模拟实验的检出率与公式一致
   *[other] 模拟实验的检出率低于公式
}
    .measure = { audience }：检出提升的实验占比，模拟（圆点）与公式（短横线）{ $short ->
        [none] {""}
       *[other] ；偏低的指标：{ $short }
    }
    .lift-axis = 提升幅度
    .rate = { $metric }{ $rate }
    .caption = 每个点：从{ $anchor }的客户中抽取{ $n }次实验，加入一定的提升，再按实验页的方法分析。不加入提升时，判为有效的占比：{ $rates }。
    .reading = 提升{ $lift }，每组{ $n }位 | 在{ $found }的模拟实验中检出

## 表

outcome-days = { $days }天
needed =
    .lift = 回购率的相对提升
    .n_per_arm_cuped = 每组客户数
    .weeks = 入组周数
    .ready = 出结果日期
    .caption = 有{ $power }的把握检出提升所需的客户数和时间。入组结束后再过{ outcome-days }出结果；“–”表示入组超过一年，或者回购率没有这么大的提升空间。
needed-all =
    .metric = 指标
    .lift = 提升
    .n_per_arm_cuped = 每组客户数
    .n_per_arm = 不用实验前数据
    .weeks = 入组周数
    .ready = 出结果日期
    .caption = 有{ $power }的把握检出提升，每组需要的客户数。入组周数：凑齐这些客户所需的时间。再过{ outcome-days }出结果；“–”表示入组超过一年，或者没有这么大的提升空间。

## 核对

identity-customers = 回购的活跃客户数 = 直接从购买记录数出的客户数
identity-money = 观察期内这些客户的金额 = 直接从购买记录加总的金额

## 为什么不展示

no-past = 在{ $anchor }（{ $as_of }之前{ $days }天）以前没有购买记录，无法根据过去安排实验。
few-buyers = { $n }位客户中，从{ $anchor }起{ $days }天内只有{ $bought }位购买；至少需要{ $fewest }位。
few-customers = { $audience ->
    [active] 在{ $day }之前{ $days }天内购买的客户有{ $n }位
    [silent] 到{ $day }已沉默超过{ $days }天的客户有{ $n }位
   *[all] 在{ $day }之前购买过的客户有{ $n }位
}；安排实验至少需要{ $fewest }位。
nothing-detectable = 此处不展示：以现有的客户数，多大的效果也检不出来。
nothing-simulated = 此处不展示模拟实验：客户的回购已经很高，没有提升的空间。

## 页面正文

cell-title = # 下一次实验能检出多大的效果？
cell-active-head =
    ## 活跃客户

    适合留存类策略：触达频率、会员等级、服务。
cell-silent-head =
    ## 沉默客户

    适合唤醒类策略：优惠券、电话回访。
cell-all-metrics =
    ## 供分析师参考：全部指标

    所需的客户数和周数，分别列出利用和不利用实验前数据的情况。
cell-analysts =
    ## 供分析师参考：公式在这里成立吗？

    用自己的客户做模拟实验，数一数检出了多少。
cell-past-check = 谁回购了、花了多少钱，再直接从购买记录算一遍。
cell-how =
    ## 统计口径

    假设实验从数据结束前的某一天开始，这一天与数据结束之间的天数等于观察结果所用的天数：当时有哪些客户可以参加，之后又买了什么。除去季节因素，下一次实验的对照组也会这样表现。假定策略是通过带来原本不会发生的购买而起作用的。客户之间差异的大小，决定了一定数量的客户能检出多小的效果；利用客户在实验前的购买情况，可以消除一部分偶然波动（CUPED）。公式最后还要经过检验：从同一批客户中抽取模拟实验，有的加入效果，有的不加，再按实验页的方法分析。
cell-limits =
    ## 局限

    - 假定过去的情况会延续：季节、促销或调价都会改变对照组的表现。
    - 假定以后符合条件的客户与现有客户相似。
    - 如果效果不是来自多出来的购买，而是来自其他途径，例如每单金额更高，就需要另外计算。
    - 在单元配置文件的`experiments`中写明实验及其`assignments`之后，实验结果会有自己的页面。
