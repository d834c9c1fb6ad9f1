### 错误的表述方式，以及机器可能出的问题。

## 错误下方的各行；空格使内容对齐

where = {"  "}位置：{ $text }
expected = {"  "}应为：{ $text }
do = {"  "}处理：{ $text }

# 用于不认识的名称。
hint = { $near ->
    [yes] 是不是想写“{ $name }”？
   *[no] 可用的有：{ $known }
}

no-language = 没有语言“{ $tag }”。
    .expected = { $known }之一
    .do = 请更正；{ $hint }

## 机器和 Keepbook 自身的问题

disk-full = 磁盘已满。
    .expected = 能容纳报告的空间；之前的报告仍然保留
    .do = 请腾出空间后重新运行。
unreadable = 有文件无法读取或写入：{ $reason }。
    .do = 请确认文件存在且有读写权限，然后重新运行。
# 前面是出错程序自己的说法。
unforeseen =
    .do = 这是Keepbook的缺陷：请带上同一命令加 --debug 后的输出反馈给我们。
