import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "./server.ts";

/** Where Debian puts OpenLDAP's server. */
const SLAPD = "/usr/sbin/slapd";
export const hasLdap = existsSync(SLAPD);

const BASE = "dc=test,dc=example";
const ADMINISTRATOR = `cn=admin,${BASE}`;

export interface Person {
  uid: string;
  name: string;
  email: string;
  password: string;
}

/** A real directory with these people in it. */
export interface Directory {
  port: number;
  base: string;
  /** The account people are looked up by. */
  reader: string;
  readerPassword: string;
  stop(): void;
}

/** Starts one and waits until it listens. */
export async function startDirectory(people: Person[]): Promise<Directory> {
  const folder = mkdtempSync(join(tmpdir(), "guanxi-ldap-"));
  const at = (name: string) => join(folder, name);
  mkdirSync(at("data"));
  const schemas = ["core", "cosine", "inetorgperson"].map((name) => `include /etc/ldap/schema/${name}.schema`);
  const configuration = [
    ...schemas,
    "modulepath /usr/lib/ldap",
    "moduleload back_mdb",
    `pidfile ${at("pid")}`,
    "database mdb",
    `suffix "${BASE}"`,
    `rootdn "${ADMINISTRATOR}"`,
    'rootpw "secret"',
    `directory ${at("data")}`,
    "access to attrs=userPassword by anonymous auth by * none",
    "access to * by users read by * none",
  ];
  writeFileSync(at("slapd.conf"), `${configuration.join("\n")}\n`);
  const reader = `cn=reader,${BASE}`;
  const readerPassword = "of the reader";
  const entries = [
    `dn: ${BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Test\ndc: test\n`,
    `dn: ${reader}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: ${readerPassword}\n`,
    ...people.map(
      ({ uid, name, email, password }) =>
        `dn: uid=${uid},${BASE}\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${name}\nsn: ${name}\nmail: ${email}\nuserPassword: ${password}\n`,
    ),
  ];
  writeFileSync(at("entries.ldif"), entries.join("\n"));
  execFileSync(SLAPD, ["-Ta", "-f", at("slapd.conf"), "-l", at("entries.ldif")], { stdio: "ignore" });
  const port = await freePort();
  const address = `ldap://127.0.0.1:${port}`;
  const child: ChildProcess = spawn(SLAPD, ["-h", address, "-f", at("slapd.conf"), "-d", "stats"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (!child.stderr) throw new Error("no pipe");
  const lines = createInterface({ input: child.stderr });
  const ended = once(child, "exit").then(() => {
    throw new Error("slapd ended");
  });
  const listening = new Promise<void>((done) => {
    lines.on("line", (line) => {
      if (line.includes("slapd starting")) done();
    });
  });
  await Promise.race([listening, ended]);
  ended.catch(() => undefined);
  const stop = () => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  return { port, base: BASE, reader, readerPassword, stop };
}
