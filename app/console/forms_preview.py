"""Forms between being read and being imported: shown, mended, and carried by the page itself, sealed.

So nothing of a person is stored before the operator has said yes. A file in order travels as it was read, one with
a fault along with fields to mend it in.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from starlette.datastructures import FormData

from app.console.visiting import FIELD_BYTES, text_of
from app.crypto import Keyring, Undecryptable
from app.errors import Invalid
from app.operators.queries import Account
from app.proposals.intake import checks, paper
from app.proposals.intake.importing import FileOutcome, ImportOutcome, corrected
from app.proposals.intake.paper import FIELDS, KINDS, NAMES, FileRead, FormRead
from app.proposals.intake.values import kept

MOST_MENDED = 150  # forms with fields on one page
GONE = "这个预览已经失效了，请重新选择文件。"


@dataclass(frozen=True)
class FormShown:
    """`mending`: with fields to write in; `wrong` says by field what is to be mended."""

    form: FormRead
    mending: bool
    wrong: Mapping[str, str]


@dataclass(frozen=True)
class FileShown:
    """`sealed` is what the page carries; empty where there is nothing to import."""

    outcome: FileOutcome
    forms: Sequence[FormShown]
    sealed: str


@dataclass(frozen=True)
class Bench:
    """Whose preview it is, what seals it, and near which day dates without a year are."""

    keyring: Keyring
    account: Account
    around: date

    @property
    def place(self) -> str:
        return f"console.forms {self.account.id}"

    def shown(self, files: Sequence[FileRead], outcome: ImportOutcome) -> list[FileShown]:
        budget = MOST_MENDED
        found = []
        for file, becomes in zip(files, outcome.files, strict=True):
            faulty = sum(any(checks.problems(form)) for form in file.forms)
            sealed = self._seal(file) if becomes.status != "reject" and faulty <= budget else ""
            budget -= faulty if sealed else 0
            found.append(FileShown(becomes, list(_forms(file, becomes, mending=bool(sealed))), sealed))
        return found

    def carried(self, form: FormData) -> list[FileRead]:
        """The files that the page brought back, as far as the operator ticked them. Raises Invalid."""
        return [
            self._mended(self._open(sealed), form, name.removeprefix("sealed-"))
            for name, sealed in form.multi_items()
            if name.startswith("sealed-") and isinstance(sealed, str) and text_of(form, f"take-{name[7:]}")
        ]

    def _seal(self, file: FileRead) -> str:
        """Empty when it would be longer than a field may be."""
        original = b64encode(file.original).decode() if file.original else None
        said = {"name": file.name, "digest": file.digest, "original": original}
        told = json.dumps({**said, **paper.as_json(file.forms, file.problems)}, ensure_ascii=False)
        packed = b64encode(zlib.compress(told.encode())).decode()
        sealed = b64encode(self.keyring.seal(packed, self.place)).decode()
        return sealed if len(sealed) < FIELD_BYTES else ""

    def _open(self, sealed: str) -> FileRead:
        try:
            packed = self.keyring.open(b64decode(sealed), self.place)
        except (ValueError, Undecryptable):
            raise Invalid(GONE) from None
        said = json.loads(zlib.decompress(b64decode(packed)))
        forms, problems = paper.from_json(said)
        original = b64decode(said["original"]) if said["original"] else None
        return FileRead(said["name"], said["digest"], forms, problems, original)

    def _mended(self, file: FileRead, typed: FormData, index: str) -> FileRead:
        if not file.problems:
            return file
        return corrected(
            file, [self._typed(form, typed, f"{index}-{number}") for number, form in enumerate(file.forms)]
        )

    def _typed(self, form: FormRead, typed: FormData, prefix: str) -> FormRead:
        """A field that the page did not have stays as it was read."""
        written = {name: text_of(typed, f"{prefix}-{name}") for name in FIELDS if f"{prefix}-{name}" in typed}
        values = {name: kept(name, text, self.around) for name, text in written.items()}
        said = text_of(typed, f"{prefix}-kind")
        kind = next((kind for kind in KINDS if kind == said), form.kind)
        return replace(form, kind=kind, values={**form.values, **values})


def _forms(file: FileRead, outcome: FileOutcome, *, mending: bool) -> Iterator[FormShown]:
    """Those that were imported before are left out; the file says so."""
    for form in [one.form for one in outcome.forms] if outcome.forms else file.forms:
        wrong = {problem.code.partition("_")[2]: problem.message for problem in checks.problems(form)}
        yield FormShown(form, mending and bool(wrong), {name: wrong[name] for name in NAMES if name in wrong})
