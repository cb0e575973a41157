"""Network addresses that may be requested: public ones, and those that the user names."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from fourp_nlp.errors import FourpError

if TYPE_CHECKING:
    from collections.abc import Iterable

    Network = ipaddress.IPv4Network | ipaddress.IPv6Network

__all__ = ["may_ask", "networks"]


def networks(written: Iterable[str]) -> tuple[Network, ...]:
    """Read addresses and ranges that a user names.

    Parameters
    ----------
    written : iterable of str
        Such as ``127.0.0.1`` or ``10.1.0.0/16``.

    Returns
    -------
    tuple of ipaddress.IPv4Network or ipaddress.IPv6Network
        The ranges.

    Raises
    ------
    FourpError
        If one is no address.
    """
    ranges = []
    for text in written:
        try:
            ranges.append(ipaddress.ip_network(text.strip(), strict=False))
        except ValueError:
            raise FourpError(
                f"'{text}' is no address or range of addresses.",
                cure="Write, for instance, 127.0.0.1 or 10.1.0.0/16.",
            ) from None
    return tuple(ranges)


def may_ask(address: str, allowed: Iterable[Network] = ()) -> bool:
    """Say whether an address may be asked for a page.

    Parameters
    ----------
    address : str
        The address that a name was resolved to.
    allowed : iterable of networks
        What the user named.

    Returns
    -------
    bool
        True for a public address, and for one that was named; False for private, loopback, link-local,
        reserved and multicast ones, through which a page could reach into the user's own network.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        # An address of the fourth version in the clothes of the sixth.
        parsed = parsed.ipv4_mapped or parsed.sixtofour or parsed
    if any(parsed.version == network.version and parsed in network for network in allowed):
        return True
    return parsed.is_global and not (parsed.is_multicast or parsed.is_reserved)
