"""What passing a request on costs, in microseconds of the proxy's CPU time; run by scripts/bench-passthrough."""

import argparse
import hashlib
import http.client
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from bench_http import CLIENT, OURS, PATCH, TOOLS, Server, free_port, medians, pinned, row

NATIVE = "/api/v2/scim"
BASE = "/netskope/scim/v2"
PEOPLE = 10_000

# Each case: method, path and body in Lua. `n` counts on from run to run, so that nobody is made or deactivated twice.
CASES = {
    "GET by id": ("GET", '"/Users/" .. id(n % people)', "nil"),
    "userName eq": ("GET", '"/Users?filter=userName%20eq%20%22user" .. n % people .. "%40example.com%22"', "nil"),
    "list of 100": ("GET", '"/Users?count=100&startIndex=" .. (1 + 100 * (n % 100))', "nil"),
    "create": ("POST", '"/Users"', "person()"),
    "deactivate": ("PATCH", '"/Users/" .. id(1000000 + n)', "off"),
}
CORE = "urn:ietf:params:scim:schemas:core:2.0:"
OFF = PATCH % '{"op":"replace","path":"active","value":false}'

LUA = """
local n, people = tonumber("%(start)s"), %(people)d
local off = [[%(off)s]]
local function id(number) return string.format("00000000-0000-4000-8000-%%012x", number) end
local function person()
  local name = "new" .. n .. "@example.com"
  return [[{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"]] .. name ..
    [[","externalId":"new]] .. n .. [[","name":{"givenName":"New","familyName":"Person"},]] ..
    [["displayName":"New Person","emails":[{"value":"]] .. name .. [[","type":"work","primary":true}],"active":true}]]
end
local headers = {["Authorization"] = "Bearer %(token)s", ["Content-Type"] = "application/scim+json"}
request = function()
  n = n + 1
  return wrk.format("%(method)s", "%(base)s" .. %(path)s, headers, %(body)s)
end
done = function(summary, latency)
  local e = summary.errors
  print(string.format("RESULT %%d %%d %%d %%d %%d", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
"""

NGINX = """
daemon off;
master_process off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.error.log error;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/nginx.body;
  proxy_temp_path {folder}/nginx.proxy;
  fastcgi_temp_path {folder}/nginx.fastcgi;
  uwsgi_temp_path {folder}/nginx.uwsgi;
  scgi_temp_path {folder}/nginx.scgi;
  keepalive_requests 1000000000;
  upstream product {{
    server 127.0.0.1:{upstream};
    keepalive 64;
    keepalive_requests 1000000000;
  }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://product;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }}
  }}
}}
"""


