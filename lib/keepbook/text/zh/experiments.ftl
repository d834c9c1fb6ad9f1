### 哪种策略有效：实验。

-chance-unknown = 所有数值都相同，无法判断偶然性。
# 句子各部分之间。
list-semicolon = ；
earned = { $revenue ->
    [yes] 收入
   *[no] 毛利
}
next-to-nothing = 几乎为零
outcome-days = { $days }天
# 策略将覆盖的客户。$yearly：写明了每年有多少。
reached = { $yearly ->
    [yes] 每年
   *[no] {""}
}{ $customers }位客户

## 结论

# $profit_known：成本和毛利率都已知。$brings：增加，否则减少。$sure：超出偶然波动。
money = { $profit_known ->
    [yes] { $brings ->
        [yes] 按覆盖{ reached }计算，扣除成本后{ treatment }{ would }带来{ $amount }。
       *[no] 按覆盖{ reached }计算，扣除成本后{ treatment }{ would }亏损{ $amount }。
    }
   *[no] { $brings ->
        [yes] 按覆盖{ reached }计算，{ treatment }{ would }增加{ earned }{ $amount }，未扣成本。
       *[no] 按覆盖{ reached }计算，{ treatment }{ would }减少{ earned }{ $amount }，未扣成本。
    }
}
would = { $sure ->
    [yes] 会
   *[no] 可能
}
treatment = { $several ->
    [yes] { $variant }
   *[no] 该策略
}
metric-of-variant = { $metric }{ $several ->
    [yes] （{ $variant }）
   *[no] {""}
}
# $state：unknown、alike、moved 或 open。$early：实验还在进行。
goal = { $state ->
    [unknown] { metric-of-variant }：有一组的数值太少，未作比较。
    [alike] { metric-of-variant }：{ $treatment }。所有数值都相同，无法判断偶然性。
    [moved] { $early ->
        [yes] { metric-of-variant }：目前为{ $treatment }，变化{ $effect }。
       *[no] { metric-of-variant }：{ $treatment }，变化{ $effect }。
    }
   *[open] { $early ->
        [yes] { metric-of-variant }：目前没有明显变化，{ $effect }。
       *[no] { metric-of-variant }：没有明显变化，{ $effect }。
    }
}
guardrails = 护栏指标{ $parts }。
guardrail = { $state ->
    [yes] 没有变差：{ $metrics }
    [no] 变差超过允许幅度：{ $metrics }
   *[open] 是否变差尚无定论：{ $metrics }
}
# $decided_on：决策针对的就是看起来收益最高的 $variant，而不是 $decided。
best = { $decided_on ->
    [yes] { $earns ->
        [yes] { $n }个方案中，{ $variant }收益最高的概率为{ $chance }。胜出者多少有运气成分，实际收益会略低。
       *[no] { $n }个方案中，{ $variant }亏损最少的概率为{ $chance }。
    }
   *[no] { $held_up ->
        [yes] { $variant }看起来比{ $decided }收益更高，但护栏指标变差，或尚无定论。
       *[no] { $variant }看起来比{ $decided }收益更高，但尚无定论。
    }
}
who-ready = { $failed ->
    [yes] 现成的结果表中有{ $n }位客户，但各组比例与计划不符，不给出效果。
   *[no] 现成的结果表中有{ $n }位客户，各组比例与计划一致。
}
# $all：全部观察期满。
who = { $n }位客户{ $clustered ->
    [yes] 按群组随机分组
   *[no] 随机分组
}{ $failed ->
    [yes] ，但各组比例与计划不符，不给出效果。
   *[no] { $all ->
        [yes] ，都已观察满{ outcome-days }，各组比例与计划一致。
       *[no] ，其中{ $mature }位已观察满{ outcome-days }，计入结果。
    }
}
truth = { $nothing ->
    [yes] 这是模拟数据：真实效果为零。
   *[no] 这是模拟数据：{ $metric }的真实变化为{ $effect }。
}

## 指标卡

tile-share = { $variant }占比
    .basis = 计划{ $intended }
    .definition = 分入该组的客户占比，计划为{ $intended }。
tile-profit = 客均利润
    .definition = { $variant }组的客户比对照组平均多带来的毛利，减去成本。
