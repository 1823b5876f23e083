import { join } from "node:path";
import * as ts from "typescript";
import { type Block, repository } from "./document";

const EXTENSIONS: Record<string, string> = {
  ts: ".mts",
  typescript: ".mts",
  js: ".mjs",
  javascript: ".mjs",
};

export const isScript = ({ language }: Block): boolean => EXTENSIONS[language] !== undefined;

/** A type error in a block, with its position in the document. */
export interface Mistake {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/**
 * Type-checks TypeScript and JavaScript blocks against this package's sources, all at once. Each block is its own
 * module. One without imports is a fragment and may use `pulumi` and everything that the package exports.
 */
export function typeCheck(blocks: readonly Block[]): Mistake[] {
  const options = compilerOptions();
  const fragmentImports = `import * as pulumi from "@pulumi/pulumi"; import { ${exportsOfPackage(options)} } from "pulumi-ollama-chat"; `;
  const sources = new Map<string, { block: Block; shift: number; text: string }>();
  for (const [i, block] of blocks.entries()) {
    const isFragment = !/^\s*import\s|(?<!\.)\brequire\(/m.test(block.text);
    const prefix = isFragment ? fragmentImports : "";
    const name = join(repository, `block-${i}${EXTENSIONS[block.language]}`);
    sources.set(name, { block, shift: prefix.length, text: `${prefix}${block.text}` });
  }
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  host.readFile = (name) => sources.get(name)?.text ?? readFile(name);
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources].flatMap(([name, { block, shift }]) => {
    const source = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText, start = 0 }) => {
      const { line } = source?.getLineAndCharacterOfPosition(Math.max(start, shift)) ?? { line: 0 };
      return { file: block.file, line: block.line + line, message: ts.flattenDiagnosticMessageText(messageText, "\n") };
    });
  });
}

function compilerOptions(): ts.CompilerOptions {
  const file = join(repository, "tsconfig.json");
  const { config } = ts.readConfigFile(file, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: ["lib.ts"] }, ts.sys, repository);
  return {
    ...options,
    noEmit: true,
    incremental: false,
    tsBuildInfoFile: undefined,
    declaration: false,
    allowJs: true,
    checkJs: true,
    lib: [...(options.lib ?? []), "lib.dom.d.ts"],
    // Use the sources, not the last build.
    paths: {
      "pulumi-ollama-chat": [join(repository, "lib.ts")],
    },
  };
}

function exportsOfPackage(options: ts.CompilerOptions): string {
  const file = join(repository, "lib.ts");
  const source = ts.createSourceFile(file, ts.sys.readFile(file) ?? "", options.target ?? ts.ScriptTarget.ES2023);
  return source.statements
    .filter(ts.isExportDeclaration)
    .flatMap(({ exportClause, isTypeOnly }) =>
      exportClause !== undefined && ts.isNamedExports(exportClause)
        ? exportClause.elements.map((each) => `${isTypeOnly || each.isTypeOnly ? "type " : ""}${each.name.text}`)
        : [],
    )
    .join(", ");
}
