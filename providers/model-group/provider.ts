import { toResourceProvider } from "../dynamic/adapter";
import { modelGroupLifecycle } from "./lifecycle";

export = toResourceProvider(modelGroupLifecycle);
