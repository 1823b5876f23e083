import { afterEach, beforeAll, describe, it } from "vitest";
import { sharedServer } from "../../support/opensearch/shared-server";
import { DoctorWorld } from "../doctor/world";
import { masksOf } from "./acts";
import { ANSWER_PROVOCATIONS } from "./answers";
import { CLUSTER_PROVOCATIONS } from "./cluster";
import { DEPLOYMENT_PROVOCATIONS } from "./deployment";
import { DOCUMENT_PROVOCATIONS } from "./documents";
import { OBJECT_PROVOCATIONS } from "./objects";
import { provoke } from "./provocation";
import { RIGHT_PROVOCATIONS } from "./rights";
import { TRUST_PROVOCATIONS } from "./trust";
import { USER_PROVOCATIONS } from "./users";

let world: DoctorWorld | undefined;
beforeAll(async () => {
  await sharedServer("secured");
});
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

describe.each([
  ["what OpenSearch may call", TRUST_PROVOCATIONS],
  ["model groups, connectors and models", OBJECT_PROVOCATIONS],
  ["deploying a model", DEPLOYMENT_PROVOCATIONS],
  ["asking a model", ANSWER_PROVOCATIONS],
  ["the cluster and its settings", CLUSTER_PROVOCATIONS],
  ["what a user may not", RIGHT_PROVOCATIONS],
  ["users and roles", USER_PROVOCATIONS],
  ["documents and retrieval", DOCUMENT_PROVOCATIONS],
])("the real server's words: %s", (_theme, provocations) => {
  it.each(provocations)("$row: $how", async (one) => {
    world = await DoctorWorld.start({ kind: one.kind });
    await provoke(one, world, masksOf);
  });
});
