import { render } from "preact";
import { config } from "zod/mini";
import { App } from "./app";

// Zod would try to compile its checks, which the page's policy forbids.
config({ jitless: true });

const place = document.getElementById("app");
if (place !== null) render(<App />, place);
