"""The campaign of 2018, and a proposal as a worker types it; the evaluation is left empty."""

from pathlib import Path

FILE = Path(__file__).parents[3] / "deploy/campaigns/2018.toml"

WHOLE = {
    "consent": "agreed",
    "category": "daily_life",
    "title": "给户外职工建接力站",
    "summary": "在公园和路口给环卫工、快递员一个喝水热饭的地方。",
    "expected_outcome": "一年建二十个，每天服务五百人次。",
    "unit": "殷行街道环卫所",
    "name": "王建国",
    "phone": "13800138000",
}