tile-total = { $yearly ->
    [yes] 年利润
   *[no] 利润合计
}
    .definition = 客均利润乘以策略将覆盖的{ $n }位客户。
tile-margin = 保本毛利率
    .definition = 毛利占收入的比例高于这个水平，{ $variant }增加的毛利才超过成本。本单元还没有填写毛利率。
tile-revenue = { $yearly ->
    [yes] 每年增加的收入
   *[no] 增加的收入合计
}
    .definition = { $variant }为将覆盖的{ $n }位客户增加的收入，未扣成本。
tile-against = { $variant }对比{ $control }
tile-effect = { $metric }的变化
    .definition = { $days ->
        [0] { $variant }减去对照组。
       *[other] 分组后{ outcome-days }内，{ $variant }减去对照组。
    }

## 决策

no-decision = 暂无结论
decision = { $title }：{ do }
# $ground：理由。$until：分组的最后一天，已够则为 none。$decide：何时决定。
# $ask_margin：只是因为全部收入都当作毛利，才显得划算。
do = { $action ->
    [keep-running] { $until ->
        [none] 等到{ $decide }再定
       *[day] 继续分组到{ $until }
    }
   *[other] { $ground ->
        [earns] { $ask_margin ->
            [yes] 先填写毛利率
           *[no] { $several ->
                [yes] 推行{ $variant }
               *[no] 全面推行
            }
        }
        [loses] 停止，会亏钱
        [nothing-to-gain] { $pays ->
            [yes] 停止，收益太小
           *[no] 停止，不划算
        }
        [guardrail] 停止，护栏指标变差
        [broken-split] { $split_stated ->
            [yes] 重新设计，分组比例失衡
           *[no] 先核对分组比例
        }
        [drift] 重新设计，分组比例中途变了
        [too-few] { $clear ->
            [yes] 重新设计，把握不够
           *[no] 重新设计，样本太小
        }
        [guardrail-open] 重新设计，不能排除变差
        [no-cost] 先填写成本
       *[no-money] 先加入金额指标
    }
}
    .reason = { $ground ->
        [broken-split] { $split_stated ->
            [yes] { $off }占客户的{ $share }，计划为{ $intended }。任何效果都不可信，请先查清客户在哪里丢失。
           *[no] { $off }占客户的{ $share }，各组相等时应为{ $intended }。请填写计划比例，或查清丢失了什么。
        }
        [drift] 分组期间，各组的比例变了。这段时间的其他变化，看起来都会像效果。
        [no-money] 本实验没有涉及金额的指标，无从权衡。请把收入加进指标。
        [no-cost] { $gains ->
            [yes] 平均每位客户增加{ earned }{ $gain }。单客成本低于这个数就划算。
           *[no] 不算成本也没有增加：平均每位客户的{ earned }变化{ $gain }。
        }
        [guardrail] 变差超过了允许的幅度：{ $guarded }。
       *[other] { $alike ->
            [yes] { -chance-unknown }
           *[no] { $ask_margin ->
                [yes] 毛利率高于{ $least }才划算。目前还没有填写毛利率。
               *[no] { reason }
            }
        }
    }
# 由证据得出的决策。
reason = { $ground ->
    [earns] { $final ->
        [yes] 盈利的概率为{ $chance }：{ a-customer }。{ but }
       *[no] 不必等到结束，证据已经足够：{ a-customer }。{ but }
    }
    [loses] { $final ->
        [yes] 亏损的概率为{ $chance_lost }：{ a-customer }。
       *[no] 不必等到结束，证据已经足够：{ a-customer }。
    }
    [nothing-to-gain] 盈利的概率为{ $chance }：{ a-customer }。再等下去，也不太可能有值得的收益。
    [too-early] { $clear ->
        [yes] 按规则把握还不够
       *[no] 尚无定论
    }：{ a-customer }。全部观察期满后，{ $decide }再定。
    [guardrail-open] { $needed ->
        [0] 看起来变差超过了允许的幅度：{ $guarded }。但还不能确定。
       *[other] 没有变差这一点尚未证实：{ $guarded }。{ $action ->
            [keep-running] 全部观察期满后，{ $decide }再定。
           *[other] 大约需要{ needed }才能证实。
        }
    }
   *[too-few] { $clear ->
        [yes] 按规则把握不够
       *[no] 样本太小，看不出来
    }：{ a-customer }。{ $in_reach ->
        [yes] 大约需要{ needed }才有定论。
       *[no] 请换力度更大的方案。
    }
}
# 推行之前需要知道的事。$worse：明显变差的目标。
but = { $worse ->
    [none] { $may_lose ->
        [yes] 不排除亏损。
       *[no] { $few ->
            [yes] 金额集中在少数客户身上，区间没有看上去那么可靠。
           *[no] {""}
        }
    }
   *[other] 但有目标明显变差：{ $worse }。
}
a-customer = 扣除成本后，平均每位客户{ $profit }

