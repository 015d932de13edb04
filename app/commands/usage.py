"""What the command line says of wrong usage, in Chinese. Pure."""

import re

SENTENCES = (
    (r"Missing (?:option|argument) (?P<it>.+?)\.(?P<rest>.*)", "缺少 {it}"),
    (r"Missing command\.", "后面还要写做什么"),
    (r"No such command (?P<it>.+?)\.(?P<rest>.*)", "没有 {it} 这个命令"),
    (r"No such option: (?P<it>\S+)(?P<rest>.*)", "没有 {it} 这个选项"),
    (r"Got unexpected extra argument\S* \((?P<it>.+)\)", "多写了 {it}"),
    (r"Option (?P<it>\S+) requires .+", "{it} 后面要写内容"),
    (r"Option (?P<it>\S+) does not take a value\.?", "{it} 后面不用写内容"),
    (r"Invalid value for (?P<it>.+?): .+ is not one of (?P<rest>.+)\.", "{it} 只能是 {rest} 之一"),
    (r"Invalid value for .+?: (?:file|path) (?P<it>.+) does not exist\.", "没有 {it} 这个文件"),
    (r"Invalid value for .+?: file (?P<it>.+) is a directory\.", "{it} 是文件夹，不是文件"),
    (r"Invalid value for (?P<it>.+?): .+ valid (?:integer|number).*", "{it} 要写成数字"),
    (r"Invalid value for (?P<it>.+?): .+ less than or equal to (?P<rest>\S+)", "{it} 最大是 {rest}"),
    (r"Invalid value for (?P<it>.+?): .+ greater than or equal to (?P<rest>\S+)", "{it} 最小是 {rest}"),
    (r"Invalid value for (?P<it>.+?): (?P<rest>.+)", "{it} 的值不对（{rest}）"),
)


def in_chinese(message: str) -> str:
    """The sentence for what the parser of the command line found wrong."""
    for pattern, sentence in SENTENCES:
        if found := re.fullmatch(pattern, message.strip(), re.DOTALL):
            return f"命令写得不对：{sentence.format(**found.groupdict())}。加上 --help 可以看用法。"
    return f"命令写得不对：{message}"
