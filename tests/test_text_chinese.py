"""Chinese as a native analyst writes it: terms, punctuation and spaces of every sentence in text/zh."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from fluent.syntax import ast as ftl
from test_text_files import entries

from keepbook.text import ENGLISH
from keepbook.text.language import FOLDER

FILES = sorted((FOLDER / "zh").glob("*.ftl"))
HAN = "\u3400-\u4dbf\u4e00-\u9fff"

NEVER = {  # what no sentence holds, and why
    "用户": "客户 everywhere: these are customers with orders, not visitors of a product",
    "您": "the reader is not addressed",
    "召回率": "of a model: 查全率; 召回 alone wins customers back",
    "提升度": "is of association rules; an effect is 增量 or 提升幅度",
    "置信度": "is of association rules; an interval is a 置信区间",
    "顾客": "客户",
    "消费者": "客户",
    "买家": "客户",
    "保留率": "留存率",
    "客户流失度": "流失率",
    "世代": "同期群",
    "控制组": "对照组",
    "信赖区间": "置信区间",
    "信心区间": "置信区间",
    "百分比点": "百分点",
    "客户终身价值": "客户生命周期价值",
    "显著性差异": "显著差异",
    "的的": "typed twice",
    "，，": "typed twice",
}
SIGNS = {  # what may not stand so, outside of code
    rf"[{HAN}][,;:!?()][{HAN}]": "a half-width sign between Chinese characters",
    rf"[{HAN}] ?[,;!?] ?[{HAN}]": "a half-width sign between Chinese characters",
    r" %": "a blank before %",
    rf"\d [{HAN}]|[{HAN}] \d": "a blank between Chinese and a number",
    rf"[，。；：！？、（）“”] |[{HAN}”）] [，。；：！？、（）]": "a blank at a full-width sign",
    r"[，。；：！？、][，。；：！？、]": "two signs in a row",
    r"（[^）]*$|^[^（]*）": "half of a pair of brackets",
    r"“[^”]*$|^[^“]*”": "half of a pair of quotation marks",
}
# English word → what the Chinese sentence says where the English one has it. Longer words come first; what
# they took is not looked at again.
TERMS = {
    r"unit files?": ["单元配置文件", "配置文件"],
    r"business units?": ["业务单元"],
    r"time zones?": ["时区"],
    r"one-time buyers?": ["一次性客户"],
    r"control groups?": ["对照组"],
    r"confidence intervals?": ["置信区间"],
    r"customer lifetime value|CLV": ["客户生命周期价值"],
    r"sample[- ]ratio mismatch": ["样本比例"],
    r"guardrails?": ["护栏"],
    r"discount rate": ["折现率"],
    r"revenue retention": ["收入留存"],
    r"retention": ["留存"],
    r"churn(ed)?": ["流失"],
    r"cohorts?": ["同期群", "队列"],
    r"revenue": ["收入"],
    r"simulated|simulator": ["模拟"],
}
ELSE = {  # sentences that say it in another way, and why
    ("shared", "metric-average_order_value"): "平均订单金额",
}


def sentences(path: Path) -> dict[str, str]:
    """Id, or id.attribute → its text: every choice of it in a row, facts as `{}`."""
    found = {}
    for name, entry in entries(path).items():
        if entry.value:
            found[name] = written(entry.value)
        for attribute in entry.attributes:
            found[f"{name}.{attribute.id.name}"] = written(attribute.value)
    return found


def written(pattern: ftl.Pattern) -> str:
    text = ""
    for element in pattern.elements:
        if isinstance(element, ftl.TextElement):
            text += element.value
        elif isinstance(element.expression, ftl.SelectExpression):
            text += "\0" + "\0".join(written(variant.value) for variant in element.expression.variants) + "\0"
        elif isinstance(element.expression, ftl.StringLiteral):
            text += element.expression.parse()["value"]
        else:
            text += "{}"
    return text


def prose(text: str) -> str:
    """Without what stands in code."""
    return re.sub(r"`[^`]*`", "`code`", text)


@cache
def both() -> list[tuple[str, str, str, str]]:
    """File, id, English text, Chinese text."""
    found = []
    for path in FILES:
        english = sentences(FOLDER / ENGLISH / path.name) if (FOLDER / ENGLISH / path.name).is_file() else {}
        for name, text in sentences(path).items():
            found.append((path.stem, name, prose(english.get(name, "")), prose(text)))
    return found


@pytest.mark.parametrize("word", NEVER)
def test_no_sentence_holds_a_word_that_is_none_of_ours(word: str) -> None:
    assert [(file, name) for file, name, _en, text in both() if word in text] == [], NEVER[word]


@pytest.mark.parametrize("pattern", SIGNS, ids=SIGNS.values())
def test_punctuation_is_full_width_and_numbers_stand_close(pattern: str) -> None:
    pieces = [(file, name, piece) for file, name, _en, text in both() for piece in text.split("\0")]
    whole = "half of" in SIGNS[pattern]  # the other half may stand in another piece
    looked_at = [(f, n, t.replace("\0", "")) for f, n, _en, t in both()] if whole else pieces
    assert [one for one in looked_at if re.search(pattern, one[2])] == [], SIGNS[pattern]


@pytest.mark.parametrize("term", TERMS)
def test_a_term_is_always_the_same(term: str) -> None:
    """A test of translations: what the notebook itself says in English (`cell-…`) is not looked at."""
    longer = [
        other for other in TERMS if other != term and list(TERMS).index(other) < list(TERMS).index(term)
    ]
    lacking = []
    for file, name, english, text in both():
        left = english
        for other in longer:
            left = re.sub(rf"\b({other})\b", "…", left, flags=re.IGNORECASE)
        said = re.search(rf"\b({term})\b", left, re.IGNORECASE)
        kept = re.search(rf"({term})", text)  # a name of the unit file
        if said and not kept and (file, name) not in ELSE and not any(word in text for word in TERMS[term]):
            lacking.append((file, name, english, text))
    assert lacking == []


def test_what_is_excepted_is_there() -> None:
    there = {(file, name) for file, name, _en, _zh in both()}
    assert {key for key in ELSE if (FOLDER / "zh" / f"{key[0]}.ftl").is_file()} <= there


def test_faults_of_this_kind_are_found() -> None:
    for text, why in {
        "客户,收入": "a half-width sign between Chinese characters",
        "留存率 5": "a blank between Chinese and a number",
        "5 位": "a blank between Chinese and a number",
        "29 %": "a blank before %",
        "收入 ，客户": "a blank at a full-width sign",
        "（客户": "half of a pair of brackets",
    }.items():
        assert any(re.search(pattern, text) for pattern, name in SIGNS.items() if name == why), text
