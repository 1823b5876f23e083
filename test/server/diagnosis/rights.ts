import { z } from "zod";
import { openSearch } from "../../../clients/opensearch/connect";
import { bulk } from "../../../clients/opensearch/documents";
import { countDocuments, createIndex } from "../../../clients/opensearch/indices";
import type { Call, OpenSearchServer } from "../../../clients/opensearch/server";
import type { DoctorWorld } from "../doctor/world";
import { ML, serverOf, settings } from "./acts";
import type { Provocation } from "./provocation";

type Ask = (method: Call<unknown>["method"], path: string, body?: object) => Promise<Readonly<Record<string, unknown>>>;

function asking(server: OpenSearchServer): Ask {
  return async (method, path, body) =>
    await server.call({
      method,
      path,
      body,
      answer: z.record(z.string(), z.unknown()),
      repeatable: false,
    });
}

function serverAs(world: DoctorWorld, username: string): OpenSearchServer {
  return openSearch({ ...world.connection, username });
}

interface Private {
  readonly group: string;
  readonly connector: string;
  readonly model: string;
}

/** What one user has for himself alone, and another user with all rights on models asks of it. */
function strangers(
  row: string,
  how: string,
  act: (ask: Ask, theirs: Private, world: DoctorWorld) => Promise<unknown>,
  says: string,
): Provocation<DoctorWorld> {
  const run = async (world: DoctorWorld) => {
    await settings(world, {
      "plugins.ml_commons.model_access_control_enabled": true,
      "plugins.ml_commons.connector_access_control_enabled": true,
    });
    await world.makeUser("owner", { role: "ml_full_access" });
    await world.makeUser("stranger", { role: "ml_full_access" });
    const theirs = await privateOnes(world, asking(serverAs(world, "owner")));
    await act(asking(serverAs(world, "stranger")), theirs, world).catch((error: Error) => {
      const { group, connector, model } = theirs;
      const text = error.message.replaceAll(group, "THEIR-GROUP").replaceAll(connector, "THEIR-CONNECTOR");
      throw new Error(text.replaceAll(model, "THEIR-MODEL"));
    });
  };
  return { row, how, kind: "secured", run, says };
}

async function privateOnes(world: DoctorWorld, ask: Ask): Promise<Private> {
  const access_mode = "private";
  const made = await ask("POST", `${ML}/model_groups/_register`, { name: "private", access_mode });
  const group = String(made.model_group_id);
  const connector = String(
    (await ask("POST", `${ML}/connectors/_create`, { ...world.connectorBody, access_mode })).connector_id,
  );
  const body = { name: "private", function_name: "remote", connector_id: connector, model_group_id: group };
  return { group, connector, model: String((await ask("POST", `${ML}/models/_register`, body)).model_id) };
}

const NOT_YOURS = "group-not-yours";

const OWNERSHIP: readonly Provocation<DoctorWorld>[] = [
  strangers(
    NOT_YOURS,
    "another user's group is changed",
    (ask, { group }) => ask("PUT", `${ML}/model_groups/${group}`, { name: "mine" }),
    "PUT /_plugins/_ml/model_groups/THEIR-GROUP answered 400 illegal_argument_exception: You don't have permission to update this model group.",
  ),
  strangers(
    NOT_YOURS,
    "a model is registered into it",
    (ask, { group }, { connectorId }) =>
      ask("POST", `${ML}/models/_register`, {
        name: "mine",
        function_name: "remote",
        connector_id: connectorId,
        model_group_id: group,
      }),
    "POST /_plugins/_ml/models/_register answered 400 illegal_argument_exception: You don't have permissions to perform this operation on this model.",
  ),
  strangers(
    NOT_YOURS,
    "another user's model is asked",
    (ask, { model }) => ask("POST", `${ML}/models/${model}/_predict`, { parameters: { prompt: "Are you there?" } }),
    "POST /_plugins/_ml/models/THEIR-MODEL/_predict answered 403 status_exception: User doesn't have privilege to perform this operation on this model",
  ),
  strangers(
    NOT_YOURS,
    "it is undeployed",
    (ask, { model }) => ask("POST", `${ML}/models/${model}/_undeploy`),
    "POST /_plugins/_ml/models/THEIR-MODEL/_undeploy answered 400 illegal_argument_exception: No permission to undeploy model THEIR-MODEL",
  ),
  strangers(
    NOT_YOURS,
    "another user's connector is changed",
    (ask, { connector }) => ask("PUT", `${ML}/connectors/${connector}`, { name: "mine" }),
    "PUT /_plugins/_ml/connectors/THEIR-CONNECTOR answered 400 illegal_argument_exception: You don't have permission to update the connector, connector id: THEIR-CONNECTOR",
  ),
  strangers(
    NOT_YOURS,
    "it is deleted",
    (ask, { connector }) => ask("DELETE", `${ML}/connectors/${connector}`),
    "DELETE /_plugins/_ml/connectors/THEIR-CONNECTOR answered 500 m_l_validation_exception: You are not allowed to delete this connector",
  ),
];

