### 谁留下来：同期群留存。

## 结论

# $share：首个周期回来购买的占比；$gain：留存率每提高一个百分点，一年多带来的金额。
headline = { $share ->
    [none] 首次购买之后还没有一个完整的{ $period }，暂时看不出谁会留下来。
   *[other] { $share }的新客户在{ $age }回来购买{ $gain ->
        [none] 。
       *[other] ；每高一个百分点，一年约多收入{ $gain }。
    }
}
# $slow：同一批同期群在一半时间（$from）时的客户是否与最后差不多。
still = { $slow ->
    [yes] 到{ $age }仍有{ $share }的客户购买，与{ $from }相差无几。
   *[no] 到{ $age }仍有{ $share }的客户购买，曲线还在下降。
}
# $verdict：more、less或same。$since：较新同期群的起点。$gain：变化对应的一年金额。
trend = { $verdict ->
    [more] { $since }以来的同期群留存更好：{ $age }{ $change }
    [less] { $since }以来的同期群留存更差：{ $age }{ $change }
   *[same] { $since }前后的同期群没有明显差别
}{ $gain ->
    [none] 。
   *[other] ，一年约{ $gain }。
}{ $before_data ->
    [yes] 部分原因可能是较早的同期群里有数据开始之前的老客户。
   *[no] {""}
}
# $net：新增和回流的客户是否多于流失的客户。
lost = { $when }有{ $share }的活跃客户流失，即超过{ $days }天未购买。{ $net ->
    [more] 新增和回流的客户多于流失的客户。
    [fewer] 新增和回流的客户少于流失的客户。
   *[same] 新增和回流的客户与流失的客户持平。
}
ahead = 如果情况不变，到{ $age }还会有{ $share }的客户购买；过去的预测平均偏差{ $error }。

## 指标卡

# $kind：单个周期、多个周期，或on_or_after。
tile-retention = { $kind ->
    [on_or_after] 第{ $label }{ $clock ->
        [rolling] 个
       *[calendar] { $period ->
            [week] {""}
           *[other] 个
        }
    }{ period }起留存率
   *[other] { $age }留存率
}
    .basis = { $size }位中的{ $active }位
    .compared = 与较早同期群相比
    .definition = 首次购买后{ $age }有购买的客户占比，取所有已到达该周期的同期群的平均；变化指较新的一半同期群与较早的一半之差。区间只反映偶然波动，不反映同期群之间的差别。
    .worth = { $age }的留存率每提高一个百分点，每个同期群约多收入{ $gain }：按每个同期群{ $size }位新客户、每位回来购买的客户带来{ $each }计算。这是根据最近几个同期群的粗略估算，不是预测。
tile-churn = { $week ->
    [yes] { $when }当周流失率
   *[no] { $when }流失率
}
    .basis = { $start }位中的{ $lost }位
    .compared = 与前一{ $period }相比
    .definition = 最近一个完整{ $period }的期初活跃客户中，到期末已超过{ $days }天未购买的占比。
tile-nrr = 净收入留存率
    .definition = { $when }来自老客户的收入，除以前一{ $period }的全部收入；未剔除季节因素。

## 图

# $found：表格说明了什么。$tenths：每个同期群首个周期没有回来的客户，以成计。
heatmap = { $found ->
    [few] 客户太少，还看不出谁会留下来
    [one] 到{ $age }仍有{ $share }的客户购买
    [more] 较新的同期群留存更好
    [less] 较新的同期群留存更差
    [above] { $cohort }的同期群留存高于其他同期群
    [below] { $cohort }的同期群留存低于其他同期群
    [some] 只有个别单元格与其他同期群有差别
    [many] 同期群之间在许多{ $period }有差别
    [longer] 较早的同期群有更长的时间回来购买，请横向比较
    [every] 每个同期群在首{ $period }之后都流失{ tenths }客户
   *[alike] 各同期群之间没有明显差别
}
    .caption = 颜色是剔除偶然波动后的占比：客户少的同期群向平均值靠拢。{ $marks ->
        [yes] 季节会让同一个日历{ $period }的单元格被标记，它们排成一条斜线。
       *[no] {""}
    }{ $average ->
        [simple] 计算平均时，每个同期群各算一次。
       *[pooled] {""}
    }{ $hidden ->
        [yes] 共{ $cohorts }个同期群，这里只显示最近{ $drawn }个，其余见文件。
       *[no] {""}
    }{ $left ->
        [0] {""}
       *[other] 最初几个{ $period }的{ $left }位客户未计入：他们可能在数据开始之前就已购买。
    }
