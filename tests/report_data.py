"""Pages with everything a report, an index and an error page have to carry, the hostile included."""

from __future__ import annotations

import html
from types import SimpleNamespace
from typing import Any, cast

import nbformat
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from keepbook.book.record import tsv_of
from keepbook.errors import DataError
from keepbook.page.elements import Chart, Tile, tiles_of
from keepbook.page.html import Foot
from keepbook.plotting.canvas import BLUE, Drawing, draw, read_out
from keepbook.plotting.marks import percent_axis
from keepbook.report import IndexRow, Key, Link, ToDecide, render_error

HOSTILE = '<script>alert(1)</script> "O\'Neil" & 北京客户 😀 <img src=x onerror=alert(2)>'


# ── a report ────────────────────────────────────────────────────────────────────────────────────────────


def curve() -> Drawing:
    """A retention curve as `plotting` draws it, for a screen and for a phone."""

    def paint(ax: Any, narrow: bool) -> None:
        ages = range(1, 13)
        shares = [0.42 * 0.88**age for age in ages]
        ax.plot(ages, shares, color=BLUE)
        ax.set(ylim=(0, None), xlabel="Months since first purchase 留存")
        percent_axis(ax.yaxis)
        said = [f"month {age} | {share:.0%}, {HOSTILE}" for age, share in zip(ages, shares, strict=True)]
        read_out(ax, ages, shares, said)

    return draw("curve", paint)


def html_cell(source: str, html: str, **metadata: object) -> nbformat.NotebookNode:
    """A code cell that displayed HTML."""
    output = new_output("display_data", data={"text/html": html, "text/plain": "<Shown>"})
    return new_code_cell(source, outputs=[output], execution_count=1, metadata=metadata)


