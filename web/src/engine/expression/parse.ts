import { type Expression, ExpressionError, type Token, tokenize } from "./syntax";

const MAX_DEPTH = 64;
const COMPARISONS = ["==", "!=", "<=", ">=", "<", ">"];

/** Reads an expression; throws `ExpressionError` with the place where it stops making sense. */
export function parseExpression(source: string): Expression {
  const parser = new Parser(tokenize(source));
  return parser.whole();
}

class Parser {
  private next = 0;
  private depth = 0;
  private readonly tokens: Token[];

  constructor(tokens: Token[]) {
    this.tokens = tokens;
  }

  whole(): Expression {
    const expression = this.choice();
    if (this.peek().kind !== "end") this.fail();
    return expression;
  }

  private peek(): Token {
    const token = this.tokens[this.next];
    if (!token) throw new ExpressionError("unexpected end", 0);
    return token;
  }

  private fail(): never {
    const token = this.peek();
    throw new ExpressionError(token.kind === "end" ? "unexpected end" : `unexpected "${token.text}"`, token.position);
  }

  private takeSign(...signs: string[]): string | null {
    const token = this.peek();
    if (token.kind !== "sign" || !signs.includes(token.text)) return null;
    this.next += 1;
    return token.text;
  }

  private expectSign(sign: string): void {
    if (!this.takeSign(sign)) this.fail();
  }

  private choice(): Expression {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new ExpressionError("too deep", this.peek().position);
    const condition = this.joined("||", () => this.joined("&&", () => this.comparison()));
    let result = condition;
    if (this.takeSign("?")) {
      const then = this.choice();
      this.expectSign(":");
      result = { kind: "choice", condition, then, otherwise: this.choice() };
    }
    this.depth -= 1;
    return result;
  }

  private joined(sign: "||" | "&&", part: () => Expression): Expression {
    let left = part();
    while (this.takeSign(sign)) left = { kind: "call", name: sign, args: [left, part()] };
    return left;
  }

  private comparison(): Expression {
    let left = this.sum();
    for (;;) {
      const sign = this.takeSign(...COMPARISONS);
      const isIn = !sign && this.peek().kind === "name" && this.peek().text === "in";
      if (!sign && !isIn) return left;
      if (isIn) this.next += 1;
      left = { kind: "call", name: sign ?? "in", args: [left, this.sum()] };
    }
  }

  private sum(): Expression {
    let left = this.product();
    for (let sign = this.takeSign("+", "-"); sign; sign = this.takeSign("+", "-")) {
      left = { kind: "call", name: sign, args: [left, this.product()] };
    }
    return left;
  }

  private product(): Expression {
    let left = this.prefixed();
    for (let sign = this.takeSign("*", "/", "%"); sign; sign = this.takeSign("*", "/", "%")) {
      left = { kind: "call", name: sign, args: [left, this.prefixed()] };
    }
    return left;
  }

  private prefixed(): Expression {
    if (this.takeSign("!")) return { kind: "call", name: "!", args: [this.prefixed()] };
    if (this.takeSign("-")) return { kind: "call", name: "negate", args: [this.prefixed()] };
    return this.member();
  }

  private member(): Expression {
    let target = this.primary();
    while (this.takeSign(".")) {
      const name = this.peek();
      if (name.kind !== "name") this.fail();
      this.next += 1;
      if (this.takeSign("(")) {
        target = { kind: "call", name: name.text, args: [target, ...this.items(")")] };
      } else if (target.kind === "path") {
        target = { kind: "path", segments: [...target.segments, name.text] };
      } else {
        throw new ExpressionError("only a field has parts", name.position);
      }
    }
    return target;
  }

  private primary(): Expression {
    const token = this.peek();
    if (this.takeSign("(")) {
      const inner = this.choice();
      this.expectSign(")");
      return inner;
    }
    if (this.takeSign("[")) return { kind: "list", items: this.items("]") };
    if (token.kind === "number") {
      this.next += 1;
      return { kind: "literal", value: Number(token.text) };
    }
    if (token.kind === "text") {
      this.next += 1;
      return { kind: "literal", value: token.text };
    }
    if (token.kind !== "name") this.fail();
    this.next += 1;
    if (token.text === "true" || token.text === "false") return { kind: "literal", value: token.text === "true" };
    if (token.text === "null") return { kind: "literal", value: null };
    if (this.takeSign("(")) return { kind: "call", name: token.text, args: this.items(")") };
    return { kind: "path", segments: [token.text] };
  }

  private items(end: string): Expression[] {
    const items: Expression[] = [];
    if (this.takeSign(end)) return items;
    do {
      items.push(this.choice());
    } while (this.takeSign(","));
    this.expectSign(end);
    return items;
  }
}
