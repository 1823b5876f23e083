#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { startEmulator } from "./index";
import type { EmulatorOptions } from "./options";
import { isProfileName } from "./profiles";

const USAGE = `Emulates the ML Commons API of OpenSearch for remote models.

  --port PORT            port to listen on (9200; 0 takes a free one)
  --host ADDRESS         address to listen on (127.0.0.1)
  --user NAME:PASSWORD   a user for basic authentication; repeat for more. None: no authentication
                         Or one a line in the variable EMULATOR_USERS, which no process list shows
  --tls-cert FILE        PEM certificate, with --tls-key
  --tls-key FILE         PEM key
  --upstream URL         a real OpenSearch that gets everything else and decides who may log in
  --upstream-ca FILE     PEM of the CA that signed its certificate
  --upstream-insecure    accept any certificate of the real OpenSearch
  --data FOLDER          keep the state here
  --profile VERSION      answer as 2.19, 3.4 or 3.7 (3.4)
  --control-port PORT    port of the control route for faults, on loopback (none)
  --verbose              print a line per request`;

function readOptions(args: string[]): EmulatorOptions | "help" {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string", default: "9200" },
      host: { type: "string" },
      user: { type: "string", multiple: true, default: [] },
      "tls-cert": { type: "string" },
      "tls-key": { type: "string" },
      upstream: { type: "string" },
      "upstream-ca": { type: "string" },
      "upstream-insecure": { type: "boolean", default: false },
      data: { type: "string" },
      profile: { type: "string", default: "3.4" },
      "control-port": { type: "string" },
      verbose: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const { profile, upstream, "tls-cert": certificate, "tls-key": key, "upstream-ca": ca } = values;
  if (!isProfileName(profile)) throw new Error(`--profile ${profile}: use 2.19, 3.4 or 3.7.`);
  if ((certificate === undefined) !== (key === undefined))
    throw new Error("--tls-cert and --tls-key go together: give both.");
  return {
    port: readPort("--port", values.port),
    host: values.host,
    users: [...values.user, ...usersOfEnvironment()].map(readUser),
    tls:
      certificate && key
        ? { certificate: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") }
        : undefined,
    upstream: upstream
      ? { url: upstream, ca: ca && readFileSync(ca, "utf8"), rejectUnauthorized: !values["upstream-insecure"] }
      : undefined,
    dataDirectory: values.data,
    profile,
    controlPort: values["control-port"] === undefined ? undefined : readPort("--control-port", values["control-port"]),
    log: values.verbose ? (line) => process.stderr.write(`${line}\n`) : undefined,
  };
}

function usersOfEnvironment(): string[] {
  return (process.env.EMULATOR_USERS ?? "").split("\n").filter(Boolean);
}

function readPort(option: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Error(`${option} ${text}: a port is a number from 0 to 65535.`);
}

function readUser(text: string): { name: string; password: string } {
  const colon = text.indexOf(":");
  if (colon < 1) throw new Error("--user takes NAME:PASSWORD, for example --user admin:secret.");
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const emulator = await startEmulator(options);
  process.stdout.write(`ML Commons emulator (not a real OpenSearch) ready at ${emulator.url}\n`);
  const stop = () => void emulator.close().then(() => process.exit(0));
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

main().catch((error: unknown) => {
  const problem = error as NodeJS.ErrnoException;
  const hint = problem.code === "EADDRINUSE" ? " Another process has this port: stop it or choose another --port." : "";
  process.stderr.write(`emulator: ${problem.message}${hint}\n`);
  process.exit(2);
});
