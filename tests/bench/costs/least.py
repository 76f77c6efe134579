"""The least that each scenario can do, composed of parts.

">" stands between calls that wait for one another, "|" between such as need not; "*3" behind a part
means three of it in one call, "3 of" before one three calls. One call may hold many parts: rows of
any tables are read in one batch, and all of a change is one transaction. What AWS cannot join is a
call of its own: queries of different partitions, counters, everything at S3, KMS and SES.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.costs.parts import PARTS

_ASK = "ADMISSION"
_CLAIM = "VERSION_CLAIMED"
_VERIFY = f"{_CLAIM} > S3_LOOK > S3_COPY > S3_FIRST"
_FIRST_STORED = "VERSION_STORED DOCUMENT_ROW CHILD ENTRY > S3_DELETE"
_JOINED = f"{_CLAIM} > S3_LOOK > S3_BEGIN > S3_COPY"
_BEGUN = "DOCUMENT_ROW VERSION_BEGUN NAME_ROW*2 ENTRY"
_GIVEN_UP = f"{_CLAIM} > VERSION_ENDED DOCUMENT_ROW NAME_ROW ENTRY > S3_DELETE"
_SIGN_IN = (
    "SIGN_IN_NAME > PERSON > COUNT | COUNT | HEAD > SESSION_ROW CONTEXT_ROW ENTRY FORGIVEN > COUNT"
)
_OWN_PASSWORD = f"{_ASK} > COUNT | COUNT | HEAD > PERSON_ROW SESSION_ROW*2 ENTRY FORGIVEN > COUNT"
_SEND = "MAIL > MAIL_TRIED > SES > MAIL_SENT"
_SIGN_OUT = f"{_ASK} > HEAD > SESSION_ROW ENTRY"
_V1, _DOCUMENT = "/v1/documents/{document_id}", f"{_ASK} DOCUMENT"
_VERSION = f"{_ASK} DOCUMENT VERSION"
_NODE, _FOLDER = "/v1/nodes/{node_id}", f"{_ASK} FOLDER"
_NUMBERED = _V1 + "/versions/{number}"
_PERSON, _GROUP = f"{_ASK} PERSON > HEAD > ", f"{_ASK} GROUP > HEAD > "
_PROVEN = (
    f"{_DOCUMENT} > CHANGES | LOOKS | S3_ANCHORS | S3_ANCHORS > CHANGES | LOOKS > DOCUMENT CONTEXT"
)

LEAST: Mapping[str, str] = {
    "GET /v1/documents, by number": f"{_ASK} > NUMBER > DOCUMENT",
    "GET /v1/documents, recent ones": f"{_ASK} > RECENTS > DOCUMENT",
    "POST /v1/documents, begin a document": f"{_ASK} > NAME | COUNTER | LIST > {_BEGUN}",
    "POST /v1/documents, begin a document in parts": (
        f"{_ASK} > NAME | COUNTER | LIST | S3_BEGIN > {_BEGUN}"
    ),
    "POST /v1/documents, begin again what another upload holds": (
        f"{_ASK} > NAME | COUNTER | LIST > DOCUMENT VERSION > VERSION_ENDED DOCUMENT_ROW ENTRY "
        f"{_BEGUN} > S3_DELETE"
    ),
    f"GET {_V1}, read": _DOCUMENT,
    f"PATCH {_V1}, rename": f"{_DOCUMENT} > DOCUMENT_ROW CHILD_MOVED ENTRY",
    f"PATCH {_V1}, move": f"{_DOCUMENT} > DOCUMENT_ROW CHILD_MOVED ENTRY",
    f"DELETE {_V1}, put into the trash": f"{_DOCUMENT} > DOCUMENT_ROW CHILD TRASHED_ROW ENTRY",
    f"POST {_V1}/restore, take out of the trash": (
        f"{_DOCUMENT} > DOCUMENT_ROW CHILD TRASHED_ROW ENTRY"
    ),
    f"POST {_V1}/rollback, go back to the first version": (
        f"{_DOCUMENT} > VERSION > DOCUMENT_ROW VERSION_ADDED CHILD_AGAIN ENTRY"
    ),
    f"GET {_V1}/versions, list": f"{_DOCUMENT} > VERSIONS",
    f"POST {_V1}/versions, begin a version": (
        f"{_DOCUMENT} > DOCUMENT_ROW VERSION_BEGUN ENTRY | LIST"
    ),
    f"GET {_NUMBERED}, read": _VERSION,
    f"GET {_NUMBERED}/content, download": f"{_VERSION} > HEAD > LOOK",
    f"POST {_NUMBERED}/complete, the first version": f"{_VERSION} > {_VERIFY} > {_FIRST_STORED}",
    f"POST {_NUMBERED}/complete, the second version": (
        f"{_VERSION} > {_VERIFY} > VERSION_STORED DOCUMENT_ROW CHILD_AGAIN ENTRY > S3_DELETE"
    ),
    f"POST {_NUMBERED}/complete, parts": (
        f"{_VERSION} > S3_PARTS > S3_JOIN > {_JOINED} > S3_JOIN > S3_FIRST > {_FIRST_STORED}"
    ),
    f"POST {_NUMBERED}/complete, other bytes": (
        f"{_VERSION} > S3_PARTS > S3_JOIN > {_JOINED} > S3_ABORT > "
        "VERSION_ENDED DOCUMENT_ROW NAME_ROW ENTRY > S3_DELETE"
    ),
    f"GET {_NUMBERED}/upload, go on": _VERSION,
    f"DELETE {_NUMBERED}/upload, cancel": f"{_VERSION} > {_GIVEN_UP}",
    f"GET {_V1}/audit, history": f"{_DOCUMENT} > CHANGES | LOOKS > CONTEXT",
    f"GET {_V1}/audit, as CSV": f"{_DOCUMENT} > CHANGES | LOOKS > CONTEXT",
    f"GET {_V1}/audit/verification, verify": _PROVEN,
    "event upload_arrived, bytes have arrived": (
        f"DOCUMENT VERSION > PERSON EPOCH > {_VERIFY} > {_FIRST_STORED}"
    ),
    "event sweep_uploads, one upload is past its time": (f"LIST > DOCUMENT VERSION > {_GIVEN_UP}"),
    "event deliver_outbox, one mail was written": _SEND,
    "event sweep_outbox, one mail was missed": f"LIST > {_SEND}",
    "event anchor_hourly, one hour with one document": (
        # This hour and the one before, whose last entries the index may have shown late.
        "S3_ANCHORS > S3_ANCHORS > 32 of LIST | 8 of HEAD > 4 of S3_WRITE > SIGN > S3_WRITE"
    ),
    "event anchor_nightly, a night": (
        # 27 hours, each with its signature and its files; the chains walked from anchor to anchor.
        "2 of S3_ANCHORS > 76 of S3_FILE | 27 of VERIFY > 8 of WALK | 5 of LONG_WALK"
        " > 11 of S3_WRITE > SIGN > S3_WRITE"
    ),
    "event scan_verdict, nothing was found": "DOCUMENT VERSION > VERSION_ROW DOCUMENT_ROW ENTRY",
    "POST /v1/nodes, create a folder": f"{_ASK} > HEAD > FOLDER_ROW SUBFOLDER HEIGHT*3 ENTRY",
    f"GET {_NODE}, read": _FOLDER,
    f"GET {_NODE}/children, list": f"{_ASK} > CHILDREN",
    f"GET {_NODE}/children, by time": f"{_ASK} > CHILDREN_BY_TIME",
    f"PATCH {_NODE}, rename": f"{_FOLDER} > HEAD > FOLDER_ROW SUBFOLDER_MOVED EPOCH_ROW ENTRY",
    f"PATCH {_NODE}, move": (
        f"{_FOLDER} > HEAD > FOLDER_ROW SUBFOLDER_MOVED HEIGHT*3 EPOCH_ROW ENTRY"
    ),
    f"DELETE {_NODE}, put into the trash": (
        f"{_FOLDER} > HEAD > FOLDER_ROW SUBFOLDER TRASHED_ROW EPOCH_ROW ENTRY"
    ),
    f"POST {_NODE}/restore, take out of the trash": (
        f"{_FOLDER} > HEAD > FOLDER_ROW SUBFOLDER TRASHED_ROW EPOCH_ROW ENTRY"
    ),
    f"GET {_NODE}/access, read": _FOLDER,
    f"PUT {_NODE}/access, give two people roles": (
        f"{_FOLDER} > PERSON*2 | HEAD > FOLDER_ROW SUBFOLDER_AGAIN SHARE_ROW*2 EPOCH_ROW ENTRY"
    ),
    "GET /v1/shared, list": f"{_ASK} > SHARES > FOLDER",
    "GET /v1/trash, of a folder": f"{_ASK} > TRASHED",
    "GET /v1/health, ask": "EPOCH",
    "GET /v1/openapi.json, read": "",
    "GET /v1/{proxy+}, no such address": "",
    "POST /v1/sessions, sign in": _SIGN_IN,
    "POST /v1/sessions, a wrong password": "SIGN_IN_NAME > PERSON > COUNT | COUNT",
    "GET /v1/sessions, list": f"{_ASK} > SESSIONS",
    "DELETE /v1/sessions/current, sign out": _SIGN_OUT,
    "DELETE /v1/sessions, sign out everywhere": f"{_ASK} > HEAD > PERSON_ROW ENTRY",
    "DELETE /v1/sessions/{session_id}, end another session": (
        f"{_ASK} > SESSIONS | HEAD > SESSION_ROW ENTRY"
    ),
    "GET /v1/me, read": _ASK,
    "PUT /v1/me/password, change": _OWN_PASSWORD,
    "GET /v1/principals, by the first letters": f"{_ASK} > LIST | LIST",
    "GET /v1/users, list": f"{_ASK} > LIST",
    "POST /v1/users, make known": f"{_ASK} > HEAD > PERSON_ROW NAME_ROW ENTRY",
    "POST /v1/users, invite by mail": f"{_ASK} > HEAD > PERSON_ROW NAME_ROW*2 ENTRY MAIL_ROW",
    "GET /v1/users/{user_id}, read": f"{_ASK} PERSON",
    "PATCH /v1/users/{user_id}, another name": f"{_PERSON}PERSON_RENAMED ENTRY",
    "PATCH /v1/users/{user_id}, another user name": f"{_PERSON}PERSON_ROW NAME_ROW*2 ENTRY",
    "PATCH /v1/users/{user_id}, disable": f"{_PERSON}PERSON_ROW ENTRY",
    "PATCH /v1/users/{user_id}, make an administrator": (
        f"{_ASK} PERSON > ADMINISTRATORS | HEAD > PERSON_ROW ADMINISTRATORS_ROW ENTRY"
    ),
    "POST /v1/users/{user_id}/password, a one-time one": f"{_PERSON}PERSON_ROW ENTRY",
    "GET /v1/groups, list": f"{_ASK} > LIST",
    "POST /v1/groups, create": f"{_ASK} > HEAD > GROUP_ROW NAME_ROW ENTRY",
    "GET /v1/groups/{group_id}, read": f"{_ASK} GROUP",
    "PATCH /v1/groups/{group_id}, rename": f"{_GROUP}GROUP_RENAMED NAME_ROW*2 ENTRY",
    "DELETE /v1/groups/{group_id}, delete": f"{_GROUP}GROUP_ROW NAME_ROW ENTRY",
    "GET /v1/groups/{group_id}/members, list": f"{_ASK} GROUP > MEMBERS > PERSON",
    "PUT /v1/groups/{group_id}/members/{user_id}, add": (
        f"{_ASK} GROUP PERSON > HEAD > MEMBER_ROW GROUP_ROW PERSON_ROW ENTRY"
    ),
    "DELETE /v1/groups/{group_id}/members/{user_id}, take out": (
        f"{_ASK} GROUP PERSON > HEAD > MEMBER_ROW GROUP_ROW PERSON_ROW ENTRY"
    ),
    "GET /v1/audit/system, read": f"{_ASK} > LOG > CONTEXT*4",
    "GET /nodes/{node_id}, open": f"{_FOLDER} > CHILDREN > PERSON",
    "GET /nodes/{node_id}/access, open": f"{_FOLDER} > PERSON*4",
    "GET /documents/{document_id}, open": f"{_DOCUMENT} > VERSION PERSON",
    "GET /documents/{document_id}/versions, open": f"{_DOCUMENT} > VERSIONS > PERSON",
    "GET /documents/{document_id}/access, open": f"{_DOCUMENT} > PERSON",
    "GET /documents/{document_id}/audit, open": f"{_DOCUMENT} > CHANGES | LOOKS > CONTEXT PERSON",
    "GET /documents/{document_id}/audit/proof, open": _PROVEN,
    "GET /account, open": f"{_ASK} > SESSIONS",
    "GET /admin/users, open": f"{_ASK} > LIST",
    "GET /admin/groups, open": f"{_ASK} > LIST > MEMBERS > PERSON",
    "GET /admin/log, open": f"{_ASK} > LONG_LOG > CONTEXT*12 PERSON*7",
    "GET /password, open": _ASK,
    "GET /trash, open": f"{_ASK} > TRASHED",
    "GET /, open": f"{_ASK} > RECENTS | SHARES > DOCUMENT FOLDER",
    "GET /find, by number": f"{_ASK} > NUMBER > DOCUMENT",
    "GET /find, by words, from the topmost folder": _ASK,
    "GET /sign-in, open": "",
    "POST /sign-in, sign in": _SIGN_IN,
    "POST /sign-out, sign out": _SIGN_OUT,
    "POST /password, change": _OWN_PASSWORD,
    "GET /assets/{proxy+}, a style sheet": "",
    "GET /{proxy+}, no such page": "",
}


@dataclass(frozen=True)
class Least:
    """Units, calls and round trips of a composition."""

    read: float
    write: float
    calls: int
    rounds: int


def parts_of(composition: str) -> Mapping[str, int]:
    """How many of each part are in it.

    Raises:
        KeyError: of what is no part.
    """
    found: dict[str, int] = {}
    for call in _calls(composition):
        for word in call.words:
            name, _, times = word.partition("*")
            PARTS[name]
            found[name] = found.get(name, 0) + call.times * int(times or 1)
    return found


def least_of(composition: str) -> Least:
    """What it adds up to."""
    held = [(PARTS[name], times) for name, times in parts_of(composition).items()]
    return Least(
        read=sum(part.read * times for part, times in held),
        write=sum(part.write * times for part, times in held),
        calls=sum(call.times for call in _calls(composition)),
        rounds=len(composition.split(">")) if composition else 0,
    )


@dataclass(frozen=True)
class _Call:
    times: int
    words: tuple[str, ...]


def _calls(composition: str) -> list[_Call]:
    found = []
    for text in composition.replace("|", ">").split(">") if composition else ():
        times, of, rest = text.strip().partition(" of ")
        found.append(_Call(int(times), (rest,)) if of else _Call(1, tuple(text.split())))
    return found
