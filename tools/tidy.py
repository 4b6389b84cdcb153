#!/usr/bin/env python3
"""The house rules, checked: `tools/dev tidy`. Prints `file:line: rule: what to do`.

Looks at the files as they lie there, not at git: the answer depends on nothing but the tree.
Each rule has a test in tidy_test.py.
"""

import ast
import os
import re
import sys
from typing import NamedTuple

import tidy_layers

FILE_LINES_MAX = 500
TEST_FILE_LINES_MAX = 800
REASON_FILE_LINES_MAX = 1000  # One enum, which cannot be split.
FUNCTION_LINES_MAX = 70
# A function that is one switch may be longer; this much may stand around the switch.
AROUND_SWITCH_LINES_MAX = 20
COLUMNS_MAX = 100
OTHER_COLUMNS_MAX = 120  # Protos, CMake, shell, Go: what no formatter breaks for us.
ROOM_README_LINES_MAX = 80

SKIPPED_FOLDERS = {".git", ".deps", ".run", "build", "__pycache__", "testdata"}
CODE = (".cc", ".h")
MEASURED = (".cc", ".h", ".py", ".go", ".proto", ".cmake", "CMakeLists.txt", ".sh")
TEXT = MEASURED + (".md", ".txt", ".json", ".yaml", ".yml", ".xml", ".properties", ".csv", "")

# Rooms that deal with the world: they own threads, meet the real clock, draw random ids, and make
# objects that C libraries and gRPC take over.
OUTSIDE = ("libs/app/", "libs/eventlog/", "libs/rpc/", "libs/testing/", "tests/", "tools/")


class Ban(NamedTuple):
    rule: str
    pattern: re.Pattern
    instead: str
    free: tuple = ()  # Prefixes of paths where it is allowed.
    tests: str = "too"  # Or "only", or "free": whether tests must keep it.


BANS = (
    Ban("clock", re.compile(r"\bsystem_clock\b|\babsl::Now\(|\bgettimeofday\(|\btime\(nullptr\)"),
        "take the time as a parameter, or a base::Clock",
        ("libs/base/clock.cc",) + OUTSIDE),
    Ban("random", re.compile(r"\bs?rand\(|\brandom_device\b|\babsl::BitGen\b"),
        "take a seed or an id as a parameter", OUTSIDE),
    Ban("thread", re.compile(r"\bstd::j?thread\b|\bstd::async\b"),
        "let libs/app own the thread and be stepped from outside", OUTSIDE, tests="free"),
    Ban("new", re.compile(r"\bnew\b(?=\s+[A-Za-z_:(])"
                          r"|(?<!=)\s\bdelete\b(\[\])?\s+\w"),
        "use a value or std::make_unique", OUTSIDE),
    Ban("using-namespace", re.compile(r"\busing\s+namespace\b"), "name what you use"),
    Ban("sleep", re.compile(r"\bsleep_(for|until)\b|\bSleepFor\(|\bu?sleep\(|\bnanosleep\("),
        "wait for the condition itself, or step the manual clock", (), tests="only"),
    Ban("macro", re.compile(r"^\s*#\s*define\b"), "use a function, a template or constexpr"),
    Ban("skip", re.compile(r"\bGTEST_SKIP\b|\bDISABLED_\w"),
        "a test that is skipped proves nothing: mend it or remove it"),
    Ban("throw", re.compile(r"\bthrow\b"), "return an absl::Status"),
    Ban("catch-all", re.compile(r"\bcatch\s*\(\s*\.\.\.\s*\)"),
        "catch the type that the library documents"),
)
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
MACHINE = re.compile(r"(?:^|[^A-Za-z0-9_.])/(?:work|root|farm)/|\.\./shared|\bdesign\.md\b")


class Fault(NamedTuple):
    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


def is_test(path):
    return path.startswith("tests/") or bool(re.search(r"_tests?\.(cc|py|h)$", path)) \
        or bool(tidy_layers.TEST_FILE.search(path))


