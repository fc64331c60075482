import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const repositoryRoot = resolve(import.meta.dirname, "../..");
const logFolder = resolve(import.meta.dirname, "../test-results");

/** How long a debug build may take to make the demo company and listen. */
const START_TIMEOUT_MS = 120_000;
/** How long the server may take to end after it was asked to. */
const STOP_TIMEOUT_MS = 15_000;

/** A running `guanxi serve`, with the demo company or empty, on a data folder of its own. */
export interface GuanxiServer {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** The data folder, for tests that look at files or run other commands on it. */
  dataFolder: string;
  stop(): Promise<void>;
  /** Ends the process at once, as a crash does; the data stay. */
  kill(): Promise<void>;
  /** Starts it again on the same data and at the same address, after `kill`. */
  startAgain(): Promise<void>;
}

/** The binary under test: the debug build, or what GUANXI_BINARY names. */
export const guanxiBinary =
  process.env.GUANXI_BINARY ?? join(process.env.CARGO_TARGET_DIR ?? join(repositoryRoot, "target"), "debug/guanxi");

/** A port that nobody listens on now, for a server that must know its own address before it starts. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/**
 * Starts the server with the demo company and waits until it says where it listens. `name` names its log in
 * test-results/; further settings come as flags.
 */
export async function startServer(name: string, port = 0, flags: string[] = []): Promise<GuanxiServer> {
  return serve(name, port, ["--demo", ...flags]);
}

/** Starts a server with nobody in it, as whoever installs it finds it. */
export async function startEmptyServer(name: string): Promise<GuanxiServer> {
  return serve(name, 0, []);
}

async function serve(name: string, port: number, flags: string[]): Promise<GuanxiServer> {
  const dataFolder = await mkdtemp(join(tmpdir(), "guanxi-e2e-"));
  mkdirSync(logFolder, { recursive: true });
  const logPath = join(logFolder, `${name}.log`);
  const log = createWriteStream(logPath);
  const start = (at: number) => {
    const child = spawn(
      guanxiBinary,
      [
        "serve",
        ...["--data", dataFolder, "--secret-key-file", join(dataFolder, "secret.key")],
        ...["--listen", `127.0.0.1:${at}`],
        ...flags,
      ],
      {
        stdio: ["ignore", "pipe", "pipe"],
        cwd: dataFolder,
        env: environmentWithoutSettings(),
      },
    );
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    return child;
  };
  let child: ChildProcess = start(port);

  const stop = async () => {
    await stopProcess(child);
    log.end();
    await rm(dataFolder, { recursive: true, force: true });
  };
  try {
    const url = await listeningUrl(child, logPath);
    return {
      url,
      dataFolder,
      stop,
      kill: async () => {
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
      },
      startAgain: async () => {
        child = start(Number(new URL(url).port));
        await listeningUrl(child, logPath);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A setting of whoever runs the tests (GUANXI_LISTEN, say) must not reach the server under test. */
function environmentWithoutSettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GUANXI_")));
}

function listeningUrl(child: ChildProcess, logPath: string): Promise<string> {
  return new Promise((fulfil, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`guanxi does not listen after ${START_TIMEOUT_MS} ms, see ${logPath}`)),
      START_TIMEOUT_MS,
    );
    const fail = (reason: string) => {
      clearTimeout(timer);
      reject(new Error(`${reason}, see ${logPath}`));
    };
    child.once("error", (error) => fail(`${guanxiBinary} does not start: ${error.message}`));
    child.once("exit", (code, signal) => fail(`guanxi ended before it listened (${code ?? signal})`));
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on("line", (line) => {
        const found = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
        if (found) {
          clearTimeout(timer);
          fulfil(found);
        }
      });
    }
  });
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
