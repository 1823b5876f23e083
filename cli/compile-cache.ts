import { enableCompileCache } from "node:module";

// Node.js keeps the compiled code of the command and its libraries for the next run.
enableCompileCache();
