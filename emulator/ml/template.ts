import { illegalState } from "../errors";

/**
 * Fills `${<scope>.name}` in a text, as Commons Text does: values are filled in turn, `${x.name:-default}` has a
 * default, `$${` stands for itself, unknown names stay, and a value that contains itself is an error.
 */
export function substitute(
  text: string,
  values: Readonly<Record<string, string>>,
  scope: "parameters" | "credential",
): string {
  return fill(text, values, `\${${scope}.`, [text]);
}

function fill(
  text: string,
  values: Readonly<Record<string, string>>,
  prefix: string,
  trail: readonly string[],
): string {
  let out = "";
  let position = 0;
  for (;;) {
    const start = text.indexOf(prefix, position);
    if (start < 0) return out + text.slice(position);
    const end = text.indexOf("}", start + prefix.length);
    if (end < 0) return out + text.slice(position);
    if (start > position && text[start - 1] === "$") {
      out += text.slice(position, start - 1) + text.slice(start, end + 1);
      position = end + 1;
      continue;
    }
    const expression = text.slice(start + prefix.length, end);
    const [name = "", fallback] = splitDefault(expression);
    const value = Object.hasOwn(values, name) ? values[name] : fallback;
    out += text.slice(position, start);
    out += value === undefined ? text.slice(start, end + 1) : fill(value, values, prefix, extend(trail, name));
    position = end + 1;
  }
}

function splitDefault(expression: string): [string, string?] {
  const at = expression.indexOf(":-");
  return at < 0 ? [expression] : [expression.slice(0, at), expression.slice(at + 2)];
}

function extend(trail: readonly string[], name: string): readonly string[] {
  const [first = "", ...names] = trail;
  if (!names.includes(name)) return [...trail, name];
  throw illegalState(`Infinite loop in property interpolation of ${first}: ${names.join("->")}`);
}
