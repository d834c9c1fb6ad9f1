"""The arguments of the command line, and their help in the reader's language."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from keepbook import __version__
from keepbook.text import catalogue

say = catalogue("cli")


class Formatter(argparse.HelpFormatter):
    """As argparse's, with the word before the usage in the reader's language."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """As in any formatter."""
        super().add_usage(usage, actions, groups, f"{say('usage')} " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser whose own words are in the reader's language; what it says of wrong ones is argparse's."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(formatter_class=Formatter, **kwargs)
        self._positionals.title, self._optionals.title = say("usage.arguments"), say("usage.options")
        self._option_string_actions["--help"].help = say("usage.help")


def parser() -> Parser:
    """Of all commands; the chosen one is `command`."""
    whole = Parser(prog="keepbook", description=say("about"))
    version = f"keepbook {__version__}"
    whole.add_argument("--version", action="version", version=version, help=say("usage.version"))
    common: Any = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", help=say("debug"))
    several: Any = argparse.ArgumentParser(add_help=False, parents=[common])
    several.add_argument("--language", type=_tags, default=[], **_words("languages"))
    common.add_argument("--language", type=_tag, **_words("language"))
    units: Any = argparse.ArgumentParser(add_help=False)
    units.add_argument("units", nargs="*", **_words("units"))
    commands = whole.add_subparsers(required=True, dest="command", metavar=say("command.name"))

    run = commands.add_parser("run", parents=[several, units], help=say("run"))
    run.add_argument("--only", action="append", default=[], **_words("only"))
    run.add_argument("--jobs", type=_positive, **_words("jobs"))
    run.add_argument("--force", action="store_true", help=say("force"))
    run.add_argument("--reports", type=Path, **_words("reports"))

    export = commands.add_parser("export", parents=[several], help=say("export"))
    export.add_argument("units", nargs="+", help=say("export.units"), metavar=say("units.name"))
    export.add_argument("--as", dest="kind", choices=["xlsx", "pdf", "both"], default="both", help=say("as"))
    export.add_argument("--to", type=Path, **_words("to"))
    export.add_argument("--reports", type=Path, help=say("export.reports"), metavar=say("reports.name"))

    init = commands.add_parser("init", parents=[common], help=say("init"))
    init.add_argument("unit", **_words("unit"))
    init.add_argument("--from", dest="source", required=True, **_words("from"))
    init.add_argument("--customers", **_words("customers-from"))
    for name in ("preset", "timezone", "currency"):
        init.add_argument(f"--{name}", **_words(name))
    init.add_argument("--set", action="append", default=[], **_words("set"))
    init.add_argument("--force", action="store_true", help=say("overwrite"))

    commands.add_parser("check", parents=[common, units], help=say("check"))
    commands.add_parser("list", parents=[several], help=say("list"))
    commands.add_parser("schema", parents=[common], help=say("schema"))
    return whole


def asked_languages(argv: Sequence[str]) -> list[str]:
    """What stands behind --language, needed before `parser`, whose own words are in the first of them."""
    early = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    early.add_argument("--language", type=_tags, default=[])
    try:
        return list(early.parse_known_args(argv)[0].language)
    except argparse.ArgumentError:  # no value, as the parser will say
        return []


def _tags(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, map(str.strip, text.split(",")))))


def _tag(text: str) -> str:
    if len(_tags(text)) != 1:
        raise argparse.ArgumentTypeError(say("language.wrong", text=text))
    return text


def _words(message: str) -> dict[str, Any]:
    """What an argument is for, and what its value is called."""
    return {"help": say(message), "metavar": say(f"{message}.name")}


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(say("jobs.wrong", text=text))
    return int(text)
