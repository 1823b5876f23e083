#!/usr/bin/env node
// First, so that it covers every other module.
import "./compile-cache";

import { run } from "./program";

// A reader may stop early, as `| head` does. That is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

void run(process.argv).then((exitCode) => {
  process.exitCode = exitCode;
});
