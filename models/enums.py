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


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class Role(StrEnum):
    INTAKE = "intake"
    REVIEWER = "reviewer"
    CAMPAIGNER = "campaigner"
    APPROVER = "approver"
    AUDITOR = "auditor"
    OWNER = "owner"
