"""Reports are self-contained, inert towards hostile data, and complete."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import re
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from keepbook.errors import DataError
from keepbook.report import ASSETS, IndexRow, Key, Link, render, render_error, render_index

HOSTILE = '<script>alert(1)</script> "O\'Neil" & 北京客户 😀 <img src=x onerror=alert(2)>'


def heatmap() -> str:
    """A retention triangle drawn as `charts` draws it: SVG, text as text, colours by custom property."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "x", "font.family": "sans-serif"}):
        figure, axes = plt.subplots(figsize=(9.2, 4.6))
        shares = [[0.42 * 0.88**age - 0.011 * row for age in range(12 - row)] for row in range(10)]
        for row, line in enumerate(shares):
            for age, share in enumerate(line):
                axes.add_patch(plt.Rectangle((age, row), 0.96, 0.94, color=plt.cm.viridis_r(share * 2)))
                ink = "white" if share > 0.2 else "#1b2530"
                axes.text(age + 0.48, row + 0.5, f"{share:.0%}", ha="center", va="center", size=8, color=ink)
        axes.set(xlim=(0, 12), ylim=(10, 0), xlabel="Months since first purchase", ylabel="First purchase")
        axes.set_xticks([age + 0.48 for age in range(12)], range(1, 13))
        axes.set_yticks([row + 0.47 for row in range(10)], [f"2017-{row + 1:02d}" for row in range(10)])
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        axes.patch.set_alpha(0)
        figure.patch.set_alpha(0)
        file = io.StringIO()
        figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None})
        plt.close(figure)
    svg = file.getvalue()
    return svg[svg.index("<svg") :].replace(
        '<g id="figure_1">', '<g id="figure_1" fill="var(--kb-ink, #111)">'
    )


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


TILES = [
    (
        "Customers kept, month 3",
        "31.4 %",
        "[30.2 %, 32.6 %]",
        "▲ 2.7 points on the quarter before",
        "kb-good",
    ),
    ("Net revenue retention", "87.9 %", "[85.0 %, 90.8 %]", "▼ 1.1 points on the quarter before", "kb-bad"),
    ("Customers gone", "1,284", "22.0 % of 5,836", "no sound change", ""),
    ("Expected in month 12", "18.2 %", "[15.9 %, 20.7 %]", "projection, six months checked", "kb-warn"),
]


def tiles() -> str:
    body = "".join(
        f'<div class="kb-tile"><p class="kb-tile-label">{label}</p><p class="kb-tile-value">{value}</p>'
        f'<p class="kb-tile-interval">{interval}</p><p class="kb-tile-change {tone}">{change}</p>'
        '<p class="kb-tile-note">calendar months, on-rule</p></div>'
        for label, value, interval, change, tone in TILES
    )
    return f'<div class="kb-tiles">{body}</div>'


BANNER = """<div class="kb-banner"><p class="kb-banner-title">Demo, 演示业务</p>
<p class="kb-banner-facts"><span>Purchases <b>2016-01-01</b> to <b>2017-12-31</b></span>
<span>Data as of <b>2017-12-31</b></span></p><span class="kb-simulated">simulated data</span></div>"""

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
    return (
        f'<figure class="kb-figure"><h4 class="kb-figure-title">{title}</h4>'
        f"{heatmap()}<figcaption>Share of each month's new customers who buy again. Hatched cells are not "
        'yet over for all of it.</figcaption><a class="kb-data" href="tables/retention.csv">Data (CSV)</a>'
        "</figure>"
    )


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
        html_cell("book = Book(unit)\nbook", BANNER + LEDGER),
        html_cell("book.verdict(*verdict)", VERDICT),
        html_cell("book.findings(retention)", FINDINGS),
        html_cell("book.tiles(retention)", tiles()),
        new_markdown_cell(
            "## The first months decide\n\nEach row is a cohort. Read along a row to see it shrink, down a "
            "column to see whether newer cohorts do better. See [the table](#Every-cohort-in-figures)."
        ),
        html_cell("charts.heatmap(retention)", figure("Two in three new customers never return")),
        html_cell(
            "retention.identity()", '<p class="kb-identity">✓ Cohort sizes sum to 5,836 customers.</p>'
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
        html_cell("retention.table()", triangle_table() + frame),
        new_code_cell("check(ledger)", outputs=[stdout, stderr]),
        new_markdown_cell(
            "## Limits\n\nA *hidden* churn cannot be seen.\n\n| rule | why |\n|---|---|\n| on | plain |"
        ),
        new_markdown_cell(f"## Limits\n\nThe same heading again, and a name: {HOSTILE}"),
        html_cell("book.provenance()", PROVENANCE),
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


@pytest.fixture(scope="module")
def page() -> str:
    return render(sample_notebook(), title="Demo: who stays", home_link="../../index.html")


@pytest.fixture(scope="module")
def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "html.parser")


