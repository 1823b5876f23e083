import { mkdirSync, readFileSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { SettingValue } from "./cluster/setting-values";
import type { NodeIdentity } from "./core";
import type { IndexState } from "./index/documents";

/** Everything that outlives a restart. */
export interface StoredState {
  readonly formatVersion: 1;
  readonly node: NodeIdentity;
  readonly persistentSettings: Record<string, SettingValue>;
  readonly indices: Record<string, IndexState>;
}

const FILE_NAME = "ml-commons-emulator.json";

/**
 * The state in one file. Each save writes a new file beside it, forces it to disk and moves it into place, so a crash
 * leaves either the old state or the new one.
 */
export class StateFile {
  private readonly path: string;
  private isDirty = false;
  private saving: Promise<void> | undefined;

  constructor(
    private readonly directory: string,
    private readonly snapshot: () => StoredState,
  ) {
    this.path = join(directory, FILE_NAME);
  }

  /** Reads the state of an earlier run, if there is one. */
  static load(directory: string): StoredState | undefined {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, FILE_NAME);
    const text = readIfThere(path);
    if (text === undefined) return undefined;
    try {
      const state = JSON.parse(text) as StoredState;
      if (state.formatVersion !== 1) throw new Error(`format version ${String(state.formatVersion)} is not known`);
      return state;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`Cannot read the emulator's state in ${path}: ${reason}. Move the file away to start empty.`);
    }
  }

  /** Something changed: it is saved soon, also when nobody waits for it. */
  markDirty(): void {
    if (!this.isDirty) setImmediate(() => void this.flush().catch(() => undefined));
    this.isDirty = true;
  }

  /** Waits until everything that happened before is on disk. Callers share one write. */
  async flush(): Promise<void> {
    while (this.isDirty || this.saving) {
      this.saving ??= this.save().finally(() => {
        this.saving = undefined;
      });
      await this.saving;
    }
  }

  private async save(): Promise<void> {
    this.isDirty = false;
    const temporary = `${this.path}.${process.pid}.new`;
    try {
      const file = await open(temporary, "w", 0o600);
      try {
        await file.writeFile(JSON.stringify(this.snapshot()));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.path);
      await syncDirectory(this.directory);
    } catch (error) {
      this.isDirty = true;
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
