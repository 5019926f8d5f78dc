"""What goes over the wire of documents: the library, drafts, examples, versions, comparisons and snippets."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from engine.store.library import VERSIONS
from web.wire import Answered, Asked, Number, Query
from web.wire_results import ChangeDoc


class DocumentDoc(Answered):
    """A document of the library, or a draft. `modified` in seconds since 1970."""

    name: str
    etag: str
    bytes: int
    modified: float


class WorkflowsPage(Answered):
    """The library, by name."""

    workflows: list[DocumentDoc]


class DraftsPage(Answered):
    """All drafts, by name."""

    drafts: list[DocumentDoc]


class ExampleDoc(Answered):
    """A workflow that a pack brings; `picture` is the address of one that shows what it makes."""

    pack: str
    name: str
    title: str
    picture: str | None


class ExamplesPage(Answered):
    """All of them, the plainest first."""

    examples: list[ExampleDoc]


class VersionsQuery(Query):
    """Which versions, newest first; `before` is the number of one."""

    before: Number | None = None
    limit: Annotated[int, Field(ge=1, le=VERSIONS)] = VERSIONS


class VersionDoc(Answered):
    """A content that a workflow had, and what it changed; null where none was before it, or one is no workflow."""

    number: int
    etag: str
    bytes: int
    saved: float
    changes: list[ChangeDoc] | None


class VersionsPage(Answered):
    """What a workflow was, the newest first; `next` is what `before` is for the page after this one, null at the end."""

    versions: list[VersionDoc]
    next: int | None


class CompareWorkflows(Asked):
    """Two workflows, of which the second is told as what was changed in the first."""

    before: dict[str, Any]
    after: dict[str, Any]


class ComparedDoc(Answered):
    """What was changed from one workflow to another; nothing where they say the same."""

    changes: list[ChangeDoc]


class SnippetDoc(DocumentDoc):
    """A snippet; `types` are those of its nodes."""

    types: list[str]


class SnippetsPage(Answered):
    """All snippets, by name."""

    snippets: list[SnippetDoc]


class RenameSnippet(Asked):
    """The name that a snippet is to have."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
