import { enableCompileCache } from "node:module";

// Caches the compiled code of the command and its libraries for the next run.
enableCompileCache();
