import { toResourceProvider } from "../dynamic/adapter";
import { securityRoleLifecycle } from "./lifecycle";

export = toResourceProvider(securityRoleLifecycle);
