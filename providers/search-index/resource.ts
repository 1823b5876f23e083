import * as pulumi from "@pulumi/pulumi";
import { dynamicProperties } from "../dynamic/resource";
import { typeToken } from "../dynamic/stored-text";
import { type ConnectionArgs, connectionInput } from "../shared/connection-args";
import type { Timeouts } from "../shared/timeouts";
import type { VectorField } from "./inputs";

/** Inputs of a `SearchIndex`. */
export interface SearchIndexArgs {
  /** How to reach the cluster. */
  connection: pulumi.Input<ConnectionArgs>;
  /**
   * Unique in the cluster; lower case. Better left out: then a change that needs a new index makes it beside the old
   * one and takes the documents over. With a name of its own the old index has to go first, with its documents.
   * Another name makes another index, which takes the documents over, too.
   * @default the resource's name and a hash of its URN
   */
  name?: pulumi.Input<string>;
  /**
   * In OpenSearch's own form: `{ properties: { title: { type: "text" } }, dynamic: "strict" }`. A new field, a new
   * multi-field and parameters that the server can change (such as `ignore_above`) change in place; a field that is
   * changed otherwise or removed makes a new index. Fields that only the documents brought are left alone.
   * @default none: the server makes fields of what the documents hold
   */
  mappings?: pulumi.Input<Record<string, unknown>>;
  /**
   * In OpenSearch's own form, nested or flat, with or without `index.`: `{ number_of_replicas: 0 }`. What counts only
   * when an index is made (`number_of_shards`, `analysis`, `sort`, `codec` and such) makes a new index; anything else
   * changes in place, and one that is dropped goes back to its default.
   * @default the server's
   */
  settings?: pulumi.Input<Record<string, unknown>>;
  /**
   * A field for vectors, such as `{ field: "vector", dimension: 384, model: "all-minilm" }`. Where the cluster has the
   * k-NN plugin the field is a `knn_vector`, else a list of numbers that is only kept; the documents that are written
   * are the same either way. Any change makes a new index.
   * @default none
   */
  vector?: pulumi.Input<VectorField>;
  /**
   * Take the documents over when a change makes a new index. Writes to the old one are refused from then on. Documents
   * with vectors of another model or size never go over.
   * @default true
   */
  copyDocuments?: pulumi.Input<boolean>;
  /**
   * Delete the index although it holds documents: on destroy, and where a change needs a new index and they cannot go
   * over. Without it such a delete is refused with their number.
   * @default false
   */
  forceDelete?: pulumi.Input<boolean>;
  /**
   * Take over an index of this name that exists already, with its documents, instead of failing. Missing fields are
   * added; where it cannot become what the program says, that is told and nothing changes.
   * @default false
   */
  adoptExisting?: pulumi.Input<boolean>;
  /** Deadlines in seconds. Taking documents over counts as creating: give large indices more. */
  timeouts?: pulumi.Input<Timeouts>;
}

/**
 * An index of OpenSearch, for documents that shall be searched. Refer to it by `.id`, which is its name.
 *
 * Documents are never lost unasked: a destroy is refused while the index holds some (see `forceDelete`), and a change
 * that needs a new index takes them over. Pulumi's `protect` and `retainOnDelete` work as everywhere.
 *
 * @example
 * ```ts
 * const articles = new SearchIndex("articles", {
 *   connection: { endpoint: "http://localhost:9200" },
 *   mappings: { properties: { title: { type: "text" }, tag: { type: "keyword" } } },
 *   settings: { number_of_replicas: 0 },
 *   vector: { field: "vector", dimension: 384, model: "all-minilm" },
 * });
 * export const index = articles.id;
 * ```
 */
export class SearchIndex extends pulumi.CustomResource {
  /** Name of the index, the same as `.id`. */
  declare readonly name: pulumi.Output<string>;
  /** `knn` where the cluster searches the vectors, else `stored` (see `VectorSearch`); settled when the index is made. */
  declare readonly vectorSearch: pulumi.Output<string>;
  /** UUID of the cluster on which the index was made. */
  declare readonly clusterUuid: pulumi.Output<string>;

  constructor(name: string, args: SearchIndexArgs, opts?: pulumi.CustomResourceOptions) {
    const properties = {
      name: undefined,
      vectorSearch: undefined,
      clusterUuid: undefined,
      ...args,
      connection: connectionInput(args?.connection),
    };
    super(typeToken("SearchIndex"), name, dynamicProperties("SearchIndex", name, properties, opts), opts);
  }
}
