/** One exception of an OpenSearch error body: its type, its text, and fields that some types add (`line`, `index`, ...). */
export interface ErrorDetail {
  type: string;
  reason: string;
  extras?: Record<string, unknown>;
  causedBy?: ErrorDetail;
}

/** An answer with an error in OpenSearch's shape: `{"error":{"root_cause":[...],"type","reason"},"status"}`. */
export class ApiError extends Error {
  readonly status: number;
  readonly detail: ErrorDetail;
  /** What `root_cause` lists; the error itself when unset. */
  readonly rootCause: ErrorDetail | undefined;

  constructor(status: number, detail: ErrorDetail, rootCause?: ErrorDetail) {
    super(detail.reason);
    this.status = status;
    this.detail = detail;
    this.rootCause = rootCause;
  }

  body(): unknown {
    return {
      error: { root_cause: [withoutCause(this.rootCause ?? this.detail)], ...rendered(this.detail) },
      status: this.status,
    };
  }
}

/** An answer whose `error` is plain text, as the REST layer gives for unknown routes and wrong methods. */
export class PlainError extends Error {
  readonly status: number;
  readonly withStatus: boolean;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, withStatus = false, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.withStatus = withStatus;
    this.headers = headers;
  }

  body(): unknown {
    return this.withStatus ? { error: this.message, status: this.status } : { error: this.message };
  }
}

function withoutCause(detail: ErrorDetail): Record<string, unknown> {
  return { type: detail.type, reason: detail.reason, ...detail.extras };
}

function rendered(detail: ErrorDetail): Record<string, unknown> {
  const own = withoutCause(detail);
  return detail.causedBy ? { ...own, caused_by: rendered(detail.causedBy) } : own;
}

/** `status_exception`: the server's own refusals, with any status. */
export function statusError(status: number, reason: string): ApiError {
  return new ApiError(status, { type: "status_exception", reason });
}

/** `illegal_argument_exception`, 400. */
export function illegalArgument(reason: string, causedBy?: ErrorDetail): ApiError {
  return new ApiError(400, { type: "illegal_argument_exception", reason, causedBy });
}

/** `illegal_state_exception`, 500 unless the caller's layer turns it into another status. */
export function illegalState(reason: string, status = 500): ApiError {
  return new ApiError(status, { type: "illegal_state_exception", reason });
}

/** `null_pointer_exception`, 500: a bug of the real server that clients get to see. */
export function nullPointer(reason: string): ApiError {
  return new ApiError(500, { type: "null_pointer_exception", reason });
}

/** `action_request_validation_exception`, 400, with the numbered list the server prints. */
export function validationFailed(problems: readonly string[]): ApiError {
  const list = problems.map((problem, index) => `${index + 1}: ${problem};`).join("");
  return new ApiError(400, { type: "action_request_validation_exception", reason: `Validation Failed: ${list}` });
}

/** `parse_exception`, 400. */
export function parseError(reason: string): ApiError {
  return new ApiError(400, { type: "parse_exception", reason });
}

/** The detail of an index that does not exist, as it stands in errors of searches, reads and deletions. */
export function indexNotFoundDetail(index: string, resourceType: "index_or_alias" | "index_expression"): ErrorDetail {
  const extras = { index, "resource.id": index, "resource.type": resourceType, index_uuid: "_na_" };
  return { type: "index_not_found_exception", reason: `no such index [${index}]`, extras };
}
