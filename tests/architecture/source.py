"""The product's source as trees: what each module imports and calls."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Module:
    """A source file."""

    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def place(self) -> str:
        """The path inside the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def noun(self) -> str:
        """The folder of chalicelib that it lies in, or its own name."""
        return self.path.relative_to(ROOT).parts[1].removesuffix(".py")

    @cached_property
    def imported(self) -> frozenset[str]:
        """Every module named by an import, anywhere in the file; also `from a import b` as a.b."""
        return frozenset(self._imported())

    def _imported(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (name.name for name in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                assert node.level == 0, f"{self.place} imports from a dot"
                yield node.module
                yield from (f"{node.module}.{name.name}" for name in node.names)

    def imports(self, *packages: str) -> set[str]:
        """Those imports that are of these packages, or inside them."""
        return {
            name
            for name in self.imported
            for package in packages
            if name == package or name.startswith(f"{package}.")
        }

    @cached_property
    def dotted(self) -> frozenset[str]:
        """Every dotted name that is used, such as os.environ."""
        nodes = (node for node in ast.walk(self.tree) if isinstance(node, ast.Attribute))
        return frozenset(ast.unparse(node) for node in nodes)


def modules(*folders: str) -> list[Module]:
    """Every source file below the folders, in order."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return [Module(path) for path in sorted(found) if "node_modules" not in path.parts]