const ROLES: readonly Provocation<DoctorWorld>[] = [
  strangers(
    "backend-roles",
    "a user without backend roles restricts a group",
    (ask) =>
      ask("POST", `${ML}/model_groups/_register`, { name: "r", access_mode: "restricted", backend_roles: ["x"] }),
    "POST /_plugins/_ml/model_groups/_register answered 400 illegal_argument_exception: You must have at least one backend role to register a restricted model group.",
  ),
  strangers(
    "backend-roles",
    "such a user restricts a connector",
    (ask, _theirs, { connectorBody }) =>
      ask("POST", `${ML}/connectors/_create`, { ...connectorBody, access_mode: "restricted", backend_roles: ["x"] }),
    "POST /_plugins/_ml/connectors/_create answered 400 illegal_argument_exception: You don't have the backend roles specified.",
  ),
  strangers(
    "backend-roles",
    "an administrator gives all of none",
    (_ask, _theirs, world) =>
      asking(serverOf(world))("POST", `${ML}/model_groups/_register`, {
        name: "r",
        access_mode: "restricted",
        add_all_backend_roles: true,
      }),
    "POST /_plugins/_ml/model_groups/_register answered 400 illegal_argument_exception: Admin users cannot add all backend roles to a model group.",
  ),
  strangers(
    "backend-roles",
    "a public group with backend roles",
    (_ask, _theirs, world) =>
      asking(serverOf(world))("POST", `${ML}/model_groups/_register`, {
        name: "r",
        access_mode: "public",
        backend_roles: ["x"],
      }),
    "POST /_plugins/_ml/model_groups/_register answered 400 illegal_argument_exception: You can specify backend roles only for a model group with the restricted access mode.",
  ),
];

const EMPTIED: readonly Provocation<DoctorWorld>[] = [
  strangers(
    "backend-roles-emptied",
    "a restricted group whose roles somebody emptied is read",
    async (ask, _theirs, world) => {
      const admin = asking(serverOf(world));
      const restricted = { name: "r", access_mode: "restricted", backend_roles: ["x"] };
      const { model_group_id: id } = await admin("POST", `${ML}/model_groups/_register`, restricted);
      await admin("PUT", `${ML}/model_groups/${id}`, { backend_roles: [] });
      await ask("GET", `${ML}/model_groups/${id}`).catch((error: Error) => {
        throw new Error(error.message.replaceAll(String(id), "GROUP"));
      });
    },
    "GET /_plugins/_ml/model_groups/GROUP answered 500 illegal_state_exception: Backend roles shouldn't be null",
  ),
];

const USER = "and User [name=reader, backend_roles=[], requestedTenant=null]";

/** Somebody with all rights on models and no others. */
async function reader(world: DoctorWorld): Promise<OpenSearchServer> {
  await createIndex(serverOf(world), "docs", { mappings: { properties: { text: { type: "text" } } }, settings: {} });
  await world.makeUser("reader", { role: "ml_full_access" });
  return serverAs(world, "reader");
}

const RIGHTS: readonly Provocation<DoctorWorld>[] = [
  {
    row: "index-rights",
    how: "documents are counted without a right on their index",
    kind: "secured",
    run: async (world) => await countDocuments(await reader(world), "docs"),
    says: `POST /docs/_refresh answered 403 security_exception: no permissions for [indices:admin/refresh] ${USER}`,
  },
  {
    row: "index-rights",
    how: "documents are written so",
    kind: "secured",
    run: async (world) => {
      const [refusal] = await bulk(await reader(world), "docs", [{ id: "1", document: { text: "a passage" } }]);
      throw new Error(refusal?.reason);
    },
    says: `no permissions for [indices:data/write/bulk[s], indices:data/write/index] ${USER}`,
  },
  {
    row: "cluster-rights",
    how: "settings are changed without a right on them",
    kind: "secured",
    run: async (world) =>
      await asking(await reader(world))("PUT", "/_cluster/settings", {
        persistent: { "action.auto_create_index": "true" },
      }),
    says: `PUT /_cluster/settings answered 403 security_exception: no permissions for [cluster:admin/settings/update] ${USER}`,
  },
  {
    row: "cluster-rights",
    how: "pipelines are looked at, before a model is deleted",
    kind: "secured",
    run: async (world) => await asking(await reader(world))("GET", "/_search/pipeline"),
    says: `GET /_search/pipeline answered 403 security_exception: no permissions for [cluster:admin/search/pipeline/get] ${USER}`,
  },
];

/** What users may not do: with others' objects, with roles, on indices and on the cluster. */
export const RIGHT_PROVOCATIONS: readonly Provocation<DoctorWorld>[] = [...OWNERSHIP, ...ROLES, ...EMPTIED, ...RIGHTS];
