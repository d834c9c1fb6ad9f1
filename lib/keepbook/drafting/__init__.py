"""Recognises what an export is: which columns play which role, what statuses mean; and drafts a unit file.

Names are compared with those of `names.yaml`, values with what a role's values look like, whole exports with
the files in `presets/`. Whatever is taken comes with its evidence, and with a word where it is not sure.
"""
