"""Whom a request about personal data concerns, and erasing that person."""

import re
from contextlib import closing

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import Clock
from app.crypto import Keyring
from app.database import leave_no_trace
from app.errors import Invalid, NotFound
from app.operators import log
from app.operators.reasons import clean_reason
from app.privacy.service import sever
from app.proposals import numbers, queries
from app.proposals.intake import originals
from app.proposals.service import phone_of
from models import Follower, Proposal

REFERENCE = re.compile(r"person:([0-9a-f]{16})")
AT_ONCE = 5000

Subject = Follower | Proposal  # a worker; or whoever filled in the form of a union or department


def find(session: Session, said: str, keyring: Keyring) -> Subject:
    """Who is meant by an openid, as logs name a person, or by a proposal's number: its author, or the form itself.

    Raises NotFound.
    """
    if reference := REFERENCE.fullmatch(said):
        return _referred_to(session, reference[1], keyring)
    follower = session.scalar(select(Follower).where(Follower.openid == said).with_for_update())
    if follower is not None:
        return follower
    number = numbers.parse(said, 0)
    proposal = queries.by_number(session, number) if number else None
    if proposal is None:
        raise NotFound("没有这个人，也没有这个编号的提案。请写完整的 openid，或者像 SS2018-0001 这样的编号。")
    if proposal.follower_id is not None:
        return session.get_one(Follower, proposal.follower_id, with_for_update=True)
    if proposal.proposer_name is None and proposal.phone is None:
        raise NotFound(f"{proposal.number} 没有留下个人资料。")
    return proposal


def _referred_to(session: Session, reference: str, keyring: Keyring) -> Follower:
    """A reference cannot be turned back: everybody is tried. Raises NotFound."""
    everybody = select(Follower.id, Follower.openid).execution_options(yield_per=AT_ONCE)
    with closing(session.execute(everybody)) as people:
        found = next((one.id for one in people if keyring.refers_to(reference, one.openid)), None)
    if found is None:
        raise NotFound("没有这个人，可能已经删除了。")
    return session.get_one(Follower, found, with_for_update=True)


def erase(session: Session, subject: Subject, reason: str, *, keyring: Keyring, actor: str, clock: Clock) -> int:
    """Let go of the person; what was proposed stays. How many proposals that are.

    Raises Invalid for a reason that is missing, or that names the person: it is kept for ever in the action log.
    """
    reason = clean_reason(reason)
    _refuse_naming(session, subject, reason, keyring)
    reference = name_in_log(subject, keyring)
    if isinstance(subject, Proposal):
        kept = _erase_filler(session, subject)
    else:
        kept = sever(session, subject.id, subject.openid)
    session.flush()
    leave_no_trace(session)
    detail = {"reason": reason, "proposals": kept}
    log.record(session, actor=actor, verb="person.erase", subject=reference, detail=detail, clock=clock)
    return kept


def name_in_log(subject: Subject, keyring: Keyring) -> str:
    """A worker by keyed reference; a form by its number, which is nobody's name."""
    return (
        f"proposal:{subject.number}"
        if isinstance(subject, Proposal)
        else f"person:{keyring.person(subject.openid)}"
    )


def _erase_filler(session: Session, proposal: Proposal) -> int:
    """The unit stays: it is who proposed this. The file it came with names the person too, and goes."""
    originals.forget(session, proposal.id)
    proposal.proposer_name = proposal.phone = None
    return 1


def _refuse_naming(session: Session, subject: Subject, reason: str, keyring: Keyring) -> None:
    proposals = [subject] if isinstance(subject, Proposal) else _proposals(session, subject)
    personal = [each for one in proposals for each in (one.proposer_name, phone_of(one, keyring))]
    if isinstance(subject, Follower):
        personal.append(subject.openid)
    if any(each and each in reason for each in personal):
        raise Invalid("原因会一直留在操作日志里，请不要写姓名、电话或 openid。")


def _proposals(session: Session, follower: Follower) -> list[Proposal]:
    return list(session.scalars(select(Proposal).where(Proposal.follower_id == follower.id)))
