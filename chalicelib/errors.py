"""Everything that may go wrong and is somebody's to mend, as one tree.

PaperTrailError
├── Invalid            the request says something that cannot be (which field, and what would do)
├── Unauthenticated    nobody, or nobody any more, is signed in
│   └── SignInRefused  user name and password do not go together
├── Forbidden          you see it, but this is not yours to do
├── NotFound           it is not there, or not for you to know of
├── Conflict           the state of things forbids it; says which thing
│   ├── NameTaken      a sibling bears the name
│   ├── InTrash        it, or a folder above it, lies in the trash
│   └── LastOfItsKind  removing it would lock everyone out
├── Stale              it changed since you read it (If-Match)
├── MatchRequired      say what you read (If-Match is missing)
├── Unprocessable      well-formed, but its bytes or its reuse contradict what was declared
│   ├── WrongBytes     the uploaded bytes are not the declared ones
│   └── KeyReused      an Idempotency-Key came with another body
├── Expired            an upload link or token is past its time
├── TooLarge           over a stated limit
├── Unreadable         a body of another media type than the one that is read
├── Throttled          too many attempts; says how long to wait
├── NotReady           it exists but may not be opened yet (scan or verification pending)
├── Busy               others are writing the same thing; try again
└── Unavailable        AWS did not answer, or asks for a pause; try again
"""

from collections.abc import Mapping


class PaperTrailError(Exception):
    """A refusal with facts. `detail` is a sentence for a person; `facts` are JSON values."""

    def __init__(self, detail: str, **facts: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts: Mapping[str, object] = facts


class Invalid(PaperTrailError):
    """The request cannot be meant. `errors` lists {"field", "problem"}."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}", errors=[{"field": field, "problem": problem}])


class Unauthenticated(PaperTrailError):
    """Nobody is signed in, or the session has ended."""

    def __init__(self, detail: str = "Sign in to continue.") -> None:
        super().__init__(detail)


class SignInRefused(Unauthenticated):
    """User name and password do not go together; says no more, on purpose."""

    def __init__(self) -> None:
        super().__init__("The user name or the password is not right.")


class Forbidden(PaperTrailError):
    """The person may see the thing, but may not do this to it."""


class NotFound(PaperTrailError):
    """There is no such thing, or none that this person may know of: the two look alike."""

    def __init__(self, kind: str = "thing") -> None:
        super().__init__(f"There is no such {kind}, or you may not see it.")


class Conflict(PaperTrailError):
    """The present state forbids the change; nothing has happened."""


class NameTaken(Conflict):
    """A sibling bears the same name (compared after NFC and case folding)."""

    def __init__(self, name: str, *, kind: str, existing_id: str | None) -> None:
        super().__init__(
            f"“{name}” already exists here. Choose another name, or change the existing {kind}.",
            name=name,
            existing_kind=kind,
            existing_id=existing_id,
        )


class InTrash(Conflict):
    """The object, or a folder above it, is in the trash."""

    def __init__(self) -> None:
        super().__init__("This is in the trash. Restore it before you change it.")


class LastOfItsKind(Conflict):
    """The change would leave nobody able to undo it."""


class Stale(PaperTrailError):
    """If-Match names an older state than the present one; nothing has happened."""

    def __init__(self) -> None:
        super().__init__("Somebody changed this since you read it. Reload, and try again.")


class MatchRequired(PaperTrailError):
    """An update came without If-Match."""

    def __init__(self) -> None:
        super().__init__("Send If-Match with the ETag that you read, so no change is lost.")


class Unprocessable(PaperTrailError):
    """Well-formed, but it contradicts something declared before."""


class WrongBytes(Unprocessable):
    """The bytes that arrived are not the bytes that were declared."""


class KeyReused(Unprocessable):
    """An Idempotency-Key was used before with another request."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used with another request. Make a new key.")


class Expired(PaperTrailError):
    """An upload or a link is past its time."""


class TooLarge(PaperTrailError):
    """Over a limit; the facts name it in bytes."""


class Unreadable(PaperTrailError):
    """A body of another media type than the one that is read."""


class Throttled(PaperTrailError):
    """Too many attempts. `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            f"Too many attempts. Try again in {retry_after} seconds.", retry_after=retry_after
        )


class NotReady(PaperTrailError):
    """The version exists, but must not be opened (yet)."""


class Busy(PaperTrailError):
    """Others are changing the same thing this very moment; the same request may be sent again."""

    def __init__(self) -> None:
        super().__init__("Others are changing this right now. Try again in a moment.")


class Unavailable(PaperTrailError):
    """AWS failed or was silent; whether the request was carried out is not known.

    Only the door raises it: whoever catches refusals may take it that nothing has happened.
    """

    def __init__(self) -> None:
        super().__init__(
            "The storage did not answer in time. What was confirmed is safe. Send the same request "
            "again in a moment."
        )
