"""A unit's reports to take away: one workbook for a spreadsheet program, one document for paper and mail.

Both are made from what a run left on disk, so that they say what the pages say. `reports` reads that;
`workbook` writes the XLSX (`contents` its first sheet, `sheets` names and cells, `columns` what stands over a
column); `document` puts the pages together and `chromium` prints them.
"""

from keepbook.export.chromium import find_chromium
from keepbook.export.document import write_document
from keepbook.export.reports import Report, UnitReports, read_reports
from keepbook.export.workbook import write_workbook
