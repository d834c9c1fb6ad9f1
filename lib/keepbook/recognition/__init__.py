"""Recognises what an export is: which columns play which role, what statuses mean; and drafts a unit file.

Names are compared with those of `names.yaml`, values with what a role's values look like, whole exports with
the files in `presets/`. Whatever is taken comes with its evidence, and with a word where it is not sure.
"""

from keepbook.recognition.draft import Draft, Part, drafted
from keepbook.recognition.looks import Look, looks_of
from keepbook.recognition.presets import Preset, presets_of
from keepbook.recognition.roles import Found, Guess, recognised
from keepbook.recognition.writing import written

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
