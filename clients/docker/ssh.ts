import { spawn } from "node:child_process";
import { Duplex } from "node:stream";

const CONNECT_SECONDS = 10;

/**
 * A connection to the Docker of another machine, made as Docker's own client makes it: `ssh` runs
 * `docker system dial-stdio` there. Nobody can be asked for a password here, so `ssh` never does.
 */
export function dialOverSsh({ username, hostname, port }: URL): Duplex {
  const host = hostname.replace(/^\[|\]$/g, "");
  const options = ["-o", "BatchMode=yes", "-o", `ConnectTimeout=${CONNECT_SECONDS}`, ...(port ? ["-p", port] : [])];
  const user = username === "" ? [] : ["-l", decodeURIComponent(username)];
  const command = [...options, ...user, "--", host, "docker", "system", "dial-stdio"];
  const ssh = spawn("ssh", command, { stdio: ["pipe", "pipe", "ignore"] });
  const connection = Duplex.from({ writable: ssh.stdin, readable: ssh.stdout });
  ssh.once("error", (error) => connection.destroy(error));
  connection.once("close", () => ssh.kill());
  // Errors after an answer, such as that of closing, concern nobody.
  connection.on("error", () => undefined);
  return connection;
}
