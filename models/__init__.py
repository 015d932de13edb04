"""The tables, one subject a file. Imports nobody of ours."""

from models.ballot import Ballot, Box, Opinion, Voter
from models.base import Base
from models.beside import PaperBallot, UnitLink, UnitOpinion
from models.broadcast import Broadcast, Credit, JobEnd
from models.campaign import Campaign
from models.candidate import Candidate, CandidateSource
from models.delivery import Delivery
from models.doubt import Invalidation, MarkReview, Trace
from models.draft import Draft
from models.follower import Follower, FollowerTag, Poster, Tag
from models.heartbeat import Heartbeat
from models.inbound import CallbackRequest, Inbound
from models.intake import FormImport, FormOriginal, ImportedForm
from models.job_tag import JobTag
from models.opening import Opening
from models.operator import Action, Operator, OperatorSession, OperatorToken, RequestKey
from models.project import Announcement, Project
from models.proposal import Proposal
from models.register import Register, RegisterEntry
from models.round import Round, RoundCandidate
from models.support import Support
from models.triage import Assessment, Decision, Merge, MergedProposal, SavedView, SecondLook
from models.wechat import AccessToken, AccountMenu, OAuthCode, SyncCursor

__all__ = [
    "AccessToken",
    "AccountMenu",
    "Action",
    "Announcement",
    "Assessment",
    "Ballot",
    "Base",
    "Box",
    "Broadcast",
    "CallbackRequest",
    "Campaign",
    "Candidate",
    "CandidateSource",
    "Credit",
    "Decision",
    "Delivery",
    "Draft",
    "Follower",
    "FollowerTag",
    "FormImport",
    "FormOriginal",
    "Heartbeat",
    "ImportedForm",
    "Inbound",
    "Invalidation",
    "JobEnd",
    "JobTag",
    "MarkReview",
    "Merge",
    "MergedProposal",
    "OAuthCode",
    "Opening",
    "Operator",
    "OperatorSession",
    "OperatorToken",
    "Opinion",
    "PaperBallot",
    "Poster",
    "Project",
    "Proposal",
    "Register",
    "RegisterEntry",
    "RequestKey",
    "Round",
    "RoundCandidate",
    "SavedView",
    "SecondLook",
    "Support",
    "SyncCursor",
    "Tag",
    "Trace",
    "UnitLink",
    "UnitOpinion",
    "Voter",
]
