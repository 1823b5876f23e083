import { toResourceProvider } from "../dynamic/adapter";
import { clusterSettingLifecycle } from "./lifecycle";

export = toResourceProvider(clusterSettingLifecycle);
