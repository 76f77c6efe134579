"""The vault in a dictionary: as `S3Vault`, the first content under a name is the one that counts.

Kept honest by tests/unit/audit/test_vault.py, which runs against this and the adapter.
"""

from collections.abc import Callable, Sequence


class FakeVault:
    """`files` may be tampered with; `before` may raise to play a fault.

    `laid_over` is what a newer version (None: a delete marker) shows instead of the first one.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.laid_over: dict[str, bytes | None] = {}
        self.writes: list[str] = []
        self.before: Callable[[str, str], None] = lambda _operation, _name: None

    def names(self, prefix: str, *, after: str = "") -> Sequence[str]:
        self.before("names", prefix)
        return sorted(name for name in self.files if name.startswith(prefix) and name > after)

    def read(self, name: str) -> bytes | None:
        self.before("read", name)
        return self.files.get(name)

    def topmost(self, name: str) -> bytes | None:
        self.before("topmost", name)
        return self.laid_over.get(name, self.files.get(name))

    def write(self, name: str, content: bytes) -> bool:
        self.before("write", name)
        if name in self.files:
            return False
        self.writes.append(name)
        self.files[name] = content
        return True
