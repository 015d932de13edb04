"""The words that are stored: strings in the database and in the JSON of the API. Standard library only."""

from enum import StrEnum


class PhaseKind(StrEnum):
    UPCOMING = "upcoming"
    COLLECTING = "collecting"
    SCREENING = "screening"
    OPINION = "opinion"
    PUBLISHED = "published"


class IntakeChannel(StrEnum):
    WECHAT = "wechat"
    ORGANISATION = "organisation"
    DEPARTMENT = "department"


class ProposalStatus(StrEnum):
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REJECTED = "rejected"
    SHORTLISTED = "shortlisted"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


class Conclusion(StrEnum):
    """What a reviewer advises."""

    RECOMMEND = "recommend"
    HOLD = "hold"
    DECLINE = "decline"


class DecisionKind(StrEnum):
    RETURN = "return"
    REJECT = "reject"
    SHORTLIST = "shortlist"


class Maturity(StrEnum):
    """The notice asks for work that has proven itself as well as for what has just begun or is planned."""

    MATURE = "mature"
    NEW = "new"


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class BroadcastKind(StrEnum):
    NOTICE = "notice"
    VOTE = "vote"
    RESULT = "result"


class BroadcastState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class RoundState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    CONFIRMED = "confirmed"
    PUBLISHED = "published"


class Turnout(StrEnum):
    """Who may see before the close how many have voted, the strictest first."""

    NOBODY = "nobody"
    OPERATORS = "operators"
    EVERYONE = "everyone"


class BallotWay(StrEnum):
    PAGE = "page"
    CHAT = "chat"
    PAPER = "paper"


class InvalidationState(StrEnum):
    """Of a ballot that somebody says should not count."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DROPPED = "dropped"


class InvalidReason(StrEnum):
    """Why a ballot does not count. The archive has these words."""

    MACHINE = "machine"
    NOT_OWN = "not_own"
    NOT_ENTITLED = "not_entitled"
    INDUCED = "induced"
    OTHER = "other"


class PaperState(StrEnum):
    """Of a ballot on paper: entered once, entered twice alike and cast, entered twice unlike, or given up."""

    ONCE = "once"
    CAST = "cast"
    DIFFERS = "differs"
    DROPPED = "dropped"


class AnnouncementState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RELEASED = "released"


class Role(StrEnum):
    INTAKE = "intake"
    REVIEWER = "reviewer"
    CAMPAIGNER = "campaigner"
    APPROVER = "approver"
    AUDITOR = "auditor"
    OWNER = "owner"