## 决策依据，供分析师参考

basis =
    .step = 步骤
    .says = 内容
    .evidence = 证据
    .rule = 规则
    .caution = 注意
    .when = 时间
    .margin = 毛利率
    .best = 多个方案中的最优
    .caption = 决策的依据。所要求的水平写在单元配置文件中。
evidence = { $ground ->
    [broken-split] { broken-split }
    [drift] 分组期间，各组的比例变了（p{ $p_drift }）：某一组有{ $apart }的客户本应在其他时间分入。这段时间的其他变化，例如季节或增长，看起来都会像效果。请只看比例不变的一段时间（`assignments`下的`where`），或者每种比例各建一个实验。
    [no-money] 本实验没有涉及金额的指标；要就金额作决策，请映射`revenue`。
    [guardrail] { $variant }伤及了护栏：{ $harms }。{ $costed ->
        [yes] { brings }
       *[no] {""}
    }
    [no-cost] { cost-missing }
   *[other] { brings }
}
broken-split = { $split_stated ->
    [yes] 分组比例失衡：实际为{ $counts }，计划为{ $shares }（p{ $p_split }）。使客户偏移的原因，也可能使结果偏移，因此各组之间的差异一概不可信。请查清客户在哪里丢失，然后重做实验。
   *[no] 没有填写`split`，因此假定各组相等，而实际的{ $counts }并不相等（p{ $p_split }）。如果本来就按别的比例分组，请写明，例如`split: { $example }`。否则就是有客户丢失或重复，或者组名写错，各组之间的差异一概不可信。
}
cost-missing = { $gains ->
    [yes] 没有填写{ $variant }的成本（`cost`）。扣除成本前，平均每位客户增加{ earned }{ $gain }：单客成本低于这个数就划算。
   *[no] 没有填写{ $variant }的成本（`cost`），但它本来就没有增加什么：与对照组相比，平均每位客户的{ earned }变化{ $gain }。
}
brings = { $alike ->
    [yes] 扣除成本后，{ $variant }平均每位客户与对照组相差{ $profit }。{ -chance-unknown }
   *[no] 扣除成本后，{ $variant }平均每位客户与对照组相差{ $profit }，盈利的概率为{ $chance }。
}
always-valid = { $always_valid }（{ $both }，每一侧{ $asked }）
not-the-end = { $end_planned ->
    [yes] 计划的结束日期还没到
   *[no] 没有填写计划的结束日期（`ends`）
}
needed = { $clustered ->
    [yes] { $needed }个群组
   *[no] { $needed }位客户
}
# 证据与什么比较。$final：已到计划的结束日期。
why = { $ground ->
    [earns] { $final ->
        [yes] { $customers }位客户合计{ $total }。推行可能造成的损失，按可能性加权为每位客户{ $loss }，允许{ $max_loss }（`max_loss`）。
       *[no] { not-the-end }，但随时有效的区间{ always-valid }已在零以上。{ $customers }位客户合计{ $total }。
    }
    [loses] { $final ->
        [yes] 推行到{ $customers }位客户，会亏损{ $lost }（{ $lost_limits }）。
       *[no] 连随时有效的区间{ always-valid }也在零以下。
    }
    [nothing-to-gain] 不推行可能造成的损失，按可能性加权为每位客户{ $loss_kept }，允许{ $max_loss }（`max_loss`）。
    [too-early] 尚无定论：随时有效的区间为{ always-valid }。如果效果与目前看到的一样，{ needed }有80%的把握得出定论。
    [guardrail-open] { $needed ->
        [0] 但{ $harms }。
       *[other] 但尚未证实{ $harms }；大约{ needed }有80%的把握证实。
    }
   *[too-few] { $final ->
        [yes] 这还不能下结论：要求的是{ probability-asked }，而不推行可能造成的损失为每位客户{ $loss_kept }，允许{ $max_loss }（`max_loss`）。
       *[no] { not-the-end }，因此只看随时有效的区间{ always-valid }，而它{ $holds_zero ->
            [yes] 包含零
           *[no] 不可靠，因为金额集中在太少的客户身上
        }。
    }{ $in_reach ->
        [yes] 如果效果与目前看到的一样，大约{ needed }有80%的把握得出定论。{ $uneven ->
            [yes] 各组相等时，需要的还会少些。
           *[no] {""}
        }
       *[no] 目前看到的效果太小，任何合理规模的实验都检不出来：请换力度更大的方案，参见下一次实验的页面。
    }
}
probability-asked = { $treatments ->
    [1] 概率{ $asked }
   *[other] 概率{ $asked }（{ $own }由{ $treatments }个方案分摊）
}
few-carry = { $few ->
    [yes] { $clustered ->
        [yes] 金额集中在少数群组身上，区间没有看上去那么可靠。
       *[no] 金额集中在少数客户身上，区间没有看上去那么可靠。
    }
   *[no] {""}
}
when = { $decide ->
    [none] {""}
   *[day] { $until ->
        [none] 分组的客户已经够了：等全部观察期满，{ $decide }作决定。
       *[day] { $as_planned ->
            [yes] 按计划继续分组到{ $until }，等全部观察期满，{ $decide }作决定。
           *[no] 继续分组到{ $until }，等全部观察期满，{ $decide }作决定。
        }
    }
}
# $margin：none、never、bounded 或 open。
margin-needed = { $margin ->
    [never] 没有填写毛利率（`margin`），全部收入都计入，即使这样，成本仍高于增加的收入。
    [bounded] 没有填写毛利率（`margin`），全部收入都计入：毛利率高于{ $least }才划算。
    [open] 没有填写毛利率（`margin`），全部收入都计入：毛利率高于{ $least }才划算，也可能怎样都不划算。
   *[none] {""}
}
best-loss = 选择{ $variant }而不是真正收益最高的方案，期望损失为每位客户{ $loss_best }。
# $extent：超过、低于允许的幅度，或看起来超过。$better：越高越好还是越低越好。
harm = { $extent ->
    [more] { $better ->
        [higher] { $metric }的下降超过允许的幅度
       *[lower] { $metric }的上升超过允许的幅度
    }
    [less] { $better ->
        [higher] { $metric }的下降小于允许的幅度
       *[lower] { $metric }的上升小于允许的幅度
    }
   *[seems] { $better ->
        [higher] { $metric }的下降看起来超过了允许的幅度
       *[lower] { $metric }的上升看起来超过了允许的幅度
    }
}

