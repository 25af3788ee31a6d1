"""Measures settle against nghttpd on this machine and prints every figure beside its target.

Both sides of a ratio are loaded by the same generator: h2load for queries, `settle bench` for submits. Runs of the two
sides alternate, and medians count. Standard library only.
"""

import argparse
import contextlib
import itertools
import json
import os
import pathlib
import platform
import re
import resource
import select
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

ROOT = pathlib.Path(__file__).resolve().parent.parent
START_SECONDS_MAX = 120
COMMAND_SECONDS_MAX = 900
MEGABYTE = 1_000_000


def say(text):
    print(text, file=sys.stderr, flush=True)


class Problem(Exception):
    """Something without which a figure cannot be measured."""


# --- processes ---------------------------------------------------------------------------------------------------


class Process:
    """A server under test: started, watched, ended."""

    def __init__(self, arguments, log, **options):
        self.log = log
        with open(log, "ab") as stderr:
            self.process = subprocess.Popen(arguments, stderr=stderr, **options)

    @property
    def pid(self):
        return self.process.pid

    def resident_bytes(self):
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise Problem(f"process {self.pid} is gone; its log is {self.log}")

    def cpu_seconds(self):
        """User and system time of all threads so far."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.kill()


class Settle(Process):
    """`settle serve` on a data directory; ready once it says where it listens."""

    numbers = itertools.count(1)

    def __init__(self, bench, data, rules="open"):
        certs = bench.certs
        self.data = data
        started = time.monotonic()
        super().__init__(
            [
                bench.settle,
                "serve",
                "--data",
                str(data),
                "--listen",
                "127.0.0.1:0",
                "--tls-cert",
                certs / "server.pem",
                "--tls-key",
                certs / "server.key",
                "--client-ca",
                certs / "ca.pem",
                "--rules",
                rules,
            ],
            bench.work / f"settle-{next(self.numbers)}.log",
            stdout=subprocess.PIPE,
        )
        line = self._first_line()
        self.seconds_to_listen = time.monotonic() - started
        found = re.search(r"listening on (\S+)", line)
        if not found:
            self.kill()
            raise Problem(f"settle serve did not start; it said {line!r}; its log is {self.log}")
        self.address = found.group(1)

    def recovery(self):
        """What the server says of its start: records replayed, milliseconds, the sequence of the snapshot."""
        for line in self.log.read_text(errors="replace").splitlines():
            if "ledger open" in line:
                return {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)(?=\s|$)", line)}
        raise Problem(f"the server's log {self.log} does not say what was recovered")

    def _first_line(self):
        deadline = time.monotonic() + START_SECONDS_MAX
        line = b""
        while not line.endswith(b"\n"):
            if not select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))[0]:
                break
            byte = os.read(self.process.stdout.fileno(), 1)
            if not byte:
                break
            line += byte
        return line.decode(errors="replace").strip()


class Nghttpd(Process):
    """The yardstick: nghttpd with one worker, which answers with files of given lengths."""

    def __init__(self, bench, reply_lengths):
        self.documents = bench.work / "documents"
        self.documents.mkdir(exist_ok=True)
        for length in reply_lengths:
            (self.documents / str(length)).write_bytes(b"y" * length)
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        super().__init__(
            [
                "nghttpd",
                "-n",
                "1",
                "-a",
                "127.0.0.1",
                "-d",
                self.documents,
                str(port),
                bench.certs / "server.key",
                bench.certs / "server.pem",
            ],
            bench.work / "nghttpd.log",
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise Problem(f"nghttpd did not start; its log is {self.log}") from None
                time.sleep(0.05)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# --- the generator -----------------------------------------------------------------------------------------------


class Bench:
    def __init__(self, settle, work, quick):
        self.settle = str(settle)
        self.work = work
        self.certs = work / "certs"
        self.rounds = 3
        self.quick = quick
        self.seconds = 2 if quick else 5
        self.warm_up = 0.5 if quick else 1
        self.agents = 200 if quick else 1000
        self.million = 50_000 if quick else 1_000_000
        self.many_agents = 500 if quick else 10_000
        self.raw = []
        self.run("certs", "--out", self.certs)

    def run(self, *arguments):
        command = [self.settle, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_SECONDS_MAX)
        if done.returncode != 0:
            said = f"{done.stderr.strip()} {done.stdout.strip()}"
            raise Problem(f"{' '.join(command)} ended with {done.returncode}: {said}")
        return done.stdout

    def load(self, server, *arguments):
        """One run of the generator, as a dictionary. Anything refused or failed makes the figure void."""
        text = self.run(
            "bench",
            "--server",
            server.address,
            "--ca",
            self.certs / "ca.pem",
            "--cert",
            self.certs / "partner-demo.pem",
            "--key",
            self.certs / "partner-demo.key",
            "--server-pid",
            server.pid,
            "--json",
            *arguments,
        )
        figures = json.loads(text.splitlines()[-1])
        self.raw.append({"arguments": [str(a) for a in arguments], **figures})
        wrong = {**figures["refused"], **figures["failed"], **figures.get("items_refused", {})}
        if wrong:
            raise Problem(f"answers that are not successes: {wrong} of {figures['succeeded']} in {arguments}")
        return figures

    def certificate_preload(self):
        """h2load has no option for a client certificate; this library, preloaded, brings ours."""
        library = self.work / "h2load-certificate.so"
        if not library.exists():
            compiler = next((name for name in ("cc", "clang", "gcc") if shutil.which(name)), None)
            if compiler is None:
                raise Problem("no C compiler for clients/load/h2load-certificate.c")
            source = ROOT / "clients/load/h2load-certificate.c"
            subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-lssl", "-ldl"], check=True)
        return library

    def h2load(self, server, path, body, *headers):
        """One run of h2load at 16 connections x 32 streams, in the shape of `load`. It sees HTTP statuses only."""
        body_file = self.work / "body"
        body_file.write_bytes(body)
        environment = dict(os.environ, LD_PRELOAD=str(self.certificate_preload()))
        environment["SETTLE_CERT"] = str(self.certs / "partner-demo.pem")
        environment["SETTLE_KEY"] = str(self.certs / "partner-demo.key")
        requests = 200_000 if self.seconds < 5 else 1_000_000
        command = ["h2load", "-n", str(requests), "-c", "16", "-m", "32", "-t", "1", "-d", str(body_file)]
        for header in headers:
            command += ["-H", header]
        server_before, own_before = server.cpu_seconds(), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [*command, f"https://{server.address}{path}"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS_MAX,
        )
        server_after, own_after = server.cpu_seconds(), resource.getrusage(resource.RUSAGE_CHILDREN)
        rate = re.search(r"finished in .*?, ([\d.]+) req/s", done.stdout)
        succeeded = re.search(r"(\d+) succeeded", done.stdout)
        if not rate or not succeeded or int(succeeded.group(1)) != requests:
            raise Problem(f"h2load did not get {requests} answers: {done.stdout} {done.stderr}")
        own = own_after.ru_utime + own_after.ru_stime - own_before.ru_utime - own_before.ru_stime
        figures = {
            "requests_per_second": float(rate.group(1)),
            "server_cpu_ns_per_request": (server_after - server_before) / requests * 1e9,
            "generator_cpu_ns_per_request": own / requests * 1e9,
            "latency_ns": None,
        }
        self.raw.append({"arguments": command, **figures})
        return figures

    def timed(self):
        return ["--seconds", self.seconds, "--warm-up", self.warm_up]

    def yardstick(self, nghttpd, reply_length, *arguments):
        return self.load(nghttpd, "--raw", "--path", f"/{reply_length}", *arguments)

    def prepare(self, server, agents):
        self.run(
            "bench",
            "--server",
            server.address,
            "--ca",
            self.certs / "ca.pem",
            "--prepare-agents",
            agents,
            "--deposit",
            "100000000.00",
            "--operator-cert",
            self.certs / "operator-demo.pem",
            "--operator-key",
            self.certs / "operator-demo.key",
        )

    def submit_one(self, server):
        """The id of one withdrawal, to ask for."""
        text = self.run(
            "submit",
            "--server",
            server.address,
            "--ca",
            self.certs / "ca.pem",
            "--cert",
            self.certs / "partner-demo.pem",
            "--key",
            self.certs / "partner-demo.key",
            "--agent",
            "bench-000000",
            "--amount",
            "0.01",
            "--payee",
            "demo",
            "--json",
        )
        return json.loads(text)["id"]

    def sync_p50(self, directory):
        writes = 300 if self.seconds < 5 else 1000
        text = self.run("bench", "--work", "fsync", "--data", directory, "--requests", writes, "--json")
        return json.loads(text)["latency_ns"]["p50"]


def median(runs, *keys):
    values = []
    for run in runs:
        for key in keys:
            run = run[key]
        values.append(run)
    return statistics.median(values)


# --- figures -----------------------------------------------------------------------------------------------------


@dataclass
class Row:
    work: str
    at: str
    measured: str
    yardstick: str
    ratio: str
    target: str
    goal: str
    met: object
    figures: dict = field(default_factory=dict)

    def cells(self):
        verdict = {True: "yes", False: "**no**", None: "-"}[self.met]
        return [self.work, self.at, self.measured, self.yardstick, self.ratio, self.target, self.goal, verdict]


HEAD = ["work", "at", "settle", "nghttpd", "ratio", "at least", "goal", "met"]


def microseconds(nanoseconds):
    return f"{nanoseconds / 1000:.2f} us"


def per_second(value):
    return f"{value:,.0f}/s"


def throughput_rows(name, ours, theirs, at, least, goal, cpu_most, cpu_goal):
    our_rate, their_rate = median(ours, "requests_per_second"), median(theirs, "requests_per_second")
    our_cpu, their_cpu = median(ours, "server_cpu_ns_per_request"), median(theirs, "server_cpu_ns_per_request")
    generator = median(ours, "generator_cpu_ns_per_request"), median(theirs, "generator_cpu_ns_per_request")
    ratio, cpu_ratio = our_rate / their_rate, our_cpu / their_cpu
    latency = ours[len(ours) // 2]["latency_ns"]
    return [
        Row(
            name,
            at,
            per_second(our_rate),
            per_second(their_rate),
            f"{ratio:.2f}",
            f"{least:.2f}",
            f"{goal:.2f}",
            ratio >= least,
            {
                "settle": our_rate,
                "nghttpd": their_rate,
                "latency_ns": latency,
                "generator_cpu_ns_per_request": {"settle": generator[0], "nghttpd": generator[1]},
            },
        ),
        Row(
            f"{name}, server CPU",
            at,
            microseconds(our_cpu),
            microseconds(their_cpu),
            f"{cpu_ratio:.2f}",
            f"<= {cpu_most}",
            f"<= {cpu_goal}" if cpu_goal else "-",
            cpu_ratio <= cpu_most,
            {"settle_ns": our_cpu, "nghttpd_ns": their_cpu},
        ),
        Row(f"{name}, generator CPU", at, microseconds(generator[0]), microseconds(generator[1]), "-", "-", "-", None),
    ]


def measure_queries(bench, server, nghttpd, lengths):
    """h2load on both sides: a gRPC GetWithdrawal for ours, a POST of 120 bytes for the yardstick."""
    identifier = bench.submit_one(server).encode()
    message = b"\x0a" + bytes([len(identifier)]) + identifier
    body = b"\0" + len(message).to_bytes(4, "big") + message
    path = "/settlement.v1.WithdrawalService/GetWithdrawal"
    ours, theirs = [], []
    for _ in range(bench.rounds):
        theirs.append(bench.h2load(nghttpd, f"/{lengths['query']}", b"x" * 120))
        ours.append(bench.h2load(server, path, body, "content-type: application/grpc", "te: trailers"))
        say_rates("GetWithdrawal, h2load", ours, theirs)
    return throughput_rows("GetWithdrawal", ours, theirs, "16 x 32, h2load", 0.7, 1.0, 1.7, 1.3)


def say_rates(name, ours, theirs):
    say(
        f"  {name}: {per_second(ours[-1]['requests_per_second'])}"
        f" against {per_second(theirs[-1]['requests_per_second'])}"
    )


def measure_multiplexed(bench, server, nghttpd, lengths):
    """`settle bench` on both sides: every answer of ours is checked, ids are spread and unique."""
    shape = ["--connections", 16, "--streams", 32, *bench.timed()]
    rows = measure_queries(bench, server, nghttpd, lengths)
    for name, work, length, limits in [
        ("GetWithdrawal of many, checked", "query", lengths["query"], (0.7, 1.0, 1.7, 1.3)),
        ("SubmitWithdrawal", "submit", lengths["submit"], (0.45, 0.75, 3, None)),
    ]:
        ours, theirs = [], []
        for _ in range(bench.rounds):
            theirs.append(bench.yardstick(nghttpd, length, *shape))
            ours.append(bench.load(server, "--work", work, "--agents", bench.agents, *shape))
            say_rates(name, ours, theirs)
        least, goal, cpu_most, cpu_goal = limits
        rows += throughput_rows(name, ours, theirs, "16 x 32, settle bench", least, goal, cpu_most, cpu_goal)
    return rows


def measure_batches(bench, server):
    runs = []
    for _ in range(bench.rounds):
        runs.append(
            bench.load(
                server, "--work", "batch", "--agents", bench.agents, "--connections", 1, "--streams", 4, *bench.timed()
            )
        )
        say(f"  BatchSubmitWithdrawals: {per_second(runs[-1]['items_per_second'])} items")
    rate = median(runs, "items_per_second")
    cpu = median(runs, "server_cpu_ns_per_request") / 8000
    generator = median(runs, "generator_cpu_ns_per_request") / 8000
    return [
        Row(
            "BatchSubmitWithdrawals of 8,000",
            "1 x 4",
            f"{rate:,.0f} items/s",
            "-",
            "-",
            "200,000",
            "350,000",
            rate >= 200_000,
            {
                "items_per_second": rate,
                "latency_ns": runs[0]["latency_ns"],
                "server_cpu_ns_per_item": cpu,
                "generator_cpu_ns_per_item": generator,
            },
        ),
        Row(
            "the same, CPU per item",
            "1 x 4",
            f"server {microseconds(cpu)}, generator {microseconds(generator)}",
            "-",
            "-",
            "-",
            "-",
            None,
        ),
    ]


def measure_screening(bench, stack, open_server):
    """The same submits under rules that screen nothing and under rules that look at everything and approve."""
    screened = stack.enter_context(running(Settle(bench, bench.work / "screened", ROOT / "Benchmarks/screened.yaml")))
    bench.prepare(screened, bench.agents)
    shape = ["--connections", 16, "--streams", 32, *bench.timed()]
    load = ["--work", "submit", "--agents", bench.agents, *shape]
    with_rules, without = [], []
    for _ in range(bench.rounds):
        without.append(bench.load(open_server, *load))
        with_rules.append(bench.load(screened, *load))
        say_rates("SubmitWithdrawal, screened against open", with_rules, without)
    ours, theirs = median(with_rules, "requests_per_second"), median(without, "requests_per_second")
    decisions = 50_000 if bench.quick else 400_000
    decide = [
        "bench",
        "--work",
        "decide",
        "--rules",
        ROOT / "Benchmarks/screened.yaml",
        "--requests",
        decisions,
        "--json",
    ]
    decision = json.loads(bench.run(*decide))
    spent = decision["decision_ns"]["p50"]
    return [
        Row(
            "SubmitWithdrawal under all rules, against open ones",
            "16 x 32, settle bench",
            per_second(ours),
            per_second(theirs),
            f"{ours / theirs:.2f}",
            "0.80",
            "-",
            ours / theirs >= 0.8,
            {"screened_per_second": ours, "open_per_second": theirs},
        ),
        Row(
            "a risk decision and its terms, CPU at the median",
            "in process",
            f"{spent / 1000:.2f} us",
            "-",
            "-",
            "2 us",
            "-",
            spent <= 2000,
            decision,
        ),
    ]


def measure_one_in_flight(bench, server, nghttpd, lengths):
    shape = ["--connections", 1, "--streams", 1, *bench.timed()]
    queries, submits, theirs, syncs = [], [], [], []
    for _ in range(bench.rounds):
        theirs.append(bench.yardstick(nghttpd, lengths["query"], *shape))
        queries.append(bench.load(server, "--work", "query", "--agents", bench.agents, *shape))
        syncs.append(bench.sync_p50(server.data))
        submits.append(bench.load(server, "--work", "submit", "--agents", bench.agents, *shape))
        say(
            f"  one in flight: query p50 {microseconds(queries[-1]['latency_ns']['p50'])}"
            f" against {microseconds(theirs[-1]['latency_ns']['p50'])},"
            f" submit p50 {microseconds(submits[-1]['latency_ns']['p50'])},"
            f" fdatasync p50 {microseconds(syncs[-1])}"
        )
    query, yardstick = median(queries, "latency_ns", "p50"), median(theirs, "latency_ns", "p50")
    submit, sync = median(submits, "latency_ns", "p50"), statistics.median(syncs)
    allowed = query + 2.5 * sync
    return [
        Row(
            "GetWithdrawal p50, one in flight",
            "1 x 1",
            microseconds(query),
            microseconds(yardstick),
            f"{query / yardstick:.2f}",
            "<= 2.0",
            "<= 1.3",
            query <= 2 * yardstick,
            {"settle_ns": query, "nghttpd_ns": yardstick},
        ),
        Row(
            "SubmitWithdrawal p50, one in flight",
            "1 x 1",
            microseconds(submit),
            "-",
            f"query + {(submit - query) / sync:.2f} x fdatasync",
            f"<= {microseconds(allowed)} (query + 2.5 x fdatasync)",
            "-",
            submit <= allowed,
            {"settle_ns": submit, "fdatasync_p50_ns": sync},
        ),
        Row("pwrite + fdatasync of 4 KiB, p50", "same disk", microseconds(sync), "-", "-", "-", "-", None),
    ]


def measure_memory_and_recovery(bench, stack):
    data = bench.work / "million"
    server = stack.enter_context(running(Settle(bench, data)))
    bench.prepare(server, bench.many_agents)
    before = server.resident_bytes()
    run = bench.load(
        server,
        "--work",
        "submit",
        "--agents",
        bench.many_agents,
        "--connections",
        16,
        "--streams",
        32,
        "--requests",
        bench.million,
    )
    peak = after = server.resident_bytes()
    # A snapshot may be under way, whose memory does not count: the least of the next seconds does.
    for _ in range(10 if bench.million >= 1_000_000 else 3):
        time.sleep(1)
        after = min(after, server.resident_bytes())
    each = (after - before) / bench.million
    say(
        f"  {bench.million:,} withdrawals: {each:.0f} bytes each,"
        f" submit p99.9 {microseconds(run['latency_ns']['p99_9'])}"
    )
    rows = [
        Row(
            f"memory of {bench.million:,} withdrawals, {bench.many_agents:,} agents",
            "16 x 32",
            f"{each:.0f} bytes each",
            "-",
            "-",
            "<= 500",
            "-",
            each <= 500,
            {"resident_before": before, "resident_after": after, "resident_at_end": peak},
        ),
        Row(
            "SubmitWithdrawal p99.9 while tables grow",
            "16 x 32",
            microseconds(run["latency_ns"]["p99_9"]) + f", max {microseconds(run['latency_ns']['max'])}",
            "-",
            "-",
            "reported",
            "-",
            None,
            run["latency_ns"],
        ),
    ]

    server.kill()
    return rows + measure_recovery(bench, data)


def payout_run(bench, name, *arguments):
    """One `settle bench payout` with data on the measured disk. It fails by itself where its proof does."""
    data = bench.work / f"payout-{name}"
    try:
        figures = json.loads(bench.run("bench", "payout", "--data", data, "--json", *arguments).splitlines()[-1])
    finally:
        shutil.rmtree(data, ignore_errors=True)
    bench.raw.append({"arguments": ["payout", *map(str, arguments)], **figures})
    return figures


def measure_payouts(bench):
    quick = bench.seconds < 5
    payouts, kills = (5_000, 3) if quick else (100_000, 20)
    runs = []
    for number in range(bench.rounds):
        runs.append(payout_run(bench, f"clean-{number}", "--clean", "--payouts", payouts))
        say(f"  paid: {per_second(runs[-1]['payouts_per_second'])}")
    rate = median(runs, "payouts_per_second")
    cpu = median(runs, "server_cpu_ns_per_payout")
    # What waits in no queue: half of what the server can do at most.
    paced = payout_run(bench, "paced", "--clean", "--payouts", payouts, "--rate", max(int(rate / 2), 50))
    latency = paced["submit_to_paid_ns"]
    proof = payout_run(bench, "misbehave", "--payouts", payouts, "--kills", kills)
    states = ", ".join(f"{count:,} {state}" for state, count in proof["withdrawals"].items())
    say(f"  {proof['kills']} kills, {proof['outages']} outages: {states}")
    return [
        Row(
            f"payouts, first submit to last PAID of {payouts:,}",
            "1 x 4 batches",
            per_second(rate),
            "-",
            "-",
            "15,000/s",
            "40,000/s",
            rate >= 15_000,
            {"payouts_per_second": rate, "server_cpu_ns_per_payout": cpu},
        ),
        Row("the same, CPU per payout", "1 x 4 batches", f"server {microseconds(cpu)}", "-", "-", "-", "-", None),
        Row(
            "submit to PAID at half of that rate",
            per_second(max(int(rate / 2), 50)),
            f"p50 {latency['p50'] / 1e6:.1f} ms, p99 {latency['p99'] / 1e6:.1f} ms",
            "-",
            "-",
            "reported",
            "-",
            None,
            latency,
        ),
        Row(
            f"{payouts:,} payouts, each once, under {proof['kills']} kills and {proof['outages']} outages",
            "misbehaving channels",
            f"{proof['violation_count']} violations; {states}; {proof['elapsed_ns'] / 1e9:.0f} s",
            "-",
            "-",
            "0 violations",
            "-",
            proof["violation_count"] == 0,
            proof,
        ),
    ]


def recovery_text(report, seconds_to_listen):
    rate = report["records_replayed"] * 1000 / max(report["milliseconds"], 1)
    text = f"{rate:,.0f} records/s ({report['records_replayed']:,} in {report['milliseconds'] / 1000:.2f} s"
    return rate, f"{text}; {seconds_to_listen:.2f} s to listening)"


def measure_recovery(bench, data):
    """After kill -9: once by replaying everything, once from a snapshot."""
    with running(Settle(bench, data)) as server:
        replayed = server.recovery()
        rate, text = recovery_text(replayed, server.seconds_to_listen)
        replay_seconds = server.seconds_to_listen
        say(f"  recovery by replay: {text}")
        rows = [
            Row(
                "recovery, everything replayed",
                "after kill -9",
                text,
                "-",
                "-",
                "500,000 records/s",
                "-",
                rate >= 500_000,
                replayed,
            ),
        ]
        if bench.million < 1_000_000:
            return rows
        # A snapshot is made every two million records: as many again bring one about.
        bench.load(
            server,
            "--work",
            "submit",
            "--agents",
            bench.many_agents,
            "--connections",
            16,
            "--streams",
            32,
            "--requests",
            bench.million,
        )
        deadline = time.monotonic() + START_SECONDS_MAX
        while not any(path.suffix != ".tmp" for path in data.rglob("snapshot-*")):
            if time.monotonic() > deadline:
                raise Problem("no snapshot came about after two million records")
            time.sleep(1)
        server.kill()
    with running(Settle(bench, data)) as server:
        report = server.recovery()
        share = report["last_sequence"] / max(replayed["last_sequence"], 1)
        text = (
            f"{server.seconds_to_listen:.2f} s to listening with {report['last_sequence']:,} records, "
            f"of which {report['records_replayed']:,} replayed"
        )
        say(f"  recovery from a snapshot: {text}")
        rows.append(
            Row(
                "recovery, from a snapshot",
                "after kill -9",
                text,
                "-",
                "-",
                f"< {replay_seconds * share:.2f} s",
                "-",
                server.seconds_to_listen < replay_seconds * share,
                report,
            )
        )
    return rows


@contextlib.contextmanager
def running(process):
    try:
        yield process
    finally:
        process.stop()


def reply_lengths(bench, server):
    """How long our replies are, so that nghttpd's can be as long."""
    few = ["--agents", bench.agents, "--connections", 1, "--streams", 8, "--requests", 1000]
    return {work: bench.load(server, "--work", work, *few)["reply_bytes"] for work in ("query", "submit")}


