/** What an expression is made of once read; the server's own reading of docs/expressions.md, as far as forms need it. */
export type Expression =
  | { kind: "literal"; value: null | boolean | number | string }
  | { kind: "path"; segments: string[] }
  | { kind: "list"; items: Expression[] }
  | { kind: "call"; name: string; args: Expression[] }
  | { kind: "choice"; condition: Expression; then: Expression; otherwise: Expression };

/** An expression this reader cannot make sense of. The screen then leaves the decision to the server. */
export class ExpressionError extends Error {
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.name = "ExpressionError";
    this.position = position;
  }
}

export interface Token {
  kind: "name" | "number" | "text" | "sign" | "end";
  text: string;
  position: number;
}

const SIGNS = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "(", ")", "[", "]"];
const MORE_SIGNS = [",", ".", "?", ":"];
const ESCAPES: Record<string, string> = {
  n: "\n",
  r: "\r",
  t: "\t",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "`": "`",
  "?": "?",
};

/** Cuts an expression into tokens, the last one being `end`. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at);
    const blank = /^(\s+|\/\/[^\n]*)/.exec(rest);
    if (blank) {
      at += blank[0].length;
      continue;
    }
    const number = /^(0x[0-9a-fA-F]+|\d+(\.\d+)?([eE][+-]?\d+)?)/.exec(rest);
    const raw = /^r(?=["'])/.exec(rest);
    const name = raw ? null : /^[A-Za-z_][A-Za-z0-9_]*/.exec(rest);
    if (number) {
      tokens.push({ kind: "number", text: number[0], position: at });
      at += number[0].length;
    } else if (name) {
      tokens.push({ kind: "name", text: name[0], position: at });
      at += name[0].length;
    } else if (raw || rest[0] === '"' || rest[0] === "'") {
      const read = readText(source, at + (raw ? 1 : 0), raw !== null);
      tokens.push({ kind: "text", text: read.text, position: at });
      at = read.end;
    } else {
      const sign = [...SIGNS, ...MORE_SIGNS].find((candidate) => rest.startsWith(candidate));
      if (!sign) throw new ExpressionError(`unexpected character "${rest[0]}"`, at);
      tokens.push({ kind: "sign", text: sign, position: at });
      at += sign.length;
    }
  }
  tokens.push({ kind: "end", text: "", position: source.length });
  return tokens;
}

function readText(source: string, start: number, raw: boolean): { text: string; end: number } {
  const quote = source[start];
  let text = "";
  let at = start + 1;
  while (at < source.length && source[at] !== quote) {
    const character = source[at] ?? "";
    if (character !== "\\" || raw) {
      text += character;
      at += 1;
      continue;
    }
    const code = /^\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2})/.exec(source.slice(at));
    const replacement = ESCAPES[source[at + 1] ?? ""];
    if (code) {
      const point = Number.parseInt((code[1] ?? "").slice(1), 16);
      if (point > 0x10ffff) throw new ExpressionError("no such character", at);
      text += String.fromCodePoint(point);
      at += code[0].length;
    } else if (replacement !== undefined) {
      text += replacement;
      at += 2;
    } else {
      throw new ExpressionError("unknown escape", at);
    }
  }
  if (at >= source.length) throw new ExpressionError("text without an end", start);
  return { text, end: at + 1 };
}
