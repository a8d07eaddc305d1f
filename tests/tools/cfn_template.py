"""CloudFormation templates as data: YAML with short tags, parameters, intrinsic functions, order of resources.

Strict where CloudFormation is lenient or silent: anything this does not know is a `TemplateError`, never skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

SECTIONS = {
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Mappings",
    "Conditions",
    "Rules",
    "Resources",
    "Outputs",
}
ATTRIBUTES = {"Type", "Properties", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Metadata", "Condition"}

NO_VALUE = object()
"""What `!Ref AWS::NoValue` gives: the property is left out."""


class TemplateError(Exception):
    """The template cannot be used; the message says what and where."""


class _Loader(yaml.SafeLoader):
    """YAML as CloudFormation reads it: short tags, dates as text, no duplicate keys."""


def _construct_tag(loader: _Loader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


def _construct_mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise TemplateError(f"key {key!r} twice in line {node.start_mark.line + 1}")
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _construct_tag)
_Loader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: str(node.value))


def load(path: Path) -> dict[str, Any]:
    """Read a template and check that it has nothing but sections and resource attributes known here."""
    try:
        document = yaml.load(path.read_text(), _Loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise TemplateError(f"not YAML: {error}") from error
    if not isinstance(document, dict) or not document.get("Resources"):
        raise TemplateError("not a template: it has no Resources")
    _only(document, SECTIONS, "template")
    for name, resource in document["Resources"].items():
        _only(resource, ATTRIBUTES, f"resource {name}")
    return document


def _only(value: Any, known: set[str], where: str) -> None:
    if not isinstance(value, dict):
        raise TemplateError(f"{where} is not a mapping")
    if set(value) - known:
        raise TemplateError(f"{where}: unknown {', '.join(sorted(map(str, set(value) - known)))}")


def parameters(document: dict[str, Any], given: dict[str, str]) -> dict[str, Any]:
    """Values of all parameters: given ones or defaults, checked against their constraints."""
    declared = document.get("Parameters") or {}
    unknown = set(given) - set(declared)
    if unknown:
        raise TemplateError(f"parameter {', '.join(sorted(unknown))} is given, but the template has none of that name")
    return {name: _parameter(name, declaration, given) for name, declaration in declared.items()}


def _parameter(name: str, declaration: dict[str, Any], given: dict[str, str]) -> Any:
    if name not in given and "Default" not in declaration:
        raise TemplateError(f"parameter {name} has no default and no value")
    value = str(given.get(name, declaration.get("Default")))

    def demand(holds: Any, rule: str) -> None:
        if not holds:
            why = declaration.get("ConstraintDescription", "")
            raise TemplateError(f"parameter {name}: {value!r} violates {rule}. {why}".rstrip())

    constraint = {key: declaration[key] for key in declaration if key not in ("Default", "Description", "NoEcho")}
    kind = constraint.pop("Type", None)
    if kind not in ("String", "Number", "CommaDelimitedList"):
        raise TemplateError(f"parameter {name}: type {kind!r} is unknown here")
    if kind == "Number":
        demand(re.fullmatch(r"[-+]?\d+(\.\d+)?", value), "Type Number")
    constraint.pop("ConstraintDescription", None)
    for rule, bound in constraint.items():
        text = f"{rule} {bound}"
        if rule == "AllowedPattern":
            demand(re.fullmatch(bound, value), text)
        elif rule == "AllowedValues":
            demand(value in map(str, bound), text)
        elif rule in ("MinLength", "MaxLength"):
            demand(len(value) >= int(bound) if rule == "MinLength" else len(value) <= int(bound), text)
        elif rule in ("MinValue", "MaxValue"):
            demand(float(value) >= float(bound) if rule == "MinValue" else float(value) <= float(bound), text)
        else:
            raise TemplateError(f"parameter {name}: unknown {rule}")
    return value.split(",") if kind == "CommaDelimitedList" else value


def _function(value: Any) -> tuple[str, Any] | None:
    """Name and argument of an intrinsic function, None for data."""
    if isinstance(value, dict) and len(value) == 1:
        name = next(iter(value))
        if name in ("Ref", "Condition") or (isinstance(name, str) and name.startswith("Fn::")):
            return name, value[name]
    return None


_PLACEHOLDER = re.compile(r"\$\{([^!}][^}]*)\}")


def references(value: Any) -> Iterator[str]:
    """Names that `value` refers to by Ref, GetAtt or Sub."""
    call = _function(value)
    if call and call[0] == "Ref":
        yield call[1]
    elif call and call[0] == "Fn::GetAtt":
        yield call[1][0]
    elif call and call[0] == "Fn::Sub":
        text, local = call[1] if isinstance(call[1], list) else (call[1], {})
        yield from (name.split(".")[0] for name in _PLACEHOLDER.findall(text) if name not in local)
        yield from references(list(local.values()))
    elif isinstance(value, dict):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def dependencies(document: dict[str, Any]) -> dict[str, set[str]]:
    """The resources each resource depends on, directly or through others."""
    resources = document["Resources"]
    direct: dict[str, set[str]] = {}
    for name, resource in resources.items():
        named = resource.get("DependsOn", [])
        named = {named} if isinstance(named, str) else set(named)
        if named - set(resources):
            raise TemplateError(
                f"resource {name} depends on {', '.join(sorted(named - set(resources)))}, not a resource"
            )
        direct[name] = named | (set(references(resource.get("Properties", {}))) & set(resources))

    def reach(name: str, path: tuple[str, ...]) -> set[str]:
        if name in path:
            raise TemplateError(f"circular dependency: {' -> '.join((*path, name))}")
        return direct[name].union(*(reach(other, (*path, name)) for other in direct[name]))

    return {name: reach(name, ()) for name in resources}


class Resolver:
    """Evaluates intrinsic functions; resources become known as they are created."""

    def __init__(self, document: dict[str, Any], values: dict[str, Any]) -> None:
        self.document = document
        self.values = dict(values)
        """Parameters, pseudo parameters and, by name, what `Ref` of a created resource gives."""
        self.attributes: dict[tuple[str, str], Any] = {}
        """What `GetAtt` of a created resource gives."""

    def resolve(self, value: Any) -> Any:
        """`value` with every function evaluated and every NoValue left out."""
        call = _function(value)
        if call:
            method = getattr(self, "_" + call[0].removeprefix("Fn::").lower(), None)
            if method is None:
                raise TemplateError(f"function {call[0]} is unknown here")
            return method(call[1])
        if isinstance(value, dict):
            pairs = ((key, self.resolve(item)) for key, item in value.items())
            return {key: item for key, item in pairs if item is not NO_VALUE}
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not NO_VALUE]
        return value

    def holds(self, name: str) -> bool:
        """Whether a condition of the template holds."""
        conditions = self.document.get("Conditions") or {}
        if name not in conditions:
            raise TemplateError(f"condition {name!r} is not in the template")
        return bool(self.resolve(conditions[name]))

    def check_rules(self) -> None:
        """Demand the assertions of all Rules that apply."""
        for name, rule in (self.document.get("Rules") or {}).items():
            _only(rule, {"RuleCondition", "Assertions"}, f"rule {name}")
            if not self.resolve(rule.get("RuleCondition", True)):
                continue
            for assertion in rule["Assertions"]:
                _only(assertion, {"Assert", "AssertDescription"}, f"rule {name}")
                if not self.resolve(assertion["Assert"]):
                    raise TemplateError(f"rule {name}: {assertion.get('AssertDescription', assertion['Assert'])}")

    def _ref(self, name: str) -> Any:
        if name not in self.values:
            raise TemplateError(f"!Ref {name}: no parameter, pseudo parameter or resource that exists here")
        return self.values[name]

    def _getatt(self, path: Any) -> Any:
        resource, attribute = path if isinstance(path, list) else path.split(".", 1)
        if (resource, attribute) not in self.attributes:
            raise TemplateError(f"!GetAtt {resource}.{attribute}: no such attribute of a resource that exists here")
        return self.attributes[resource, attribute]

    def _sub(self, argument: Any) -> str:
        text, local = argument if isinstance(argument, list) else (argument, {})
        local = self.resolve(local)

        def replacement(match: re.Match[str]) -> str:
            name = match[1]
            if name in local:
                return self._text(local[name])
            return self._text(self._getatt(name) if "." in name else self._ref(name))

        return _PLACEHOLDER.sub(replacement, text).replace("${!", "${")

    def _text(self, value: Any) -> str:
        value = self.resolve(value)
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, (str, int, float)):
            raise TemplateError(f"{value!r} is used where text is needed")
        return str(value)

    def _join(self, argument: Any) -> str:
        separator, parts = argument
        return separator.join(self._text(part) for part in self.resolve(parts))

    def _split(self, argument: Any) -> list[str]:
        separator, text = argument
        return self._text(text).split(separator)

    def _select(self, argument: Any) -> Any:
        index, choices = int(self._text(argument[0])), self.resolve(argument[1])
        if not 0 <= index < len(choices):
            raise TemplateError(f"!Select {index} of {len(choices)} items")
        return choices[index]

    def _findinmap(self, argument: Any) -> Any:
        value: Any = self.document.get("Mappings") or {}
        for key in map(self._text, argument):
            if key not in value:
                raise TemplateError(f"!FindInMap {argument}: no {key!r}")
            value = value[key]
        return value

    def _if(self, argument: Any) -> Any:
        return self.resolve(argument[1] if self.holds(argument[0]) else argument[2])

    def _condition(self, name: str) -> bool:
        return self.holds(name)

    def _equals(self, argument: Any) -> bool:
        return self._text(argument[0]) == self._text(argument[1])

    def _and(self, argument: Any) -> bool:
        return all(self.resolve(item) for item in argument)

    def _or(self, argument: Any) -> bool:
        return any(self.resolve(item) for item in argument)

    def _not(self, argument: Any) -> bool:
        return not self.resolve(argument[0])

    def _contains(self, argument: Any) -> bool:
        return self._text(argument[1]) in map(self._text, self.resolve(argument[0]))
