"""What the semantics of the product ask for, in named parts: units, and why none can be spared.

Reads are strongly consistent where an old answer would be wrong (1 unit for each row up to 4 KB),
else they may come from an index (half a unit for up to 4 KB). Writes beside an audit entry are in
one transaction (2 units a row and 2 for each index that changes): what happened and the entry that
tells of it stand or fall together.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """Read and write units of one thing, and the reason for it."""

    why: str
    read: float = 0.0
    write: float = 0.0


READS: Mapping[str, Part] = {
    "ADMISSION": Part(
        "session, person and the tree's epoch: a session ended, a person disabled, a right taken "
        "away count from the next request on",
        read=3,
    ),
    "EPOCH": Part("the tree's epoch alone, where nobody asks", read=1),
    "DOCUMENT": Part("its row: the folder that decides who sees it, its ETag, its chain", read=1),
    "VERSION": Part("its row: state, object, who began it", read=1),
    "FOLDER": Part("its row: name, grants, ETag", read=1),
    "PERSON": Part("a person's row, for a name or a change", read=1),
    "GROUP": Part("a group's row", read=1),
    "ADMINISTRATORS": Part("who administers: one must remain", read=1),
    "NUMBER": Part("which document bears a number", read=1),
    "NAME": Part("who holds a name: one's own upload goes on", read=1),
    "SIGN_IN_NAME": Part("whose user name or address this is", read=1),
    "CONTEXT": Part("the erasable name and address beside entries: one row a sign-in", read=1),
    "HEAD": Part("a chain's newest entry, which the next one hashes", read=1),
    "CHILDREN": Part("a page of a folder, consistent: what was filed is there", read=1),
    "CHILDREN_BY_TIME": Part("a page of a folder by last change, from the index", read=0.5),
    "VERSIONS": Part("a page of a document's versions", read=1),
    "CHANGES": Part("a page of a document's chain", read=1),
    "LOOKS": Part("a page of its chain of looks; asked even where there is none", read=1),
    "SESSIONS": Part("one's own sessions, consistent: an ended one is gone", read=1),
    "MEMBERS": Part("a page of a group's members", read=1),
    "LIST": Part("a page of people, groups, mails or uploads, from an index", read=0.5),
    "SHARES": Part("what is shared with a person: the folders' ids", read=0.5),
    "RECENTS": Part("one's own newest entries, from the index by person", read=0.5),
    "TRASHED": Part("a page of the trash", read=0.5),
    "LOG": Part("ten entries of the system log, up to 1 KB each, from the index by time", read=1.5),
    "LONG_LOG": Part("fifty entries of it", read=6.5),
    "WALK": Part("what a chain got since the last anchor, up to 4 KB, consistent", read=1),
    "LONG_WALK": Part("the same, up to 8 KB", read=2),
    "MAIL": Part("a mail as it stands: whether it is due, how often it was tried", read=1),
}
WRITES: Mapping[str, Part] = {
    "ENTRY": Part("audit entry: its row, by person, by time", write=6),
    "LOOK": Part("the same for a look, a single conditional put", write=3),
    "DOCUMENT_ROW": Part("state, ETag and chain's head", write=2),
    "VERSION_BEGUN": Part("a version's row, and the list of uploads under way", write=4),
    "VERSION_CLAIMED": Part(
        "a claim on an upload, by itself: client and S3's event come at once; listed", write=2
    ),
    "VERSION_STORED": Part("its row, off the uploads under way, findable by digest", write=6),
    "VERSION_ADDED": Part("a stored version's row, findable by digest", write=4),
    "VERSION_ENDED": Part("its row, off the uploads under way", write=4),
    "VERSION_ROW": Part("its row, in no list", write=2),
    "NAME_ROW": Part(
        "a name held, freed or claimed, or a number: the key keeps it unique", write=2
    ),
    "COUNTER": Part("the next number, drawn outside so that nobody waits", write=1),
    "CHILD": Part("a document's row in its folder's list, and by last change", write=4),
    "CHILD_AGAIN": Part("the same row anew: its place by last change moves", write=6),
    "CHILD_MOVED": Part("off under one name, on under another, each by last change", write=8),
    "SUBFOLDER": Part("a folder's row in the list, among folders, by last change", write=6),
    "SUBFOLDER_AGAIN": Part("the same row anew: its place by last change moves", write=8),
    "SUBFOLDER_MOVED": Part("off under one name, on under another, in all three", write=12),
    "TRASHED_ROW": Part("a row in the trash, and in the list of whoever put it there", write=4),
    "FOLDER_ROW": Part("a folder's row", write=2),
    "HEIGHT": Part("a folder above grows taller: with it, moves know the depth", write=2),
    "EPOCH_ROW": Part("the tree changed: what others remember ends", write=2),
    "SHARE_ROW": Part("a grant, findable from the person", write=2),
    "PERSON_ROW": Part("a person's row, and the list by name", write=4),
    "PERSON_RENAMED": Part("the same under another name: off the list and on", write=6),
    "GROUP_ROW": Part("a group's row, and the list by name", write=4),
    "GROUP_RENAMED": Part("the same under another name", write=6),
    "MEMBER_ROW": Part("who is in a group", write=2),
    "ADMINISTRATORS_ROW": Part("who administers", write=2),
    "SESSION_ROW": Part("a session", write=2),
    "CONTEXT_ROW": Part("the erasable name and address of whoever acts", write=2),
    "COUNT": Part("an attempt, counted before the password is looked at, or taken back", write=1),
    "FORGIVEN": Part("the account's attempts, gone with the session that begins", write=2),
    "MAIL_ROW": Part("a mail, and the list of those due", write=4),
    "MAIL_TRIED": Part("the attempt counted, its place among those due moved", write=3),
    "MAIL_SENT": Part("sent: off those due", write=2),
}
OTHERS: Mapping[str, Part] = {
    "S3_LOOK": Part("size and checksum of what was staged, before anything is locked"),
    "S3_COPY": Part("into the locked bucket, or one part of it"),
    "S3_FIRST": Part("the first bytes, which tell what kind of file it is"),
    "S3_DELETE": Part("what was staged goes"),
    "S3_PARTS": Part("which parts have arrived"),
    "S3_BEGIN": Part("an upload or a copy in parts begins"),
    "S3_JOIN": Part("the parts become an object"),
    "S3_ABORT": Part("a copy of wrong bytes never becomes an object"),
    "S3_ANCHORS": Part("which anchors there are, or one of them"),
    "S3_WRITE": Part("a file of an anchor, under COMPLIANCE lock"),
    "S3_FILE": Part("an anchor, or a file of one"),
    "VERIFY": Part("KMS checks an anchor's signature before anything is built on it"),
    "SIGN": Part("KMS signs the anchor"),
    "SES": Part("the mail goes out"),
}
PARTS: Mapping[str, Part] = {**READS, **WRITES, **OTHERS}
