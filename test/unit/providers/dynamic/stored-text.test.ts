import { describe, expect, it } from "vitest";
import { ENTRIES, type ResourceType, storedText, typeToken } from "../../../../providers/dynamic/stored-text";

// Written out by hand: these texts and tokens lie in the states of stacks that exist. A failing row means that every
// one of those stacks would be orphaned, so the code is wrong and never the row.
const FROZEN: readonly (readonly [ResourceType, string, string])[] = [
  [
    "ClusterSetting",
    "pulumi-nodejs:dynamic/ollamachat:ClusterSetting",
    'exports.handler = () => require("pulumi-ollama-chat/provider/cluster-setting");',
  ],
  [
    "ModelGroup",
    "pulumi-nodejs:dynamic/ollamachat:ModelGroup",
    'exports.handler = () => require("pulumi-ollama-chat/provider/model-group");',
  ],
  [
    "Connector",
    "pulumi-nodejs:dynamic/ollamachat:Connector",
    'exports.handler = () => require("pulumi-ollama-chat/provider/connector");',
  ],
  [
    "DeployedModel",
    "pulumi-nodejs:dynamic/ollamachat:DeployedModel",
    'exports.handler = () => require("pulumi-ollama-chat/provider/deployed-model");',
  ],
  [
    "OllamaModel",
    "pulumi-nodejs:dynamic/ollamachat:OllamaModel",
    'exports.handler = () => require("pulumi-ollama-chat/provider/ollama-model");',
  ],
  [
    "TlsCertificate",
    "pulumi-nodejs:dynamic/ollamachat:TlsCertificate",
    'exports.handler = () => require("pulumi-ollama-chat/provider/tls-certificate");',
  ],
  [
    "SearchIndex",
    "pulumi-nodejs:dynamic/ollamachat:SearchIndex",
    'exports.handler = () => require("pulumi-ollama-chat/provider/search-index");',
  ],
  [
    "ContainerHealth",
    "pulumi-nodejs:dynamic/ollamachat:ContainerHealth",
    'exports.handler = () => require("pulumi-ollama-chat/provider/container-health");',
  ],
  [
    "SecurityUser",
    "pulumi-nodejs:dynamic/ollamachat:SecurityUser",
    'exports.handler = () => require("pulumi-ollama-chat/provider/security-user");',
  ],
  [
    "SecurityPassword",
    "pulumi-nodejs:dynamic/ollamachat:SecurityPassword",
    'exports.handler = () => require("pulumi-ollama-chat/provider/security-password");',
  ],
  [
    "SecurityRole",
    "pulumi-nodejs:dynamic/ollamachat:SecurityRole",
    'exports.handler = () => require("pulumi-ollama-chat/provider/security-role");',
  ],
  [
    "SecurityRoleMapping",
    "pulumi-nodejs:dynamic/ollamachat:SecurityRoleMapping",
    'exports.handler = () => require("pulumi-ollama-chat/provider/security-role-mapping");',
  ],
];

describe("what lies in the state for ever", () => {
  it.each(FROZEN)("%s has its frozen token and text", (type, token, text) => {
    expect(typeToken(type)).toBe(token);
    expect(storedText(type)).toBe(text);
  });

  it.each(FROZEN)("the text of %s is under 100 bytes", (type) => {
    expect(Buffer.byteLength(storedText(type), "utf8")).toBeLessThan(100);
  });

  it("every resource type is among the frozen ones", () => {
    expect(Object.keys(ENTRIES).sort()).toEqual(FROZEN.map(([type]) => type).sort());
  });
});
