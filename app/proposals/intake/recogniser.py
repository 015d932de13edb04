"""From rows of cells to forms: which project each entry belongs to, and what is missing. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from app.proposals.intake import checks, labels
from app.proposals.intake.entries import Entry, entries
from app.proposals.intake.labels import FOOTER
from app.proposals.intake.page import Row
from app.proposals.intake.paper import FIELDS, FormRead, Kind, Problem
from app.proposals.intake.values import kept

BODY = ("title", "summary", "expected_outcome", "evaluation")


@dataclass
class Project:
    """One project: what is written under the labels of its table."""

    body: dict[str, Entry] = field(default_factory=dict)
    footer: dict[str, Entry] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        return all(entry.is_empty for entry in self.body.values())


@dataclass
class Sheet:
    """One copy of the form: the organisation and the last line hold for all its projects."""

    kind: Kind | None = None
    organisation: Entry | None = None
    source: Entry | None = None
    projects: list[Project] = field(default_factory=list)
    footer: dict[str, Entry] = field(default_factory=dict)

    def take(self, entry: Entry) -> None:
        if entry.name == "organisation":
            self.organisation = entry
        elif entry.name == "source":
            self.source = entry
            self.kind = labels.kind_of_organisation(entry.text) or self.kind
        elif entry.name in FOOTER:
            self._sign(entry)
        else:
            self._describe(entry)

    def _sign(self, entry: Entry) -> None:
        """Who filled it in, of all projects above that nobody has signed yet."""
        if entry.is_empty:
            return
        self.footer[entry.name] = entry
        for project in self.projects:
            project.footer.setdefault(entry.name, entry)

    def _describe(self, entry: Entry) -> None:
        known = self.projects[-1].body if self.projects else None
        if known is not None and entry.name in known and entry.is_empty:
            return
        if known is None or entry.name in known or (entry.name == "title" and known):
            self.projects.append(Project())
        self.projects[-1].body[entry.name] = entry


def recognise(rows: Sequence[Row], around: date) -> tuple[list[FormRead], list[Problem]]:
    """The forms on these rows and what is wrong with them; none at all where this is no form, or a blank one."""
    found = entries(rows)
    if not _looks_like_a_form(found):
        return [], [checks.not_a_form()]
    sheets = _sheets(found)
    refused = [checks.from_chat(sheet.source.place) for sheet in sheets if sheet.source and _is_chat(sheet.source)]
    forms = [
        _form(sheet, project, around)
        for sheet in sheets
        for project in sheet.projects
        if not project.is_blank and not (sheet.source and _is_chat(sheet.source))
    ]
    if not forms:
        return [], refused[:1] or [checks.blank(found[0].place)]
    return forms, refused + [problem for form in forms for problem in checks.problems(form)]


def _is_chat(source: Entry) -> bool:
    """Our own summary lists what workers proposed as well."""
    return "网上" in source.text


def _looks_like_a_form(found: Sequence[Entry]) -> bool:
    """Two of the four fields of its table; a text that only speaks of forms has none."""
    return len({entry.name for entry in found} & set(BODY)) > 1


def _sheets(found: Sequence[Entry]) -> list[Sheet]:
    sheets = [Sheet()]
    for entry in found:
        sheet = sheets[-1]
        if entry.name in ("heading", "record"):
            if sheet.projects or entry.name == "record":
                sheets.append(Sheet())
            sheets[-1].kind = entry.kind or sheets[-1].kind
            continue
        if entry.name == "organisation" and sheet.organisation and sheet.projects:
            sheets.append(Sheet(projects=_begun(sheet)))
        sheets[-1].take(entry)
    return _completed(sheets)


def _begun(sheet: Sheet) -> list[Project]:
    """A project of which there is but the name belongs to the organisation named after it."""
    return [sheet.projects.pop()] if sheet.projects[-1].body.keys() == {"title"} else []


def _completed(sheets: Sequence[Sheet]) -> list[Sheet]:
    """What is written once for several holds for each: on the sheet, and on the sheets that follow without it."""
    before: Sheet | None = None
    for sheet in sheets:
        if before is not None and sheet.organisation is None:
            sheet.organisation, sheet.kind = before.organisation, sheet.kind or before.kind
        for project in sheet.projects:
            for name, entry in sheet.footer.items():
                project.footer.setdefault(name, entry)
        before = sheet
    return list(sheets)


def _form(sheet: Sheet, project: Project, around: date) -> FormRead:
    written = {**project.body, **project.footer}
    if sheet.organisation is not None:
        written["organisation"] = sheet.organisation
    values = {name: kept(name, written[name].text, around) if name in written else None for name in FIELDS}
    places = {name: entry.place for name, entry in written.items()}
    named = sheet.organisation.kind if sheet.organisation else None
    return FormRead(named or sheet.kind or labels.guess(values["organisation"] or ""), values, places)
