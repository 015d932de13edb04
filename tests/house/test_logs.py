"""The log: one JSON object a line, and nobody can be found in it."""

import io
import json
import logging
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.crypto import Keyring
from app.database import Database
from app.logging import Redaction, configure_logging
from tests.fixtures.logs import Written

OPENID = "oAbCd0123456789_-EfGhIjKlMnO"
PHONE = "13812345678"
TOKEN = "shishi_" + "Ab3-" * 10 + "xyz"
PLATFORM_TOKEN = "86_" + "kQ7z" * 30
SECRETS = (OPENID, PHONE, TOKEN, PLATFORM_TOKEN)


@pytest.fixture
def stream(logged: Written) -> Written:
    return logged


def entries(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def assert_clean(stream: io.StringIO) -> None:
    assert not [secret for secret in SECRETS if secret in stream.getvalue()]


def test_an_entry_is_one_line_of_json(stream: io.StringIO) -> None:
    structlog.get_logger("app.jobs").info("round done", sent=3, late=False)
    [entry] = entries(stream)
    assert entry.pop("timestamp").endswith("Z")
    assert entry == {"event": "round done", "sent": 3, "late": False, "logger": "app.jobs", "level": "info"}


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "form",
    [
        lambda secret: {"said": secret},
        lambda secret: {"said": f"a {secret}, b"},
        lambda secret: {"said": [1, {"deep": (secret,)}]},
        lambda secret: {"said": {secret: 1}},
        lambda secret: {secret: 1},
        lambda secret: {"address": f"https://h/p?access_token={secret}&openid={secret}"},
        lambda secret: {"error": ValueError(secret)},
        lambda secret: {"raw": secret.encode()},
    ],
)
def test_nothing_personal_or_secret_passes(stream: io.StringIO, secret: str, form: Any) -> None:
    structlog.get_logger("x").info("seen", **form(secret))
    structlog.get_logger("x").info(f"seen {secret}")
    logging.getLogger("library").warning("seen %s", form(secret))
    assert len(entries(stream)) == 3
    assert_clean(stream)


def test_a_person_is_told_by_keyed_reference(stream: io.StringIO, keyring: Keyring) -> None:
    structlog.get_logger("x").info("seen", openid=OPENID, said=f"from {OPENID}")
    [entry] = entries(stream)
    assert entry["openid"] == f"person:{keyring.person(OPENID)}"
    assert entry["said"] == f"from person:{keyring.person(OPENID)}"


def test_without_keys_a_person_is_struck_out() -> None:
    assert Redaction().clean(OPENID) == "[person]"


@pytest.mark.parametrize("secret", ["abcdefgh_-" * 4 + "xyz", "Ab3-" * 10 + "xyz"], ids=["no digit", "digits"])
def test_the_link_of_a_unit_is_its_key(secret: str) -> None:
    told = Redaction().clean(f"GET http://127.0.0.1/h5/unit/12/{secret}?news=saved failed")
    assert secret not in told
    assert "/h5/unit/12/[secret]" in told


@pytest.mark.parametrize("key", ["name", "phone", "openid", "token", "Authorization", "proposer_name"])
def test_values_under_a_private_name_are_struck_out(stream: io.StringIO, key: str) -> None:
    structlog.get_logger("x").info("seen", **{key: "张三", "inner": {key: "张三"}})
    assert "张三" not in stream.getvalue()


def test_a_traceback_is_kept_and_clean(stream: io.StringIO) -> None:
    try:
        raise ValueError(f"no reply to {OPENID} at {PHONE}")
    except ValueError as error:
        structlog.get_logger("x").error("failed", exc_info=error)
        logging.getLogger("library").exception("failed")
    assert all("test_a_traceback_is_kept_and_clean" in entry["exception"] for entry in entries(stream))
    assert_clean(stream)


def test_a_failed_statement_does_not_tell_the_row(stream: io.StringIO, database: Database) -> None:
    adding = text(
        "INSERT INTO operators (name, password_hash, roles, created_at)"
        " VALUES (:name, 'x', '[]', '2017-12-01 00:00:00')"
    )
    name = "张三丰"
    for _ in range(2):
        try:
            with database.writing() as session:
                session.execute(adding, {"name": name})
        except IntegrityError:
            logging.getLogger("library").exception("failed")
    assert stream.getvalue().count(name) == 0
    assert "operators" in stream.getvalue()


@pytest.mark.parametrize("after", ["", "\nCONTEXT:  x", "\nHINT:  x", "\n[SQL: x]", "\nTraceback (most recent"])
def test_all_lines_of_a_value_are_struck_out(after: str) -> None:
    said = f"duplicate key\nDETAIL:  Key (summary)=(午间健身\n请教练来\n\n一年五十次) already exists.{after}"
    assert Redaction().clean(said) == f"duplicate key\n[detail]{after}"


def test_the_server_speaks_through_the_same_log(stream: io.StringIO, keyring: Keyring) -> None:
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # as a server before may have left it
    configure_logging(keyring, stream)
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
    assert entries(stream)[0]["event"] == "Started server process [7]"


def test_configuring_twice_says_things_once(stream: io.StringIO, keyring: Keyring) -> None:
    configure_logging(keyring, stream)
    structlog.get_logger("x").info("once")
    assert len(entries(stream)) == 1


@given(st.from_regex(r"o[A-Za-z0-9_-]{27}", fullmatch=True), st.text("，。 :/=(\"'", max_size=3))
def test_no_openid_survives_wherever_it_stands(openid: str, beside: str) -> None:
    assert openid not in Redaction().clean(f"{beside}{openid}{beside}")


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", " ", "-"]))
def test_no_mobile_number_survives(phone: str, gap: str) -> None:
    written = gap.join((phone[:3], phone[3:7], phone[7:]))
    assert written not in Redaction().clean(f"电话{written}。")


@pytest.mark.parametrize(
    "harmless", ["SS2018-0001", "25032214", "app.proposals.service", "2017-12-01T10:00:00+08:00"]
)
def test_what_is_harmless_stays(harmless: str) -> None:
    assert Redaction().clean(harmless) == harmless


def test_addresses_of_requests_are_not_logged(stream: io.StringIO) -> None:
    logging.getLogger("uvicorn.access").info("POST /wechat?openid=%s", OPENID)
    assert not logging.getLogger("uvicorn.access").propagate
    assert stream.getvalue() == ""