## 全部指标的表

# 有变化的目标的名称，没有则为 none。
effects-table =
    .metric = 指标
    .role = 作用
    .change = 变化
    .words = 变化幅度
    .chance = 更优的概率
    .truth = 真实值
    .any-look = 随时有效
    .one-look = 只看一次
    .plain = 不用实验前数据
    .reduction = 方差缩减
    .n = 样本量
    .switch = 更多列
    .goals = { $n }个目标
    .fold = 仍要查看效果（不可信）
    .unbounded = { $value }（无法界定）
    .title = { $failed ->
        [yes] 分组比例失衡，以下不可信
       *[no] { $better ->
            [none] { $worse ->
                [none] { $early ->
                    [yes] 目前没有目标出现明显变化
                   *[no] 没有目标出现明显变化
                }
               *[other] { goals-worse }
            }
           *[other] { $worse ->
                [none] { goals-better }
               *[other] { goals-better }；{ goals-worse }
            }
        }
    }
    .caption = 横条：相对{ $control }的变化及{ $level }区间{ $early ->
        [yes] ，无论查看多少次都成立
       *[no] {""}
    }{ $guarded ->
        [yes] ；虚线：护栏允许的幅度
       *[no] {""}
    }{ $simulated ->
        [yes] ；空心：真实值
       *[no] {""}
    }。{ $adjusted ->
        [yes] 变化已按客户此前的购买情况修正，不一定等于两组之差。
       *[no] {""}
    }
    .note = 对照组、实验组：实测值。变化：实验组减去对照组，能利用实验前的购买情况时按其修正（CUPED），表示为对照组的百分比，区间用Fieller法：对均值，差值的区间不含零时它也不含零；对占比，两者在临界处可能不同。p：目标指标按指标和方案校正（Holm），诊断指标按错误发现率校正，护栏指标不校正，都按只看一次计算。{ $early ->
        [yes] 图中的区间无论查看多少次都成立；“只看一次”是到计划结束时只看一次的{ $level }区间。
       *[no] 图中的区间按计划结束时只看一次计算；“随时有效”是无论查看多少次都成立的{ $level }区间，客户数等于`planned`时最窄。
    }更优的概率：无信息先验下优于对照组的概率。方差缩减：实验前数据所解释的方差占比（CUPED）。样本量：对照组和实验组的客户数；括号内（低于{ $few }时）为较小一组的有效客户数：这个指标实际上取决于多少位客户。下方的数据还有未校正的p值和标准误。