def files_of(root):
    """Every text file of the tree as {path from the root: text}."""
    found = {}
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
        for name in sorted(names):
            path = os.path.join(folder, name)
            if os.path.islink(path) or not name.endswith(TEXT):
                continue
            try:
                with open(path, encoding="utf-8") as file:
                    found[os.path.relpath(path, root)] = file.read()
            except UnicodeDecodeError:
                continue  # Not text.
    return found


_CODE_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^()\\\s]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'", re.DOTALL)


def without_text(code):
    """C++ without comments and the insides of literals; every line keeps its number."""
    return _CODE_TOKEN.sub(lambda m: ('""' if m[0][0] in 'R"' else "") + "\n" * m[0].count("\n"),
                           code)


def check_layers(path, text):
    for number, line in enumerate(text.split("\n"), 1):
        match = re.match(r'\s*#\s*include\s*[<"]([^">]+)[">]', line)
        if not match:
            continue
        why = tidy_layers.refusal(path, match[1])
        if why:
            yield Fault(path, number, "layer", why)


def check_file(path, text):
    lines = text.split("\n")
    limit = (REASON_FILE_LINES_MAX if path.endswith("/reason.proto")
             else TEST_FILE_LINES_MAX if is_test(path) else FILE_LINES_MAX)
    count = len(lines) - (lines[-1] == "")
    if count > limit:
        yield Fault(path, limit + 1, "file-size", f"{count} lines, at most {limit}: split it")
    columns = COLUMNS_MAX if path.endswith(CODE + (".py",)) else OTHER_COLUMNS_MAX
    for number, line in enumerate(lines, 1):
        if len(line) > columns and "://" not in line:
            yield Fault(path, number, "columns",
                        f"{len(line)} columns, at most {columns}: break the line")


def check_text(path, text):
    for number, line in enumerate(text.split("\n"), 1):
        if UNFINISHED.search(line):
            yield Fault(path, number, "unfinished", "do it now, or say it in a README's Not yet")
        if MACHINE.search(line):
            yield Fault(path, number, "machine",
                        "nothing outside this repository: write here what a reader needs")


def check_bans(path, code):
    test = is_test(path)
    for number, line in enumerate(code.split("\n"), 1):
        for ban in BANS:
            if ban.tests == ("free" if test else "only") or path.startswith(ban.free or ("\0",)):
                continue
            if ban.pattern.search(_owned(line) if ban.rule == "new" else line):
                yield Fault(path, number, ban.rule, ban.instead)


def _owned(line):
    """The line without what a smart pointer takes over at once (private constructors)."""
    return re.sub(r"\b(?:unique_ptr<[^;]*>(?:\s+\w+)?|WrapUnique)[({]\s*new\b", "", line)


_CONTAINER = re.compile(r"\b(?:namespace|class|struct|union|enum|extern)\b(?![^()]*\()")


def cpp_functions(code):
    """(first line, last line, body) of each function with a body, in code without comments."""
    stack = []  # (is_function, offset of the header)
    header = 0
    functions = 0
    for match in re.finditer(r"[{};]", code):
        sign, offset = match[0], match.start()
        if sign == "{":
            text = code[header:offset]
            function = functions == 0 and "(" in text and not _CONTAINER.search(text) \
                and not re.search(r"[=,(]\s*$", text)
            begin = header + len(text) - len(text.lstrip())
            stack.append((function, begin, offset))
            functions += function
        elif sign == "}" and stack:
            function, begin, body = stack.pop()
            functions -= function
            if function:
                yield (code.count("\n", 0, begin) + 1, code.count("\n", 0, offset) + 1,
                       code[body:offset + 1])
        if sign != ";" or not stack or not stack[-1][0]:
            header = offset + 1


