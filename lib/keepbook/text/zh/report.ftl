### 报告单元格周围的文字、总览页和出错页。

## 每个页面

skip = 跳到正文
all-units = 全部业务单元
glossary = 术语说明
# 供读屏软件使用：导航栏中的链接是什么。
pages = 页面
theme-auto = 主题：自动
theme-light = 主题：浅色
theme-dark = 主题：深色
# 用于比页面更宽的内容；以及读屏软件的叫法。
scroll = 左右滑动查看更多
scrolls = 可左右滑动的内容

## 报告

contents = 目录
show-code = 显示代码
code = 代码
# 接在“代码”之后，用于参数单元格。
code-parameters = ：参数
code-of-this-run = ：本次运行的参数
# 单元格的警告，默认折叠。
messages = 提示信息
traceback = 错误堆栈

## 出错页

not-made = { $unit }的“{ $notebook }”未能生成
label-where = 位置
label-expected = 应为
label-do = 处理方法
nothing-lost = 原有内容没有丢失。
# 链接；`.end`接在后面。
last-report = 打开上一次成功的报告
    .end = 。
failed-step = 出错的步骤
traceback-page = 错误堆栈（供排查人员使用）

## 总览页

index-title = Keepbook：全部业务单元
index-heading = 哪个业务单元需要关注？
lead = 共{ $units }个业务单元{ $failed ->
    [0] {""}
   *[other] ，{ $failed }个失败
}{ $stale ->
    [0] {""}
   *[other] ，{ $stale }个已过期
}。汇总于{ $when }。
find = 查找业务单元
# 供读屏软件使用。
table-caption = 每个业务单元一行；点击表头可排序。
column-unit = 业务单元
column-trend = 各同期群走势
column-state = 数据截至
# 小折线的读出内容：第一个值和最后一个值。
trend = 从{ $first }到{ $last }
simulated = 模拟数据
status-failed = 失败
status-stale = 已过期
to-decide = 待决定
    .more = 另有{ $n }项
    .unpriced = 金额未知
why-failed = 失败原因
last-good = 上一次成功的报告
legend = 各列的含义
no-unit = 还没有运行过任何业务单元。请把单元配置文件放入 params/，然后运行：keepbook run
