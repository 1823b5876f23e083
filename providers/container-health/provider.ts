import { toResourceProvider } from "../dynamic/adapter";
import { containerHealthLifecycle } from "./lifecycle";

export = toResourceProvider(containerHealthLifecycle);
