"""The tables, one subject a file. Imports nobody of ours."""

from models.base import Base
from models.campaign import Campaign
from models.delivery import Delivery
from models.draft import Draft
from models.follower import Follower
from models.inbound import CallbackRequest, Inbound
from models.operator import Action, Operator, OperatorToken
from models.proposal import Proposal
from models.wechat import AccessToken, OAuthCode, SyncCursor

__all__ = [
    "AccessToken",
    "Action",
    "Base",
    "CallbackRequest",
    "Campaign",
    "Delivery",
    "Draft",
    "Follower",
    "Inbound",
    "OAuthCode",
    "Operator",
    "OperatorToken",
    "Proposal",
    "SyncCursor",
]
