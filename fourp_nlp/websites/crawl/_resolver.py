"""Resolving host names, and refusing private addresses when connecting."""

from __future__ import annotations

from typing import Any

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import maybeDeferred
from twisted.internet.error import DNSLookupError

from fourp_nlp.websites.addresses import may_ask, networks

__all__ = ["PublicResolver", "refused"]

refused: dict[str, str] = {}
"""Hosts that were refused in this process, and the address that they led to.

Twisted hands on no more of a resolver's error than that there is no address.
"""


class PublicResolver(CachingThreadedResolver):  # type: ignore[misc, unused-ignore] # scrapy's types are not read here
    """Resolves names to public addresses, and to those that the user named.

    A name is judged by the address that the connection is then made to, so that an answer which changes
    between two questions leads nowhere else. Addresses in the place of a name pass through it too, in
    whatever spelling. It finds IPv4 addresses only.
    """

    allowed: tuple[Any, ...] = ()

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> PublicResolver:
        """Make it with what a crawler's settings allow."""
        resolver: PublicResolver = super().from_crawler(crawler, reactor)
        resolver.allowed = networks(crawler.settings.getlist("FOURP_ALLOWED"))
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:  # noqa: N802 - Twisted's name
        """Resolve a name, or an address that stands in the place of one."""
        if ":" in name:
            # Of the sixth version, which nothing below this can ask; said rightly all the same.
            return maybeDeferred(self._checked, name, name)
        return super().getHostByName(name, timeout).addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        if may_ask(address, self.allowed):
            refused.pop(name, None)
            return address
        refused[name] = address
        raise DNSLookupError(f"{name} leads to {address}, which is not public")
