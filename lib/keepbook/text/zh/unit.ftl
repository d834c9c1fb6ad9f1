### 单元配置文件的各项设置：名称和含义，供编辑器和报错信息使用。

# `key-<class>-<field>`。`errorMessage`：取值应为什么，编辑器和报错信息都用它。

## 设置

key-settings-unit = 业务单元
    .description = 业务单元的名称，即不带.yaml的文件名。
key-settings-title = 标题
    .description = 报告中对业务单元的称呼；不填则用其名称。
key-settings-about = 简介
    .description = 用一两句话说明该业务单元。
key-settings-language = 语言
    .description = 该业务单元页面的语言；不填则取KEEPBOOK_LANGUAGE，再没有则为英文。
key-settings-currency = 币种
    .description = 所有金额的ISO 4217代码。
    .errorMessage = 三个大写字母，例如CNY
key-settings-timezone = 时区
    .description = 按哪个时区划分日期，填IANA名称。
key-settings-as_of = 数据截止日
    .description = 观察的最后一天；不填则取数据的最后一天。
key-settings-returns = 退货
    .description = net：已取消的订单不算购买，金额冲减；gross：两者都保留。
key-settings-duplicates = 重复行
    .description = 与另一行完全相同的行如何处理。
key-settings-overlaps = 文件重叠
    .description = 数据源中前面的文件或工作表已有的行如何处理。
key-settings-zero_amounts = 零金额
    .description = 金额为零的行是剔除，还是照样算一次购买（如赠品）。
key-settings-cohort_period = 同期群周期
    .description = 同期群及其后各周期的长度。
key-settings-clock = 周期起点
    .description = 按自然周期，还是从每位客户自己的首次购买起算。
key-settings-return_rule = 留存规则
    .description = 谁算留存：在该周期活跃（on）、在该周期或以后活跃（on_or_after），或在区间内活跃（bracket）。
key-settings-brackets = 区间
    .description = 留存规则为bracket时的边界：每个区间从哪里开始，最后一个到哪里结束。
key-settings-average = 平均方式
    .description = 各同期群的平均：按人数加权，或一视同仁。
key-settings-warm_up = 预热期
    .description = 数据最初的几个周期，其中的新客户可能其实是老客户。
key-settings-warm_up_cohorts = 预热期同期群
    .description = 预热期的同期群是标注还是剔除。
key-settings-churn_after = 流失天数
    .description = 超过多少天未购买视为流失。
key-settings-retention_by = 留存分群
    .description = 按客户表的哪一列拆分留存。
key-settings-horizon = 预测期数
    .description = 留存曲线向前推算的周期数。
key-settings-time_unit = 时间单位
    .description = 计算客户生命周期价值时购买的计数粒度；同一天（或同一周）只计一次。
key-settings-model = 模型
    .description = 客户生命周期价值所用的购买过程；auto：取对留出购买预测最好的一个。
key-settings-value_months = 价值月数
    .description = 客户价值向前计算的月数。
key-settings-discount_rate = 折现率
    .description = 未来的钱每年折价的比例；0.10即10%。
    .errorMessage = 年折现率，不小于0且小于1：10%写作0.10
key-settings-margin = 毛利率
    .description = 收入中归自己所得的比例；为1时价值即收入，并如此称呼。
    .errorMessage = 收入的比例，大于0且不大于1：30%写作0.30
key-settings-prior = 先验
    .description = 对模型参数的事先判断；不填则只由数据决定。
    .errorMessage = 形如 r: {"{"}median: 0.5, log_sd: 1{"}"} 的行
key-settings-alpha = 显著性水平
    .description = 0.05对应95%的置信区间。
key-settings-seed = 随机种子
    .description = 随机数的起点；种子相同，结果相同。

## 数据表

# 标题取自其所引用的类。
key-unit-transactions =
    .description = 谁在何时购买，金额多少。
key-unit-customers = 客户表
    .description = 客户是谁，属于哪些分群。
