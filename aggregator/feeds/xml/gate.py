"""The strict gate: well-formed XML of bounded depth becomes a tree, all else an error.

libxml2 reads without recovery, without entities, without network; what its own limits
refuse (256 levels, names and texts of absurd length, amplification) stays refused. A
DOCTYPE is refused, too: the repairs cut it off, so that nothing it declares has a meaning.
"""

import re

from lxml import etree

_DOCTYPE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?.*?\?>\s*+|<!--.*?-->\s*+)*+<!DOCTYPE", re.DOTALL
)
_LIMIT_REACHED = etree.ErrorTypes.ERR_RESOURCE_LIMIT


class IllFormed(Exception):
    """The document is not well-formed.

    Args:
        message: what is wrong, with line and column.
        limit: what is beyond a limit, ``depth`` or ``size``, if that is what is wrong. Tags
            that are paired may not be so deep any more; nothing makes a document smaller.
    """

    def __init__(self, message: str, limit: str = "") -> None:
        self.limit = limit
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
        raise IllFormed(str(error)[:300], _limit_of(error)) from None
    except (etree.LxmlError, ValueError) as error:
        raise IllFormed(str(error)[:300]) from None


def _limit_of(error: etree.XMLSyntaxError) -> str:
    # Not the error log: it remembers other documents' errors.
    if getattr(error, "code", None) != _LIMIT_REACHED:
        return ""
    return "depth" if "depth" in str(error) else "size"
