"""What happened to changes, told to other systems as CloudEvents 1.0: made here, and delivered without loss."""

from __future__ import annotations

from cmdb.events.delivery import Delivered, Delivery, deliver
from cmdb.events.event import Event, event

__all__ = ["Delivered", "Delivery", "Event", "deliver", "event"]
