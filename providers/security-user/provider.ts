import { toResourceProvider } from "../dynamic/adapter";
import { securityUserLifecycle } from "./lifecycle";

export = toResourceProvider(securityUserLifecycle);
