### 工作簿和文档中报告内容之外的文字，以及keepbook export命令的输出。

## 第一张和最后一张工作表的名称

contents = 目录
columns = 字段说明
    .about = 各工作表的每一列：列名、文件中的字段名和含义

## 第一张工作表

unit = 业务单元
span = 统计区间
    .days = { $start }至{ $end }
as-of = 数据截至
data = 数据
    .kind = { $simulated ->
        [yes] 模拟数据：由已知的真实参数生成，不代表任何真实业务
       *[no] 真实数据
    }
currency = 币种
    .none = 未说明
lines = 使用的数据行
    .used = 共{ $rows }行，使用{ $kept }行
made = 报告生成于
    .when = { $when }（UTC），Keepbook { $version }
made-by = 由Keepbook { $version }的报告生成
to-sheets = 转到工作表清单 ↓
sheets = 工作表清单
sheet = 工作表
report = 报告
rows = 行数
about = 内容
figure = 关键指标
value = 数值
lower = 下限
upper = 上限
change = 变化
definition = 统计口径
compared = 变化的比较对象：{ $against }。
basis = （{ $basis }）
verdict = { $label }：{ $reason }
failed-since = 最近一次运行未能重新生成本报告，以下是上一次成功的结果。

## 数据表和字段说明

back = ← { $contents }
source = { $report } · 数据截至{ $as_of } · { $source }
cut = 共{ $rows }行，超出工作表的行数上限，这里只有前{ $shown }行。完整数据见{ $source }。
note = { $name }：{ $definition }
heading = 列名
name = 文件中的字段名

## 文档

cover = { $title } · { $start }至{ $end } · 报告生成于{ $when }（UTC），Keepbook { $version }
simulated = 模拟数据

## 命令的输出

making-xlsx = { $unit }：正在写工作簿，工作表{ $what }
making-pdf = { $unit }：正在用{ $what }打印文档
wrote-xlsx = 已写出{ $path }（{ $size }，{ $n }张工作表）
wrote-pdf = 已写出{ $path }（{ $size }，{ $n }页）
left-out = 以下报告尚未生成，因此未导出：{ $names }。如需生成，请运行：keepbook run { $unit }
size-kb = { $number } KB
size-mb = { $number } MB

## 错误

no-reports = “{ $unit }”没有可导出的报告。
    .expected = 至少有一份运行完成的报告
    .do = 请先生成报告：keepbook run { $unit }
no-reports-in = “{ $unit }”没有语言为{ $language }的报告可导出。
    .expected = 至少有一份该语言的报告；现有的语言：{ $known }
    .do = 请先生成：keepbook run { $unit } --language { $language }；或者去掉 --language。
made-meanwhile = 读取期间，有一份报告被重新生成：{ $report }。
    .expected = 读取期间报告保持不变
    .do = 请等运行结束后再导出。
damaged-table = 有一张保存的数据表无法读取。
    .expected = 运行时生成的Parquet文件
    .do = 请重新生成报告：keepbook run { $unit } --force
no-chromium = 未生成PDF：找不到用于打印的浏览器。
    .expected = Chromium、Chrome或Edge
    .do = 请安装Chromium（apt install chromium），或用环境变量KEEPBOOK_CHROMIUM指定浏览器；也可以打开{ $page }自行打印。
no-such-chromium = KEEPBOOK_CHROMIUM指定的程序不存在。
    .expected = Chromium、Chrome或Edge的路径
    .do = 请更正，或删除该变量。
chromium-hung = 未生成PDF：浏览器运行{ $seconds }秒仍未完成，已被终止。
    .expected = 在此时间内完成打印
    .do = 请在机器空闲时重试；也可以打开{ $page }自行打印。
chromium-failed = 未生成PDF：浏览器结束时没有给出完整的文档。
    .expected = 一份包含所有页面的文档；浏览器的输出：{ $reason }
    .do = 请用环境变量KEEPBOOK_CHROMIUM指定另一个浏览器；也可以打开{ $page }自行打印。
