/** The part of the expression language that the filter builder can read. The whole language lives on the server. */
export type Node =
  | { kind: "path"; path: string }
  | { kind: "text"; value: string }
  | { kind: "number"; value: string }
  | { kind: "word"; value: "true" | "false" | "null" }
  | { kind: "list"; items: Node[] }
  | { kind: "call"; name: string; target: Node | null; args: Node[] }
  | { kind: "not"; of: Node }
  | { kind: "binary"; operator: string; left: Node; right: Node };

interface Token {
  kind: "name" | "text" | "number" | "symbol" | "end";
  value: string;
}

const SYMBOLS = /^(?:&&|\|\||==|!=|<=|>=|[<>!()[\],.+\-?:*/%])/;

class Unreadable extends Error {}

function readText(source: string, start: number): { value: string; end: number } {
  const quote = source[start];
  let value = "";
  for (let at = start + 1; at < source.length; at += 1) {
    const letter = source[at];
    if (letter === quote) return { value, end: at + 1 };
    if (letter !== "\\") {
      value += letter;
      continue;
    }
    at += 1;
    const escaped = source[at] ?? "";
    const simple: Record<string, string> = { n: "\n", t: "\t", r: "\r", "\\": "\\", '"': '"', "'": "'" };
    const replacement = simple[escaped];
    if (replacement === undefined) throw new Unreadable("escape");
    value += replacement;
  }
  throw new Unreadable("unclosed text");
}

function tokens(source: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at);
    const space = /^\s+/.exec(rest);
    if (space) {
      at += space[0].length;
      continue;
    }
    if (rest.startsWith('"') || rest.startsWith("'")) {
      const { value, end } = readText(source, at);
      found.push({ kind: "text", value });
      at = end;
      continue;
    }
    const number = /^\d+(\.\d+)?/.exec(rest);
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(rest);
    const symbol = SYMBOLS.exec(rest);
    const match = number ?? name ?? symbol;
    if (!match) throw new Unreadable("character");
    found.push({ kind: number ? "number" : name ? "name" : "symbol", value: match[0] });
    at += match[0].length;
  }
  found.push({ kind: "end", value: "" });
  return found;
}

const LEVELS: string[][] = [["||"], ["&&"], ["==", "!=", "<", "<=", ">", ">=", "in"], ["+", "-"]];

class Reader {
  private at = 0;
  private readonly list: Token[];

  constructor(list: Token[]) {
    this.list = list;
  }

  private get current(): Token {
    return this.list[this.at] ?? { kind: "end", value: "" };
  }

  private take(value?: string): Token {
    const token = this.current;
    if (value !== undefined && (token.value !== value || token.kind === "text"))
      throw new Unreadable(`expected ${value}`);
    this.at += 1;
    return token;
  }

  private sees(value: string): boolean {
    return this.current.value === value && this.current.kind !== "text";
  }

  whole(): Node {
    const node = this.level(0);
    if (this.current.kind !== "end") throw new Unreadable("left over");
    return node;
  }

  private level(depth: number): Node {
    const operators = LEVELS[depth];
    if (!operators) return this.unary();
    let left = this.level(depth + 1);
    while (operators.some((operator) => this.sees(operator))) {
      const operator = this.take().value;
      left = { kind: "binary", operator, left, right: this.level(depth + 1) };
    }
    return left;
  }

  private unary(): Node {
    if (this.sees("!")) {
      this.take();
      return { kind: "not", of: this.unary() };
    }
    if (this.sees("-")) {
      this.take();
      return { kind: "number", value: `-${this.take().value}` };
    }
    return this.members(this.primary());
  }

  private members(start: Node): Node {
    let node = start;
    while (this.sees(".")) {
      this.take();
      const name = this.take();
      if (name.kind !== "name") throw new Unreadable("name");
      if (this.sees("(")) node = { kind: "call", name: name.value, target: node, args: this.items("(", ")") };
      else if (node.kind === "path") node = { kind: "path", path: `${node.path}.${name.value}` };
      else throw new Unreadable("member");
    }
    return node;
  }

  private items(open: string, close: string): Node[] {
    const found: Node[] = [];
    this.take(open);
    while (!this.sees(close)) {
      found.push(this.level(0));
      if (!this.sees(close)) this.take(",");
    }
    this.take(close);
    return found;
  }

  private primary(): Node {
    if (this.sees("(")) {
      this.take();
      const node = this.level(0);
      this.take(")");
      return node;
    }
    if (this.sees("[")) return { kind: "list", items: this.items("[", "]") };
    const token = this.take();
    if (token.kind === "text") return { kind: "text", value: token.value };
    if (token.kind === "number") return { kind: "number", value: token.value };
    if (token.kind !== "name") throw new Unreadable("value");
    if (token.value === "true" || token.value === "false" || token.value === "null") {
      return { kind: "word", value: token.value };
    }
    if (this.sees("(")) return { kind: "call", name: token.value, target: null, args: this.items("(", ")") };
    return { kind: "path", path: token.value };
  }
}

/** Reads an expression; null where it uses more than the builder understands. */
export function readExpression(source: string): Node | null {
  try {
    return new Reader(tokens(source)).whole();
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

/** A text as a literal of the expression language. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(/\\[bfu]/g, " ");
}
