/**
 * A real OpenID Connect provider for the tests of signing in: `oidc-provider`, which issues what this program is told to.
 * The browser tests and the tests of the API (testkit/src/oidc.rs) run it and talk to it in lines of JSON:
 *
 *   { do: "configure", redirect, signedOut? }   one client, `guanxi`, sent back to this address
 *   { do: "account", account: {sub, ...claims} | null }   who signs in there next; null: he declines
 *   { do: "walk", url }   what a browser does there; answers { back }: where it is sent back to
 *   { do: "rotate" }   signs with other keys from now on
 *   { do: "fault", fault }   what is wrong with the identity tokens from now on; null: nothing
 *   { do: "signOut", sub, session? }   says so to its client as OpenID Connect Back-Channel Logout has it, of the session it
 *       issued last for, or of all; answers { token }: what it sent. `fault` spoils it as well
 *   { do: "now" }   answers { now }: its clock, in seconds
 */
import { createServer } from "node:http";
import { createInterface } from "node:readline";

// The line to who runs this is the standard output; the provider's own words go elsewhere.
console.info = console.error;
console.warn = console.error;
const { default: Provider } = await import("oidc-provider");
const jose = await import("jose");

const CLIENT = "guanxi";
const SECRET = "gx-test:secret/of+the%25provider";

let account = { sub: "nobody" };
let fault = null;
let keys = [await newKey("first")];
let provider = null;
/** The session the last identity token was for, and the last logout token sent. */
let session = null;
let sent = null;
let configuration = { redirect: "http://127.0.0.1:9/", signedOut: "http://127.0.0.1:9/login" };

async function newKey(kid) {
  const { privateKey } = await jose.generateKeyPair("RS256", { extractable: true });
  return { ...(await jose.exportJWK(privateKey)), kid, use: "sig", alg: "RS256" };
}

const server = createServer((request, response) => handle(request, response));
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const issuer = `http://127.0.0.1:${server.address().port}`;

/** A provider of the present configuration; what it has issued before stays good. */
function build() {
  provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT,
        client_secret: SECRET,
        redirect_uris: [configuration.redirect],
        post_logout_redirect_uris: [configuration.signedOut],
        response_types: ["code"],
        grant_types: ["authorization_code"],
        backchannel_logout_uri: "https://client.example/signed-out",
        backchannel_logout_session_required: true,
      },
    ],
    jwks: { keys },
    cookies: { keys: ["of the tests"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    // What it would send to its client, who runs this takes on.
    fetch: async (_url, options) => {
      sent = new URLSearchParams(options.body).get("logout_token");
      return new Response(null, { status: 204 });
    },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ ...account, sub: id }) }),
  });
  provider.use(async (context, next) => {
    await next();
    if (context.oidc?.route === "token" && context.body?.id_token) session = jose.decodeJwt(context.body.id_token).sid;
    if (fault && context.oidc?.route === "token" && context.body?.id_token)
      context.body.id_token = await spoil(context.body.id_token);
  });
}

/** The token with what is wrong with it, signed by the right key unless that is what is wrong. */
async function spoil(token) {
  const claims = jose.decodeJwt(token);
  const now = Math.floor(Date.now() / 1000);
  const changes = {
    audience: { aud: "another-client" },
    audiences: { aud: [CLIENT, "another-client"] },
    azp: { azp: "another-client" },
    issuer: { iss: "https://other.example" },
    nonce: { nonce: "of-another-attempt" },
    no_nonce: { nonce: undefined },
    expired: { exp: now - 60, iat: now - 120 },
    old: { iat: now - 3600 },
    subject: { sub: "somebody-else" },
    no_events: { events: undefined },
    other_event: { events: { "http://schemas.openid.net/event/other": {} } },
    event_no_object: { events: { "http://schemas.openid.net/event/backchannel-logout": true } },
    with_nonce: { nonce: "of-a-sign-in" },
    no_jti: { jti: undefined },
    nobody: { sub: undefined, sid: undefined },
    no_session: { sid: undefined },
    no_subject: { sub: undefined },
  };
  const payload = JSON.parse(JSON.stringify({ ...claims, ...changes[fault] }));
  if (fault === "alg_none") return new jose.UnsecuredJWT(payload).encode();
  if (fault === "hs256")
    return new jose.SignJWT(payload).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(SECRET));
  const key = fault === "wrong_key" ? await newKey(keys[0].kid) : keys[0];
  if (fault === "tampered") {
    const [head, , signature] = token.split(".");
    return `${head}.${jose.base64url.encode(JSON.stringify({ ...claims, sub: "somebody-else" }))}.${signature}`;
  }
  return new jose.SignJWT(payload)
    .setProtectedHeader({ ...jose.decodeProtectedHeader(token), alg: "RS256", kid: key.kid })
    .sign(await jose.importJWK(key, "RS256"));
}

/** Sends a logout token to the client and answers what was sent. */
async function signOut(sub, sid) {
  const client = await provider.Client.find(CLIENT);
  await client.backchannelLogout(sub, sid);
  return { token: fault ? await spoil(sent) : sent };
}

async function handle(request, response) {
  if (!request.url.startsWith("/interaction/")) return provider.callback()(request, response);
  const { params } = await provider.interactionDetails(request, response);
  if (!account) {
    return provider.interactionFinished(request, response, { error: "access_denied" });
  }
  const grant = new provider.Grant({ accountId: account.sub, clientId: params.client_id });
  grant.addOIDCScope("openid email profile");
  const result = { login: { accountId: account.sub }, consent: { grantId: await grant.save() } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/** Follows a browser's way through the provider until it leaves it. */
async function walk(url) {
  const cookies = new Map();
  let next = url;
  for (let step = 0; step < 10; step += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(next, { redirect: "manual", headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [name, ...value] = line.split(";")[0].split("=");
      cookies.set(name, value.join("="));
    }
    const location = answer.headers.get("location");
    if (!location) return { refused: `${answer.status} ${await answer.text()}` };
    next = new URL(location, next).toString();
    if (!next.startsWith(issuer)) return { back: next };
  }
  return { refused: "too many steps" };
}

async function obey(command) {
  if (command.do === "configure") {
    configuration = { ...configuration, ...command };
    build();
  } else if (command.do === "account") account = command.account;
  else if (command.do === "fault") fault = command.fault;
  else if (command.do === "rotate") {
    keys = [await newKey(`key-${Date.now()}`)];
    build();
  } else if (command.do === "walk") return walk(command.url);
  else if (command.do === "signOut") return signOut(command.sub, command.session ?? session);
  else if (command.do === "now") return { now: Math.floor(Date.now() / 1000) };
  else throw new Error(`what is ${command.do}?`);
  return {};
}

build();
process.stdout.write(`${JSON.stringify({ issuer, client: CLIENT, secret: SECRET })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await obey(JSON.parse(line)).catch((error) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
