"""The staging and the files bucket in dictionaries: the same contract as S3Files.

Kept honest by tests/contract/test_files.py, which runs against this and the S3 emulator. `send` and
`fetch` play the browser, which talks to S3 directly; `pretend` stages parts too large to exist.
"""

import hashlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from chalicelib.documents.desk import Kept, Request
from chalicelib.documents.media import OCTETS, PEEK, shown_in_place
from chalicelib.documents.model import WHOLE_MAX, ObjectRef, Upload, Version, part_sizes
from chalicelib.errors import NotFound, NotReady, WrongBytes

OK, FORBIDDEN, BAD, MISSING = 200, 403, 400, 404


@dataclass(frozen=True)
class Blob:
    """Bytes, or what is known of bytes too many to hold."""

    size: int
    sha256: str
    first: bytes
    body: bytes | None = None

    @classmethod
    def of(cls, body: bytes) -> "Blob":
        return cls(len(body), hashlib.sha256(body).hexdigest(), body[:PEEK], body)


@dataclass(frozen=True)
class KeptObject:
    """An object of the files bucket with its lock."""

    ref: ObjectRef
    blob: Blob
    metadata: Mapping[str, str]
    until: datetime


@dataclass
class Parts:
    """An upload in parts that is not joined yet."""

    key: str
    blobs: dict[int, Blob] = field(default_factory=dict)


