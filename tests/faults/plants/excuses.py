"""Guards that no test can miss, each with the reason: reviewed by hand, few on purpose."""

from collections.abc import Mapping

_AUDIT, _FILING, _PEOPLE = "chalicelib/audit", "chalicelib/documents", "chalicelib/identity"
_PAGES = "functions/web"

EXCUSES: Mapping[str, str] = {
    f"{_AUDIT}/anchor_model.py: _statement: proof: Spoiled if stored['format'] != FORMAT": (
        "A manifest must be written anew exactly as it was read, its format included, so another "
        "format is found right behind; this names it before anything else of it is read."
    ),
    f"{_AUDIT}/anchor_store.py: load: proof: Spoiled if manifest is None": (
        "Nothing is no JSON either, and reading it as a manifest says that it is spoiled, too; "
        "this says in words of its own that there is none."
    ),
    f"{_AUDIT}/continuity.py: walked: quiet refusal: nothing if found.entry is None": (
        "A row without an entry always comes with a problem, which the other half of the line "
        "refuses; this half is for the type checker."
    ),
    f"{_FILING}/trash_node.py: _restore: state: Conflict if was.parent_id is None": (
        "Only the topmost folder lies in no other, and it cannot be put into the trash; the line "
        "tells the type checker so."
    ),
    f"{_FILING}/trash_node.py: _restore: check call: call require_depth(standing.depth + "
    "was.height)": (
        "A folder in the trash keeps its room: heights above it never shrink, so whatever moves "
        "the folders around it is refused first. It stays for the day when heights are lowered."
    ),
    f"{_PEOPLE}/passwords.py: Vault.fits: answer: true for stored is not None": (
        "Where nothing is stored, a decoy is compared whose digest is nobody's: a password that "
        "fits it would have to be found by breaking argon2id."
    ),
    f"{_PEOPLE}/sign_in.py: sign_in: session: SignInRefused if user is None": (
        "Without a person no password fits, so the next part of the line refuses; this one is for "
        "the type checker."
    ),
    f"{_PAGES}/folders.py: access: permission: found.standing.allows ACCESS_CHANGE": (
        "Whoever may see who has access may change it, too: both belong to managers alone. It "
        "stays for the day when another role may look."
    ),
    f"{_PAGES}/start.py: trash: hidden object: only child.trashed": (
        "Everything that the trash lists says who put it there; the condition tells the type "
        "checker so, and hides nothing."
    ),
}
"""Plant -> why switching it off cannot be seen."""


def excused() -> Mapping[str, str]:
    """The excuses."""
    return EXCUSES