goals-better = { $early ->
    [yes] 目前明显变好：{ $better }
   *[no] 明显变好：{ $better }
}
goals-worse = { $early ->
    [yes] 目前明显变差：{ $worse }
   *[no] 明显变差：{ $worse }
}
role = { $role ->
    [goal] 目标
    [diagnostic] 诊断
   *[guardrail] 护栏{ $margin }：{ $state }
}
guardrail-state = { $state ->
    [yes] 守住
    [no] 失守
   *[open] 未定
}

## 毛利率达到多少才划算

# $case：from、maybe、never、nothing、any 或 below。
margins = { $case ->
    [from] 毛利率高于{ $margin }才划算
    [maybe] 看起来毛利率再高也不划算，最乐观也要高于{ $best }
    [nothing] 毛利率再高也不划算，因为没有带来收入
    [any] 毛利率再低也划算
    [below] 毛利率低于{ $below }才划算
   *[never] 毛利率再高也不划算，成本高于增加的收入
}
    .rule = { $same ->
        [stop] 无论毛利率是多少，按规则都是停止。
        [roll-out] 无论毛利率是多少，按规则都是推行。
        [redesign] 无论毛利率是多少，都没有定论。
        [keep-running] 无论毛利率是多少，目前都没有定论。
       *[none] 按规则：{ $rolls ->
            [none] { $stops ->
                [none] 取决于毛利率，见下表。
               *[share] 毛利率不高于{ $stops }时停止，再高则没有定论。
            }
           *[share] { $stops ->
                [none] 毛利率达到{ $rolls }时推行。
               *[other] 毛利率达到{ $rolls }时推行，不高于{ $stops }时停止，两者之间没有定论。
            }
        }
    }
    .slider = 如果毛利率是
    .own = { $margin }（当前值）
    .step = { $several ->
        [yes] 采用{ $variant }，扣除成本后平均每位客户{ $profit }
       *[no] 扣除成本后平均每位客户{ $profit }
    }
    .fold = 全部毛利率（表）
    .margin = 毛利率
    .profit = 客均利润
    .chance = 盈利概率
    .decision = 决策
    .caption = 同样的证据、同样的规则，毛利率不同时的决策。区间：{ $level }{ $early ->
        [yes] ，无论查看多少次都成立
       *[no] {""}
    }。

## 图

