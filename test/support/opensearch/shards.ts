type Api = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;

/** Setting: number of shards that a node recovers at the same time after its start. */
const AT_A_TIME = "cluster.routing.allocation.node_initial_primaries_recoveries";

/**
 * Makes the data of some indices unavailable, as in the first moments after a start: the server answers and knows the
 * indices, but no node has their shards. Lasts until `giveDataBack` or the next test.
 */
export async function takeDataAway(api: Api, fits: RegExp): Promise<void> {
  await api("PUT", "/_cluster/settings", { transient: { [AT_A_TIME]: 0 } });
  const { nodes } = (await api("GET", "/_nodes")) as { nodes: object };
  const { metadata } = (await api("GET", "/_cluster/state/metadata")) as { metadata: { indices: object } };
  const cancel = { shard: 0, node: Object.keys(nodes)[0], allow_primary: true };
  const commands = Object.keys(metadata.indices)
    .filter((name) => fits.test(name))
    .map((index) => ({ cancel: { index, ...cancel } }));
  const { error } = await api("POST", "/_cluster/reroute", { commands });
  if (error !== undefined) throw new Error(`The shards could not be taken away: ${JSON.stringify(error)}`);
}

export async function giveDataBack(api: Api): Promise<void> {
  await api("PUT", "/_cluster/settings", { transient: { [AT_A_TIME]: null } });
  await api("POST", "/_cluster/reroute");
  await api("GET", "/_cluster/health?wait_for_no_initializing_shards=true&wait_for_status=yellow");
}
