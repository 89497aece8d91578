"""Text cells that a spreadsheet cannot run, the same in every format."""

# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection"). The apostrophe
# is here too, so that taking one away always gives the original.
_DANGEROUS = frozenset("=+-@\t\r＝＋－＠'")


def guard(cell: str) -> str:
    """Return a text cell with an apostrophe before it if a spreadsheet could run it."""
    return "'" + cell if cell and cell[0] in _DANGEROUS else cell


def unguard(cell: str) -> str:
    """Return what `guard` was given; a cell that it would not have written stays as it is."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _DANGEROUS else cell
