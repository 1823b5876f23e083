import { spawn } from "node:child_process";

/** How each system opens an address in its browser. Elsewhere as on Linux. */
const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** Opens an address in the user's browser. Calls `onFailure` if there is none to open it with. */
export function openBrowser(url: string, environment: NodeJS.ProcessEnv, onFailure: () => void): void {
  const [program, ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  const browser = spawn(program, [...args, url], { detached: true, stdio: "ignore", env: environment });
  browser.on("error", onFailure);
  browser.on("exit", (code) => {
    if (code !== 0) onFailure();
  });
  browser.unref();
}