class FakeFiles:
    """Holds what was sent (`staged`, `open`) and what was kept (`kept`, oldest first).

    `before` may raise to play a fault; `joined` are the parts of staged objects.
    """

    def __init__(self) -> None:
        self.staged: dict[str, Blob] = {}
        self.joined: dict[str, list[Blob]] = {}
        self.open: dict[str, Parts] = {}
        self.kept: list[KeptObject] = []
        self.wholes: dict[str, str] = {}
        self.before: Callable[[str], None] = lambda _operation: None
        self._ids = itertools.count(1)

    def begin_parts(self, key: str) -> str:
        self.before("begin_parts")
        multipart_id = f"multipart-{next(self._ids)}"
        self.open[multipart_id] = Parts(key)
        return multipart_id

    def requests(
        self, upload: Upload, *, size: int, sha256: str, begun: bool = False
    ) -> Sequence[Request]:
        assert not begun or not (upload.multipart_id and self.open[upload.multipart_id].blobs)
        if upload.multipart_id is None or upload.part_size is None:
            told = {"size": size, "sha256": sha256}
            url = f"fake://staging/{upload.key}?{urlencode(told)}"
            return [Request(method="PUT", url=url, headers={"x-amz-checksum-sha256": sha256})]
        arrived = self.open.get(upload.multipart_id, Parts(upload.key)).blobs
        return [
            Request(
                method="PUT",
                url=f"fake://staging/{upload.key}?"
                + urlencode({"size": part, "part": number, "multipart": upload.multipart_id}),
                headers={},
                number=number,
                size=part,
                arrived=number in arrived and arrived[number].size == part,
            )
            for number, part in enumerate(part_sizes(size, upload.part_size), start=1)
        ]

    def assemble(self, upload: Upload, *, size: int) -> None:
        self.before("assemble")
        assert upload.multipart_id is not None
        sizes = part_sizes(size, upload.part_size or size)
        parts = self.open.get(upload.multipart_id)
        if parts is None:
            staged = self.staged.get(upload.key)
            if staged is not None and staged.size == size:
                return
            raise WrongBytes("The upload's parts are gone. Begin a new upload.")
        found = {n: blob.size for n, blob in parts.blobs.items()}
        wrong = [n for n, part in enumerate(sizes, 1) if found.get(n) != part]
        if wrong:
            raise WrongBytes("parts are missing or have the wrong size", parts=wrong[:100])
        blobs = [parts.blobs[n] for n in range(1, len(sizes) + 1)]
        del self.open[upload.multipart_id]
        self.joined[upload.key] = blobs
        self.staged[upload.key] = self._join(upload.key, blobs)

    def keep(
        self,
        version: Version,
        upload: Upload,
        *,
        metadata: Mapping[str, str],
        until: datetime,
        again: bool = True,
    ) -> Kept:
        self.before("keep")
        key = f"documents/{version.document_id}/{version.number:06d}"
        ref = self._kept_before(key, version)
        assert again or ref is None, "this was kept before, and would be kept twice"
        if ref is None:
            blob = self._verified(version, upload)
            ref = ObjectRef(key, f"version-{next(self._ids)}")
            self.kept.append(KeptObject(ref, blob, dict(metadata), until))
            self.before("kept")
        return Kept(ref, version.checksum, self.object(ref).blob.first)

    def discard(self, upload: Upload) -> None:
        self.before("discard")
        self.open.pop(upload.multipart_id or "", None)
        self.staged.pop(upload.key, None)

    def link(self, version: Version, *, inline: bool) -> str:
        if version.object is None:
            raise NotFound("version")
        show = inline and shown_in_place(version.media_type)
        text = version.media_type.startswith("text/")
        shown = f"{version.media_type}; charset=utf-8" if text else version.media_type
        told = {
            "version": version.object.version_id,
            "type": shown if show else OCTETS,
            "disposition": "inline" if show else "attachment",
            "name": version.name,
        }
        return f"fake://files/{version.object.key}?{urlencode(told, quote_via=quote)}"

    def send(self, request: Request, body: bytes) -> int:
        """The status that S3 gives a browser for its bytes."""
        parts, told = urlsplit(request.url), parse_qs(urlsplit(request.url).query)
        blob = Blob.of(body)
        if blob.size != int(told["size"][0]):
            return FORBIDDEN
        if "multipart" in told:
            upload = self.open.get(told["multipart"][0])
            if upload is None:
                return MISSING
            upload.blobs[int(told["part"][0])] = blob
            return OK
        if told["sha256"][0] != blob.sha256:
            return BAD
        self.staged[parts.path.lstrip("/")] = blob
        return OK

    def pretend(self, upload: Upload, number: int, *, size: int, sha256: str) -> None:
        """Stage a part of any size by its digest alone."""
        assert upload.multipart_id is not None
        self.open[upload.multipart_id].blobs[number] = Blob(size, sha256, b"")

    def fetch(self, url: str) -> tuple[int, Mapping[str, str], bytes]:
        """What a browser gets for a link: status, headers, body."""
        parts, told = urlsplit(url), parse_qs(urlsplit(url).query)
        found = self.object(ObjectRef(parts.path.lstrip("/"), told["version"][0]))
        disposition = (
            f"{told['disposition'][0]}; filename*=UTF-8''{quote(told['name'][0], safe='')}"
        )
        headers = {"content-type": told["type"][0], "content-disposition": disposition}
        return OK, headers, found.blob.body or b""

    def object(self, ref: ObjectRef) -> KeptObject:
        return next(each for each in self.kept if each.ref == ref)

    def _join(self, key: str, blobs: Sequence[Blob]) -> Blob:
        if all(blob.body is not None for blob in blobs):
            return Blob.of(b"".join(blob.body or b"" for blob in blobs))
        size = sum(blob.size for blob in blobs)
        return Blob(size, self.wholes.get(key, ""), blobs[0].first)

    def _kept_before(self, key: str, version: Version) -> ObjectRef | None:
        found = [each for each in self.kept if each.ref.key == key]
        if not found or found[-1].metadata.get("sha256") != version.sha256:
            return None
        return found[-1].ref

    def _verified(self, version: Version, upload: Upload) -> Blob:
        blob = self.staged.get(upload.key)
        if blob is None:
            raise NotReady("The bytes have not arrived. Send them, then complete again.")
        if blob.size != version.size:
            raise WrongBytes("bytes", arrived=blob.size, declared=version.size)
        if version.size > WHOLE_MAX:
            digests = [each.sha256 for each in self.joined[upload.key]]
            if digests != [upload.part_digests[n] for n in range(1, len(digests) + 1)]:
                raise WrongBytes("SHA-256 of a part differs")
        elif blob.sha256 != version.sha256:
            raise WrongBytes("SHA-256 differs")
        return blob
