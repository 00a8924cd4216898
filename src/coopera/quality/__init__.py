"""Quality: a project and what its checks found in; one page about its state out."""

from coopera.quality.history import Entry
from coopera.quality.measures import Quality, measure
from coopera.quality.texts import WRITERS

__all__ = ["WRITERS", "Entry", "Quality", "measure"]
