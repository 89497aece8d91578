"""The code as a house: sizes, layers and the arrows between rooms, for whoever reviews it."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.test_rooms import APP, LAYERS, PURE, ROOMS, is_of_feature, layer_of
from tests.harness.server import ROOT

FIELD = "note"  # a field of annotations that people type: where it stands, a new one has to


def main() -> None:
    """Print the figures."""
    modules = [path for path in sorted(APP.rglob("*.py")) if path.read_text().strip()]
    lines = sorted(len(path.read_text().splitlines()) for path in modules)
    functions = sorted(size for path in modules for size in sizes_of_functions(path))
    print(f"modules of app/: {len(modules)}, {sum(lines):,} lines")
    print(f"  lines of one: median {middle(lines)}, p90 {tenth(lines)}, most {lines[-1]}")
    print(f"  over 300: {over(300, lines)}, over 400: {over(400, lines)}")
    print(f"functions: {len(functions):,}")
    print(
        f"  lines of one: median {middle(functions)}, p90 {tenth(functions)}, most {functions[-1]}"
    )
    features = [path for path in modules if is_of_feature(path)]
    pure = [path for path in features if layer_of(path) == PURE]
    print(
        f"modules of features: {len(features)}, in a layer {len(features) - len(pure)}, "
        f"pure {len(pure)}"
    )
    for layer in LAYERS:
        print(f"  {layer}: {sum(layer_of(path) == LAYERS[layer] for path in features)}")
    arrows = sorted(set(arrows_between_rooms(modules)))
    back = [pair for pair in arrows if ROOMS.index(pair[0]) < ROOMS.index(pair[1])]
    print(
        f"rooms: {len(ROOMS)}, arrows between them {len(arrows)}, against their order {len(back)}"
    )
    places = list(places_of(FIELD))
    print(f"places that name the field {FIELD!r}: {len(places)}")
    for path in places:
        print(f"  {path.relative_to(ROOT)}")


def sizes_of_functions(path: Path) -> Iterator[int]:
    """Yield how many lines each function of a module has."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or node.lineno) - node.lineno + 1


def arrows_between_rooms(modules: list[Path]) -> Iterator[tuple[str, str]]:
    """Yield each pair of a room and another one that it imports."""
    for path in modules:
        room = path.relative_to(APP).parts[0]
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app."):
                other = str(node.module).split(".")[1]
                if room in ROOMS and other in ROOMS and other != room:
                    yield room, other


def places_of(field: str) -> Iterator[Path]:
    """Yield the files of the application and its pages that name a field of annotations."""
    names = (f"{field}", f"typed_{field}")
    for path in sorted(APP.rglob("*.py")):
        if path.is_relative_to(APP / "text"):
            continue  # there a note is a footnote
        for node in ast.walk(ast.parse(path.read_text())):
            is_name = isinstance(node, ast.Name | ast.Attribute | ast.arg | ast.keyword)
            words = (
                {getattr(node, key, None) for key in ("id", "attr", "arg")} if is_name else set()
            )
            if isinstance(node, ast.Constant):
                words = {node.value} if isinstance(node.value, str) else set()
            if words & set(names):
                yield path
                break
    for path in sorted((ROOT / "templates").rglob("*.html")):
        if f".{field}" in path.read_text() or f'"{field}"' in path.read_text():
            yield path


def middle(numbers: list[int]) -> int:
    """Return the median, rounded down."""
    return int(statistics.median(numbers))


def tenth(numbers: list[int]) -> int:
    """Return what nine of ten are at most; the numbers ascend."""
    return numbers[len(numbers) * 9 // 10]


def over(limit: int, numbers: list[int]) -> int:
    """Return how many are over a limit."""
    return sum(number > limit for number in numbers)


if __name__ == "__main__":
    main()
