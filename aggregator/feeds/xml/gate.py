"""The strict gate: well-formed XML of bounded depth becomes a tree, all else an error.

libxml2 reads without recovery, without entities, without network; what its own limits
refuse (256 levels, names and texts of absurd length, amplification) stays refused. A
DOCTYPE is refused, too: the repairs cut it off, so that nothing it declares has a meaning.
"""

import re
from typing import Any

from lxml import etree

_DOCTYPE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?.*?\?>\s*+|<!--.*?-->\s*+)*+<!DOCTYPE", re.DOTALL
)
_LIMIT_REACHED = etree.ErrorTypes.ERR_RESOURCE_LIMIT


class IllFormed(Exception):
    """The document is not well-formed.

    Args:
        message: what is wrong, with line and column.
        hopeless: no repair may help: it is built to exhaust whoever reads it.
    """

    def __init__(self, message: str, *, hopeless: bool = False) -> None:
        self.hopeless = hopeless
        super().__init__(message)


def read_strictly(document: bytes) -> etree._Element:
    """Read a document that is in UTF-8, whatever it declares.

    Raises:
        IllFormed: it is not well-formed, beyond a limit, or has a DOCTYPE.
    """
    if _DOCTYPE.match(document):
        raise IllFormed("has a document type declaration")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        collect_ids=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise IllFormed(str(error)[:300], hopeless=_is_beyond_limits(error)) from None
    except (etree.LxmlError, ValueError) as error:
        raise IllFormed(str(error)[:300]) from None


def _is_beyond_limits(error: etree.XMLSyntaxError) -> bool:
    log: Any = error.error_log
    return any(line.type == _LIMIT_REACHED for line in log)
