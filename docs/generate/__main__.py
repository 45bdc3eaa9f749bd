"""Writes every generated document into its file."""

from docs.generate import DOCUMENTS, FOLDER

for name, make in DOCUMENTS.items():
    (FOLDER / name).write_text(make(), encoding="utf-8")
