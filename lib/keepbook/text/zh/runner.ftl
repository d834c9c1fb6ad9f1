### 关于运行：报告的名称，以及笔记本和内核可能出的问题。

## 报告的主题：文件名中编号后面的部分；没有对应名称时用文件名本身

subject-summary = 概览
subject-cohort_retention = 同期群留存
subject-clv = 客户价值
subject-strategy_comparison = 策略对比
subject-before_after = 前后对比
subject-next_test = 下一次实验
# 该语言对自己的称呼。
language-name = 中文
of-entry = { $subject }：{ $title }
with-verdict = { $subject }：{ $verdict }
# 总览页写入失败时，说明是什么失败了。
all-units = 全部业务单元
    .index = 总览页

## 请求本身的问题

no-notebook-named = 没有名为“{ $name }”的笔记本。
    .expected = { $hint }{ $broken ->
        [none] {""}
       *[other] ；以下配置文件有误，其中的内容无法得知：{ $broken }
    }
    .do = 请更正 --only。
nothing-to-make = 没有与{ $names }对应的报告可生成。
    .expected = 在单元配置文件中写明这些笔记本所需的内容
    .do = 请在配置文件中补充，或去掉 --only。
no-unit-file = 还没有任何单元配置文件。
    .do = 先新建一个：keepbook init NAME --from FILE。
no-unit = 没有名为“{ $unit }”的业务单元。
    .expected = { $hint }
    .do = 请更正名称，或新建该业务单元：keepbook init { $unit } --from FILE。
unit-in-the-way = 业务单元“{ $unit }”的报告目录与语言“{ $tag }”的总目录同名，会互相覆盖。
    .expected = 业务单元的名称不与语言标签相同
    .do = 请给业务单元改名，或在 --language 中把“{ $tag }”放在第一位或单独使用。
no-notebooks = 没有可运行的笔记本。
    .do = 请从项目目录启动，即包含 params/ 和 notebooks/ 的目录。
another-run = 另一个运行（进程{ $process }）正在这里生成报告。
    .unknown = 未知
    .expected = 同一报告目录一次只有一个运行
    .do = 请等它结束，或用 --reports 写到别处。

## 笔记本出的问题

no-jupyter-notebook = 这不是Jupyter笔记本。
    .expected = 由JupyterLab保存的文件；读取时的提示：{ $reason }
    .do = 请在JupyterLab中打开并修复，或把它移出 notebooks/。
no-parameter = 该笔记本不接受参数“{ $name }”。
    .expected = 一个带`parameters`标签的单元格，并在其中设置{ $names }
    .do = 请参照其他笔记本补上。
every-cell = 每个单元格都运行到底
cell-failed = { $error }
    .expected = { every-cell }
    .do = 下面的单元格和错误堆栈显示了出错的位置。
kernel-died = { $started ->
    [yes] 笔记本的内核中途退出了。
   *[no] 笔记本的内核没有启动。
    }
    .where = { $file }，第{ $cell }个单元格
    .expected = 内核一直运行到最后一个单元格；它这次崩溃、被终止或内存不足
    .do = 请减小 --jobs，或把环境变量 KEEPBOOK_MEMORY 调低，例如1GB。
ended-itself = 笔记本没有运行到最后一个单元格就自行结束了。
    .expected = { every-cell }
    .do = 请去掉单元格中的 exit() 或 sys.exit()；缺少数据时改为显示一句说明。
no-record = 笔记本结束时没有留下记录。
    .expected = 最后一个单元格调用 book.close()，由它写出 { $file }
    .do = 请参照其他笔记本补上该单元格；下面是目前的最后一个单元格。
put-right = 请先排除上述问题，再重新运行。
