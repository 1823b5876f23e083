import type { ClientOptions } from "@opensearch-project/opensearch";
import { AwsSigv4Signer } from "@opensearch-project/opensearch/aws-v3";
import { ExplainedError } from "../../diagnosis/explained-error";
import { messageOf } from "../../diagnosis/failure";
import { AwsService, type AwsSigning } from "./aws-signing";

/** Environment variable that lets the standard chain replace stored keys, for when they were changed or have expired. */
export const AWS_CHAIN_OVERRIDE = "OLLAMA_CHAT_AWS_CHAIN";

const CHAIN_PACKAGE = "@aws-sdk/credential-provider-node";

/** Options that let the official client sign its requests with the official client's own signer. */
export function signing({ region, service, ...keys }: AwsSigning): Pick<ClientOptions, "Connection" | "Transport"> {
  const { Connection, Transport } = AwsSigv4Signer({
    region,
    service: service === AwsService.aoss ? AwsService.aoss : AwsService.es,
    getCredentials: async () => {
      const { accessKeyId = "", secretAccessKey = "", sessionToken } = keys;
      return usesChain({ region, ...keys }) ? await fromChain() : { accessKeyId, secretAccessKey, sessionToken };
    },
  });
  return { Connection: withPort(Connection), Transport };
}

type SigningConnection = ReturnType<typeof AwsSigv4Signer>["Connection"];

/** The signer's own `Host` lacks the port, which Node.js refuses on the way through a proxy. */
function withPort(Connection: SigningConnection): SigningConnection {
  return class extends Connection {
    override buildRequestObject(params: Parameters<InstanceType<SigningConnection>["buildRequestObject"]>[0]) {
      return super.buildRequestObject({ ...params, headers: { ...params.headers, host: this.url.host } });
    }
  };
}

/** Whether the keys come from AWS's standard chain. */
export function usesChain(aws: AwsSigning | undefined): boolean {
  return aws !== undefined && (aws.accessKeyId === undefined || process.env[AWS_CHAIN_OVERRIDE] === "1");
}

async function fromChain() {
  const chain = await loadedChain();
  try {
    return await chain();
  } catch (error) {
    throw new ExplainedError({
      what: `There are no AWS credentials to sign requests with: ${messageOf(error)}`,
      cause:
        "connection.aws holds no keys, so AWS's standard chain is used where the provider runs: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, SSO, a web identity, or the role of the container or machine.",
      fix: "Make one of them work (aws sts get-caller-identity shows what they give), or give accessKeyId and secretAccessKey.",
    });
  }
}

/** Loaded on demand: only connections without keys need it. */
async function loadedChain() {
  try {
    const { defaultProvider } = await import("@aws-sdk/credential-provider-node");
    return defaultProvider();
  } catch (error) {
    throw new ExplainedError({
      what: `AWS's standard chain of credentials cannot be loaded: ${messageOf(error)}`,
      cause: `It is in the package ${CHAIN_PACKAGE}, which is not installed with this one, since few need it.`,
      fix: `Run npm install ${CHAIN_PACKAGE} where the program's package.json is, or give accessKeyId and secretAccessKey.`,
    });
  }
}
