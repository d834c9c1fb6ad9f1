"""Recognises what an export is: which columns play which role, what statuses mean; and drafts a unit file.

Names are compared with those of `names.yaml`, values with what a role's values look like, whole exports with
the files in `presets/`. Whatever is taken comes with its evidence, and with a word where it is not sure.
"""

from keepbook.drafting.draft import Draft, Part, drafted
from keepbook.drafting.looks import Look, looks_of
from keepbook.drafting.presets import Preset, presets_of
from keepbook.drafting.roles import Found, Guess, recognised
from keepbook.drafting.writing import written

__all__ = [
    "Draft",
    "Found",
    "Guess",
    "Look",
    "Part",
    "Preset",
    "drafted",
    "looks_of",
    "presets_of",
    "recognised",
    "written",
]
