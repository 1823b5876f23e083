import { PlainError } from "./errors";
import type { Fault, FaultAction, FaultList } from "./faults";
import { type ApiResponse, ok } from "./http/request";
import { isRecord } from "./index/mapping";

interface ControlRequest {
  method: string;
  path: string;
  body: string;
}

const KINDS: readonly FaultAction["kind"][] = [
  "refuse",
  "drop-response",
  "delay",
  "status",
  "deploy-fails",
  "undeploy-marks-failed",
  "backend",
];

/**
 * The control route, on a port of its own: `GET|POST|DELETE /faults`, `DELETE /faults/<id>`, `POST /restart`.
 * It lets tests in other processes order what in-process tests order through `emulator.faults`.
 */
export function controlAnswer(
  { method, path, body }: ControlRequest,
  faults: FaultList,
  restart: () => void,
): ApiResponse {
  const [, first, id] = path.split("/");
  if (first === "restart" && method === "POST") {
    restart();
    return ok({ restarted: true });
  }
  if (first === "faults" && method === "GET") return ok({ faults: faults.list() });
  if (first === "faults" && method === "POST") return { status: 201, body: { id: faults.add(readFault(body)) } };
  if (first === "faults" && method === "DELETE") {
    if (id === undefined) faults.clear();
    else faults.remove(Number(id));
    return ok({ faults: faults.list() });
  }
  throw new PlainError(
    404,
    `The control route knows GET, POST and DELETE /faults and POST /restart, not ${method} ${path}`,
  );
}

function readFault(body: string): Fault {
  const fault = parse(body);
  if (
    !isRecord(fault) ||
    !isRecord(fault.action) ||
    !KINDS.some((kind) => kind === (fault.action as Record<string, unknown>).kind)
  ) {
    throw new PlainError(
      400,
      `A fault needs an action with a kind, one of ${KINDS.join(", ")}: {"action":{"kind":"refuse"}}`,
    );
  }
  return fault as unknown as Fault;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new PlainError(400, "The body of a fault is not JSON");
  }
}
