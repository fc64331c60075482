/*
 * A push service (RFC 8030) and an SMS gateway, each as strict as a real one. What browsers do is done here: subscriptions are
 * made and what is pushed is decrypted, by http_ece; signatures are checked by Node's own crypto. Nothing of Guanxi is used.
 *
 * Commands come as lines of JSON, each answered by one: {subscribe}, {answer: [status, headers], to: "push"|"sms"}, {taken: true}.
 */
import { createECDH, createHmac, createPublicKey, randomBytes, verify } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import ece from "http_ece";

const [, , smsSecret] = process.argv;
const subscriptions = new Map();
const taken = { push: [], sms: [], refused: [] };
const answers = { push: [], sms: [] };

const bytes = (text) => Buffer.from(text, "base64url");

function subscribe(name) {
  const keys = createECDH("prime256v1");
  keys.generateKeys();
  const auth = randomBytes(16);
  subscriptions.set(name, { keys, auth });
  return {
    endpoint: `${origin()}/push/${name}`,
    keys: { p256dh: keys.getPublicKey("base64url"), auth: auth.toString("base64url") },
  };
}

/** What the signature of a sender says (RFC 8292); throws where it is not good. */
function sender(header) {
  const [, token, key] = /^vapid t=([^,]+), k=(.+)$/.exec(header ?? "") ?? [];
  const [head, claims, signature] = (token ?? "").split(".");
  const point = bytes(key ?? "");
  if (point.length !== 65) throw new Error("no key");
  const jwk = { kty: "EC", crv: "P-256", x: point.subarray(1, 33).toString("base64url"), y: point.subarray(33).toString("base64url") };
  const known = createPublicKey({ key: jwk, format: "jwk" });
  const signed = Buffer.from(`${head}.${claims}`);
  if (!verify("sha256", signed, { key: known, dsaEncoding: "ieee-p1363" }, bytes(signature))) throw new Error("a bad signature");
  const { alg } = JSON.parse(bytes(head));
  const told = JSON.parse(bytes(claims));
  if (alg !== "ES256" || told.aud !== origin()) throw new Error(`a token for ${told.aud}`);
  return { key, claims: told };
}

function push(name, request, body) {
  const subscription = subscriptions.get(name);
  if (!subscription) return [404];
  if (!request.headers.ttl) return [400];
  if (body.length > 4096) return [413];
  try {
    const from = sender(request.headers.authorization);
    if (request.headers["content-encoding"] !== "aes128gcm") throw new Error("another encoding");
    const { keys, auth } = subscription;
    const content = ece.decrypt(body, { version: "aes128gcm", privateKey: keys, authSecret: auth.toString("base64url") });
    const { ttl, topic, urgency } = request.headers;
    taken.push.push({ name, said: JSON.parse(content), size: body.length, ttl, topic, urgency, ...from });
    return [201];
  } catch (error) {
    taken.refused.push(`push: ${error.message}`);
    return [403];
  }
}

function sms(request, body) {
  const { "x-guanxi-timestamp": time, "x-guanxi-signature": signature, "x-guanxi-id": id, "x-api-key": token } = request.headers;
  const wanted = `sha256=${createHmac("sha256", smsSecret).update(`${time}.${body}`).digest("hex")}`;
  if (signature !== wanted) {
    taken.refused.push("sms: a bad signature");
    return [401];
  }
  taken.sms.push({ id, time: Number(time), token: token ?? null, body: JSON.parse(body) });
  return [200];
}

const server = createServer((request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    const body = Buffer.concat(pieces);
    const [, kind, name] = request.url.split("/");
    const planned = answers[kind]?.shift();
    const [status, headers = {}, text = ""] = planned ?? (kind === "push" ? push(name, request, body) : sms(request, body));
    response.writeHead(status, headers).end(text);
  });
});
const origin = () => `http://127.0.0.1:${server.address().port}`;

server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ port: server.address().port }));
  createInterface({ input: process.stdin }).on("line", (line) => {
    const { subscribe: name, answer, to, times = 1 } = JSON.parse(line);
    let reply = taken;
    if (name) reply = subscribe(name);
    if (answer) {
      for (let at = 0; at < times; at += 1) answers[to].push(answer);
      reply = {};
    }
    console.log(JSON.stringify(reply));
  }).on("close", () => process.exit(0));
});
