"""boto3 clients for a local stand-in of AWS, and for nothing else.

Every script in this folder makes its clients here, so that none of them can reach a real account: the endpoint must be
on the loopback interface, the credentials are dummies, and neither the user's AWS files nor a proxy are looked at.
"""

from __future__ import annotations

import ipaddress
import os
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.config

# For every session of this process, moto's own ones too: a profile that does not exist would break their import.
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
for _variable in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
    os.environ.pop(_variable, None)


class Refused(Exception):
    """The endpoint is not one these scripts may talk to."""


def check_loopback(url: str) -> str:
    """Return `url` when its host is the loopback interface, raise `Refused` otherwise."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if parts.scheme != "http" or not loopback:
        raise Refused(f"{url!r} is not an http URL of the loopback interface; these scripts never talk to AWS itself")
    return url


class Endpoint:
    """The services behind one loopback URL, as seen from one region."""

    def __init__(self, url: str, region: str) -> None:
        self.url = check_loopback(url)
        self.region = region
        self._session = boto3.session.Session(
            aws_access_key_id="testing", aws_secret_access_key="testing", region_name=region
        )

    def client(self, service: str) -> Any:
        """A client that validates parameters as botocore does, tries once and uses no proxy."""
        config = botocore.config.Config(
            proxies={}, retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30, parameter_validation=True
        )
        return self._session.client(service, endpoint_url=self.url, config=config)
