"""Every check there is, in one typed tuple."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from cmdb.checks import (
    alias_reference,
    attribute_type,
    baseline_conflict,
    baseline_cycle,
    baseline_expired,
    baseline_parameter,
    baseline_violation,
    dangling_relation,
    dependency_cycle,
    duplicate_baseline,
    duplicate_id,
    duplicate_key,
    duplicate_target,
    empty_selection,
    group_out_of_service,
    invalid_calendar,
    invalid_expectation,
    invalid_field,
    invalid_id,
    invalid_record,
    invalid_schema,
    mutual_connection,
    needs_out_of_service,
    redundancy_group,
    relation_not_allowed,
    required_attribute,
    secret,
    self_dependency,
    syntax,
    unique_attribute,
    unknown_attribute,
    unknown_baseline,
    unknown_field,
    unknown_kind,
    unknown_relation,
    unread_file,
    unreadable,
    unused_default,
    waiver_expired,
    waiver_target,
)
from cmdb.facts import Facts, Reach
from cmdb.model.problem import Problem


class Check(Protocol):
    """A module that knows one rule."""

    CODE: str
    LOOKS: Reach

    def check(self, facts: Facts) -> Iterator[Problem]: ...


CHECKS: tuple[Check, ...] = (
    alias_reference,
    attribute_type,
    baseline_conflict,
    baseline_cycle,
    baseline_expired,
    baseline_parameter,
    baseline_violation,
    dangling_relation,
    dependency_cycle,
    duplicate_baseline,
    duplicate_id,
    duplicate_key,
    duplicate_target,
    empty_selection,
    group_out_of_service,
    invalid_calendar,
    invalid_expectation,
    invalid_field,
    invalid_id,
    invalid_record,
    invalid_schema,
    mutual_connection,
    needs_out_of_service,
    redundancy_group,
    relation_not_allowed,
    required_attribute,
    secret,
    self_dependency,
    syntax,
    unique_attribute,
    unknown_attribute,
    unknown_baseline,
    unknown_field,
    unknown_kind,
    unknown_relation,
    unread_file,
    unreadable,
    unused_default,
    waiver_expired,
    waiver_target,
)