tenths = { $tenths ->
    [1] 一成
    [2] 两成
    [3] 三成
    [4] 四成
    [5] 五成
    [6] 六成
    [7] 七成
    [8] 八成
   *[9] 九成
}
# $ages：标题可以提到的周期：没有、一个或两个。
curve = { $ages ->
    [0] 客户太少，还看不出谁会留下来
    [1] { $age }有{ $share }的客户回来购买
   *[other] { $slow ->
        [yes] { $from }之后，曲线基本走平
       *[no] 到{ $age }仍有{ $share }的客户购买
    }
}
    .measure = { $n }位客户的留存率，即{ $rule ->
        [on_or_after] 当{ $period }及以后有购买的占比
        [bracket] 一段{ $period }区间内有购买的占比
       *[on] 当{ $period }有购买的占比
    }；首次购买于{ $start }至{ $end }
    .caption = 阴影：平均值的{ $level }置信区间，不反映同期群之间的差别。只计入已经结束的整{ $period }。{ $few ->
        [yes] 虚线：不足{ $fewest }位客户。
       *[no] {""}
    }
# $differ：yes、no，或few（几乎没有客户足够多的分群）。
segments = { $differ ->
    [yes] { $best }留存率最高，{ $worst }最低
    [few] 各分群客户太少，无法比较
   *[no] 各分群之间没有明显差别
}
    .panel = { $name }（{ $n }）
    .measure = 按{ $column }分群的留存率，横轴为{ $axis }；括号内为客户数；灰线：全部客户
    .caption = 阴影：{ $level }置信区间。标题依据的是对{ $age }客户数不少于{ $fewest }位的分群做的一次总体检验。{ $few ->
        [yes] 虚线：不足{ $fewest }位客户。
       *[no] {""}
    }{ $others ->
        [0] {""}
       *[other] 另有{ $others }个较小的分群合并为“其他”。
    }{ $small ->
        [none] {""}
       *[other] 客户太少、未画出：{ $small }。
    }
# $n：合并的分群数。
segment-other = { $n ->
    [0] 其他
    [1] 其他
   *[other] 其他（{ $n }个分群）
}
segment-not-stated = 未填写
projection = 如果情况不变，到{ $age }还有{ $share }（{ $limits }）的客户购买
    .measure = 留存率，横轴为{ $axis }；灰色区域：尚未发生
    .model = 预期
    .observed = 实际
    .caption = 阴影：未来实际值的{ $level }置信区间。用之前的数据预测最近{ $held }个{ $period }（虚线），平均偏差{ $error }。业务本身的变化不在阴影之内。
    .reading = { $ahead ->
        [yes] { $age }|预期{ $share }（{ $limits }）
       *[no] { $age }|实际{ $share }；模型给出{ $limits }
    }
revenue-curve = { $ages ->
    [0] 客户太少，还看不出有多少收入会回来
   *[other] 到{ $age }，同期群仍带来首{ $period }收入的{ $share }
}
    .measure = 平均同期群的收入（已扣除退货），占首{ $period }收入的百分比
    .caption = 阴影：{ $level }置信区间。多数客户的首个日历{ $period }并不完整，所以看走势，不看高低。{ $few ->
        [yes] 虚线：不足{ $fewest }位客户。
       *[no] {""}
    }
    .reading = { $age }|首{ $period }收入的{ $share }（{ $limits }）
revenue-rates = { $periods ->
    [0] 还没有两个可以比较的周期
   *[other] { $when }老客户的收入是前一{ $period }总收入的{ $share }
}
    .measure = 老客户的收入，占前一{ $period }全部收入的百分比
    .nrr = 净留存
    .grr = 毛留存
    .unchanged = 持平
    .caption = 净留存包含回流和增购；毛留存不计任何增加。阴影：{ $level }置信区间。未剔除季节因素。
    .reading = { $when }|{ $name }：{ $share }（{ $limits }）
churn-rate = { $few ->
    [yes] 客户太少，还看不出流失多少
   *[no] { $when }有{ $share }的客户流失
}
    .measure = 期初活跃客户中，到该{ $period }期末已经流失的占比
    .caption = 流失：超过{ $days }天未购买。最近一个{ $period }有{ $gained }位客户新增或回流。阴影：{ $level }置信区间。
    .reading = { $when }|流失率{ $share }（{ $limits }）；{ $start }位客户中的{ $lost }位
compared-curves = { $differ ->
    [yes] { $best }留存率最高，{ $worst }最低
    [few] 各单元客户太少，无法比较
   *[no] { $age }各单元之间没有明显差别
}
    .measure = 各单元的留存率，横轴为{ $axis }
    .caption = 阴影：{ $level }置信区间；只计入已经结束的整{ $period }。各单元按自己的单元配置文件统计。{ $few ->
        [yes] 虚线：不足{ $fewest }位客户。
       *[no] {""}
    }

## 表

average-table =
    .label = { period }
    .cohorts = 同期群数
    .size = 客户数
    .active = 活跃客户
    .retention = 留存率
    .interval = { $level }置信区间
    .revenue_retention = 收入留存率
    .revenue_interval = 收入留存率的{ $level }置信区间
    .caption = 客户数：该周期已经结束的客户。留存率：其中活跃客户的占比。收入留存率：占首个周期收入的比例。