# $revenue：没有填写毛利率，全部收入都当作毛利。
profit = { $early ->
    [yes] 目前{ $variant }平均每位客户{ $profit }
   *[no] { $revenue ->
        [yes] 若收入全是毛利，{ $variant }盈利的概率为{ $chance }
       *[no] { $variant }盈利的概率为{ $chance }
    }
}
    .measure = 扣除成本后平均每位客户的{ $revenue ->
        [yes] 收入
       *[no] 利润
    }{ $currency ->
        [none] {""}
       *[other] { currency-suffix }
    }，对比{ $control }；曲线越高，可能性越大
    .earns = 盈利：{ $chance }
    .loses = 亏损：{ $chance }
    .reading = { $profit } | 高于此值的概率：{ $chance }
    .caption = { $revenue ->
        [yes] 没有填写毛利率，全部收入都当作毛利；毛利率达到多少才划算，见上。
       *[no] {""}
    }下方横线：{ $level }区间{ $early ->
        [yes] ，无论查看多少次都成立
       *[no] {""}
    }。{ $few ->
        [yes] 虚线：金额集中在少数客户身上，区间没有看上去那么可靠。
       *[no] {""}
    }{ $left ->
        [0] {""}
       *[other] 另有{ $left }个收益较低的方案没有画出。
    }
# $differ：超出偶然波动。$more：实验组中更多客户回购。
comeback = { $early ->
    [yes] 目前{ $treated }有{ $share }的客户已回购
   *[no] { $differ ->
        [yes] { $more ->
            [yes] { $treated }有{ $share }的客户回购，多于{ $control }
           *[no] { $treated }有{ $share }的客户回购，少于{ $control }
        }
       *[no] 各组回购的时间没有明显差异
    }
}
    .measure = 分组后已有购买的客户占比，按天，共{ outcome-days }
    .reading = { $variant } | 第{ $day }天：{ $share }（{ $limits }）
    .caption = 阴影：只看一次的{ $level }区间。没有观察满的客户，观察多久就计入多久。{ $few ->
        [yes] 虚线：不足100位客户。
       *[no] {""}
    }
# $differ：有分群与其他分群反应不同，$segment 反应最大。
segments = { $differ ->
    [yes] 按{ $column }看，{ $segment }反应最大：{ $effect }
   *[no] 没有分群的反应明显不同
}
    .measure = { $metric }的变化；括号内为客户数
    .size = { $segment }（{ $n }）
    .reading = { $segment } | 预期{ $expected }；实测{ $measured }
    .caption = 蓝色：预期效果，差异中可能出于偶然的部分已向平均值靠拢。空心：实测。线段：只看一次的{ $level }区间。{ $few ->
        [yes] 虚线：不足100位客户。
       *[no] {""}
    }{ $cut ->
        [yes] 箭头：超出图外。
       *[no] {""}
    }{ $early ->
        [yes] 实验还在进行。
       *[no] {""}
    }{ $left ->
        [0] {""}
       *[other] 至多{ $left }位客户未计入，所在分群太小，或不属于任何分群。
    }
# 内置分群的名称。
built-in-segment = { $segment ->
    [low] 低
    [middle] 中
    [high] 高
   *[never] 此前未购买
}

## 供分析师参考的表

column-arm = 组
column-control = 对照组
column-treated = 实验组
column-difference = 差值
column-share = 占比
column-cost = 成本
column-customers = 客户数
column-p = p值
# 每行对应一个指标或分群，以及一个组。
column-with-arm = { $column } · 组
split-table =
    .clusters = 群组
    .intended = 计划
    .mature = 已观察满
    .caption = 分组比例检查：χ²检验，p{ $p }；低于0.001视为失衡。{ $drift ->
        [none] {""}
       *[other] 分组期间比例不变的检验：p{ $drift }。
    }
    .broken = { $drifted ->
        [yes] 各组的总体比例。分组期间比例变了，这样的变化出于偶然的可能性不到千分之一。
       *[no] 各组的计划与实际。这样的差异出于偶然的可能性不到千分之一。
    }
left-out-table =
    .rule = 规则
    .lines = 行数
    .caption = 分组表的各行；同一客户多次分入同一组的，以第一次为准。{ $uncosted ->
        [0] {""}
       *[other] 有{ $uncosted }位实验组客户的成本空缺，按0计。
    }
overlaps-table =
    .experiment = 实验
    .customers = 同时参加的客户
    .p = 各组分布均匀的p值
    .caption = 如果另一个实验的各组在这里分布不均（p值小），它的效果就会混进来；分布均匀时，只会增加噪声。
