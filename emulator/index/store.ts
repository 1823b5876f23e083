import { SYSTEM_MAPPINGS } from "../ml/system-indices";
import { DocumentIndex, type IndexRules, type IndexState } from "./documents";

/** All indices of the emulator: those of ML Commons, made when first needed, and those of users. */
export class IndexStore {
  private readonly indices = new Map<string, DocumentIndex>();

  constructor(
    private readonly rules: IndexRules,
    private readonly changed: () => void,
  ) {}

  get(name: string): DocumentIndex | undefined {
    return this.indices.get(name);
  }

  /** The index, made now if it wasn't there. */
  ensure(name: string): DocumentIndex {
    return this.indices.get(name) ?? this.create(name, { mapping: { ...SYSTEM_MAPPINGS[name] } });
  }

  create(name: string, state: Partial<IndexState>): DocumentIndex {
    const index = new DocumentIndex(name, this.rules, this.changed, state);
    this.indices.set(name, index);
    this.changed();
    return index;
  }

  delete(name: string): void {
    this.indices.get(name)?.close();
    this.indices.delete(name);
    this.changed();
  }

  names(): string[] {
    return [...this.indices.keys()].sort();
  }

  close(): void {
    for (const index of this.indices.values()) index.close();
  }

  snapshot(): Record<string, IndexState> {
    return Object.fromEntries([...this.indices].map(([name, index]) => [name, index.state()]));
  }

  restore(indices: Readonly<Record<string, IndexState>>): void {
    for (const [name, state] of Object.entries(indices)) this.create(name, state);
  }
}
