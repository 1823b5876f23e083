import { toResourceProvider } from "../dynamic/adapter";
import { searchIndexLifecycle } from "./lifecycle";

export = toResourceProvider(searchIndexLifecycle);
