// Writes docs/troubleshooting.md from the tables of diagnosis/: npm run build && node tools/docs/troubleshooting.mjs
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const INTRODUCTION = `# Troubleshooting

<!-- Written by tools/docs/troubleshooting.mjs from diagnosis/; a test compares the two. -->

\`npx ollama-chat doctor\` checks the whole chain, from the containers to an answer of the model, and names each problem by
its row below. \`--fix\` repairs what is safe to repair: it pulls a missing model, deploys a model again that is not
deployed or was deployed with older settings, and removes unused objects that interrupted runs of this stack left on
OpenSearch. It asks first; \`--yes\` is for scripts. \`--json\` prints a list of checks, each with \`id\`, \`title\`,
\`status\` (\`ok\`, \`warn\`, \`fail\`, \`skipped\`) and \`seen\`, and for problems also \`symptom\`, \`cause\` and \`fix\`.
The exit code is 0 if no check fails (warnings do not count), else 4.

It also lists who claims settings of the cluster, as resource of project/stack. Claims of a stack that was removed without
a \`pulumi destroy\` are only released on request, by the name in that list. If no stack is left to read, flags name the
servers (\`--opensearch\`):

<!-- not run: it takes a stack that is gone; test/server/doctor/left-overs.test.ts does it -->
\`\`\`sh
npx ollama-chat doctor --fix --forget-claims-of shop/prod
\`\`\`

Errors of \`pulumi up\`, \`destroy\` and the other commands take their causes and fixes from the same rows. Numbers such as
#2142 are issues of opensearch-project/ml-commons, unless another project is named.
`;

/** The page for themes as \`diagnosis/themes\` gives them. */
export function troubleshootingPage(themes) {
  const contents = themes.map(({ title }) => `- [${title}](#${anchor(title)})`);
  return [INTRODUCTION, contents.join("\n"), "", ...themes.map(section)].join("\n");
}

function section({ title, symptoms }) {
  return [`## ${title}`, "", ...symptoms.map(row)].join("\n");
}

function row({ id, shows, cause, fix }) {
  return [
    `### ${id}`,
    "",
    `**${escaped(shows)}**`,
    "",
    `- Cause: ${escaped(cause)}`,
    `- Fix: ${escaped(fix)}`,
    "",
  ].join("\n");
}

/** The tables are plain text, so characters with a meaning in Markdown or HTML are escaped. */
function escaped(text) {
  return text.replaceAll(/[\\`*_[\]<>#|~$]/g, "\\$&");
}

function anchor(title) {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");
}

if (process.argv[1] === import.meta.filename) {
  const root = join(import.meta.dirname, "..", "..");
  const { THEMES } = createRequire(import.meta.url)(join(root, "dist", "diagnosis", "themes.js"));
  writeFileSync(join(root, "docs", "troubleshooting.md"), troubleshootingPage(THEMES));
}