key-unit-costs = 成本表
    .description = 获取和服务客户花了多少。
key-unit-surveys = 调研表
    .description = 客户在调研中的回答。
key-unit-interactions = 服务记录表
    .description = 客户与客服的往来，以及响应快慢。
key-unit-assignments = 分组表
    .description = 哪位客户在哪个实验的哪个组。
key-unit-experiments = 实验
    .description = 对随机抽取的客户做了哪些尝试。
    .errorMessage = 由若干块组成的列表，每块以“- name:”开头
key-unit-before_after = 前后对比
    .description = 从某一天起推行、未经随机分组的调整。
    .errorMessage = { key-unit-experiments.errorMessage }

## 数据源

key-source-source = 数据源
    .description = 数据从哪里来：{ key-source-source.errorMessage }。
    .errorMessage = 路径、package:NAME/path、duckdb:FILE、数据库地址、simulate，或供查询使用的若干命名数据源
key-source-format = 格式
    .description = 文件如何读取；不填则由文件自身判断。text：以空白分隔的列。
key-source-encoding = 编码
    .description = 文本文件的字符编码；不填则由字节判断。
    .errorMessage = 一种编码，例如utf-8、gb18030、utf-16或cp1252
key-source-delimiter = 分隔符
    .description = CSV文件字段之间的符号；不填则由前几行判断。
    .errorMessage = 一个符号，例如“;”或“|”，或单词tab
key-source-sheet = 工作表
    .description = Excel文件的工作表；不填则读取与最长的一张列名相同的所有工作表。
    .errorMessage = 一张工作表的名称
key-source-table = 数据库表
    .description = 数据库中的表。
key-source-query = 查询
    .description = 在引擎中运行的SQL；表名与source中一致，只有一个数据源时叫source。
key-source-header = 表头
    .description = 是否有列名行，或列名在第几行；其上的标题会跳过。
    .errorMessage = true、false，或列名所在的行号
key-source-names = 列名
    .description = 首行没有列名时，按顺序给出数据源各列的名称。
    .errorMessage = 互不相同的列名列表
key-source-decimal = 小数点
    .description = 文本金额中小数部分之前的符号；不填则由金额判断。
key-source-date_format = 日期格式
    .description = 日期的写法：{ key-source-date_format.errorMessage }。不填则由日期判断。
    .errorMessage = ymd、dmy、mdy、named、epoch、epoch_ms、excel之一，或strptime格式，例如`%Y%m%d`
key-source-timezone = 时区
    .description = 不带时区的时间属于哪个时区；不填则用业务单元的时区。
key-source-columns = 列
    .description = 标准名称：数据源中的列名。没有写出的名称即为其自身。
    .errorMessage = 形如 date: InvoiceDate 的行
key-source-where = 条件
    .description = 只有满足全部条件的行属于该业务单元。
key-source-cancelled = 取消
    .description = 满足全部条件的行是取消记录。
key-source-exclude = 剔除
    .description = 规则名称：条件。满足条件的行会剔除并计数。
key-source-simulate = 模拟
    .description = 数据源为simulate时模拟器的设置。
key-carrying-attributes = 附加属性
    .description = 名称：数据源中一并带上的列，用于查看和拆分客户。
    .errorMessage = 列名的列表，或形如 discount: DiscountCode 的行

## 模拟器

key-simulation-customers = 客户数
    .description = 时间窗口内获得的客户数。
key-simulation-start = 开始
    .description = 时间窗口的第一天。
key-simulation-days = 天数
    .description = 时间窗口的长度。
key-simulation-seed = 随机种子
    .description = 种子相同，数据相同。
key-simulation-experiments = 实验
    .description = 该店铺是否还做实验和政策调整，其带来的订单会加入数据。
key-simulation-names = 名称
    .description = 等级、地区、渠道、实验或组别的原名：改用的名称。
key-simulation-price_level = 价格水平
    .description = 所有金额的倍数。