balance-table =
    .what = 项目
    .mean = 实验组均值
    .difference = 标准化差异
    .bound = 偶然波动的上限
    .alike = 是否相近
    .yes = 是
    .no = 否
    .pre_retained = 此前购买过
    .pre_orders = 此前订单数
    .pre_revenue = 此前收入
    .caption = { $known ->
        [none] { time-before }没有人购买，因此说明不了什么；把`pre_days`设长一些才有用。
       *[other] { time-before }平均每位客户的数值。差异超出{ $level }的实验中偶然会有的幅度，并且大于0.1，视为不相近。{ $clustered ->
            [yes] 差异以群组均值的标准差为单位。
           *[no] {""}
        }{ $known ->
            [some] { $missing }：两组都是0，说明不了什么。
           *[all] {""}
        }
    }
time-before = 分组前{ $days }天
money-table =
    .gain = 增量（即保本成本）
    .profit = 客均利润
    .chance = 盈利概率
    .loss = 推行的期望损失（允许值）
    .loss-value = { $loss }（允许{ $allowed }）
    .loss-kept = 不推行的期望损失
    .total = 合计
    .caption = 平均每位客户，与对照组相比；合计按{ $n }位客户计算。期望损失：决策可能造成的损失乘以其可能性；允许值（`max_loss`）：推行时可以接受的上限。数值后面是{ $level }区间。
clv-after-test-table =
    .caption = 数据结束后{ $months }个月内，预计平均每位客户的{ earned }。模型会把策略带来的订单当作客户自己的习惯，因此差值是能够延续的上限。它不参与决策。
time-to-purchase-table =
    .control = 对照组天数
    .treated = 实验组天数
    .logrank = 对数秩检验p值
    .caption = 平均多少天没有购买，算到观察期最后一天（上图曲线的限制平均时间，RMST）；小于零表示更早。对数秩检验：两条曲线是否有差异。数值后面是{ $level }区间。
segments-table =
    .segment = 分群
    .name = { $column }：{ $segment }
    .measured = 实测
    .expected = 预期
    .p = 校正后的p值
    .interaction = 各分群相同的p值
    .caption = 预期：差异中可能出于偶然的部分已向各分群的平均值靠拢。各分群相同：交互作用检验（Cochran的Q）。两种p值都按本表查看的全部内容校正（Holm）。数值后面是{ $level }区间。

## 核对

identity-lines = 计入、重复与剔除的行数 = 表的行数
identity-revenue = 各组的收入 = 观察期内购买的金额

## 计入哪些客户

intake-rule = { $rule ->
    [several-arms] 同时在多个组
    [exposed] 分组前已接触策略
    [too-late] 在数据结束后分组
    [shared-cluster] 所在群组跨多个组
    [no-cluster] 没有群组
    [repeated] 重复分入同一组
   *[counted] 计入
}
intake-rule-count = { $n }位{ intake-rule }
nobody = 实验{ $name }：{ $n }位客户都不能计入：{ $reasons }。
empty-arm = 实验{ $name }：{ $arms ->
    [none] { $control }以外的组
   *[other] { $arms }组
}没有可计入的客户，无从比较。
not-followed-up = { $arms }还没有客户观察满{ $days }天；最早要到{ $when }。

## 为什么不展示