def triangle_table() -> str:
    """A wide `.kb-table`, with a hostile name in it as the library would have escaped it."""
    head = "".join(f'<th class="num" scope="col">{age}</th>' for age in range(13))
    rows = ""
    for name in ["2017-01", "2017-02", "2017-03", "Küchen & 厨房", html.escape(HOSTILE)]:
        cells = "".join(f'<td class="num">{40 - 2 * age}.{age} %</td>' for age in range(13))
        rows += f'<tr><th scope="row">{name}</th>{cells}</tr>'
    return (
        f'<div class="kb-table"><table><thead><tr><th scope="col">Cohort</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


UNIT = SimpleNamespace(currency="EUR", alpha=0.05)
TILES = [
    Tile("kept", "Customers kept, month 3", 0.314, "Of those new.", 0.302, 0.326, change=0.027,
         change_lower=0.01, change_upper=0.04, compared="on the quarter before"),
    Tile("nrr", "Net revenue retention", 0.879, "Of a quarter before.", 0.85, 0.908, evidence="curve"),
    Tile("lost", "Customers gone", 1284, "By the rule.", kind="number", basis="22 % of 5,836"),
    Tile("ahead", "Expected in month 12", 0.182, "A projection.", 0.159, 0.207, caveat=HOSTILE),
]  # fmt: skip


def tiles() -> str:
    return tiles_of(TILES, cast("Any", UNIT))


OPENING = """<p class="kb-sub"><bdi>Demo, 演示业务</bdi> ·
<span class="kb-simulated">simulated data</span> · 2016 to 2017</p>
<p class="kb-headline">Two in three new customers never return.</p>"""
VERDICT = """<div class="kb-verdict kb-verdict-wait"><p class="kb-verdict-label">wait until 2017-12-31</p>
<p class="kb-verdict-reason">So far chance alone explains the difference; a customer of the voucher may bring
<span class="kb-together">1.20 EUR</span> more or less.</p></div>"""
FINDINGS = """<ul class="kb-findings">
<li>Of 100 customers who buy for the first time, <strong>31</strong> buy again in the third month
(95 % interval 30 to 33).</li>
<li>Cohorts since April keep <strong>4.1 points fewer</strong> than those before; the difference is larger
than chance explains.</li>
<li>Revenue holds better than customers do: <strong>88 %</strong> of last year's came back.</li></ul>"""
LEDGER = """<details class="kb-ledger"><summary>72,412 rows read, 70,980 kept</summary>
<div class="kb-table"><table>
<thead><tr><th>Rule</th><th class="num">Rows</th><th class="num">Amount</th></tr></thead><tbody>
<tr><td>exact duplicate</td><td class="num">1,002</td><td class="num">18,200.10</td></tr>
<tr><td>no customer</td><td class="num">430</td><td class="num">5,100.00</td></tr></tbody>
<tfoot><tr><td>kept</td><td class="num">70,980</td><td class="num">2,476,811.02</td></tr></tfoot>
</table></div></details>"""
PROVENANCE = """<details class="kb-provenance kb-open-in-print">
<summary>How this page came about</summary><dl>
<dt>Unit file</dt><dd>params/demo.yaml, sha256 3f0c…</dd><dt>Seed</dt><dd>1</dd></dl></details>"""


def figure(title: str) -> str:
    caption = "Share of each month's new customers who buy again. Dashed: not yet over for all of them."
    data = pd.DataFrame({"month": [1, 2], "name": ["a,b", HOSTILE], "share": [0.37, 0.325]})
    chart = Chart("curve", title, caption, curve(), data, "Share who came back, by month")
    return chart.html(Foot("Demo, data to 2017-12-31", tsv_of(data, 7), "curve", "tables/curve.csv").html())


def sample_notebook() -> nbformat.NotebookNode:
    """An executed notebook with everything a report has to carry, the hostile included."""
    stderr = new_output("stream", name="stderr", text="UserWarning: 12 dates lie <after> as_of\n")
    stdout = new_output("stream", name="stdout", text=f"rows in = rows kept + rows left out\n{HOSTILE}\n")
    frame = (
        "<div><style scoped>.dataframe tbody tr th {vertical-align: top;}</style>"
        '<table border="1" class="dataframe"><thead><tr><th></th><th>customers</th><th>kept</th></tr></thead>'
        "<tbody><tr><th>2017-01</th><td>912</td><td>0.314</td></tr></tbody></table></div>"
    )
    cells = [
        new_markdown_cell(
            "# Who stays?\n\nHow many customers come back, for how long, and whether that is getting better. "
            "Calendar months; a customer counts as kept in a month with a purchase in it."
        ),
        new_code_cell('unit: str = "demo"  # stem of a file in params/', metadata={"tags": ["parameters"]}),
        new_code_cell('unit = "grocery"', metadata={"tags": ["injected-parameters"]}),
        html_cell("shop = kb.open(unit)\nshop", OPENING),
        html_cell("shop.decision(strategy.decision)", VERDICT),
        html_cell("shop.findings(shop.cohorts)", FINDINGS),
        html_cell("shop.tiles(shop.cohorts)", tiles()),
        new_markdown_cell(
            "## The first months decide\n\nEach row is a cohort. Read along a row to see it shrink, down a "
            "column to see whether newer cohorts do better. See [the table](#Every-cohort-in-figures)."
        ),
        html_cell("shop.figure(shop.cohorts.heatmap)", figure("Two in three new customers never return")),
        html_cell(
            "shop.identity(shop.cohorts.customers_add_up)",
            '<p class="kb-identity">✓ Cohort sizes sum to 5,836 customers.</p>',
        ),
        new_markdown_cell(
            "### By segment\n\nNothing stands out.\n\n### 按客户分群\n\n中文段落：客户留存率。"
        ),
        html_cell(
            "", '<p class="kb-note">No table of costs: with one, this would show what a kept one costs.</p>'
        ),
        new_markdown_cell(
            "## Every cohort in figures\n\n" + "Patience pays here, as the rows below show. " * 12
        ),
        html_cell("shop.table(shop.cohorts.average_table)", triangle_table() + frame),
        new_code_cell("check(ledger)", outputs=[stdout, stderr]),
        new_markdown_cell("## For analysts\n\nHow it is counted.", metadata={"tags": ["analysts"]}),
        html_cell("shop.table(method)", '<p id="at-method">The method.</p>'),
        new_markdown_cell(
            "## Limits\n\nA *hidden* churn cannot be seen.\n\n| rule | why |\n|---|---|\n| on | plain |"
        ),
        new_markdown_cell(f"## Limits\n\nThe same heading again, and a name: {HOSTILE}"),
        html_cell("shop.close()", LEDGER + PROVENANCE),
        html_cell("secret_plan()", "<p>Not for the report</p>", tags=["remove-report"]),
        html_cell(
            "hostile()",
            f"<p id='hostile'>{HOSTILE}</p>"
            '<img src="https://example.org/a.png" alt="A tracked picture"><img src="//example.org/b.png">'
            '<img srcset="https://example.org/c.png 2x" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'
            '<iframe src="https://example.org"></iframe><link rel="stylesheet" href="https://example.org/x.css">'
            '<script src="https://example.org/x.js"></script><object data="https://example.org/y"></object>'
            "<style>@import url(https://example.org/z.css);</style>"
            '<p style="background:url(https://example.org/p.png)">styled</p>'
            '<svg width="10" height="10"><image href="https://example.org/i.png"/>'
            '<use xlink:href="https://example.org/u.svg#a"/><rect fill="url(https://example.org/f)"/></svg>'
            '<a href="java&#10;script:alert(3)">click</a><a href="https://example.org/read">read</a>'
            '<meta http-equiv="refresh" content="0;url=https://example.org"><base href="https://example.org">'
            '<form action="https://example.org"><button formaction="https://example.org">go</button></form>',
        ),
    ]
    return new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})


