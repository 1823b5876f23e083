#!/usr/bin/env node
// First, so that it serves every other module.
import "./compile-cache";

import { run } from "./program";

// Whoever reads may stop early, as `| head` does; that is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

void run(process.argv).then((exitCode) => {
  process.exitCode = exitCode;
});