# --- the machine -------------------------------------------------------------------------------------------------


def machine(directory):
    model = "unknown CPU"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    filesystem, longest = "unknown", ""
    for line in pathlib.Path("/proc/mounts").read_text().splitlines():
        _, mount, kind, *_ = line.split()
        if str(directory).startswith(mount.rstrip("/") + "/") and len(mount) > len(longest):
            filesystem, longest = kind, mount
    version = subprocess.run(["nghttpd", "--version"], capture_output=True, text=True).stdout.strip()
    cores = f"{os.cpu_count()} cores shared by server and generator"
    return f"{model}, {cores}, Linux {platform.release()}, {filesystem}; {version}"


def markdown(rows):
    cells = [HEAD, ["---"] * len(HEAD), *(row.cells() for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in cells)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter runs and smaller tables: a check, not a figure")
    parser.add_argument("--settle", default=ROOT / ".build/release/settle", help="the binary to measure")
    parser.add_argument("--directory", help="where data goes: the disk that is measured (default: .build/bench)")
    parser.add_argument(
        "--only",
        choices=["throughput", "batch", "latency", "screening", "payout", "memory"],
        action="append",
        help="leave the other groups out",
    )
    options = parser.parse_args()
    chosen = options.only or ["throughput", "batch", "latency", "screening", "payout", "memory"]

    results = ROOT / ".build/bench"
    results.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix="run-", dir=options.directory or results))
    rows, failures = [], []
    try:
        bench = Bench(options.settle, work, options.quick)
        about = machine(work)
        say(about)

        def attempt(name, measure):
            say(name)
            try:
                rows.extend(measure())
            except (Problem, subprocess.TimeoutExpired) as problem:
                say(f"  not measured: {problem}")
                failures.append(f"{name}: {problem}")

        with contextlib.ExitStack() as stack:
            if {"throughput", "batch", "latency", "screening"} & set(chosen):
                server = stack.enter_context(running(Settle(bench, work / "data")))
                bench.prepare(server, bench.agents)
                lengths = reply_lengths(bench, server)
                say(f"replies: {lengths}")
                nghttpd = stack.enter_context(running(Nghttpd(bench, lengths.values())))
                if "latency" in chosen:
                    attempt("one in flight", lambda: measure_one_in_flight(bench, server, nghttpd, lengths))
                if "throughput" in chosen:
                    attempt("multiplexed", lambda: measure_multiplexed(bench, server, nghttpd, lengths))
                if "batch" in chosen:
                    attempt("batches", lambda: measure_batches(bench, server))
                if "screening" in chosen:
                    attempt("screening", lambda: measure_screening(bench, stack, server))
        if "payout" in chosen:
            attempt("payouts", lambda: measure_payouts(bench))
        if "memory" in chosen:
            with contextlib.ExitStack() as stack:
                attempt("memory and recovery", lambda: measure_memory_and_recovery(bench, stack))

        print(f"{about}\n\n{markdown(rows)}\n")
        for failure in failures:
            print(f"Not measured: {failure}")
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        report = {
            "machine": about,
            "time": stamp,
            "quick": options.quick,
            "not_measured": failures,
            "rows": [
                {**dict(zip(HEAD, row.cells(), strict=True)), "met": row.met, "figures": row.figures} for row in rows
            ],
            "runs": bench.raw,
        }
        target = results / f"{stamp}.json"
        target.write_text(json.dumps(report, indent=1))
        say(f"also in {target.relative_to(ROOT)}")
    except Problem as problem:
        say(f"bench: {problem}")
        logs = [log.read_text(errors="replace")[-2000:] for log in sorted(work.glob("*.log"))]
        say("\n".join(logs))
        return 1
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