def _switch_lines(body):
    """Lines of the body's only outermost switch; 0 when it has none or several."""
    depth, begin, found = 0, None, []
    for match in re.finditer(r"\bswitch\b|[{}]", body):
        if match[0] == "switch":
            begin = match.start() if depth == 1 else begin
        elif match[0] == "{":
            depth += 1
        else:
            depth -= 1
            if depth == 1 and begin is not None:
                found.append(body.count("\n", begin, match.start()) + 1)
                begin = None
    return found[0] if len(found) == 1 else 0


def check_functions(path, code):
    for first, last, body in cpp_functions(code):
        lines = last - first + 1
        if lines > FUNCTION_LINES_MAX and lines - _switch_lines(body) > AROUND_SWITCH_LINES_MAX:
            yield Fault(path, first, "function-size",
                        f"{lines} lines, at most {FUNCTION_LINES_MAX}: split it")


def check_python(path, text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = node.end_lineno - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield Fault(path, node.lineno, "function-size",
                            f"{lines} lines, at most {FUNCTION_LINES_MAX}: split it")


def check_go(path, text):
    """Functions as gofmt leaves them: they begin and end at the margin."""
    for match in re.finditer(r"^func .*[{(,]\n(?:(?!\}).*\n)*\}", text, re.MULTILINE):
        lines = match[0].count("\n") + 1
        if lines > FUNCTION_LINES_MAX:
            yield Fault(path, text.count("\n", 0, match.start()) + 1, "function-size",
                        f"{lines} lines, at most {FUNCTION_LINES_MAX}: split it")


def check_readmes(files):
    rooms = {os.path.dirname(path) for path in files if path.endswith(CODE)}
    # A service speaks for its rooms, tests/ for its folders.
    rooms = {re.match(r"services/[^/]+|tests|.*", room)[0] for room in rooms}
    for room in sorted(rooms):
        if f"{room}/README.md" not in files:
            yield Fault(f"{room}/README.md", 1, "readme",
                        "missing: purpose, invariants with their tests, entry points, decisions")
    for path, text in files.items():
        lines = text.count("\n")
        if path.endswith("/README.md") and lines > ROOM_README_LINES_MAX:
            yield Fault(path, ROOM_README_LINES_MAX + 1, "readme-size",
                        f"{lines} lines, at most {ROOM_README_LINES_MAX}: keep what guides")


def check_dead(files):
    """Sources that no CMakeLists.txt above them names, and CMakeLists.txt that nobody adds."""
    named = {}  # folder -> words of its CMakeLists.txt
    for path, text in files.items():
        if os.path.basename(path) == "CMakeLists.txt":
            text = re.sub(r"#[^\n]*", "", text)
            named[os.path.dirname(path)] = set(re.split(r'[\s()"]+', text))
    for path in files:
        script = os.path.basename(path) == "CMakeLists.txt"
        if not script and not path.endswith(CODE + (".proto",)):
            continue
        child = os.path.dirname(path) if script else path
        if child and not any(_relative(child, folder) in words
                             for folder, words in named.items() if _above(folder, child)):
            yield Fault(path, 1, "dead-file", "no CMakeLists.txt names it: add it or remove it")


def _above(folder, path):
    return folder != path and (folder == "" or path.startswith(folder + "/"))


def _relative(path, folder):
    return path[len(folder) + 1:] if folder else path


def check(root):
    """All faults of the tree under `root`, in the order of the files."""
    files = files_of(root)
    faults = [*check_readmes(files), *check_dead(files)]
    for path, text in files.items():
        faults += check_text(path, text)
        if path.endswith(MEASURED) or text.startswith("#!"):
            faults += check_file(path, text)
        if path.endswith(".py"):
            faults += check_python(path, text)
        if path.endswith(".go"):
            faults += check_go(path, text)
        if path.endswith(CODE):
            code = without_text(text)
            faults += check_layers(path, text)
            faults += check_bans(path, code)
            faults += check_functions(path, code)
    return sorted(faults)


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..")
    faults = check(root)
    for fault in faults:
        print(fault)
    if faults:
        print(f"tidy: {len(faults)} faults", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
