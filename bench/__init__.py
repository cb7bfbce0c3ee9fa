"""Measurements, with the baseline that they are held against: `python -m bench [--quick]`.

A part is a module with `measure(quick: bool) -> list[Section]`, and one line in `PARTS`. All parts
are measured in one run; what they return is printed and written to docs/performance.md.
"""
