const newborn = new Set<string>();

/** Remembers a connector that this process has just made, and did not take over. */
export function born(connectorId: string): void {
  newborn.add(connectorId);
}

/**
 * Whether no model can be on this connector yet, since this process made it and nobody asked before. The first model
 * on it then needs no search for what an interrupted run left, which a run that makes many pays for each.
 */
export function takeNewborn(connectorId: string): boolean {
  return newborn.delete(connectorId);
}
