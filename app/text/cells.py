"""Text cells that a spreadsheet cannot run, the same in every format."""

# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection"). The apostrophe
# is here too, so that taking one away always gives the original.
_DANGEROUS = frozenset("=+-@\t\r＝＋－＠'")


def guard(cell: str) -> str:
    """Return a text cell with an apostrophe before it if a spreadsheet could run it."""
    return "'" + cell if cell and cell[0] in _DANGEROUS else cell


def unguard(cell: str) -> str:
    """Return what `guard` was given."""
    return cell.removeprefix("'")
