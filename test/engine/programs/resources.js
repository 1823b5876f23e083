// Makes the resources that a JSON file describes, so that one update can hold a whole table of them.
const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");
const library = require("pulumi-ollama-chat");

/** `{ "ref": "name" }` stands for that resource's id, `{ "ref": "name", "output": "revision" }` for another output. */
function resolved(value, made) {
  if (Array.isArray(value)) return value.map((item) => resolved(item, made));
  if (typeof value !== "object" || value === null) return value;
  if (typeof value.ref === "string") return made.get(value.ref)[value.output ?? "id"];
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolved(member, made)]));
}

const made = new Map();
for (const { type, name, args, dependsOn = [], formerName } of JSON.parse(
  readFileSync(new pulumi.Config().require("resources"), "utf8"),
)) {
  const options = {
    dependsOn: dependsOn.map((other) => made.get(other)),
    aliases: formerName === undefined ? [] : [{ name: formerName }],
  };
  made.set(name, new library[type](name, resolved(args, made), options));
}
