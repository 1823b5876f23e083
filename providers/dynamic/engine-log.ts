import { createRequire } from "node:module";
import type * as grpcLibrary from "@grpc/grpc-js";
import type * as engineService from "@pulumi/pulumi/proto/engine_grpc_pb";
import type * as engineMessages from "@pulumi/pulumi/proto/engine_pb";
import { type Report, reportText, reportTo } from "../../clients/report";
import { engineAddress } from "./provider-host";

/** How long the engine may take for one line. It is on the same machine. */
const LINE_MILLISECONDS = 5_000;

/** The end of what was reported so far; a line is sent when the one before it has arrived. */
let sent: Promise<void> = Promise.resolve();

/** Resolves when the engine has every line that was reported so far. Never fails. */
export function reportsDelivered(): Promise<void> {
  return sent;
}

/**
 * Lets reports appear on the row of their resource. In a provider process the SDK's own `pulumi.log` knows no engine
 * and prints, which the engine shows on the stack; but it gave the process its address, so lines can be sent as the
 * program's are. Reports of no resource are printed as before.
 *
 * @param address where the engine listens; by default what it gave the process that hosts dynamic providers.
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
  // As the SDK itself finds them: in the provider process they are loaded already.
  const load = createRequire(__filename);
  const grpc = createRequire(load.resolve("@pulumi/pulumi"))("@grpc/grpc-js") as typeof grpcLibrary;
  const { EngineClient } = load("@pulumi/pulumi/proto/engine_grpc_pb") as typeof engineService;
  const messages = load("@pulumi/pulumi/proto/engine_pb") as typeof engineMessages;
  const client = new EngineClient(address, grpc.credentials.createInsecure());
  return (report) => {
    const request = new messages.LogRequest();
    request.setSeverity(messages.LogSeverity.INFO);
    // Its row names the resource already; what is listed again at the end names it in full.
    request.setMessage(report.passing ? report.line : reportText(report));
    request.setUrn(report.urn ?? "");
    request.setEphemeral(report.passing);
    const deadline = Date.now() + LINE_MILLISECONDS;
    return new Promise((resolve, reject) => {
      client.log(request, new grpc.Metadata(), { deadline }, (error) => (error ? reject(error) : resolve()));
    });
  };
}
