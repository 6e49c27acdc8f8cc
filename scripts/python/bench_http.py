"""What a request costs, in microseconds of the server's CPU time; run by scripts/bench-http."""

import argparse
import hashlib
import http.client
import json
import os
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench_cases import BASE, CASES, CORE, GROWS, LUA, PATCH, READS, UPDATES, WITH_STORES

OURS = Path("target/dist/scim-facade")
TOOLS = Path("benches/target/dist")
TICK = os.sysconf("SC_CLK_TCK")
# The server has a processor of its own, where there are two.
SERVER, CLIENT = ({0}, {1}) if len(os.sched_getaffinity(0)) > 1 else (os.sched_getaffinity(0),) * 2


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def pinned(cores):
    return lambda: os.sched_setaffinity(0, cores)


@dataclass
class Server:
    """A process that answers on a port."""

    command: list
    port: int
    log: Path
    process: subprocess.Popen = None
    ids: Path = None
    small: str = ""
    large: str = ""
    runs: int = 0
    sent: dict = field(default_factory=dict)

    def start(self, ready="/health/ready"):
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, preexec_fn=pinned(SERVER))
        for _ in range(200):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", ready)
                connection.getresponse().read()
                return self
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        sys.exit(f"{self.command} did not start:\n{self.log.read_text()}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cpu(self):
        """Seconds of CPU time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK


@dataclass
class Bench:
    """Where files go, and how long things take."""

    folder: Path
    seconds: int
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    def ours(self, name, users, log=False, sqlite=False):
        """Our server with so many people and two groups."""
        port, admin = free_port(), free_port()
        store = f'path = "{self.folder / name}.db"' if sqlite else "memory = true"
        config = self.folder / f"{name}.toml"
        config.write_text(
            f'[server]\nlisten = "127.0.0.1:{port}"\nadmin_listen = "127.0.0.1:{admin}"\nworkers = 1\ndrain = "0s"\n'
            f"[log]\naccess = {str(log).lower()}\n[store]\n{store}\n"
            f'[clients.bench]\ntoken_sha256 = "{hashlib.sha256(self.token.encode()).hexdigest()}"\ntargets = ["memory"]\n'
            '[targets.memory]\nbackend = "memory"\n'
        )
        config.chmod(0o600)
        server = Server([str(OURS), "serve", "--config", str(config)], port, self.folder / f"{name}.log").start()
        server.ids = self.folder / f"{name}.ids"
        with open(server.ids, "w") as ids:
            fill = [str(TOOLS / "fill"), f"127.0.0.1:{port}", BASE, self.token, str(users)]
            subprocess.run(fill, stdout=ids, check=True)
        ids = server.ids.read_text().split()
        server.small = self.group(server, "Small", ids[:50])
        server.large = self.group(server, "Large", ids[: min(5000, users // 2)])
        return server

    def group(self, server, name, members):
        body = {"schemas": [CORE + "Group"], "displayName": name, "members": [{"value": m} for m in members]}
        status, _, text = self.ask(server, "POST", "/Groups", json.dumps(body))
        if status != 201:
            sys.exit(f"no group: {status} {text}")
        return json.loads(text)["id"]

    def ask(self, server, method, path, body=None, connection=None):
        connection = connection or http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/scim+json"}
        connection.request(method, BASE + path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read().decode()

    def run(self, case, server, like=None):
        """One run: requests a second, and CPU microseconds a request. `like`: whose requests a bare server is sent."""
        known = like or server
        method, path, body = CASES[case]
        known.runs += 1
        script = self.folder / "wrk.lua"
        script.write_text(
            LUA
            % dict(ids=known.ids, small=known.small, large=known.large, run=f"run{known.runs}", token=self.token,
                   method=method, base=BASE, path=path, body=body, start=server.sent.get(case, 0))
        )
        before = server.cpu()
        command = ["wrk", "-t1", "-c8", f"-d{self.seconds}s", "-s", str(script), f"http://127.0.0.1:{server.port}"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, preexec_fn=pinned(CLIENT))
        after = server.cpu()
        result = next((line for line in done.stdout.splitlines() if line.startswith("RESULT")), None)
        if result is None:
            sys.exit(done.stdout + done.stderr)
        requests, duration, errors, refused = map(int, result.split()[1:])
        errors += refused
        # The next run goes on where this one ended, so that every PATCH changes something.
        server.sent[case] = server.sent.get(case, 0) + requests
        if errors:
            sys.exit(f"{case}: {errors} of {requests} requests failed")
        return requests / duration * 1e6, (after - before) / requests * 1e6

    def bare(self, case, server, alike=False):
        """A bare server that answers with the same bytes: to each read what ours answers to it, to an update the document that it
        changes. `alike`, and to other writes: to all what ours answers to the first."""
        port = free_port()
        file = self.folder / f"answers-{port}.jsonl"
        with open(file, "w") as answers:
            if case in [*READS, *UPDATES] and not alike:
                connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
                for path in READS.get(case, READS["GET by id"])(server.ids.read_text().split()):
                    status, headers, body = self.ask(server, "GET", path, connection=connection)
                    body = json.loads(body) if case in UPDATES else body
                    answers.write(told((status, headers, body), path=BASE + path))
            else:
                answers.write(told(self.first(case, server)))
        command = [str(TOOLS / "bare"), f"127.0.0.1:{port}", str(file)]
        return Server(command, port, self.folder / "bare.log").start("/")

    def first(self, case, server):
        ids = server.ids.read_text().split()
        someone = ids[7919 % len(ids)]
        if case in READS:
            paths = READS[case](ids)
            return self.ask(server, "GET", paths[7919 % len(paths)])
        if case == "create":
            body = {"schemas": [CORE + "User"], "userName": f"first{server.runs}@example.com", "externalId": f"first{server.runs}",
                    "name": {"givenName": "New", "familyName": "Person"}, "displayName": "New Person",
                    "emails": [{"value": f"first{server.runs}@example.com", "type": "work", "primary": True}], "active": True}
            return self.ask(server, "POST", "/Users", json.dumps(body))
        if case == "PATCH active":
            op = '{"op":"replace","path":"active","value":true}'
            return self.ask(server, "PATCH", f"/Users/{someone}", PATCH % op)
        if "name" in case and "PATCH" in case:
            group = server.small if case.endswith(" 50") else server.large
            op = '{"op":"replace","path":"displayName","value":"First"}'
            return self.ask(server, "PATCH", f"/Groups/{group}", PATCH % op)
        if case.startswith("member"):
            op = '{"op":"add","path":"members","value":[{"value":"%s"}]}' % ids[-1]
            return self.ask(server, "PATCH", f"/Groups/{server.large}", PATCH % op)
        sys.exit(f"{case} is no case")


def told(answer, **keyed):
    """An answer as the bare server reads it."""
    status, headers, body = answer
    own = {"date", "content-length", "connection", "transfer-encoding"}
    kept = [header for header in headers if header[0].lower() not in own]
    return json.dumps({**keyed, "status": status, "headers": kept, "body": body}) + "\n"


def medians(runs):
    return [statistics.median(column) for column in zip(*runs)]


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def table(bench, cases, rounds, servers):
    """Every case: ours beside the bare server, then with the access log and with SQLite; one after the other in each round."""
    row("case", "server", "requests/s", "CPU µs/request", "× bare")
    row(*["---"] * 5)
    saturation = {}
    for case in cases:
        bares = {"bare": bench.bare(case, servers["memory"])}
        if case in READS:
            bares["bare, one answer"] = bench.bare(case, servers["memory"], alike=True)
        beside = {name: s for name, s in servers.items() if name == "memory" or case in WITH_STORES}
        runs = {name: [] for name in [*bares, *beside]}
        for _ in range(rounds):
            for name, bare in bares.items():
                runs[name].append(bench.run(case, bare, like=servers["memory"]))
            for name, server in beside.items():
                runs[name].append(bench.run(case, server))
        for bare in bares.values():
            bare.stop()
        base = medians(runs["bare"])
        for name, all_runs in runs.items():
            rate, cpu = medians(all_runs)
            saturation[case, name] = rate
            row(case, name, f"{rate:,.0f}", f"{cpu:.1f}", f"{cpu / base[1]:.2f}")
    return saturation


def growth(bench, rounds):
    """The same with 1,000 and 100,000 people; beside bare servers with as many answers."""
    print("\nCPU µs/request as the number of people grows\n")
    row("case", "server", "1,000", "100,000", "ratio", "µs more")
    row(*["---"] * 6)

    def both():
        return [bench.ours("thousand", 1000), bench.ours("lakh", 100_000)]

    sizes = both()
    for case in GROWS:
        beside = {"bare": [bench.bare(case, server) for server in sizes]} if case in [*READS, *UPDATES] else {}
        beside["memory"] = sizes
        runs = {name: [[], []] for name in beside}
        for _ in range(rounds):
            if case == "create":
                # Each run makes some 18,000 people.
                for server in sizes:
                    server.stop()
                beside["memory"] = sizes = both()
            for name, servers in beside.items():
                for size, server, like in zip(runs[name], servers, sizes):
                    size.append(bench.run(case, server, like))
        for name, (few, many) in runs.items():
            (_, few), (_, many) = medians(few), medians(many)
            cells = f"{few:.1f}", f"{many:.1f}", f"{many / few:.2f}", f"{many - few:.1f}"
            row(case.replace("of 5,000", "of 500 / 5,000"), name, *cells)
        for bare in beside.get("bare", []):
            bare.stop()
    for server in sizes:
        server.stop()


def same_rate(bench, rounds, server, case, rate):
    """Requests sent at a constant rate to ours and to the bare server. Whoever is faster than its client keeps it awake and whoever
    is slower wakes it for every answer: only at the same rate both pay for the same number of wake-ups."""
    paths = bench.folder / "paths"
    asked = READS[case](server.ids.read_text().split())
    paths.write_text("".join(f"{BASE}{path}\n" for path in asked))
    both = {"bare": bench.bare(case, server), "memory": server}
    runs = {name: [] for name in both}
    for _ in range(rounds):
        for name, one in both.items():
            before = one.cpu()
            command = [str(TOOLS / "pace"), f"127.0.0.1:{one.port}", str(paths), bench.token, f"{rate:.0f}", "3"]
            done = subprocess.run(command, capture_output=True, text=True, check=True, preexec_fn=pinned(CLIENT))
            told = json.loads(done.stdout)
            spent = (one.cpu() - before) / told["count"] * 1e6
            runs[name].append([spent, told["p50_us"], told["p99_us"], told["p999_us"]])
    both["bare"].stop()
    base = medians(runs["bare"])[0]
    for name, all_runs in runs.items():
        cpu, *latencies = medians(all_runs)
        row(case, f"{rate:,.0f}", name, f"{cpu:.1f}", f"{cpu / base:.2f}", *(f"{latency:,.0f}" for latency in latencies))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--only", choices=CASES, action="append")
    parser.add_argument("--no-growth", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), options.seconds)
        servers = {
            "memory": bench.ours("memory", options.users),
            "memory, access log": bench.ours("log", options.users, log=True),
            "sqlite": bench.ours("sqlite", options.users, sqlite=True),
        }
        print(f"{options.users:,} people; medians of {options.rounds} runs, one after the other in each round\n")
        saturation = table(bench, options.only or CASES, options.rounds, servers)
        print("\nSent at a constant rate, half of what saturates ours (open loop)\n")
        row("case", "requests/s", "server", "CPU µs/request", "× bare", "p50 µs", "p99 µs", "p99.9 µs")
        row(*["---"] * 8)
        for case in ["GET by id", "userName filter"]:
            if (case, "memory") in saturation:
                same_rate(bench, options.rounds, servers["memory"], case, saturation[case, "memory"] / 2)
        for server in servers.values():
            server.stop()
        if not options.no_growth:
            growth(bench, max(3, options.rounds - 2))


if __name__ == "__main__":
    main()
