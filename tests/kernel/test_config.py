"""Settings are typed; nonsense is refused with its name and what is expected."""

import stat
from pathlib import Path

import pytest

from portal.kernel.config import BadSetting, load_config


def env(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"GONGZHI_INSTANCE": str(tmp_path), **more}


def test_the_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first = load_config(env(tmp_path))
    second = load_config(env(tmp_path))
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 48
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_damaged_key_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("short")
    with pytest.raises(BadSetting, match="SECRET_KEY"):
        load_config(env(tmp_path))


def test_the_key_is_not_shown_when_settings_are_printed(tmp_path: Path) -> None:
    config = load_config(env(tmp_path))
    assert config.secret_key not in repr(config)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "sqlite://"),
        ("SECRET_KEY", "too short"),
        ("GONGZHI_ORIGIN", "gongzhi.example.cn"),
        ("GONGZHI_ORIGIN", "https://example.cn/sub/path"),
        ("GONGZHI_SMS", "{"),
        ("GONGZHI_SMS", '{"url": "https://x.cn", "body": "no places"}'),
        ("GONGZHI_SMTP", "smtp://host"),
        ("GONGZHI_BLOBS", "ftp://host/x"),
        ("GONGZHI_TILES", '[{"url": "http://plain"}]'),
        ("GONGZHI_TRUSTED_PROXIES", "many"),
        ("GONGZHI_TRUSTED_PROXIES", "99"),
        ("GONGZHI_CITY", "/no/such/file.toml"),
        ("GONGZHI_TYPO", "1"),
    ],
)
def test_a_malformed_setting_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name) as caught:
        load_config(env(tmp_path, **{name: value}))
    assert "expected" in str(caught.value)


def test_the_sms_gateway_is_read_whole(tmp_path: Path) -> None:
    setting = '{"url": "https://sms.example.cn", "headers": {"A": "b"}, "body": "{to}={text}"}'
    config = load_config(env(tmp_path, GONGZHI_SMS=setting))
    assert config.sms is not None
    assert config.sms.headers == {"A": "b"}


def test_only_https_makes_cookies_secure(tmp_path: Path) -> None:
    assert load_config(env(tmp_path, GONGZHI_ORIGIN="https://g.example.cn/")).secure
    assert not load_config(env(tmp_path)).secure


def test_a_new_instance_folder_is_ours_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    load_config(env(folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