no-values = 实验{ $name }：没有客户有任何指标的数值。
one-unit = 实验{ $name }：有一组不足两个{ $clustered ->
    [yes] 群组
   *[no] 客户
}，无法衡量偶然波动。
one-unit-of-metric = { $metric }：有一组不足两个{ $clustered ->
    [yes] 群组
   *[no] 客户
}，无法衡量偶然波动。
no-assignments = 此处不展示分组名单：表中只有结果。
no-ledger = 此处不展示剔除了哪些客户：表中只有结果。
no-customers-named = 此处不展示其他实验：表中没有客户。
no-overlap = 本实验的客户都没有参加其他实验。
no-balance = 此处不展示各组此前是否相近：没有实验前的数据。
no-revenue = 此处不展示各组的收入：本实验没有`revenue`指标。
no-effect-shown = 此处不展示：分组比例失衡，任何效果都不可信。
no-margin-to-set = 此处不展示毛利率达到多少才划算：表中自带毛利。
no-money-metric = 此处不展示金额：本实验没有涉及金额的指标，请映射`revenue`。
no-money-compared = 此处不展示金额：没有方案可以与对照组比较。
no-cost-known = 此处不展示：配置文件中没有填写单客成本（`cost`）。
no-chance-of-profit = 此处不展示各种利润的可能性：所有数值都相同。
no-time-to-purchase = { $clustered ->
    [yes] 此处不展示距下次购买的天数：按群组分组时没有曲线，见上表。
   *[no] 此处不展示距下次购买的天数：表中只有结果。
}
no-clv-after-test = 此处不展示观察期之后的价值：表中只有结果。
no-segments-named = 此处不展示对谁有效：实验没有填写`segments`。
no-segments-known = 此处不展示对谁有效：表中只有结果。
no-segments-goal = 此处不展示对谁有效：目标没有已知的数值。
segments-no-column = 此处不展示按{ $column }的效果：客户表没有这一列。
segments-too-many = 此处不展示按{ $column }的效果：共有{ $n }个取值，最多{ $most }个才能作为分群。
# $several：有多个方案，只是不展示 $arm 的。
column-of-arm = { $several ->
    [yes] { $column }（{ $arm }）
   *[no] { $column }
}
segments-too-small = 此处不展示按{ column-of-arm }的效果：两组都有{ $n }位客户的分群不足两个。
segments-alike = 此处不展示按{ column-of-arm }的效果：同一分群的客户在{ $metric }上都一样。

## 无法检查

unchecked-split = { $arms }个组共{ $customers }位客户，无法检查分组比例。
    .expected = 至少两个组，且组内有客户
    .do = 请检查该实验的分组名单。
no-weight = `split`没有给{ $names }分配客户。
    .expected = 每个组的权重都大于0
    .do = 请更正该实验的`split:`。

## 页面正文

cell-title = # 哪种策略有效？
cell-money-head =
    ## 能赚多少钱？

    增加的毛利，减去策略的成本。
cell-waiting-head =
    ## 多久才回来？

    按天来看，还没有观察满的客户也在内。
cell-segments-head =
    ## 对谁有效？

    分群多了，总会有几个碰巧显眼，所以每个分群都向整体平均值靠拢。
cell-who-head =
    ## 供分析师参考：计入哪些客户

    在看任何效果之前，先检查客户是否按计划分组、剔除了哪些客户、各组此前是否相近。
cell-left-out-check = 分组表的每一行都归入一条规则。
cell-details-head =
    ## 供分析师参考：决策依据与数据

    规则的每一步、赚了多少钱，以及各图背后的数字。
cell-beyond-head =
    ### 观察期之后还有什么？

    同一批客户，用客户价值页面的模型估值。
cell-effects-check = 各组的收入，等于组内客户购买的金额。
cell-how =
    ## 统计口径

    客户随机分组，之后各组的差别只可能来自偶然和策略。首先检查各组的大小是否与计划一致：如果不一致，说明有客户丢失或重复，各组之间的差异一概不采信。每位客户从分入组的那天起，观察固定的天数；只有观察满的客户才计入。客户在分组前的购买情况可以消除一部分偶然波动（CUPED）。

    区间有两种。一种只在计划结束时看一次才成立；另一种更宽，无论中途查看多少次都成立，结束之前只以它为准。决策看的是钱：增加的毛利减去策略的成本，再与决策可能造成的损失（按可能性加权）比较。规则写在单元配置文件里，因此看同一份数据的人，得出的是同一个决策。

    决策涉及的金额，是策略一年内将覆盖的全部客户（`rollout_to`，每人一次）的金额：推行带来的利润、停止避免的亏损，或者等待期间悬而未决的金额。没有填写这个人数时，金额只按本实验的客户计算，不给出一年的金额。
cell-limits =
    ## 局限

    - 随机分组的结论适用于本实验的客户和这段时间；换一批客户、季节或价格，反应可能不同。
    - 只统计观察期内发生的事。优惠券可能只是让购买提前：请看曲线，并用更长的观察期重做。
    - 如果不同组的客户相互影响，差异会被冲淡；这时应按群组分组，例如门店或负责人，而不是按客户。
    - 决策采用无信息先验：看数据之前，各种效果的可能性相同。能够推行的方案多少有运气成分，实际效果会略低。
    - 分群是事后查看的，只能作为下一次实验的问题，不能当作答案。下一次实验需要什么，见相应页面。
