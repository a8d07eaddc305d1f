"""An editor for one file: opens it in yaml-language-server as an editor does and prints what a user would be shown.

    editor.py FILE [--complete LINE:COLUMN]… [--hover LINE:COLUMN]…

Positions count from 1. Prints a JSON object: `diagnostics` as `line:column message`, `completions` and `hovers` in the
order they were asked for. The schema is the one that the file names in its first line; nothing is fetched.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

SERVER = Path(sys.executable).parent / "yaml-language-server"
PATIENCE = 60
"""Seconds until a server that says nothing is given up."""

SETTINGS = {
    "yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}},
}


class Server:
    """yaml-language-server, spoken to in JSON-RPC over its standard streams."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.watchdog = threading.Timer(PATIENCE, self.process.kill)
        self.watchdog.start()
        self.asked = 0
        self.diagnostics: dict[str, list[Any]] = {}

    def notify(self, method: str, params: Any) -> None:
        """Say something."""
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> Any:
        """Ask something and wait for the answer; meanwhile the server's own questions are answered."""
        self.asked += 1
        self._send({"id": self.asked, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self.asked and "method" not in message:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self._attend(message)

    def diagnosed(self, uri: str) -> list[Any]:
        """The diagnostics of a file, as soon as there are any to tell."""
        while uri not in self.diagnostics:
            self._attend(self._receive())
        return self.diagnostics[uri]

    def close(self) -> None:
        """End the server as the protocol wants it."""
        self.ask("shutdown", None)
        self.notify("exit", None)
        self.process.wait()
        self.watchdog.cancel()

    def _attend(self, message: dict[str, Any]) -> None:
        method, params = message.get("method"), message.get("params")
        if method == "textDocument/publishDiagnostics":
            self.diagnostics[params["uri"]] = params["diagnostics"]
        if "id" in message and method:
            result = None
            if method == "workspace/configuration":
                result = [SETTINGS.get(item.get("section")) for item in params["items"]]
            self._send({"id": message["id"], "result": result})

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self.process.stdout
        length = 0
        while (line := self.process.stdout.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise RuntimeError("yaml-language-server ended, or said nothing for too long")
        answer: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return answer


def position(said: str) -> dict[str, int]:
    """`LINE:COLUMN` from 1 → the protocol's, from 0."""
    line, column = said.split(":")
    return {"line": int(line) - 1, "character": int(column) - 1}


def show(file: Path, complete: list[str], hover: list[str]) -> dict[str, Any]:
    """What a user is shown of a file."""
    server = Server([str(SERVER), "--stdio"])
    uri = file.resolve().as_uri()
    document = {"uri": uri}
    capabilities = {
        "workspace": {"configuration": True},
        "textDocument": {"hover": {"contentFormat": ["plaintext"]}, "publishDiagnostics": {}, "completion": {}},
    }
    server.ask("initialize", {"processId": None, "rootUri": None, "capabilities": capabilities})
    server.notify("initialized", {})
    server.notify("workspace/didChangeConfiguration", {"settings": SETTINGS})
    opened = {**document, "languageId": "yaml", "version": 1, "text": file.read_text()}
    server.notify("textDocument/didOpen", {"textDocument": opened})
    diagnostics = server.diagnosed(uri)
    completions, hovers = [], []
    for place in complete:
        answer = server.ask("textDocument/completion", {"textDocument": document, "position": position(place)})
        items = answer["items"] if isinstance(answer, dict) else answer or []
        completions.append([item["label"] for item in items])
    for place in hover:
        answer = server.ask("textDocument/hover", {"textDocument": document, "position": position(place)})
        contents = answer["contents"] if answer else ""
        hovers.append(contents["value"] if isinstance(contents, dict) else contents)
    server.close()
    return {
        "diagnostics": [
            f"{found['range']['start']['line'] + 1}:{found['range']['start']['character'] + 1} {found['message']}"
            for found in diagnostics
        ],
        "completions": completions,
        "hovers": hovers,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="What an editor shows of a YAML file.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--complete", action="append", default=[], metavar="LINE:COLUMN")
    parser.add_argument("--hover", action="append", default=[], metavar="LINE:COLUMN")
    arguments = parser.parse_args()
    json.dump(show(arguments.file, arguments.complete, arguments.hover), sys.stdout, indent=2)


if __name__ == "__main__":
    main()
