"""The files themselves, kept only where a setting says so, sealed; and what is forgotten when somebody is."""

from base64 import b64encode
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.crypto import Keyring
from app.proposals.intake.paper import FileRead
from models import FormImport, FormOriginal, ImportedForm

SEALED_FOR = "form_originals.content"


def keep(session: Session, import_id: int, files: Sequence[FileRead], keyring: Keyring) -> None:
    """Those that came with their original: a door leaves it out unless the setting is on."""
    session.add_all(
        FormOriginal(
            import_id=import_id,
            digest=file.digest,
            content=keyring.seal(b64encode(file.original).decode(), SEALED_FOR),
        )
        for file in files
        if file.original is not None
    )


def forget(session: Session, proposal_id: int) -> None:
    """The originals of the import that a proposal came with, and the names of its files: they may name people."""
    import_id = session.scalar(select(ImportedForm.import_id).where(ImportedForm.proposal_id == proposal_id))
    if import_id is not None:
        drop(session, session.get_one(FormImport, import_id, with_for_update=True))


def drop(session: Session, imported: FormImport) -> None:
    session.execute(delete(FormOriginal).where(FormOriginal.import_id == imported.id))
    imported.files = [{**file, "name": None} for file in imported.files]
