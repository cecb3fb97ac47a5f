"""Dates as feeds write them, to aware UTC times.

Feeds are to write RFC 3339 (Atom) or RFC 822 with four-digit years (RSS 2.0); real ones
write months in their language, two-digit years, no zone or half of one.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

_FIRST_FEED_YEAR = 1995
_LAST_YEAR = 2090
_LONGEST = 80
_TIME = r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?(?:[:.](?P<second>\d{2}))?(?:[.,]\d{1,9})?"
_ZONE = (
    r"(?:\s*(?P<half>[ap])\.?m\.?(?![a-z]))?"
    r"\s*(?P<zone>(?:(?:gmt|utc)(?=[+-]))?[+-]\d{1,2}:?(?:\d\d)?|[a-z]{1,5})?"
)
_CLOCK = rf"(?:,?\s+(?:at\s+|um\s+)?|T){_TIME}{_ZONE}"
_WEEKDAY = r"(?:[^\W\d_]{2,12}\.?(?:,\s*|\s+))?"
_GAP = r"(?:\s+de\s+|[\s-]*)"
# What nearly every RSS feed writes, read without trying the other forms.
_USUAL = re.compile(
    r"(?:[A-Za-z]{3}, ?)?(\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d)"
    r" (?:([+-])(\d\d)(\d\d)|GMT|UTC|Z)"
)
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # RFC 822: Fri, 01 Mar 2024 12:00:00 +0000
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})\.?{_GAP}(?P<month>[^\W\d_]{{3,12}})\.?{_GAP}"
        rf"(?P<year>\d{{4}}|\d\d)(?:{_CLOCK})?",
        # nearly RFC 3339: 2024-3-1 12:00, 2024/3/1, 2024-03
        rf"(?P<year>\d{{4}})(?:[-/.](?P<month>\d{{1,2}})(?:[-/.](?P<day>\d{{1,2}})(?:{_CLOCK})?)?)?",
        # asctime: Fri Mar  1 12:00:00 PST 2024
        rf"{_WEEKDAY}(?P<month>[^\W\d_]{{3,12}})\.?\s+(?P<day>\d{{1,2}}),?\s+"
        rf"{_TIME}{_ZONE}\s+(?P<year>\d{{4}})",
        # March 1st, 2024, 12:00 pm
        rf"{_WEEKDAY}(?P<month>[^\W\d_]{{3,12}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+"
        rf"(?P<year>\d{{4}})(?:{_CLOCK})?",
        # 2024年3月1日 12:00, 2024년 3월 1일
        rf"(?P<year>\d{{4}})\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월]\s*(?P<day>\d{{1,2}})\s*[日일]"
        rf"(?:\s+{_TIME}{_ZONE})?",
    )
)  # fmt: skip
_MONTH_NAMES = (
    "january januar januari janvier enero janeiro gennaio stycznia styczen ledna leden ocak "
    "января январь ιανουαριου ιανουαριος januar tammikuuta jan",
    "february februar februari fevrier febrero fevereiro febbraio lutego luty unora unor subat "
    "февраля февраль φεβρουαριου φεβρουαριος februar helmikuuta feb fev",
    "march marz maerz mars maart marzo marco marca marzec brezna brezen mart marts марта март "
    "μαρτιου μαρτιος marcius maaliskuuta mrz mar",
    "april avril abril aprile kwietnia kwiecien dubna duben nisan апреля апрель απριλιου "
    "απριλιος aprilis huhtikuuta apr abr avr",
    "may mai mei mayo maio maggio maja maj kvetna kveten mayis мая май μαιου μαιος majus "
    "toukokuuta",
    "june juni juin junio junho giugno czerwca czerwiec cervna cerven haziran июня июнь ιουνιου "
    "ιουνιος junius kesakuuta jun",
    "july juli juillet julio julho luglio lipca lipiec cervence cervenec temmuz июля июль "
    "ιουλιου ιουλιος julius heinakuuta jul juil",
    "august augustus aout agosto sierpnia sierpien srpna srpen agustos августа август "
    "αυγουστου αυγουστος augusztus elokuuta aug ago",
    "september septembre septiembre setembro settembre wrzesnia wrzesien zari eylul сентября "
    "сентябрь σεπτεμβριου σεπτεμβριος szeptember syyskuuta sep sept set",
    "october oktober octobre octubre outubro ottobre pazdziernika pazdziernik rijna rijen ekim "
    "октября октябрь οκτωβριου οκτωβριος lokakuuta oct okt out ott",
    "november novembre noviembre novembro listopada listopad kasim ноября ноябрь νοεμβριου "
    "νοεμβριος marraskuuta nov",
    "december dezember decembre diciembre dezembro dicembre grudnia grudzien prosince prosinec "
    "aralik декабря декабрь δεκεμβριου δεκεμβριος joulukuuta dec dez dic",
)
# Hours from UTC: RFC 822, section 5.1, and what else is common and means one thing.
_ZONES = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "bst": 1, "west": 1, "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "eet": 2, "eest": 3, "msk": 3,
    "jst": 9, "kst": 9, "aest": 10, "aedt": 11,
}  # fmt: skip


def _folded(name: str) -> str:
    parts = unicodedata.normalize("NFKD", name.lower())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _month_table() -> dict[str, int]:
    """Every name, and its first three and four letters where only one month begins so."""
    whole = {n: m for m, names in enumerate(_MONTH_NAMES, 1) for n in map(_folded, names.split())}
    short: dict[str, set[int]] = {}
    for name, month in whole.items():
        for length in (3, 4):
            short.setdefault(name[:length], set()).add(month)
    return {start: months.pop() for start, months in short.items() if len(months) == 1} | whole


_MONTHS = _month_table()


def read_date(text: str) -> datetime | None:
    """A date in UTC; one without a zone is taken as UTC, nonsense is None."""
    found = read_date_and_zone(text)
    return found[0] if found else None


def read_date_and_zone(text: str) -> tuple[datetime, bool] | None:
    """A date in UTC, and whether it says which zone it is in.

    Args:
        text: RFC 3339, RFC 822, asctime, ``YYYY/M/D`` (never ``YYYY/D/M``) or a date with
            the month's name in one of fifteen languages. What has no time of day counts as
            midnight in UTC and as having a zone.

    Returns:
        None where it is no date or out of range.
    """
    text = text.strip()[:_LONGEST]
    if not text[:4].isdecimal():
        return _in_some_form(text)
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return _in_some_form(text)
    try:
        if when.tzinfo is None:
            return when.replace(tzinfo=UTC), ":" not in text
        return when.astimezone(UTC), True
    except OverflowError:
        return None


def _in_some_form(text: str) -> tuple[datetime, bool] | None:
    try:
        if usual := _USUAL.fullmatch(text):
            return _usual_moment(usual), True
    except (ValueError, OverflowError, KeyError):
        pass
    for form in _FORMS:
        if found := form.fullmatch(text):
            try:
                return _moment(found.groupdict())
            except (ValueError, OverflowError, KeyError):
                continue
    return None


def _usual_moment(found: re.Match[str]) -> datetime:
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    parts = (int(year), _MONTHS[month.lower()], int(day), int(hour), int(minute), int(second))
    local = datetime(*parts, tzinfo=UTC)
    if sign is None or hours == minutes == "00":
        return local
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return local + ahead if sign == "-" else local - ahead


def _moment(part: dict[str, str | None]) -> tuple[datetime, bool]:
    """The parts as a time; a leap second is the second before it, 24 o'clock the next day."""
    month = part["month"] or "1"
    hour = int(part.get("hour") or 0)
    half = part.get("half")
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    zone = part.get("zone")
    offset = _offset(zone) if zone else None
    local = datetime(
        _year(part["year"] or ""),
        int(month) if month.isdecimal() else _MONTHS[_folded(month)],
        int(part["day"] or 1),
        hour % 24 if hour <= 24 else hour,
        int(part.get("minute") or 0),
        min(int(part.get("second") or 0), 59),
        tzinfo=timezone(offset or timedelta()),
    )
    when = (local + timedelta(days=hour // 24)).astimezone(UTC)
    return when, offset is not None or part.get("hour") is None


def _year(digits: str) -> int:
    """A year; of two digits after RFC 2822, section 4.3."""
    year = int(digits)
    return year if len(digits) > 2 else year + (2000 if year < 50 else 1900)


def _offset(zone: str) -> timedelta | None:
    """From UTC: ``-0500``, ``-05:00``, ``-05``, ``-5`` or a name; None for an unknown name."""
    digits = zone.lower().removeprefix("gmt").removeprefix("utc").replace(":", "")
    if digits[:1] not in ("+", "-"):
        known = _ZONES.get(zone.lower())
        return None if known is None else timedelta(hours=known)
    hours, minutes = (digits[1:], "0") if len(digits) <= 3 else (digits[1:-2], digits[-2:])
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return -offset if digits[0] == "-" else offset


def odd_date(when: datetime) -> bool:
    """Whether no feed can have published at that time."""
    return not _FIRST_FEED_YEAR <= when.year <= _LAST_YEAR
