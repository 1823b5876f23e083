import { fstatSync } from "node:fs";
import { finished, type Readable } from "node:stream";
import { isProviderHost } from "./provider-host";

const STANDARD_INPUT = 0;

/**
 * Exits when the engine has died. Otherwise, after `kill -9` of the engine, this process would finish what it was asked
 * to do, such as a pull of half an hour, and create objects that are in no state.
 *
 * The signal is the end of standard input. The engine starts its plugins with a pipe there, writes nothing to it and
 * never closes it (Pulumi since 2017, `ExecPlugin` in sdk/go/common/resource/plugin/plugin.go); the operating system
 * closes it when the engine's process ends for any reason. Other signals are worse:
 * - the parent's process id: Pulumi starts Node.js through a shell, which survives the engine;
 * - the engine's gRPC address: a slow engine would look like a dead one.
 *
 * An engine that is slow, suspended (Ctrl+Z) or stopped in a debugger keeps its pipe. If standard input is not a pipe,
 * as in a terminal or when a language host starts plugins, nothing is watched.
 *
 * Other dynamic providers in this process end too, as they do when an engine exits normally.
 *
 * @param input default: standard input if this process hosts dynamic providers, else none.
 */
export function endWithEngine(
  input: Readable | undefined = fromEngine(),
  end: () => void = () => process.exit(1),
): void {
  if (input === undefined) return;
  finished(input, { writable: false }, () => end());
  // The end of a stream is only reported while it is read.
  input.resume();
}

function fromEngine(): Readable | undefined {
  if (!isProviderHost() || !isPipe()) return undefined;
  const { stdin } = process;
  // Reading must not keep the process alive.
  stdin.unref();
  return stdin;
}

function isPipe(): boolean {
  try {
    return fstatSync(STANDARD_INPUT).isFIFO();
  } catch {
    return false;
  }
}
