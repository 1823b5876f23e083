// A second stack that reads the chat stack's outputs and asks the model a question, over TLS verified by the chat
// stack's own authority. Set chatStack to organization/pulumi-ollama-chat/<stack> on a file backend.
const https = require("node:https");
const http = require("node:http");
const pulumi = require("@pulumi/pulumi");

const config = new pulumi.Config();
const chat = new pulumi.StackReference(config.require("chatStack"));
const question = config.get("question") ?? "Why is the sky blue?";

const access = pulumi.output({
  url: chat.requireOutput("predictUrl"),
  api: chat.requireOutput("api"),
  // The user who may only ask. A stack on a cluster that was there before has none unless its configuration says so.
  asker: { username: chat.getOutput("predictUsername"), password: chat.getOutput("predictPassword") },
  owner: { username: chat.requireOutput("opensearchUsername"), password: chat.requireOutput("opensearchPassword") },
  ca: chat.requireOutput("opensearchCaCertificate"),
});

// Previews must not ask: an answer is not a resource.
const answer = access.apply((known) => (pulumi.runtime.isDryRun() ? "" : ask(known)));

/** The model's answer; the answer itself is no secret, although a secret was needed to get it. */
exports.answer = pulumi.unsecret(answer);

function ask({ url, api, asker, owner, ca }) {
  const { username, password } = asker.username ? asker : owner;
  // With another passphrase than the chat stack's, Pulumi hands out {} and says nothing.
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
