"""What customers are worth, in key figures."""

from __future__ import annotations

import pandas as pd

from keepbook.clv.page.figures import horizon, shortfall, worth
from keepbook.clv.page.findings import Worth
from keepbook.errors import NotEnoughData
from keepbook.page.elements import Tile
from keepbook.text import _, percent


def value_tiles(found: Worth) -> list[Tile]:
    """Value and purchases of the base, the share still active, and the value of a new customer."""
    if isinstance(found.model, NotEnoughData):
        return []
    assert isinstance(found.outlook, pd.DataFrame) and isinstance(found.active, tuple)
    last, choices = found.outlook.iloc[-1], found.base.choices
    months = horizon(choices)
    return [
        Tile(
            name="base_value",
            label=_("Today's customers bring in {months}").format(months=months),
            value=float(last.value),
            ci_lower=float(last.value_lower),
            ci_upper=float(last.value_upper),
            kind="money",
            headline=True,
            definition=_("Expected {worth}, of all customers seen so far; net of returns.").format(
                worth=worth(choices)
            ),
        ),
        Tile(
            name="base_purchases",
            label=_("Purchases in {months}").format(months=months),
            value=float(last.purchases),
            ci_lower=float(last.purchases_lower),
            ci_upper=float(last.purchases_upper),
            kind="number",
            definition=_("Expected {unit}s with a purchase, of all customers seen so far.").format(
                unit=_(choices.time_unit)
            ),
        ),
        _active_tile(found),
        _newcomer_tile(found),
    ]


def _newcomer_tile(found: Worth) -> Tile:
    assert not isinstance(found.newcomer, NotEnoughData)
    one, choices = found.newcomer, found.base.choices
    definition = _("Expected {worth}, first purchase counted in; the interval is of this mean.")
    definition = definition.format(worth=worth(choices))
    less = shortfall(None if isinstance(found.seen, NotEnoughData) else found.seen)
    caveat = ""
    if less is not None:
        text = _("Newcomers of late brought {ratio} of what the model says.")
        caveat = text.format(ratio=percent(less.seen / less.expected, 0))
    return Tile(
        name="new_customer_value",
        label=_("A new customer brings in {months}").format(months=horizon(choices)),
        value=one.value,
        ci_lower=one.lower,
        ci_upper=one.upper,
        kind="money",
        headline=True,
        definition=definition,
        caveat=caveat,
    )


def _active_tile(found: Worth) -> Tile:
    assert isinstance(found.active, tuple) and not isinstance(found.model, NotEnoughData)
    text = _("Mean probability of not having left for good ({model}): who is active may still buy seldom.")
    if found.model.process.key == "bg_nbd":
        text = _(
            "Mean probability of not having left for good. {model} counts all who bought once as active."
        )
    share, lower, upper = found.active
    return Tile(
        name="active_share",
        label=_("Customers still active"),
        value=share,
        ci_lower=lower,
        ci_upper=upper,
        definition=text.format(model=found.model.process.label),
    )
