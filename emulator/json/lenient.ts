/**
 * What the server takes for JSON when it checks request bodies and prompts: an object or array that both org.json
 * and lenient Gson accept. Unquoted words pass as values, raw line breaks inside strings do not.
 */
export function isJson(text: string): boolean {
  const scanner = new LenientScanner(text);
  return scanner.container() && scanner.atEnd();
}

const LITERAL_END = new Set([..." \t\r\n\f,:;=/\\{}[]#\"'"]);

class LenientScanner {
  private position = 0;

  constructor(private readonly source: string) {}

  container(): boolean {
    this.space();
    const char = this.source[this.position];
    if (char === "{") return this.object();
    return char === "[" && this.array();
  }

  atEnd(): boolean {
    this.space();
    return this.position === this.source.length;
  }

  private object(): boolean {
    this.position++;
    this.space();
    if (this.take("}")) return true;
    for (;;) {
      this.space();
      if (!this.scalar()) return false;
      this.space();
      if (!this.take(":") && !this.take("=")) return false;
      if (!this.value()) return false;
      this.space();
      if (this.take("}")) return true;
      if (!this.take(",") && !this.take(";")) return false;
    }
  }

  private array(): boolean {
    this.position++;
    this.space();
    if (this.take("]")) return true;
    for (;;) {
      if (!this.value()) return false;
      this.space();
      if (this.take("]")) return true;
      if (!this.take(",")) return false;
    }
  }

  private value(): boolean {
    this.space();
    const char = this.source[this.position];
    return char === "{" || char === "[" ? this.container() : this.scalar();
  }

  private scalar(): boolean {
    const quote = this.source[this.position];
    if (quote === '"' || quote === "'") return this.quoted(quote);
    const start = this.position;
    while (this.position < this.source.length && !LITERAL_END.has(this.source.charAt(this.position))) this.position++;
    return this.position > start;
  }

  private quoted(quote: string): boolean {
    this.position++;
    for (;;) {
      const char = this.source[this.position];
      if (char === undefined || char === "\n" || char === "\r" || char === "\0") return false;
      this.position++;
      if (char === quote) return true;
      if (char !== "\\") continue;
      const escaped = this.source[this.position] ?? "";
      if (!`"'\\/bfnrtu`.includes(escaped) || escaped === "") return false;
      this.position++;
      if (escaped !== "u") continue;
      if (!/^[0-9a-fA-F]{4}$/.test(this.source.slice(this.position, this.position + 4))) return false;
      this.position += 4;
    }
  }

  private take(char: string): boolean {
    if (this.source[this.position] !== char) return false;
    this.position++;
    return true;
  }

  private space(): void {
    while (/[\s]/.test(this.source.charAt(this.position))) this.position++;
  }
}
