"""docs/adding-a-page.md, followed to the letter in a copy of the library."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
GUIDE = PROJECT / "docs" / "adding-a-page.md"
FOLDER = "lib/keepbook/returns"
# A file, in a heading or before its code.
NAMED = re.compile(r"^(?:## .*|\w+: )`(lib/[\w/]+\.\w+)`|^`(\w+\.py)`:")
ASKED = """
import keepbook as kb
shop = kb.open("demo")
print(*shop.findings(shop.returns).text.splitlines(), shop.figure(shop.returns.chart).text, sep="\\n")
print(shop.identity(shop.returns.money_adds_up).text)
print(shop.identity(shop.returns.sales_add_up).text)
print(*kb.open("demo", language="zh").returns.findings)
"""


def files_of_the_guide() -> dict[str, str]:
    """Path → the code that follows where it is named."""
    found, path, code = dict[str, str](), "", None
    for line in GUIDE.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.startswith("```"):
            if code is not None and path:
                found[path], path = "".join(code), ""
            code = [] if code is None else None
        elif code is not None:
            code.append(line)
        elif named := NAMED.match(line):
            path = named[1] or f"{FOLDER}/page/{named[2]}"
    return found


def test_the_page_of_the_guide_is_made(tmp_path: Path) -> None:
    library = tmp_path / "lib" / "keepbook"
    shutil.copytree(PROJECT / "lib" / "keepbook", library, ignore=shutil.ignore_patterns("__pycache__"))
    pieces = files_of_the_guide()
    assert set(pieces) == {
        f"{FOLDER}/__init__.py",
        f"{FOLDER}/analysis.py",
        f"{FOLDER}/page/facts.py",
        f"{FOLDER}/page/figures.py",
        "lib/keepbook/text/en/returns.ftl",
        "lib/keepbook/text/zh/returns.ftl",
    }
    (library / "returns" / "page").mkdir(parents=True)
    (library / "returns" / "page" / "__init__.py").write_text('"""Returns, as a page."""\n')
    for path, code in pieces.items():
        (tmp_path / path).write_text(code, encoding="utf-8")
    book = library / "book" / "__init__.py"
    line = re.search(r'`("returns": "ReturnAnalysis")`', GUIDE.read_text())
    assert line is not None
    book.write_text(book.read_text(encoding="utf-8").replace("SUBJECTS = {", f"SUBJECTS = {{{line[1]}, ", 1))
    done = subprocess.run(
        [sys.executable, "-c", ASKED],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={"PYTHONPATH": str(tmp_path / "lib"), "PATH": "", "HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    finding, title, money, sold, chinese = done.stdout.splitlines()
    assert re.fullmatch(r"\d{4}年\d+月的售出金额中有\d+\.\d%被退回，全部月份合计为\d+\.\d%。", chinese)
    assert re.fullmatch(
        r"In \d{4}-\d\d, \d+\.\d % of what was sold came back\. Over all months it was \d+\.\d %\.", finding
    )
    assert re.fullmatch(r"At most \d+\.\d % of a month's money came back", title)
    assert money.startswith("sold − returned = money of all purchases: ")
    assert sold.startswith("sold, all months = money of purchases before returns: ")
