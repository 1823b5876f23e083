import { fstatSync } from "node:fs";
import { finished, type Readable } from "node:stream";
import { isProviderHost } from "./provider-host";

const STANDARD_INPUT = 0;

/**
 * Ends this process when its engine is gone. After `kill -9` of the engine it would otherwise go on with what it was asked
 * for, a pull or a wait of half an hour, and make objects that no state knows.
 *
 * The sign is the end of standard input. The engine starts its plugins with a pipe there, writes nothing to it and closes
 * it never (Pulumi since 2017, `ExecPlugin` in sdk/go/common/resource/plugin/plugin.go); the operating system does when the
 * engine's process is no more, however it ended. The other signs there could be are worse:
 * - the parent's process id: Pulumi's own launcher is a shell that stays between the engine and Node.js, and lives on;
 * - the engine's gRPC address: whatever makes the engine slow to answer would have to be told from its end.
 *
 * An engine that is slow, suspended (Ctrl+Z) or halted in a debugger keeps its pipe. Where standard input is no pipe, as
 * under a host that a person started in a terminal or where a language host starts plugins, nothing is watched.
 *
 * What other dynamic providers of the program are doing in this process ends too, as it does when an engine ends regularly.
 *
 * @param input by default the standard input of a process that hosts dynamic providers; in any other process none.
 */
export function endWithEngine(
  input: Readable | undefined = fromEngine(),
  end: () => void = () => process.exit(1),
): void {
  if (input === undefined) return;
  finished(input, { writable: false }, () => end());
  // Without a reader its end would never be seen.
  input.resume();
}

function fromEngine(): Readable | undefined {
  if (!isProviderHost() || !isPipe()) return undefined;
  const { stdin } = process;
  // That it is watched keeps no process from ending by itself.
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