## 勾稽关系

identity-customers = 各同期群客户 + 未计入的客户 = 有过购买的客户
identity-money = 期初 − 流失 − 减购 + 增购 + 回流 + 新客 = 期末
identity-churn = 最近一期期末的客户 = 此前规定天数内有购买的客户

## 为什么没有展示

no-later-period = 此处不展示：首次购买之后还没有一个完整的周期。
no-purchase = 截至{ $as_of }没有购买记录，所以没有同期群。
    .do = 把`as_of`设晚一些。
all-warm-up = 所有同期群都在{ $warm_up }{ $unit ->
    [week] 周
    [month] 个月
   *[quarter] 个季度
}的预热期内，{ $left_out }位客户全部未计入。
    .do = 把`warm_up`设短一些，或设置`warm_up_cohorts: flag`。
no-segments = 此处不展示分群留存：需要`customers`表，并用`retention_by`指定其中一列。
no-large-segments = 此处不展示：按{ $column }分群，客户数不少于{ $fewest }位的分群不足两个。
too-short-to-fit = 至少要有两个周期，其中有人离开、有人留下，才能推算曲线。
not-single-periods = 推算需要每个单独周期的活跃占比。
    .do = 把return_rule设为'on'。
too-few-periods = 推算需要首次购买之后至少{ $needed }个有客户回来购买的完整周期；目前有{ $found }个。

## 页面正文

cell-title = # 谁留下来？
cell-cohorts-head =
    ## 逐个同期群

    一行是同一时期首次购买的一批客户：横着看，之后还有多少人活跃；竖着看，较新的一批是否更好。
cell-segments-head =
    ## 谁更容易留下来

    阴影重叠的分群，可能根本没有差别。
cell-money-head =
    ## 他们的收入

    留存率数的是人，这里数的是钱：留下的客户花得更多时，人少了，收入也可能不减。
cell-churn-head =
    ## 流失的客户

    按本单元自己的口径判断流失；天数定得越长，流失越少，发现也越晚。
cell-projection-head =
    ## 曲线走向

    模型先用之前的数据预测最近几期，检验之后才往后推算。
cell-table-head =
    ## 供分析师参考：平均同期群的数据

    本页开头那条曲线的数据，以及必须对得上的账。
cell-cohorts-check = 每位客户都只属于一个同期群，或者按预热期的口径未计入。
cell-money-check = 客户上一期的消费，减去流失和减购，加上增购、回流和新客，等于本期的消费。
cell-churn-check = 期末留下的客户，再直接从购买记录数一遍。
cell-how =
    ## 统计口径

    客户按首次购买所在的周期分入同期群，之后一直跟踪。对整个同期群来说还没有结束的周期不下结论：表中为虚线框，也不计入任何平均。第1个月指首次购买所在月的下一个日历月，不论首次购买发生在月初还是月末；周和季度同理。如果采用滚动口径，第1期从每位客户自己的首日起满固定天数后开始。活跃指有购买。没有合同，客户离开时不会打招呼，所以“流失”是一条口径：从购买之日起，在本单元规定的天数内未再购买，就不再算作活跃客户。两个百分比之差以百分点表示。

    置信区间表示：如果什么都没变，单凭偶然能让数字变动多少（占比用Wilson区间，金额用对数尺度上线性化的比率区间）。业务本身的变化不在其中，同期群之间的差别也不在其中；分群或同期群之间有差别，也不等于找到了原因。

    单元格的颜色是向同一周期平均值收缩后的占比，收缩的程度取决于这么多客户单凭偶然会分散多少（Bühlmann–Straub信度法，所有周期共用一个同期群间方差）。标记表示：用Fisher精确检验把该单元格与同一周期的其他同期群相比，并按Benjamini–Hochberg方法对全部完整单元格校正后，仍有差别。如果各同期群其实没有差别，出现标记的表格所占的比例大致不超过显著性水平。收入不做检验，因为收入集中在少数客户。

    分群之间用首个周期的一次χ²检验来比较，这样即使看很多个分群，也不会单凭偶然得出差别。推算采用移位贝塔几何模型（sBG，Fader和Hardie），它是为合同制业务设计的：在这里只用来描述曲线，不用来解释原因。
cell-limits =
    ## 局限

    - 一个客户编号就是一位客户：家庭共用、多人共用或更换账号都会造成误差。
    - 多数客户的首个日历周期并不完整，不宜作为金额或频次的基准；滚动口径没有这个问题。
    - 数据最初的几个同期群里可能有很早以前的老客户（见`warm_up`），看起来更忠诚。
    - 每一期都直接与上一期比较：没有剔除季节因素，也没有剔除月份长短的影响。
    - 分群以今天的资料为准；客户因为买得多而升级，会让所在的分群显得更忠诚。
