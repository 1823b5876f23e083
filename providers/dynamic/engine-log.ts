import { createRequire } from "node:module";
import type * as grpcLibrary from "@grpc/grpc-js";
import type * as engineService from "@pulumi/pulumi/proto/engine_grpc_pb";
import type * as engineMessages from "@pulumi/pulumi/proto/engine_pb";
import { type Report, reportText, reportTo } from "../../clients/report";
import { engineAddress } from "./provider-host";

/** Deadline for sending one line. The engine is on the same machine. */
const LINE_MILLISECONDS = 5_000;

/** Settles when all lines so far are sent. Lines are sent one after another. */
let sent: Promise<void> = Promise.resolve();

/** Resolves when the engine has received every line reported so far. Never rejects. */
export function reportsDelivered(): Promise<void> {
  return sent;
}

/**
 * Shows reports on the row of their resource. In a provider process `pulumi.log` is not connected to the engine and
 * only prints, which the engine shows on the stack's row. The engine passes its address to the process, so lines are
 * sent there directly. Reports without a resource are still printed.
 *
 * @param address the engine's address; default: the one passed to the host of dynamic providers.
 */
export function reportToEngine(address = engineAddress()): void {
  if (address === undefined) return;
  let send: ((report: Report) => Promise<void>) | undefined;
  const print = reportTo((report) => {
    if (report.urn === undefined) return print(report);
    send ??= sender(address);
    const deliver = send;
    sent = sent.then(() => deliver(report)).catch(() => print(report));
  });
}

function sender(address: string): (report: Report) => Promise<void> {
  // Resolved as the SDK resolves them, so the provider process has loaded them already.
  const load = createRequire(__filename);
  const grpc = createRequire(load.resolve("@pulumi/pulumi"))("@grpc/grpc-js") as typeof grpcLibrary;
  const { EngineClient } = load("@pulumi/pulumi/proto/engine_grpc_pb") as typeof engineService;
  const messages = load("@pulumi/pulumi/proto/engine_pb") as typeof engineMessages;
  const client = new EngineClient(address, grpc.credentials.createInsecure());
  return (report) => {
    const request = new messages.LogRequest();
    request.setSeverity(messages.LogSeverity.INFO);
    // A passing line shows on the resource's row. Others are listed again at the end and need the resource's name.
    request.setMessage(report.passing ? report.line : reportText(report));
    request.setUrn(report.urn ?? "");
    request.setEphemeral(report.passing);
    const deadline = Date.now() + LINE_MILLISECONDS;
    return new Promise((resolve, reject) => {
      client.log(request, new grpc.Metadata(), { deadline }, (error) => (error ? reject(error) : resolve()));
    });
  };
}
