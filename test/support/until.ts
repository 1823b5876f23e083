import { Deadline, waitFor } from "../../clients/wait";

/** Waits until a condition is true, five minutes at most. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const look = async () => ((await isSo()) ? { done: true as const } : { last: "not yet" });
  await waitFor(look, { waitingFor: what, deadline: Deadline.after(300_000) });
}
