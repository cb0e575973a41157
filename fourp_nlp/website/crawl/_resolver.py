"""Names into addresses: what is private is refused at the moment of connecting, whoever named it."""

from __future__ import annotations

from typing import Any

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

from fourp_nlp.website._addresses import may_ask, networks

__all__ = ["PublicResolver", "RefusedAddressError"]


class RefusedAddressError(DNSLookupError):  # type: ignore[misc] # twisted has no types
    """A name leads to an address that may not be asked."""


class PublicResolver(CachingThreadedResolver):  # type: ignore[misc] # scrapy's types are not read here
    """Resolves names to public addresses, and to those that the user named.

    A name is judged by the address that the connection is then made to, so that an answer which changes
    between two questions leads nowhere else.
    """

    allowed: tuple[Any, ...] = ()

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> PublicResolver:  # noqa: ANN401
        """Make it with what a crawler's settings allow."""
        made: PublicResolver = super().from_crawler(crawler, reactor)
        made.allowed = networks(crawler.settings.getlist("FOURP_ALLOWED"))
        return made

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:  # noqa: ANN401, N802 - Twisted's name
        """Resolve a name, or an address that stands in the place of one."""
        return super().getHostByName(name, timeout).addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        if not may_ask(address, self.allowed):
            raise RefusedAddressError(f"{name} leads to {address}, which is not public")
        return address
