import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface, type Interface } from "node:readline";

const folder = resolve(import.meta.dirname, "../../testkit/peers/messages");

/** Whether the peer's packages are installed (`npm ci --prefix testkit/peers/messages`). */
export const hasMessagesPeer = existsSync(`${folder}/node_modules/http_ece`);

export const SMS_SECRET = "gateway-secret";

export interface BrowserSubscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

export interface Taken {
  push: { name: string; said: { title: string; body: string; path: string; tag: string } }[];
  sms: { id: string; body: { to: string; text: string } }[];
  refused: string[];
}

/** A push service and an SMS gateway, as the tests of the server have them. */
export class MessagesPeer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: Interface,
    readonly port: number,
  ) {}

  static async start(): Promise<MessagesPeer> {
    const child = spawn("node", [`${folder}/service.mjs`, SMS_SECRET], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, "line")) as [string];
    return new MessagesPeer(child, lines, (JSON.parse(line) as { port: number }).port);
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  subscribe(name: string): Promise<BrowserSubscription> {
    return this.ask({ subscribe: name }) as Promise<BrowserSubscription>;
  }

  taken(): Promise<Taken> {
    return this.ask({ taken: true }) as Promise<Taken>;
  }

  stop(): void {
    this.child.kill();
  }

  private async ask(command: object): Promise<unknown> {
    const answered = once(this.lines, "line") as Promise<[string]>;
    this.child.stdin?.write(`${JSON.stringify(command)}\n`);
    return JSON.parse((await answered)[0]);
  }
}
