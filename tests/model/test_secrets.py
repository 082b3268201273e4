from __future__ import annotations

import hashlib
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmdb.model.secrets import is_reference, looks_secret, mask

LAW = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""The machine is shared: how long an example takes says nothing."""

TAIL = "0123456789abcdefghijABCDEFGHIJ0123456789"
"""Real tokens are put together here, so that no scanner takes this file for a leak."""

SECRETS = {
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
    "private key, plain": "-----BEGIN " + "PRIVATE KEY-----\nMIIEpAIBAAKCAQEA",
    "private key, OpenSSH": "text before\n-----BEGIN OPENSSH " + "PRIVATE KEY-----\nb3BlbnNzaC1rZXk",
    "private key, PGP": "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----\n\nlQdGBF",
    "AWS": "AKIA" + "IOSFODNN7EXAMPLE",
    "AWS, temporary": "key ASIA" + "Y34FZKBOKMUTVV7A",
    "AWS secret": "aws_secret_access_key = " + "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "GitHub": "ghp_" + TAIL[:36],
    "GitHub, fine-grained": "github_pat_" + "11ABCDEFG0" + "_" + TAIL,
    "GitLab": "glpat-" + TAIL[:20],
    "Slack": "xoxb-" + "123456789012-" + TAIL[:24],
    "Slack webhook": "https://hooks.slack.com/services/" + "T0000/B0000/" + TAIL[:24],
    "JWT": "Bearer eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N",
    "URL": "postgres://app:" + "hunter2@db.example.org/shop",
    "URL without a user": "redis://:" + "hunter2@cache:6379/0",
    "URL in a sentence": "clone https://deploy:" + "s3cr3t@git.example.org/x.git first",
    "connection string": "Server=db;Database=shop;User Id=sa;Password=" + "hunter2;",
    "connection string, short": "Uid=sa;Pwd=" + "hunter2",
    "libpq": "host=db user=app password=" + "'hunter2'",
    "Go": "app:" + "hunter2@tcp(db:3306)/shop",
    "query": "https://example.org/?user=app&api_key=" + "abcdef",
    "header": "Authorization: Basic " + "dXNlcjpwYXNzd29yZA==",
    "network device": "username admin password 7 " + "0822455D0A16544541",
    "age": "AGE-SECRET-KEY-1" + "QQPQRSTUVWXYZ0123456789QQPQRSTUVWXYZ",
    "npm": "npm_" + TAIL[:36],
    "Vault": "hvs." + TAIL,
}

HARMLESS = {
    "sha256": hashlib.sha256(b"").hexdigest(),
    "sha1": hashlib.sha1(b"", usedforsecurity=False).hexdigest(),
    "image": "registry.example.org/shop@sha256:" + hashlib.sha256(b"").hexdigest(),
    "uuid": str(uuid.UUID(int=12345678901234567890)),
    "certificate": "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIE\n-----END CERTIFICATE-----",
    "public key": "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0B\n-----END PUBLIC KEY-----",
    "ssh key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk9 root@web-1",
    "fingerprint": "SHA256:uNiVztksCsDhcc0u9e8BrNiVztksCsDhcc0u9e8Br",
    "url": "https://wiki.example.org:8443/runbooks/payments?at=2026-01-01T00:00:00@x",
    "git": "ssh://git@git.example.org:22/shop.git",
    "scp": "git@git.example.org:shop.git",
    "url with a placeholder": "postgres://app:${DB_PASSWORD}@db/shop",
    "url with stars": "amqp://app:***@mq/",
    "url with a template": "https://{{ user }}:{{password}}@example.org",
    "ipv6": "http://[2001:db8::1]:8080/a@b",
    "policy": "password_min_length=12 PasswordAuthentication=no",
    "switched off": "password=no",
    "asked for": "--password=<PASSWORD>",
    "referred to": "password=vault:secret/db",
    "variable": "password=$DB_PASSWORD",
    "sentence": "The password: ask the platform team, it is in the vault",
    "place": "PWD=/home/app",
    "Asia": "ASIAPACIFICSOUTHEAST",
    "mail": "mailto:ops@example.org",
    "mac": "00:11:22:33:44:55",
    "digest in base64": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "reference": "vault:secret/data/payments#db_password",
    "kernel": "6.1.0-18-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1",
    "serial": "VMware-42 1e 5b 2c 5d 3f 4e 6a-7b 8c 9d 0e 1f 2a 3b 4c",
}


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_are_recognised(name: str) -> None:
    assert looks_secret(SECRETS[name])


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_looks_random_is_not(name: str) -> None:
    assert looks_secret(HARMLESS[name]) is None
    assert mask(HARMLESS[name]) == HARMLESS[name]


@pytest.mark.parametrize("name", SECRETS)
def test_masking_leaves_nothing_secret(name: str) -> None:
    masked = mask(f"it said: {SECRETS[name]}")
    assert masked.startswith("it said: ")
    assert "***" in masked
    assert looks_secret(masked) is None


def test_masking_takes_the_password_only() -> None:
    assert mask("no route to postgres://app:hunter2@db/shop (5 s)") == "no route to postgres://app:***@db/shop (5 s)"


@pytest.mark.parametrize("name", ["password", "db_password", "adminPassword", "API_KEY", "api-key", "client_secret"])
def test_a_text_in_a_field_for_secrets_is_one(name: str) -> None:
    assert looks_secret("hunter2", name)


@pytest.mark.parametrize(
    "name", ["password_min_length", "passwords", "token_ttl", "secretary", "public_key", "name", ""]
)
def test_other_names_say_nothing(name: str) -> None:
    assert looks_secret("hunter2", name) is None


@pytest.mark.parametrize(
    "value", ["", "vault:kv/db", "env:DB_PASSWORD", "***", "none", "locked", "/etc/app/key", "in the safe"]
)
def test_a_field_for_secrets_may_hold_what_is_none(value: str) -> None:
    assert looks_secret(value, "password") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("vault:secret/data/x#y", True),
        ("env:DB_PASSWORD", True),
        ("sops:secrets.yaml#db", True),
        ("vault:", False),
        ("vault: x", False),
        ("Vault:x", False),
        ("https://vault:8200", False),
        ("hunter2", False),
    ],
)
def test_references_say_where_a_secret_is_kept(value: str, expected: bool) -> None:
    assert is_reference(value) is expected


@LAW
@given(st.text())
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    "unit", ["a", "eyJ", "eyJaaaaaaaa.", "://", "a:", "password=", "-----BEGIN ", "AKIA", "xoxb-", "://a:", "7 ", "="]
)
def test_long_texts_cost_their_length(unit: str) -> None:
    """A quadratic pattern would keep this test busy for hours."""
    mask(unit * (1_000_000 // len(unit)))


@pytest.mark.parametrize("version", ["3.6.1", "1:4.13+dfsg1-1+deb12u1", "2.0~rc1"])
@pytest.mark.parametrize("package", ["passwd", "base-passwd"])
def test_the_version_of_a_package_is_no_password(package: str, version: str) -> None:
    assert looks_secret(version, package) is None
    assert looks_secret("hunter2", package) == "a password"
