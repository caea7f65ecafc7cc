"""Evaluates statements for PowerShell or cmd with tree-sitter's parsers.

Argument: powershell or cmd. Reads the statements from standard input and prints the resulting
variables as `env -0` does. Exits with 1 if the statements make the shell fail, with 2 if they do
anything but assign constants and remove variables.
"""

import importlib
import os
import re
import sys

from tree_sitter import Language, Parser


def main(form):
    parser = {"powershell": "powershell", "cmd": "batch"}[form]
    language = Language(importlib.import_module("tree_sitter_" + parser).language())
    text = sys.stdin.buffer.read()
    root = Parser(language).parse(text).root_node
    if root.has_error or not text.isascii():
        sys.exit(2)
    variables = dict(os.environ)
    statements = {"powershell": powershell, "cmd": cmd}[form]
    for statement in statements(root):
        if statement == "fail":
            sys.exit(1)
        name, value = statement
        if value is None:
            variables.pop(name, None)
        else:
            variables[name] = value
    pairs = (f"{name}={value}" for name, value in variables.items())
    sys.stdout.buffer.write("".join(pair + "\0" for pair in pairs).encode("utf-8", "surrogateescape"))


def powershell(root):
    """https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules"""
    (statements,) = root.children
    for statement in statements.children:
        text = statement.text.decode()
        if statement.type == "flow_control_statement" and text.startswith("throw '"):
            yield "fail"
        elif kinds(statement, "assignment_expression"):
            (variable,) = kinds(statement, "variable")
            name = re.fullmatch(r"\$Env:([A-Z_]+)", variable.text.decode())
            (value,) = kinds(statement.children[0], "pipeline_chain")
            yield name[1], joined(value)
        else:
            removal = re.fullmatch(r"Remove-Item -Path Env:([A-Z_]+) -ErrorAction Ignore", text)
            if not removal:
                sys.exit(2)
            yield removal[1], None


def joined(value):
    """The text of a sum of strings and characters."""
    leaves = ["+", "verbatim_string_characters", "cast_expression"]
    units = b""
    for position, part in enumerate(kinds(value, *leaves)):
        text = part.text.decode()
        if position % 2 == 1:
            if part.type != "+":
                sys.exit(2)
        elif part.type == "verbatim_string_characters":
            units += text[1:-1].replace("''", "'").encode("utf-16-le")
        else:
            unit = re.fullmatch(r"\[char\]0x([0-9a-f]{4})", text)
            units += int(unit[1], 16).to_bytes(2, "little")
    # The sum has no other parts.
    if " ".join(part.text.decode() for part in kinds(value, *leaves)) != value.text.decode():
        sys.exit(2)
    return units.decode("utf-16-le")


def cmd(root):
    """https://learn.microsoft.com/windows-server/administration/windows-commands/set_1"""
    for statement in root.children:
        text = statement.text.decode()
        if text == "cmd /c exit 1":
            yield "fail"
        elif statement.type == "variable_assignment":
            assignment = re.fullmatch(r'set "([A-Z_]+)=([^"%!\n]*)"', text) or sys.exit(2)
            yield assignment[1], assignment[2] or None
        else:
            sys.exit(2)


def kinds(node, *types):
    """The outermost nodes of these types, from left to right."""
    if node.type in types:
        return [node]
    return [found for child in node.children for found in kinds(child, *types)]


main(*sys.argv[1:])