def index_rows(units: int = 6) -> list[IndexRow]:
    """Units in every state, one of them hostile."""
    line = '<polyline points="0,18 20,14 40,15 60,9 80,10 100,4" fill="none" stroke="currentColor"/>'
    spark = f'<svg viewBox="0 0 100 22" role="img" aria-label="rising">{line}</svg>'
    rows = [
        IndexRow(
            unit=f"unit{number}",
            title=["Grocery", "Cosmetics", "Floral", "Drugstore", "Deli", "Seafood"][number % 6]
            + (f" {number}" if number > 5 else ""),
            about="Department of a US grocery chain, 2,500 households",
            as_of="2017-12-31",
            generated_at="2025-03-02 14:10",
            notebooks=[Link("Cohort retention", f"unit{number}/2_cohort_retention/index.html")],
            figures=[
                Key(
                    "Kept in month 3",
                    f"{31 + 7 * number % 11}.4 %",
                    "[30.2 %, 32.6 %]",
                    sort=31 + 7 * number % 11,
                ),
                Key("Net revenue retention", f"{80 + number}.0 %", "[79 %, 91 %]", sort=80.0 + number),
                Key(
                    "Customers",
                    f"{1000 * (9 - number):,}",
                    note="with a purchase",
                    sort=1000.0 * (9 - number),
                ),
            ],
            spark=spark,
        )
        for number in range(units - 3)
    ]
    rows.append(
        IndexRow(
            unit="web",
            title="Web shop",
            about="Online orders",
            status="failed",
            note="The column 'amount' is not in transactions.csv",
            as_of="2017-12-31",
            generated_at="2025-03-02 14:11",
            notebooks=[
                Link("Cohort retention", "web/2_cohort_retention/error.html", "failed"),
                Link("Cohort retention", "web/2_cohort_retention/index.html", "stale"),
            ],
        )
    )
    rows.append(
        IndexRow(unit="demo", title="Demo", simulated=True, status="stale", note="The unit file changed")
    )
    rows.append(
        IndexRow(
            unit="odd",
            title=HOSTILE,
            about=HOSTILE,
            note="",
            notebooks=[Link(HOSTILE, 'a"b.html')],
            figures=[Key("Kept in month 3", HOSTILE, HOSTILE, HOSTILE, sort=5.0)],
            spark="<svg><script>alert(4)</script></svg>",
        )
    )
    return rows


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
        cell="with open_tables(unit) as tables:\n    book = Book(tables)  # <b>",
        traceback="\x1b[0;31mKeyError\x1b[0m: 'amount' <b>\n  File \"tables.py\", line 3",
        previous=previous,
        home_link="../../index.html",
    )


EVERY_PAGE = [
    pytest.param(lambda: render(sample_notebook(), title="T"), id="report"),
    pytest.param(lambda: render_index(index_rows(), generated_at="now", version="1"), id="index"),
    pytest.param(sample_error, id="error"),
]


@pytest.mark.parametrize("make", EVERY_PAGE)
def test_nothing_is_loaded(make) -> None:
    soup = BeautifulSoup(make(), "html.parser")
    assert not soup.find_all(["iframe", "object", "embed", "base"])
    for tag in soup.find_all(True):
        for name in ("src", "srcset", "href", "xlink:href", "data", "poster", "action", "formaction"):
            if tag.has_attr(name) and tag.name != "a":
                assert str(tag[name]).startswith(("#", "data:")), tag
        assert not [name for name in tag.attrs if name.startswith("on")], tag
    assert not re.search(r"@import|url\((?!#)", make())