# ── an index, an error page ─────────────────────────────────────────────────────────────────────────────


def index_rows(units: int = 6) -> list[IndexRow]:
    """Units in every state, one of them hostile, and two currencies."""
    rows = [
        IndexRow(
            unit=f"unit{number}",
            title=["Grocery", "Cosmetics", "Floral", "Drugstore", "Deli", "Seafood"][number % 6]
            + (f" {number}" if number > 5 else ""),
            about="Department of a US grocery chain, 2,500 households",
            as_of="2017-12-31",
            href=f"unit{number}/index.html",
            figures=[
                _key("kept", "Kept in month 3", (31 + 7 * number % 11) / 100),
                _key("value", "Value ahead", 1000.0 * (9 - number), "EUR" if number % 2 else "USD"),
                Key(
                    "customers",
                    "Customers",
                    f"{1000 * (9 - number):,}",
                    sort=1000.0 * (9 - number),
                    note="with a purchase",
                    change="▲ 12",
                    tone="good",
                ),
            ],
            history=[0.18, 0.14, None, 0.15, 0.09, 0.04 * number],
        )
        for number in range(units - 3)
    ]
    rows.append(
        IndexRow(
            unit="web",
            title="Web shop",
            about="Online orders",
            status="failed",
            as_of="2017-12-31",
            href="web/2_cohort_retention/index.html",
            notebooks=[
                Link(
                    "Cohort retention",
                    "web/2_cohort_retention/error.html",
                    "failed",
                    "The column 'amount' is not in transactions.csv",
                ),
                Link("Cohort retention", "web/2_cohort_retention/index.html", "stale"),
            ],
        )
    )
    rows.append(IndexRow(unit="demo", title="Demo", simulated=True, status="stale"))
    rows.append(
        IndexRow(
            unit="odd",
            title=HOSTILE,
            about=HOSTILE,
            href='a"b.html',
            notebooks=[Link(HOSTILE, 'a"b.html')],
            figures=[
                Key("kept", HOSTILE, HOSTILE, 0.05, 0.01, 0.2, HOSTILE, HOSTILE, "", HOSTILE, "good"),
                Key("value", HOSTILE, HOSTILE, 5.0, group=HOSTILE),
            ],
        )
    )
    return rows


def _key(name: str, label: str, value: float, group: str = "") -> Key:
    text = f"{value:,.0f} {group}" if group else f"{100 * value:.1f} %"
    limits = f"{0.9 * value:.3g}–{1.1 * value:.3g}"
    return Key(name, label, text, value, 0.9 * value, 1.1 * value, limits, group=group)


def decisions() -> list[ToDecide]:
    """Of two currencies and without money, one of them hostile."""
    return [
        ToDecide("Deli", "Loyalty tier: redesign", "deli/6/index.html", "broken"),
        ToDecide("Deli", "Voucher: roll out", "deli/6/index.html", "good", 500.0, "500 EUR a year", "EUR"),
        ToDecide("Grocery", "Call: stop", "grocery/6/index.html", "bad", -9000.0, "9,000 EUR a year", "EUR"),
        ToDecide("Web shop", "Mail: wait", "web/6/index.html", "wait", 100.0, "100 USD a year", "USD"),
        ToDecide(HOSTILE, HOSTILE, 'a"b.html', "wait", 70.0, HOSTILE, "USD"),
    ]


def sample_error(previous: str | None = "index.html") -> str:
    fault = DataError(
        "The column 'amount' is not in transactions.csv.",
        where="params/web.yaml, transactions.columns.amount",
        expected=f"one of: order, customer, day, total, {HOSTILE}",
        do="Write `amount: total` under transactions.columns.",
    )
    return render_error(
        unit="Web shop",
        notebook="Cohort retention",
        error=fault.what,
        where=fault.lines(),
        cell="shop = kb.open(unit)\nshop.opening()  # <b>",
        traceback="\x1b[0;31mKeyError\x1b[0m: 'amount' <b>\n  File \"tables.py\", line 3",
        previous=previous,
        home_link="../../index.html",
    )
