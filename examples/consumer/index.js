// A second stack. It reads the chat stack's outputs and asks the model a question over TLS, verified with the chat
// stack's CA certificate. On a file backend, set chatStack to organization/pulumi-ollama-chat/<stack>.
const https = require("node:https");
const http = require("node:http");
const pulumi = require("@pulumi/pulumi");

const config = new pulumi.Config();
const chat = new pulumi.StackReference(config.require("chatStack"));
const question = config.get("question") ?? "Why is the sky blue?";

const access = pulumi.output({
  url: chat.requireOutput("predictUrl"),
  api: chat.requireOutput("api"),
  // The user who may only ask. On an existing cluster, a stack has none unless it is configured.
  asker: { username: chat.getOutput("predictUsername"), password: chat.getOutput("predictPassword") },
  owner: { username: chat.requireOutput("opensearchUsername"), password: chat.requireOutput("opensearchPassword") },
  ca: chat.requireOutput("opensearchCaCertificate"),
});

// A preview must not ask the model.
const answer = access.apply((known) => (pulumi.runtime.isDryRun() ? "" : ask(known)));

/** The model's answer. It derives from a secret, but is none itself. */
exports.answer = pulumi.unsecret(answer);

function ask({ url, api, asker, owner, ca }) {
  const { username, password } = asker.username ? asker : owner;
  // With the wrong passphrase, Pulumi returns {} instead of an error.
  if (typeof password !== "string")
    throw new Error("The password cannot be decrypted: use the chat stack's passphrase.");
  const parameters = api === "generate" ? { prompt: question } : { messages: [{ role: "user", content: question }] };
  const options = {
    method: "POST",
    headers: { "content-type": "application/json" },
    auth: username ? `${username}:${password}` : undefined,
    ca: ca || undefined,
  };
  return new Promise((resolve, reject) => {
    const request = (url.startsWith("https:") ? https : http).request(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => {
        if (response.statusCode !== 200) return reject(new Error(`${url} answered ${response.statusCode}: ${text}`));
        const { dataAsMap } = JSON.parse(text).inference_results[0].output[0];
        resolve(dataAsMap.response ?? dataAsMap.message?.content ?? dataAsMap.choices?.[0]?.message.content);
      });
    });
    request.on("error", reject);
    request.end(JSON.stringify({ parameters }));
  });
}
