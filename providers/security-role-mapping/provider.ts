import { toResourceProvider } from "../dynamic/adapter";
import { securityRoleMappingLifecycle } from "./lifecycle";

export = toResourceProvider(securityRoleMappingLifecycle);
