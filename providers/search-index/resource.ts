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
   * Unique in the cluster; lower case. Best left out: a change that needs a new index then creates it beside the old
   * one and copies the documents. With a fixed name the old index must be deleted first, with its documents. A change
   * of the name makes a new index, which also receives the documents.
   * @default the resource's name and a hash of its URN
   */
  name?: pulumi.Input<string>;
  /**
   * In OpenSearch's own form: `{ properties: { title: { type: "text" } }, dynamic: "strict" }`. New fields, new
   * multi-fields and parameters that the server can change (such as `ignore_above`) are changed in place. Any other
   * change to a field, or its removal, makes a new index. Fields that were only added by documents are ignored.
   * @default none: the server derives fields from the documents
   */
  mappings?: pulumi.Input<Record<string, unknown>>;
  /**
   * In OpenSearch's own form, nested or flat, with or without `index.`: `{ number_of_replicas: 0 }`. A change to
   * settings that can only be set at creation (`number_of_shards`, `analysis`, `sort`, `codec` and such) makes a new
   * index. Anything else is changed in place; a removed setting goes back to its default.
   * @default the server's
   */
  settings?: pulumi.Input<Record<string, unknown>>;
  /**
   * A field for vectors, such as `{ field: "vector", dimension: 384, model: "all-minilm" }`. With the k-NN plugin it is
   * a `knn_vector`, otherwise a list of numbers that is only stored; documents look the same either way. Any change
   * makes a new index.
   * @default none
   */
  vector?: pulumi.Input<VectorField>;
  /**
   * Copy the documents when a change makes a new index. Writes to the old index are refused from then on. Documents
   * with vectors of another model or size are never copied.
   * @default true
   */
  copyDocuments?: pulumi.Input<boolean>;
  /**
   * Delete the index even if it contains documents: on destroy, and if a change needs a new index and the documents
   * cannot be copied. Without it such a delete fails and reports the number of documents.
   * @default false
   */
  forceDelete?: pulumi.Input<boolean>;
  /**
   * Take over an existing index of this name, with its documents, instead of failing. Missing fields are added. If the
   * index cannot become what the program describes, the operation fails and changes nothing.
   * @default false
   */
  adoptExisting?: pulumi.Input<boolean>;
  /** Deadlines in seconds. Copying documents counts as creation, so give large indices more time. */
  timeouts?: pulumi.Input<Timeouts>;
}

/**
 * An OpenSearch index for searchable documents. Refer to it by `.id`, which is its name.
 *
 * Documents are never lost by accident: a destroy fails while the index contains any (see `forceDelete`), and a change
 * that needs a new index copies them. Pulumi's `protect` and `retainOnDelete` work as usual.
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
  /**
   * `knn` if the cluster searches the vectors, else `stored` (see `VectorSearch`). Decided when the index is created.
   */
  declare readonly vectorSearch: pulumi.Output<string>;
  /** UUID of the cluster that the index was created on. */
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
