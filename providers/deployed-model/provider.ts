import { toResourceProvider } from "../dynamic/adapter";
import { deployedModelLifecycle } from "./lifecycle";

export = toResourceProvider(deployedModelLifecycle);
