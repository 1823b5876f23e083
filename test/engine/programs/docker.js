// What a chat stack makes in Docker, under the same names and labels, with a container that is never started.
const docker = require("@pulumi/docker");
const pulumi = require("@pulumi/pulumi");

const project = pulumi.getProject();
const stack = pulumi.getStack();
const labels = [{ label: "pulumi-ollama-chat.stack", value: `${project}/${stack}` }];
const named = (part) => ({ name: `${project}-${stack}-chat-${part}`, labels });

const network = new docker.Network("chat-network", named("network"));
const volume = new docker.Volume("chat-ollama-volume", named("ollama"));
new docker.Container("chat-ollama", {
  ...named("ollama"),
  image: new pulumi.Config().require("image"),
  start: false,
  mustRun: false,
  networksAdvanced: [{ name: network.name }],
  volumes: [{ volumeName: volume.name, containerPath: "/root/.ollama" }],
});
