"""`./run demo`: servers, migrations and demo data, then web, worker and beat until Ctrl-C."""

import http
import json
import os
import subprocess
import sys
import time

from runner import external, prepared
from runner.announcement import announcement, health
from runner.environment import Environment, for_children, read, refuse_busy_port
from runner.locks import FileLock
from runner.output import Pump, say
from runner.paths import MANAGE, ROOT, read_json, write_private
from runner.problems import Failure, Refusal
from runner.processes import Child, Watchdog, stop_signals
from runner.servers import Servers, given_urls
from runner.services import Service, commands

LOCK = "demo.lock"
STATE = "demo.running.json"
FAILED_STARTS = 3
STOP_PATIENCE = 4.0


def main(arguments: list[str]) -> int:
    """Run the demo until it is asked to stop: 0, because that is how it is meant to end."""
    if arguments:
        raise Refusal(f"demo takes no arguments ({' '.join(arguments)}); settings come from the environment")
    environment = read(os.environ)
    lock = FileLock(environment.data_dir / LOCK)
    if not lock.take(wait=False):
        raise Failure(f"the demo already runs on {environment.data_dir}: {_running_url(environment)}")
    refuse_busy_port(environment.host, environment.port)
    external.check(environment)
    environment.logs.mkdir(exist_ok=True)
    with stop_signals() as stops:
        return Supervisor(environment, stops).run()


class Supervisor:
    """Owns the services for one run of the demo."""

    def __init__(self, environment: Environment, stops: list[int]) -> None:
        """`stops` fills with the signals that ask us to end."""
        self._environment = environment
        self._stops = stops
        self._servers = Servers(environment)
        self._watchdog = Watchdog()
        self._services: list[Service] = []
        self._is_announced = False
        self._bad_answers = 0

    def run(self) -> int:
        """Start everything, tend it, stop everything."""
        state = self._environment.data_dir / STATE
        try:
            say("Stagecraft is starting…", to_stdout=True)
            self._servers.attach()
            # DEMO=0 keeps the login page's one-click entrance shut.
            env = {"DEMO": "1", **for_children(self._environment, self._servers.urls)}
            content = {
                "pid": os.getpid(),
                "url": self._environment.base_url,
                "given": given_urls(self._environment),
            }
            write_private(state, json.dumps(content))
            web, *others = self._make_services(env)
            if prepared.is_noted(self._environment):
                web.start()  # nothing is left to migrate: both start at once, on a processor each
            if not self._stops and self._prepare(env):
                self._tend_until_stopped(web, others)
        finally:
            self._stop()
            state.unlink(missing_ok=True)
        return 0

    def _prepare(self, env: dict[str, str]) -> bool:
        """Migrate and make the demo data; False if we were asked to stop meanwhile."""
        with FileLock(self._environment.data_dir / prepared.LOCK):  # a manage command may be at it as well
            return self._run_prepare(env)

    def _run_prepare(self, env: dict[str, str]) -> bool:
        command = [sys.executable, str(MANAGE), "prepare", "--demo"]
        child = Child(command, self._watchdog, env=env, cwd=ROOT, output=subprocess.PIPE)
        pump = Pump("prepare", child.process.stdout, self._environment.logs) if child.process.stdout else None
        while child.is_running and not self._stops:
            time.sleep(0.03)
        child.stop(patience=STOP_PATIENCE)
        if pump:
            pump.join(1)
        if self._stops:
            return False
        if child.process.returncode:
            raise Failure(f"the database could not be prepared; see {self._environment.logs / 'prepare.log'}")
        prepared.note(self._environment, self._servers)
        return True

    def _make_services(self, env: dict[str, str]) -> list[Service]:
        logs = self._environment.logs
        for name, command in commands(self._environment).items():
            self._services.append(Service(name, command, env, logs, self._watchdog))
        return self._services

    def _tend_until_stopped(self, web: Service, others: list[Service]) -> None:
        """Worker and beat start once the site answers: people wait for that, not for them."""
        while not self._stops:
            for service in [web, *others] if self._is_announced else [web]:
                service.tend()
            if not self._is_announced:
                self._look_at(web)
            if not self._servers.are_kept:
                raise Failure(
                    f"the embedded servers were killed; see {self._environment.logs / 'servers.log'}"
                )
            time.sleep(0.1)

    def _look_at(self, web: Service) -> None:
        """Announce the site once it answers; give up on one that cannot start or only ever answers with errors."""
        log = self._environment.logs / "web.log"
        if web.crashes_in_a_row >= FAILED_STARTS:
            reason = (web.last_lines().splitlines() or ["it said nothing"])[-1]
            raise Failure(f"web failed to start {FAILED_STARTS} times ({reason}); see {log}")
        status = health(self._environment)
        if status == http.HTTPStatus.OK and web.child and web.child.is_running:
            self._announce()
        elif status:
            self._bad_answers += 1
            if self._bad_answers >= FAILED_STARTS:
                raise Failure(f"web answers /healthz with status {status}; see {log}")

    def _announce(self) -> None:
        self._is_announced = True
        say(
            announcement(self._environment.base_url, self._environment.data_dir / "demo.json"), to_stdout=True
        )

    def _stop(self) -> None:
        """Web first, so that nothing new comes in; a second Ctrl-C hurries."""
        if self._is_announced:
            say("\nStopping…", to_stdout=True)
        web, others = self._services[:1], self._services[1:]
        for group in (web, others):
            for service in group:
                if service.child:
                    service.child.ask_to_stop()
            for service in group:
                if service.child:
                    service.child.stop(patience=STOP_PATIENCE if len(self._stops) < 2 else 0.5)
        self._watchdog.close()
        self._servers.release()


def _running_url(environment: Environment) -> str:
    return str(read_json(environment.data_dir / STATE).get("url", "it is just starting"))