key-parameterprior-median = 中位数
    .description = 参数大于或小于它的可能性相同。
key-parameterprior-log_sd = 对数标准差
    .description = 参数对数的标准差：0.7表示约三分之二的可能在2倍以内。

## 实验

key-experiment-name = 名称
    .description = 实验名称，与分组表中一致。
key-experiment-title = 标题
    .description = 报告中对实验的称呼；不填则用其名称。
key-experiment-question = 问题
    .description = 用一句话说明实验要回答什么。
key-experiment-control = 对照组
    .description = 其他各组与之比较的组。
key-experiment-split = 分组比例
    .description = 组别：抽取时的权重。不填则取数据中的各组，权重相同。
    .errorMessage = 两个以上的组，权重大于0：{"{"}control: 1, voucher: 1{"}"}
key-experiment-outcome_days = 观察天数
    .description = 分组之后多少天内的结果计入。
key-experiment-pre_days = 实验前天数
    .description = 分组之前多少天的购买用来提高比较的精度；0表示不用。
key-experiment-first_day = 起算日
    .description = 结果从分组当天还是次日起计。
key-experiment-ends = 结束日
    .description = 计划的最后一个分组日；不填则视为随时可能查看结果。
key-experiment-planned = 计划人数
    .description = 各组计划的客户总数：允许随时查看的区间在此处最窄。应在首次查看结果之前确定。
key-experiment-metrics = 指标
    .description = 指标：用途。至少有一个是目标。
key-experiment-cost = 成本
    .description = 触达一位客户的成本，或各组各自的成本。
    .errorMessage = 每位触达客户的金额，不小于0，统一填写或按组填写：1.5，或 {"{"}voucher: 1.5, call: 6{"}"}
key-experiment-max_loss = 最大损失
    .description = 推行后每位客户可承受的期望损失；不填则为较优组客均收入的1%。
key-experiment-confidence = 把握程度
    .description = 盈利的概率达到多少才推行。
    .errorMessage = 大于0.5且小于1的概率：95%写作0.95
key-experiment-rollout_to = 推行人数
    .description = 策略推行后覆盖的客户数；不填则与实验人数相同。
key-experiment-segments = 分群
    .description = 要分别查看的客户表列；cohort和rfm为内置。
key-experiment-outcomes = 结果表
    .description = 现成的结果，每位客户一行，代替分组表。
key-experiment-totals = 汇总表
    .description = 已汇总的结果，每个组、每个指标一行。

key-metric-role = 用途
    .description = goal：用于决策；guardrail：变差不得超过其容许幅度；diagnostic：仅供查看。
key-metric-margin = 容许幅度
    .description = 护栏指标最多可比对照组变差的比例。
key-metric-better = 好的方向
    .description = 哪个方向算好；不填则越高越好，days_to_purchase越低越好。

## 调整

key-change-name = 名称
    .description = 调整的名称。
key-change-title = 标题
    .description = 报告中对调整的称呼；不填则用其名称。
key-change-question = 问题
    .description = 用一句话说明要回答什么。
key-change-date = 日期
    .description = 调整的第一天。
key-change-treated = 受影响客户
    .description = 涉及哪些客户；不填则为全部。
key-change-comparison = 对照客户
    .description = 与哪些客户对比；不填则为所有未受影响的客户。
key-change-comparison_unit = 对照单元
    .description = 与另一个业务单元的客户对比，而不是本单元的其他客户。
key-change-period = 周期
    .description = 对比所用周期的长度。
key-change-before = 调整前
    .description = 调整之前的完整周期数；不填则为6。既没有treated也没有comparison_unit时至少需要8个；不填则为12个，不足时取现有的全部。
key-change-after = 调整后
    .description = 从调整之日起的完整周期数；数据提前结束时会更少。
key-change-cluster = 群组
    .description = 客户表的一列，同一取值的客户同涨同落，例如门店。
key-change-metrics = 指标
    .description = 每位客户每个周期对比什么；retained：该周期内有购买的客户占比。
    .errorMessage = 由revenue、orders、retained中若干项组成的列表
