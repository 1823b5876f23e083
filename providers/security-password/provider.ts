import { toResourceProvider } from "../dynamic/adapter";
import { securityPasswordLifecycle } from "./lifecycle";

export = toResourceProvider(securityPasswordLifecycle);
