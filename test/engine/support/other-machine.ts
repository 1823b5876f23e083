import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Deadline, type Look, waitFor } from "../../../clients/wait";
import { tlsCertificateLifecycle } from "../../../providers/tls-certificate/lifecycle";
import { isAlive } from "../../../tools/toolchain/lock";
import { sshServer } from "../../../tools/toolchain/parts/other-machine";
import { findOnPath } from "../../../tools/toolchain/run";

const PREFIX = "ollama-chat-machine-";
const START_SECONDS = 60;
export const DOCKER_PORT = 2376;

/**
 * A machine of its own as far as networks go: a network namespace with an address, and in it a Docker with data and
 * firewall of its own. It is reached by ssh, as on any other machine, and by TCP with TLS. Needs root.
 */
export class OtherMachine {
  readonly name = `${PREFIX}${process.pid}`;
  readonly folder = folderOf(process.pid);
  /** Its address, for this machine and for containers on it. */
  readonly address: string;
  /** This machine's address, for the other one. */
  readonly ownAddress: string;
  readonly #processes: ChildProcess[] = [];

  private constructor(private readonly server: string) {
    const network = `10.${200 + (process.pid % 50)}.${Math.floor(process.pid / 50) % 250}`;
    [this.address, this.ownAddress] = [`${network}.2`, `${network}.1`];
  }

  /** As in `DOCKER_HOST`. */
  get sshHost(): string {
    return `ssh://root@${this.address}`;
  }

  get tcpHost(): string {
    return `tcp://${this.address}:${DOCKER_PORT}`;
  }

  /** Folder with the certificates for TCP. */
  get certPath(): string {
    return join(this.folder, "certificates");
  }

  /** `PATH` with an `ssh` that may log in. To it, the machine is also `gpu-box`. */
  get path(): string {
    return [join(this.folder, "bin"), process.env.PATH].join(delimiter);
  }

  /** @param server the toolchain's part; @param images are copied from this machine's Docker */
  static async start(server: string, images: readonly string[]): Promise<OtherMachine> {
    removeLeftOvers();
    const machine = new OtherMachine(server);
    try {
      mkdirSync(machine.certPath, { recursive: true });
      machine.#connect();
      await machine.#startDocker();
      for (const image of images) {
        execFileSync("sh", ["-c", `docker save '${image}' | docker --host 'unix://${machine.#socket}' load`]);
      }
      await machine.#startSsh();
      return machine;
    } catch (error) {
      await machine.stop();
      throw error;
    }
  }

  /** Runs a docker command there. */
  docker(...args: string[]): string {
    const command = ["--host", `unix://${this.#socket}`, ...args];
    return execFileSync("docker", command, { encoding: "utf8", ...QUIET }).trim();
  }

  /** Removes all of it. */
  async stop(): Promise<void> {
    for (const child of this.#processes.toReversed()) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null && child.kill("SIGTERM")) await ended;
    }
    removeMachine(process.pid);
  }