key-change-cost = 成本
    .description = 每位受影响客户每个周期的金额。

## 交易表的列

column-transactions-customer_id = 购买的客户。
column-transactions-date = 购买的日期或时间。
column-transactions-amount = 该行或该订单的金额；退款为负数。
column-transactions-quantity = 数量，金额为quantity × unit_price时使用。
column-transactions-unit_price = 单价，金额为quantity × unit_price时使用。
column-transactions-refund = 该行后来退回的金额，填正数；returns: net时会扣除。
column-transactions-order_id = 该行所属的订单。
column-transactions-category = 购买的品类。
column-transactions-cost = 商品的成本。
column-transactions-channel = 购买渠道。

## 客户表的列

column-customers-customer_id = 客户，与交易表一致。
column-customers-acquired_on = 获得该客户的日期。
column-customers-acquisition_cost = 获得该客户的成本。
column-customers-more = 分群列，名称可自定。

## 成本表的列

column-costs-period = 成本所属周期中的一天。
column-costs-marketing_cost = 营销费用。
column-costs-sales_cost = 销售费用。
column-costs-channel = 成本所属的渠道。
column-costs-servicing_cost = 服务客户的费用。
column-costs-leads = 获得的线索数。

## 调研表的列

column-surveys-customer_id = 回答的客户。
column-surveys-date = 回答的时间。
column-surveys-nps = 推荐意愿，0到10。
column-surveys-comment = 文字评论。
column-surveys-more = 满意度评分，名称可自定。

## 服务记录表的列

column-interactions-customer_id = 联系客服的客户。
column-interactions-opened_at = 发起时间。
column-interactions-first_response_at = 首次响应的时间。
column-interactions-closed_at = 解决的时间。
column-interactions-kind = 事由。
column-interactions-channel = 联系渠道。
column-interactions-is_complaint = 是否为投诉。

## 分组表的列

column-assignments-experiment = 实验名称。
column-assignments-customer_id = 被分组的客户。
column-assignments-variant = 分到的组。
column-assignments-assigned_at = 分组时间。
column-assignments-cluster = 随机化的单位不是客户时填写：门店或销售负责人。
column-assignments-exposed_at = 客户首次接触到策略的时间。
column-assignments-cost = 触达该客户的成本。
column-assignments-more = 自定的结果指标，名称可自定。

## 结果表的列

column-outcomes-variant = 客户所在的组。
column-outcomes-more = 自定的结果指标，填数字，名称可自定。

## 汇总表的列

column-totals-variant = 组别。
column-totals-metric = 指标名称，与metrics中一致。
column-totals-n = 该组的客户数。
column-totals-sum = 指标之和。
column-totals-sum_squares = 指标的平方和。

## 先验的参数

parameter-r = 客户购买率的相似程度。
parameter-alpha = 购买率的尺度，以时间单位计。
parameter-a = BG/NBD和MBG/NBD：购买后流失概率的第一个形状参数。
parameter-b = BG/NBD和MBG/NBD：购买后流失概率的第二个形状参数。
parameter-s = Pareto/NBD：客户流失速率的相似程度。
parameter-beta = Pareto/NBD：流失速率的尺度，以时间单位计。
parameter-p = Gamma-Gamma：同一客户各次购买金额的相似程度。
parameter-q = Gamma-Gamma：各客户平均消费金额的相似程度。
parameter-gamma = Gamma-Gamma：消费金额的尺度。

## 内置指标

built-in-retained = 观察天数内有购买的客户占比。
built-in-orders = 观察天数内平均每位客户有购买的天数。
built-in-revenue = 观察天数内平均每位客户的收入，已扣除退货。
built-in-margin = 收入乘以业务单元的毛利率。
built-in-average_order_value = 平均订单金额：一组全部客户的收入除以其订单数。
built-in-days_to_purchase = 距下次购买的天数，最多计到观察天数。