@dataclass
class Proxy(Server):
    """One of those that are compared, and where people are below its address."""

    base: str = NATIVE

    def memory(self):
        """Resident memory in MiB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@dataclass
class Bench:
    """Where files go, and how long a run takes."""

    folder: Path
    seconds: int
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    # Counts on over all proxies: the upstream knows who was deactivated by another.
    next: int = 0

    def serve(self, started, server, ready=f"{NATIVE}/Users?count=1"):
        """Starts one, and notes it so that it is stopped whatever happens."""
        started.append(server)
        return server.start(ready)

    def upstream(self, started):
        port = free_port()
        command = [str(TOOLS / "upstream"), f"127.0.0.1:{port}"]
        server = self.serve(started, Server(command, port, self.folder / "upstream.log"))
        # With the client, so that the proxies have a processor of their own.
        for thread in os.listdir(f"/proc/{server.process.pid}/task"):
            os.sched_setaffinity(int(thread), CLIENT)
        return server

    def nginx(self, started, upstream):
        port, config = free_port(), self.folder / "nginx.conf"
        config.write_text(NGINX.format(folder=self.folder, upstream=upstream.port, port=port))
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        command = [program, "-p", str(self.folder), "-e", str(self.folder / "nginx.error.log"), "-c", str(config)]
        return self.serve(started, Proxy(command, port, self.folder / "nginx.log"))

    def copy(self, started, upstream):
        port = free_port()
        command = [str(TOOLS / "copy"), f"127.0.0.1:{port}", f"http://127.0.0.1:{upstream.port}"]
        return self.serve(started, Proxy(command, port, self.folder / "copy.log"))

    def ours(self, started, upstream, name, shadow):
        port, admin = free_port(), free_port()
        config = self.folder / f"{name}.toml"
        config.write_text(
            f'[server]\nlisten = "127.0.0.1:{port}"\nadmin_listen = "127.0.0.1:{admin}"\nworkers = 1\ndrain = "0s"\n'
            "[log]\naccess = false\n[store]\nmemory = true\n"
            f'[clients.bench]\ntoken_sha256 = "{hashlib.sha256(self.token.encode()).hexdigest()}"\ntargets = ["netskope"]\n'
            'allow = ["read", "create", "update", "deactivate", "reactivate", "delete", "takeover"]\n'
            f'[targets.netskope]\nbackend = "netskope"\nurl = "http://127.0.0.1:{upstream.port}"\ntoken = "{self.token}"\nrate = 0\n'
            f'shadow = "{shadow}"\ninactive_visible = true\n'
        )
        config.chmod(0o600)
        command = [str(OURS), "serve", "--config", str(config)]
        return self.serve(started, Proxy(command, port, self.folder / f"{name}.log", base=BASE), "/health/ready")

    def check(self, proxy):
        """Asks each case once and looks at the answer: who answers something else is not measured."""
        someone = "/Users/00000000-0000-4000-8000-%012x"
        person = {"schemas": [CORE + "User"], "userName": f"first{proxy.port}@example.com", "active": True,
                  "emails": [{"value": f"first{proxy.port}@example.com", "type": "work", "primary": True}]}
        samples = {
            "GET by id": (someone % 7, None, lambda json: json["userName"] == "user7@example.com"),
            "userName eq": ("/Users?filter=userName%20eq%20%22user7%40example.com%22", None, lambda json: json["totalResults"] == 1),
            "list of 100": ("/Users?count=100", None, lambda json: len(json["Resources"]) == 100),
            "create": ("/Users", json.dumps(person), lambda json: json["userName"] == person["userName"]),
            "deactivate": (someone % (500_000 + proxy.port), OFF, lambda json: json["active"] is False),
        }
        for case, (path, body, is_right) in samples.items():
            connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=60)
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/scim+json"}
            connection.request(CASES[case][0], proxy.base + path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            if answer.status not in (200, 201, 204) or text and not is_right(json.loads(text)):
                sys.exit(f"{proxy.command[0]}, {case}: {answer.status} {text[:500]}")

    def run(self, case, proxy):
        """One run: requests a second, CPU microseconds a request, and the latencies (p50, p99) in microseconds."""
        method, path, body = CASES[case]
        script = self.folder / "wrk.lua"
        script.write_text(LUA % dict(people=PEOPLE, token=self.token, method=method, base=proxy.base, path=path, body=body,
                                     start=self.next, off=OFF))
        before = proxy.cpu()
        command = ["wrk", "-t1", "-c8", f"-d{self.seconds}s", "-s", str(script), f"http://127.0.0.1:{proxy.port}"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, preexec_fn=pinned(CLIENT))
        after = proxy.cpu()
        result = next((line for line in done.stdout.splitlines() if line.startswith("RESULT")), None)
        if result is None:
            sys.exit(done.stdout + done.stderr)
        requests, duration, errors, p50, p99 = map(int, result.split()[1:])
        # With some room: a request that was sent and not counted is not sent again.
        self.next += requests + 100
        if errors:
            sys.exit(f"{case}: {errors} of {requests} requests failed")
        return requests / duration * 1e6, (after - before) / requests * 1e6, p50, p99


def table(bench, cases, rounds, proxies):
    """Every case, one proxy after the other in each round."""
    row("case", "proxy", "requests/s", "CPU µs/request", "× copy", "p50 µs", "p99 µs")
    row(*["---"] * 7)
    for case in cases:
        runs = {name: [] for name in proxies}
        for _ in range(rounds):
            for name, proxy in proxies.items():
                runs[name].append(bench.run(case, proxy))
        figures = {name: medians(all_runs) for name, all_runs in runs.items()}
        for name, (rate, cpu, p50, p99) in figures.items():
            times = f"{cpu / figures['copy'][1]:.2f}"
            row(case, name, f"{rate:,.0f}", f"{cpu:.1f}", times, f"{p50:,.0f}", f"{p99:,.0f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--only", choices=CASES, action="append")
    parser.add_argument("--proxies-only", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench, started = Bench(Path(folder), options.seconds), []
        try:
            upstream = bench.upstream(started)
            proxies = {"nginx": bench.nginx(started, upstream), "copy": bench.copy(started, upstream)}
            if not options.proxies_only:
                proxies["scim-facade"] = bench.ours(started, upstream, "ours", "on")
                proxies["scim-facade, no shadow"] = bench.ours(started, upstream, "stateless", "off")
            for proxy in proxies.values():
                bench.check(proxy)
            print(f"One processor for the proxy; medians of {options.rounds} runs, one after the other in each round\n")
            table(bench, options.only or CASES, options.rounds, proxies)
            told = ", ".join(f"{name} {proxy.memory():.0f} MiB" for name, proxy in proxies.items())
            print(f"\nResident memory afterwards: {told}")
        finally:
            for server in reversed([server for server in started if server.process]):
                server.stop()


main()
