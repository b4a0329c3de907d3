"""From the way a file fails to its cause and remedy: the failures that people meet when they first load a folder."""

from __future__ import annotations

from collections.abc import Callable

from dagcheck.checks.hints import arguments, imports, language, messages, modules, world
from dagcheck.checks.hints.hint import Hint
from dagcheck.record import FileRecord, Raised, Refusal

Rule = Callable[[Raised, FileRecord], "Hint | None"]

# The first rule that knows an exception speaks.
_RULES: tuple[Rule, ...] = (
    language.newer_python,
    language.wrong_syntax,
    imports.missing_provider,
    imports.removed_from_airflow,
    imports.old_provider,
    imports.unknown_to_airflow,
    modules.standard_library,
    modules.circular,
    modules.own_module,
    modules.missing_name,
    modules.missing_package,
    arguments.unexpected,
    arguments.missing,
    world.variable,
    world.connection,
    world.environment,
    world.network,
    world.refused_write,
    world.missing_file,
    messages.by_type,
    messages.by_message,
)
_UNKNOWN = Hint(
    "Airflow has none of the file's DAGs until it imports",
    "correct this line, or move what it does into a task, which runs only when the DAG does",
)
_REFUSED = Hint("Airflow shows this as an import error and drops the DAG", "correct the DAG as the message says")


def hint_for(record: FileRecord) -> Hint:
    """Return the remedy for a file that raised; of a chain of causes, for the first one that a rule knows."""
    failure = record.failure
    for raised in failure.chain if failure else ():
        for rule in _RULES:
            hint = rule(raised, record)
            if hint:
                return hint
    return world.refused_event(record) or _UNKNOWN


def hint_for_refusal(refusal: Refusal) -> Hint:
    """Return the remedy for a DAG that Airflow refuses."""
    raised = Raised(type=refusal.type, message=refusal.message)
    return messages.by_type(raised) or messages.by_message(raised) or _REFUSED


__all__ = ["Hint", "hint_for", "hint_for_refusal"]
