import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Node.js keeps what it compiled of this program and all that it loads from here on, so that the next run starts sooner.
// Where `fast-start` or NODE_COMPILE_CACHE turned a cache on before, that one serves Pulumi's own modules too and stays
// in use; where none can be written, nothing is lost. A Node.js that is too old has no such function, and is told so later.
enableCompileCache?.(join(__dirname, "..", "..", "node_modules", ".cache", "pulumi-ollama-chat"));
