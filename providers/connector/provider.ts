import { toResourceProvider } from "../dynamic/adapter";
import { connectorLifecycle } from "./lifecycle";

export = toResourceProvider(connectorLifecycle);