  get #socket(): string {
    return join(this.folder, "docker.sock");
  }

  #connect(): void {
    const [link, address] = [linkOf(process.pid), (ip: string) => `${ip}/24`];
    for (const command of [
      `netns add ${this.name}`,
      `link add ${link} type veth peer name eth0 netns ${this.name}`,
      `addr add ${address(this.ownAddress)} dev ${link}`,
      `link set ${link} up`,
      `-n ${this.name} addr add ${address(this.address)} dev eth0`,
      `-n ${this.name} link set lo up`,
      `-n ${this.name} link set eth0 up`,
      `-n ${this.name} route add default via ${this.ownAddress}`,
    ]) {
      execFileSync("ip", command.split(" "));
    }
  }

  async #startDocker(): Promise<void> {
    const { state } = await tlsCertificateLifecycle.create({
      dnsNames: ["localhost"],
      ipAddresses: [this.address],
    });
    const files = { ca: state.caCertificatePem, cert: state.certificatePem, key: state.privateKeyPem };
    for (const [name, pem] of Object.entries(files)) writeFileSync(join(this.certPath, `${name}.pem`), pem);
    const paths = { "data-root": "data", "exec-root": "exec", pidfile: "docker.pid" };
    const own = Object.entries(paths).map(([flag, name]) => `--${flag}=${join(this.folder, name)}`);
    const tls = ["--tlsverify", `--tlscacert=${this.certPath}/ca.pem`];
    const pair = [`--tlscert=${this.certPath}/cert.pem`, `--tlskey=${this.certPath}/key.pem`];
    const hosts = [`--host=unix://${this.#socket}`, `--host=${this.tcpHost}`];
    this.#spawn("docker", ["dockerd", ...hosts, ...own, ...tls, ...pair]);
    await this.#until("Docker there", () => this.docker("version", "--format", "{{.Server.Version}}"));
  }

  /** Its server has a user and a `/run` of its own, where Docker's socket is that of the machine. */
  async #startSsh(): Promise<void> {
    const path = (...names: string[]) => join(this.folder, ...names);
    for (const key of ["host-key", "key"]) {
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path(key)]);
    }
    const server = ["UsePAM no", "StrictModes no", "PasswordAuthentication no", `PidFile ${path("ssh.pid")}`];
    const keys = [`HostKey ${path("host-key")}`, `AuthorizedKeysFile ${path("key.pub")}`];
    writeFileSync(path("sshd_config"), [`ListenAddress ${this.address}`, ...server, ...keys, ""].join("\n"));
    const users = readFileSync("/etc/passwd", "utf8").replace(/^sshd:.*\n/m, "");
    writeFileSync(path("passwd"), `${users}sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n`);
    const script = [
      `mount --bind ${path("passwd")} /etc/passwd`,
      "mount -t tmpfs -o size=1m tmpfs /run",
      "mkdir /run/sshd",
      `ln -s ${this.#socket} /run/docker.sock`,
      `export LD_LIBRARY_PATH=${librariesIn(this.server).join(":")}`,
      `exec ${sshServer(this.server)} -D -e -f ${path("sshd_config")}`,
    ];
    this.#spawn("sshd", ["unshare", "--mount", "sh", "-ec", script.join("\n")]);
    const known = ["StrictHostKeyChecking no", "UserKnownHostsFile /dev/null", "LogLevel ERROR"];
    const client = [`Host gpu-box\n  HostName ${this.address}\n  User root`, `Host *\n  IdentityFile ${path("key")}`];
    writeFileSync(path("ssh_config"), [...client, ...known.map((line) => `  ${line}`), ""].join("\n"));
    mkdirSync(path("bin"));
    const ssh = path("bin", "ssh");
    writeFileSync(ssh, `#!/bin/sh\nexec ${findOnPath("ssh")} -F ${path("ssh_config")} "$@"\n`);
    chmodSync(ssh, 0o755);
    await this.#until("ssh there", () => execFileSync(ssh, ["-o", "BatchMode=yes", "gpu-box", "true"], QUIET));
  }

  #spawn(name: string, command: readonly string[]): void {
    const log = openSync(join(this.folder, `${name}.log`), "a");
    const stdio = ["ignore", log, log] as ["ignore", number, number];
    this.#processes.push(spawn("nsenter", [`--net=/run/netns/${this.name}`, ...command], { stdio }));
  }

  async #until(waitingFor: string, succeeds: () => unknown): Promise<void> {
    const look = async (): Promise<Look<true>> => {
      try {
        succeeds();
        return { done: true };
      } catch (error) {
        return { last: String(error) };
      }
    };
    await waitFor(look, { waitingFor, deadline: Deadline.after(START_SECONDS * 1000) });
  }
}

const QUIET = { stdio: "pipe" } as const;
const folderOf = (pid: number) => join(tmpdir(), `${PREFIX}${pid}`);
/** A network interface has at most 15 letters. */
const linkOf = (pid: number) => `occhat${pid}`;

function librariesIn(server: string): string[] {
  return [join(server, "lib"), join(server, "usr", "lib")]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
}

/** Removes the machines of killed tests. */
function removeLeftOvers(): void {
  const names = [...readdirSync(tmpdir()), ...(existsSync("/run/netns") ? readdirSync("/run/netns") : [])];
  const pids = names.filter((name) => name.startsWith(PREFIX)).map((name) => Number(name.slice(PREFIX.length)));
  for (const pid of new Set(pids)) {
    if (!isAlive(pid)) removeMachine(pid);
  }
}

function removeMachine(pid: number): void {
  const folder = folderOf(pid);
  for (const each of processesOf(folder)) process.kill(each, "SIGKILL");
  const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
  const own = mounts.map((line) => line.split(" ")[1] ?? "").filter((path) => path.startsWith(`${folder}/`));
  for (const path of own.toReversed()) attempt("umount", ["--lazy", path]);
  attempt("ip", ["link", "del", linkOf(pid)]);
  attempt("ip", ["netns", "del", `${PREFIX}${pid}`]);
  rmSync(folder, { recursive: true, force: true });
}

/** Processes with that folder in their command: Docker, its helpers and the ssh server. */
function processesOf(folder: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`${folder}/`);
    } catch {
      return false;
    }
  });
}

/** What is not there need not be removed. */
function attempt(command: string, args: readonly string[]): void {
  try {
    execFileSync(command, args, QUIET);
  } catch {
    // It is gone already.
  }
}