@pytest.mark.parametrize("make", EVERY_PAGE)
def test_only_the_pages_own_script_may_run(make) -> None:
    soup = BeautifulSoup(make(), "html.parser")
    (script,) = soup.find_all("script")
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    digest = base64.b64encode(hashlib.sha256(script.string.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "script-src 'unsafe" not in policy
    # A policy holds only for what follows it.
    assert [tag.name for tag in soup.head.find_all(True)].index("style") > 1


@pytest.mark.parametrize("make", EVERY_PAGE)
def test_ids_are_unique_and_headings_in_order(make) -> None:
    soup = BeautifulSoup(make(), "html.parser")
    ids = [tag["id"] for tag in soup.find_all(id=True) if not tag.find_parent("svg")]
    assert len(ids) == len(set(ids))
    levels = [int(tag.get("aria-level", tag.name[1])) for tag in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))
    assert soup.html["lang"] == "en"


def test_hostile_text_is_text(page: str, soup: BeautifulSoup) -> None:
    assert "alert(1)" not in soup.script.string
    assert soup.find(string=re.compile(re.escape("Küchen & 厨房")))
    names = [tag.get_text() for tag in soup.select(".kb-table tbody th")]
    assert HOSTILE in names
    assert any(HOSTILE in tag.get_text() for tag in soup.select(".kb-output > pre"))


def test_an_image_from_elsewhere_leaves_its_alt_text(soup: BeautifulSoup) -> None:
    image = soup.find("img", alt="A tracked picture")
    assert image is not None and not image.has_attr("src")
    kept = soup.find("img", src=re.compile("^data:image/gif"))
    assert kept is not None and not kept.has_attr("srcset")


def test_links_stay_but_scripts_in_them_do_not(soup: BeautifulSoup) -> None:
    assert soup.find("a", string="read")["href"] == "https://example.org/read"
    assert not soup.find("a", string="click").has_attr("href")
    assert soup.select_one("a.kb-data")["href"] == "tables/retention.csv"


def test_local_paint_survives() -> None:
    drawing = '<svg><rect fill="url(#g)" style="clip-path: url(\'#c\')" stroke="var(--kb-ink)"/></svg>'
    soup = BeautifulSoup(render(new_notebook(cells=[html_cell("x", drawing)]), title="T"), "html.parser")
    rect = soup.find("rect")
    assert rect["fill"] == "url(#g)" and rect["style"] == "clip-path: url('#c')"


def test_contents_lead_to_unique_headings(soup: BeautifulSoup) -> None:
    links = soup.select(".kb-toc-side a")
    texts = [link.get_text() for link in links]
    assert texts == [
        "The first months decide", "By segment", "按客户分群", "Every cohort in figures", "Limits", "Limits",
    ]  # fmt: skip
    targets = [heading["id"] for heading in soup.main.find_all(["h2", "h3"])]
    assert len(set(targets)) == len(texts)
    assert targets[2] == "按客户分群"
    assert targets[3] == "Every-cohort-in-figures"  # the form markdown links use
    assert [unquote(link["href"])[1:] for link in links] == targets
    assert [link["href"] for link in soup.select(".kb-toc-fold a")] == [link["href"] for link in links]


def test_heading_avoids_an_id_that_is_taken() -> None:
    cells = [html_cell("x", '<p id="Limits">taken</p><h2>Limits</h2><h2>?!</h2><h2> </h2>')]
    soup = BeautifulSoup(render(new_notebook(cells=cells), title="T"), "html.parser")
    assert [tag.get("id") for tag in soup.main.find_all("h2")] == ["Limits-2", "section", None]
    assert len(soup.select(".kb-toc-side a")) == 2


def test_code_is_folded_but_there(soup: BeautifulSoup) -> None:
    code = soup.select("details.kb-code")
    assert not [cell for cell in code if cell.has_attr("open")]
    summaries = [cell.summary.get_text().strip() for cell in code]
    assert "Code: parameters" in summaries
    assert "Code: parameters of this run" in summaries
    assert "charts.heatmap(retention)" in [cell.pre.get_text().strip() for cell in code]
    assert "In [" not in soup.main.get_text() and "In\xa0[" not in soup.main.get_text()
    assert soup.find(id="kb-show-code")["aria-pressed"] == "false"


def test_cells_not_for_the_report_are_gone(page: str) -> None:
    assert "Not for the report" not in page and "secret_plan" not in page


def test_warnings_are_folded(soup: BeautifulSoup) -> None:
    (messages,) = soup.select("details.kb-messages")
    assert messages.summary.get_text() == "Messages"
    assert "12 dates lie <after> as_of" in messages.pre.get_text()


def test_wide_things_scroll_by_themselves(soup: BeautifulSoup) -> None:
    drawing = soup.select_one("figure.kb-figure > .kb-scroll > svg")
    assert re.match(r"--kb-natural:[\d.]+pt", drawing["style"])
    assert all(table.find_parent(class_=["kb-scroll", "kb-table"]) for table in soup.find_all("table"))
    assert not soup.select(".kb-table .kb-scroll")


def test_title_becomes_the_heading_where_there_is_none() -> None:
    page = render(new_notebook(cells=[new_markdown_cell("# One\n\n# Two")]), title="T")
    assert [tag.name for tag in BeautifulSoup(page, "html.parser").main.find_all(re.compile("^h"))] == [
        "h1",
        "h2",
    ]
    page = render(new_notebook(cells=[]), title=HOSTILE)
    soup = BeautifulSoup(page, "html.parser")
    assert soup.h1.get_text() == HOSTILE and soup.title.get_text() == HOSTILE
    assert not soup.select(".kb-toc")


def test_outputs_that_need_a_script_fall_back_to_text() -> None:
    data = {"application/javascript": "alert(5)", "text/plain": "<Chart>"}
    cell = new_code_cell("x", outputs=[new_output("display_data", data=data)])
    page = render(new_notebook(cells=[cell]), title="T")
    assert "alert(5)" not in page and "&lt;Chart&gt;" in page


def test_svg_output_is_inline_and_searchable() -> None:
    svg = '<?xml version="1.0"?><!DOCTYPE svg><!-- c --><svg width="300"><text>留存</text></svg>'
    cell = new_code_cell("x", outputs=[new_output("display_data", data={"image/svg+xml": svg})])
    page = render(new_notebook(cells=[cell]), title="T")
    assert "留存</text>" in page and "--kb-natural:300px" in page
    assert "<?xml" not in page and page.count("DOCTYPE") == 1 and "<!-- c" not in page


def test_the_notebook_is_left_as_it_was() -> None:
    notebook = sample_notebook()
    before = nbformat.writes(notebook)
    render(notebook, title="T")
    assert nbformat.writes(notebook) == before


def test_page_without_figures_is_small() -> None:
    notebook = sample_notebook()
    notebook.cells = [cell for cell in notebook.cells if "heatmap" not in cell.source]
    assert len(render(notebook, title="T").encode()) < 120_000


def test_index_puts_equal_figures_under_one_heading() -> None:
    soup = BeautifulSoup(render_index(index_rows(), generated_at="2025-03-02", version="9.9"), "html.parser")
    heads = [head.get_text() for head in soup.select("thead th")]
    assert heads == [
        "Unit", "Kept in month 3", "Net revenue retention", "Customers",
        "First figure, cohort by cohort", "State", "Reports",
    ]  # fmt: skip
    assert {len(row.find_all(["th", "td"])) for row in soup.select("tbody tr")} == {len(heads)}
    assert "6 business units, 1 failed, 1 out of date" in soup.select_one(".kb-lead").get_text()
    assert "9.9" in soup.footer.get_text()
    first = soup.select("tbody tr")[0]
    assert [cell.get("data-value") for cell in first.select(".kb-key")] == ["31", "80.0", "9000.0"]


def test_index_marks_failures_and_simulations() -> None:
    soup = BeautifulSoup(render_index(index_rows(), generated_at="now", version="1"), "html.parser")
    failed = soup.select_one(".kb-row-failed")
    assert failed.select_one(".kb-status").get_text() == "Failed"
    assert "column 'amount'" in failed.select_one(".kb-reason").get_text()
    links = {link["href"]: link.find_parent("li").get_text(" ", strip=True) for link in failed.select("li a")}
    assert links["web/2_cohort_retention/error.html"].endswith("why it failed")
    assert links["web/2_cohort_retention/index.html"].endswith("last good report")
    assert failed.select_one(".kb-unit-title a")["href"] == "web/2_cohort_retention/index.html"
    (badge,) = soup.select(".kb-simulated")
    assert badge.find_parent("tr")["data-search"].startswith("demo")


def test_index_escapes_everything() -> None:
    soup = BeautifulSoup(render_index(index_rows(), generated_at=HOSTILE, version=HOSTILE), "html.parser")
    row = soup.select("tbody tr")[-1]
    assert row.select_one(".kb-unit-title").get_text() == HOSTILE
    assert [tag.get_text() for tag in row.select(".kb-key small")] == [HOSTILE]
    assert HOSTILE in [tag.get_text() for tag in soup.select(".kb-legend dd")]
    assert row.select_one("a")["href"] == 'a"b.html'
    assert not row.select("script") and not soup.select("img")


@pytest.mark.parametrize(("units", "there"), [(8, False), (9, True)])
def test_index_offers_a_filter_when_there_are_many(units: int, there: bool) -> None:
    page = render_index(index_rows(units), generated_at="now", version="1")
    assert ('id="kb-filter"' in page) is there


def test_index_without_units_says_what_to_do() -> None:
    assert "keepbook run" in render_index([], generated_at="now", version="1")


def test_error_page_says_what_where_and_what_to_do() -> None:
    soup = BeautifulSoup(sample_error(), "html.parser")
    assert soup.h1.get_text() == "Cohort retention could not be made for Web shop"
    assert (
        soup.select_one(".kb-cause").get_text(strip=True) == "The column 'amount' is not in transactions.csv."
    )
    lines = dict(
        zip((t.get_text() for t in soup.select("dt")), (t.get_text() for t in soup.select("dd")), strict=True)
    )
    assert lines["Where"] == "params/web.yaml, transactions.columns.amount"
    assert lines["What was expected"].endswith(HOSTILE)
    assert lines["What to do"].startswith("Write `amount: total`")
    assert "book = Book(tables)  # <b>" in soup.select_one(".kb-failed-cell pre").get_text()
    fold = soup.select_one("details.kb-traceback")
    assert not fold.has_attr("open") and "KeyError: 'amount' <b>" in fold.pre.get_text()
    assert soup.select_one(".kb-previous a")["href"] == "index.html"
    assert soup.select_one(".kb-home")["href"] == "../../index.html"


def test_error_page_leaves_out_what_is_not_known() -> None:
    page = render_error(unit="u", notebook="n", error="The run was stopped.", where=[])
    soup = BeautifulSoup(page, "html.parser")
    assert not soup.select("dl, .kb-previous, .kb-failed-cell, .kb-traceback, .kb-home")


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"(--kb-[a-z-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_formula_on_the_standard_example() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(
        4.48, abs=0.01
    )  # just fails AA, as WebAIM documents


def test_colours_are_legible_in_light_and_dark_and_both_dark_sets_agree() -> None:
    css = (Path(ASSETS) / "page.css").read_text(encoding="utf-8")
    light, dark, forced = (tokens(part) for part in re.findall(r"\{([^{}]*--kb-paper:[^{}]*)\}", css))
    assert dark == forced and light.keys() == dark.keys()
    for mode in (light, dark):
        for text in ("ink", "muted", "accent", "good", "bad", "warn"):
            for ground in ("paper", "raised"):
                assert contrast(mode[f"--kb-{text}"], mode[f"--kb-{ground}"]) >= 4.5, (text, ground)
        for tone in ("accent", "good", "bad", "warn"):
            assert contrast(mode[f"--kb-{tone}"], mode[f"--kb-{tone}-soft"]) >= 4.5, tone
