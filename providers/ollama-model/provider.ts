import { toResourceProvider } from "../dynamic/adapter";
import { ollamaModelLifecycle } from "./lifecycle";

export = toResourceProvider(ollamaModelLifecycle);
