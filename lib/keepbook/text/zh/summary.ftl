### 业务单元概览：要做哪些决定，最重要的是什么，有哪些变化。

## 笔记本中的文字

cell-title =
    # 现状如何，要决定什么？
cell-findings-head =
    ## 最重要的结论
cell-changes-head =
    ## 与上一次报告相比有何变化
cell-health-head =
    ## 数据质量
cell-how =
    ## 本页是怎样生成的

    本页最后生成，内容取自该业务单元其他页面的记录：决定、结论、指标和表格。除活跃客户数外，没有重新估计任何数字。决定和结论按每年涉及的金额排序，前提是所在页面给出了金额。未能生成的页面也列在决定中，其内容取自上一次成功的报告。

    比较两次报告的指标时，连同各自的区间一起比较，并视两次数据相互独立。实际上数据有重叠，所以判为变化的只会偏少。显著性水平由所有参与比较的指标分摊。
cell-sums = 活跃客户数和数据行数，用另一种方法再算一遍。

## 决定

# 写在决定下方。$amount：取决于这项决定的金额。
stake = 每年涉及{ $amount }
# 未能生成的页面。
failed = 未能生成：{ $page }
    .stands = 现有内容的数据截至{ $day }。
# 日期或金额无法读取的行。
unread = 有{ $share }的数据行无法读取
    .reason = 有{ $share }的数据行无法读取，这部分金额没有计入任何指标。
old-verdict = 取自上一次成功的报告

## 指标卡

tile-active = 活跃客户
    .definition = 截至最后一天的{ $days }天内有购买的客户。变化等于{ $apart }天内新增的活跃客户减去流失的客户；仅凭偶然，变动幅度大约是两者之和的平方根。
    .basis = { $days }天内
    .compared = 与{ $apart }天前相比
# 数值及其区间。
with-range = { $value }（{ $limits }）

## 图

retention = { $cohorts ->
    [one] 这个同期群有{ $share }在{ $age }回购
   *[other] 新客户有{ $share }在{ $age }回购
}
    .caption = 详见同期群页面。
curve = 到{ $age }，各同期群平均仍有{ $share }的客户在购买
    .measure = 有购买的客户占比，按首次购买后的时间
    .caption = 色带是偶然波动的范围。虚线：不足100位客户。
# $apart：两者的区间不重叠。
segments = { $apart ->
    [yes] { $best }的回购最多，{ $worst }最少
   *[no] 各客户分群之间没有明显差异
}
    .measure = 有购买的客户占比，按首次购买后的时间；灰色：全部客户
    .caption = { $hidden ->
        [0] 按{ $age }比较，看区间是否重叠。括号内为客户数。
       *[other] 按{ $age }比较，看区间是否重叠。括号内为客户数；另有{ $hidden }个较小的分群，见同期群页面。
    }
value-ahead = { $change ->
    [fall] 没有新客户的话，到{ $when }收入将下降{ $share }
    [rise] 即使没有新客户，到{ $when }收入仍会增长{ $share }
   *[steady] 即使没有新客户，到{ $when }收入也基本持平
}
    .measure = 预计每{ $period }收入{ $suffix }
    .today = 现有客户
    .with-new = 加上新客户
    .caption = { $more ->
        [yes] 虚线：新客户按近期速度持续加入时的收入。色带不窄于过去预测总数的偏差；单个{ $period }的波动更大。
       *[no] 色带不窄于过去预测总数的偏差；单个{ $period }的波动更大。
    }
    .reading = { $when } | { $amount }（{ $limits }）

## 变化

# $kind：figure、verdict、new、failed 或 back。
changes =
    .what = 项目
    .before = 上一次报告
    .now = 现在
    .caption = 与数据截至{ $day }的报告相比，超出偶然的变化。{ $recounted ->
        [yes] 此后设置有改动，部分指标不作比较。
       *[no] {""}
    }
    .was = { $kind ->
        [verdict] { $label }
        [new] 当时还没有
        [back] 未能生成
       *[failed] 正常生成
    }
    .is = { $kind ->
        [failed] 未能生成
        [back] 恢复生成
       *[verdict] { $label }
    }

## 数据情况

health =
    .what = 项目
    .found = 结果
    .caption = 使用和剔除了哪些行，核对了哪些数字。全部规则见页面底部。
    .lines = 使用的行数
    .of = { $all }行中的{ $n }行（{ $share }）
    .left-out = 主要剔除原因
    .rule = { $rule }：{ $n }行
    .none = 无
    .unread = 无法读取的行
    .unread-share = { $n }行（{ $share }）
    .last-line = 最后一行的日期
    .gap = { $day }，比数据截止日早{ $days }天
    .sums = 两种算法核对的合计
    .agree = { $pages }个页面上的{ $n }项全部一致

## 核对

identity-customers = 此前活跃客户 + 新增 − 流失 = 活跃客户
identity-lines = 保留的行 + 剔除的行 = 全部行

## 未展示内容的原因

no-pages = 该业务单元还没有报告。请先生成：`keepbook run { $unit }`。
no-table = 此处不展示：{ $page ->
    [clv] 客户价值页面
   *[other] 同期群页面
}尚未生成，或者数据太少。
too-short = 此处不展示活跃客户数：数据的时间跨度相对于{ $days }天的统计口径太短。
nothing-to-decide = 没有需要做的决定：配置文件中没有实验或调整，各页面也没有预警。
first-report = 这是第一次报告。下一次报告会在这里说明变化。
nothing-changed = 与数据截至{ $day }的报告相比，没有超出偶然的变化。
