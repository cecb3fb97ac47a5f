"""Templates: the shipped ones, each replaceable by one of the same name beside feeds.yaml."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from aggregator.bundled import bundled
from aggregator.errors import ConfigError


class Templates:
    """Renders templates; values from feeds are only ever data, escaped in HTML.

    Args:
        folder: where the editor's own templates may lie; missing is fine.
        timezone: IANA name of the zone in which dates are shown.
    """

    def __init__(self, folder: Path, timezone: str) -> None:
        shipped = FileSystemLoader(bundled("templates"))
        self._environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([FileSystemLoader(folder), shipped]),
            autoescape=lambda name: name is not None and name.endswith((".html", ".xml")),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        zone = ZoneInfo(timezone)
        self._environment.filters["day"] = lambda when: _day(when.astimezone(zone))
        self._environment.filters["iso"] = lambda when: when.astimezone(zone).isoformat()

    def render(self, name: str, /, **values: object) -> str:
        """Render one template.

        Raises:
            ConfigError: the template is missing or wrong; names file and line.
        """
        try:
            return self._environment.get_template(name).render(values)
        except TemplateError as error:
            line = getattr(error, "lineno", None)
            raise ConfigError(
                f"template {name}: {error}", line=line, cure="mend it, or remove your copy"
            ) from error


def _day(when: datetime) -> str:
    return f"{when.day} {when:%B %Y}"
