### 命令行自身的文字；各命令展示的业务单元内容在console.ftl中。

## 帮助

# 参数名在帮助中写在后面。
about = 每个业务单元一个YAML文件，生成其客户留存报告。
usage = 用法：
    .arguments = 位置参数
    .options = 选项
    .help = 显示本帮助并退出
    .version = 显示版本号并退出
command =
    .name = 命令
debug = 显示错误堆栈
language = 输出的语言，也是init所建单元的页面语言：en或zh（默认取KEEPBOOK_LANGUAGE，否则为en）
    .name = 语言
    .wrong = “{ $text }”不是单一的语言
languages = 页面语言，优先于单元配置文件；可同时生成多种：en,zh
    .name = 语言
units = 业务单元（默认为params/中的全部）
    .name = 单元
run = 生成需要更新的报告
only = 编号或名称，也可以是某个实验或调整的名称；可重复使用
    .name = 笔记本
jobs = 同时运行的笔记本数（默认每个处理器一个）
    .name = N
    .wrong = “{ $text }”不是从1起的整数
force = 已是最新的也重新生成
reports = 输出目录（默认为reports/）
    .name = 目录
check = 检查业务单元及其数据，说明能支持哪些分析
list = 列出业务单元、笔记本及其报告的状态
schema = 写出供编辑器使用的params/unit.schema.json
init = 根据导出数据新建业务单元的配置文件
unit = 新业务单元的名称
    .name = 单元
from = 文件、目录、'通配符'或数据库地址
    .name = 数据源
customers-from = 另外提供的客户表导出
    .name = 数据源
preset = 导出来自哪个系统（无法自动识别时填写）
    .name = 名称
timezone = 店铺所在时区，例如Asia/Shanghai
    .name = 时区
currency = 币种，例如CNY
    .name = 代码
set = 数据源的设置项：encoding=cp1250、sheet=Orders、table=sales.orders、customers.table=people
    .name = 键=值
export = 把业务单元的报告导出为工作簿（XLSX）和文档（PDF）
    .units = 报告已生成的业务单元
    .reports = 报告所在目录（默认为reports/）
as = 导出格式（默认both，即两种都导出）
to = 文件存放目录（默认与该单元的报告放在一起）
    .name = 目录
overwrite = 覆盖已有文件；原文件保留为.bak

## 生成报告时

progress = 报告
made = 已生成
current = 已是最新
failed = 失败
seconds = { $status }，{ $seconds }秒{ $what ->
    [none] {""}
   *[other] ：{ $what }
}

## 命令结束时

interrupted = 已中断。已完成的报告仍然有效；再次运行可生成其余报告。
run-ended = 已生成{ $made }份，已是最新{ $current }份，失败{ $failed }份。请打开 { $place }
# 写在报告错误的下方，与其他各行对齐（见errors.ftl）。
page = {"  "}页面：{ $path }
failed-last-time = 上次失败
up-to-date = 已是最新
to-be-made = 待生成
wrote = 已写入 { $path }
