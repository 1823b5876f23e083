import { toResourceProvider } from "../dynamic/adapter";
import { tlsCertificateLifecycle } from "./lifecycle";

export = toResourceProvider(tlsCertificateLifecycle);
