import { attempt, findOnPath, type RunOptions, run } from "./run";

/** The state of the Docker daemon as its client sees it. */
export interface DockerStatus {
  readonly version?: string;
  /** Why Docker can't be used, in the client's words. */
  readonly problem?: string;
}

/** Asks the daemon for its version. Fast, and changes nothing. */
export async function dockerStatus(): Promise<DockerStatus> {
  if (!findOnPath("docker")) return { problem: "the docker command is not installed" };
  const { code, stdout, stderr } = await docker(["version", "--format", "{{.Server.Version}}"], { timeoutSeconds: 15 });
  const version = stdout.trim();
  if (code === 0 && version) return { version };
  return { problem: stderr.trim().split("\n").at(-1) || "the daemon doesn't answer" };
}

/**
 * The daemon's address, if it isn't the default socket. Only the docker command knows the current Docker context
 * (Docker Desktop, rootless), so Pulumi's plugin has to be told.
 */
export async function daemonAddress(): Promise<string | undefined> {
  if (process.env.DOCKER_HOST) return process.env.DOCKER_HOST;
  const { code, stdout } = await docker(["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]);
  const address = stdout.trim();
  return code !== 0 || address === "" || address === "unix:///var/run/docker.sock" ? undefined : address;
}

/** Runs the docker command. A failure is a result, not an exception. */
export function docker(args: readonly string[], options: RunOptions = {}) {
  return attempt("docker", args, { ...options, environment: { ...options.environment, DOCKER_BUILDKIT: "0" } });
}

/** Runs a docker command that must succeed. */
export function runDocker(args: readonly string[], options: RunOptions = {}): Promise<string> {
  // Every engine has the classic builder. BuildKit needs a plugin that Debian's package lacks.
  return run("docker", args, { ...options, environment: { ...options.environment, DOCKER_BUILDKIT: "0" } });
}

/** A local image as the daemon describes it. */
export interface ImageFacts {
  readonly id: string;
  readonly sizeBytes: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** A local image, or undefined if the daemon does not have it. */
export async function inspectImage(name: string): Promise<ImageFacts | undefined> {
  const format = '{"id":{{json .Id}},"sizeBytes":{{.Size}},"labels":{{json .Config.Labels}}}';
  const { code, stdout } = await docker(["image", "inspect", "--format", format, name], { timeoutSeconds: 30 });
  if (code !== 0) return undefined;
  const facts: ImageFacts & { labels: ImageFacts["labels"] | null } = JSON.parse(stdout);
  return { ...facts, labels: facts.labels ?? {} };
}
