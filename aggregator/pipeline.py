"""The story, in the order it happens.

::

    feeds.yaml -> due feeds -> fetch -> parse -> new or changed? -> judge -> store
    store -> kept posts -> atom.xml, page                            (publish)
    store -> issue -> html, text, message                            (compose)
"""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.errors import FeedError, FetchError
from aggregator.feeds import changes, polling
from aggregator.feeds.clean import clean_html
from aggregator.feeds.parse import parse_feed
from aggregator.models import (
    Entry,
    FeedState,
    JudgedEntry,
    ParsedFeed,
    Policy,
    Subscription,
    Verdict,
)
from aggregator.newsletter.issue import Week, plan_issue, week_of
from aggregator.newsletter.mail import render_issue
from aggregator.publish.atom import FEED_FILE, FEED_LIMIT, FeedIdentity, render_atom
from aggregator.publish.files import write_files
from aggregator.publish.rendering import Templates
from aggregator.publish.site import render_site
from aggregator.settings import Settings
from aggregator.store.store import Store
from aggregator.web.client import Download, Request, WebClient
