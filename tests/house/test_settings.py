"""Every setting stands in `.env.example`, with its default, and nothing else does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from app.errors import ConfigurationError
from app.settings import Settings

EXAMPLE = Path(__file__).parents[2] / ".env.example"

REQUIRED = {
    "SHISHI_SECRET_KEY": "x" * 32,
    "SHISHI_WECHAT__APP_ID": "wx0123456789abcdef",
    "SHISHI_WECHAT__APP_SECRET": "app-secret",
    "SHISHI_WECHAT__TOKEN": "callbacktoken",
    "SHISHI_WECHAT__ENCODING_AES_KEY": "a" * 43,
}


def written() -> dict[str, str]:
    lines = [
        line for line in EXAMPLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]
    return dict(line.split("=", 1) for line in lines)


def names(model: type[BaseModel], prefix: str = "SHISHI_") -> Iterator[str]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from names(field.annotation, f"{prefix}{name.upper()}__")
        else:
            yield prefix + name.upper()


def loaded(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> dict[str, Any]:
    for name in names(Settings):
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return Settings.load().model_dump()


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Away from any `.env`."""
    monkeypatch.chdir(tmp_path)


def test_every_setting_and_nothing_else_is_in_the_example() -> None:
    assert sorted(written()) == sorted(names(Settings))


def test_the_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    by_default = loaded(monkeypatch, REQUIRED)
    assert loaded(monkeypatch, {**written(), **REQUIRED}) == by_default


def test_the_example_alone_is_refused_naming_what_must_be_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError) as caught:
        loaded(monkeypatch, written())
    assert "SHISHI_SECRET_KEY" in caught.value.message
    assert "SHISHI_WECHAT__APP_ID" in caught.value.message


def test_nothing_set_names_every_required_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError) as caught:
        loaded(monkeypatch, {"SHISHI_WECHAT__MODE": "safe"})
    for name in REQUIRED:
        assert f"{name}：没有设置" in caught.value.message
