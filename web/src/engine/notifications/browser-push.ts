import { answer, api } from "@/api/client";
import { addPush, makePushKey, type PushState, type PushSubscriptionInfo, removePush } from "@/api/outreach";
import { PLACE, pagePath } from "@/api/place";

/** Whether this browser can show news while no page is open, and if not, what stands in the way. */
export type PushAbility = "able" | "insecure" | "unable" | "denied";

export function pushAbility(): PushAbility {
  if (!window.isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return "unable";
  return Notification.permission === "denied" ? "denied" : "able";
}

/** That a member wants his news in this browser; in the browser itself, since it is the browser he wants them in. */
const wishKey = (member: string): string => `guanxi.push${PLACE}.${member}`;

export function wishesPush(member: string): boolean {
  try {
    return localStorage.getItem(wishKey(member)) === "1";
  } catch {
    return false;
  }
}

function noteWish(member: string, wanted: boolean): void {
  try {
    if (wanted) localStorage.setItem(wishKey(member), "1");
    else localStorage.removeItem(wishKey(member));
  } catch {
    // Without storage he is asked again after signing in anew.
  }
}

export function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

const base64url = (bytes: ArrayBuffer | null): string => {
  const text = String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0)));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

async function worker(): Promise<ServiceWorkerRegistration> {
  await navigator.serviceWorker.register(pagePath("/push-worker.js"), { scope: pagePath("/") });
  return navigator.serviceWorker.ready;
}

/** The browser's subscription under the server's present key; one under another key is of no use any more. */
async function subscriptionOf(publicKey: string): Promise<PushSubscription> {
  const { pushManager } = await worker();
  const known = await pushManager.getSubscription();
  if (known && base64url(known.options.applicationServerKey) === publicKey) return known;
  await known?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(publicKey) });
}

/** Why a browser was not taken in. */
export class PushRefused extends Error {
  constructor(readonly reason: "denied" | "no_service") {
    super(reason);
  }
}

let turn: Promise<unknown> = Promise.resolve();

/** One after the other: a browser that is told of again as a page opens must not be taken in after its member stopped it. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work);
  turn = mine.catch(() => {});
  return mine;
}

/** A push service that is out of reach may leave its browser without an answer. */
const PATIENCE_MS = 20_000;

const patiently = <T>(answered: Promise<T>): Promise<T> =>
  Promise.race([
    answered,
    new Promise<never>((_, reject) => setTimeout(() => reject(new PushRefused("no_service")), PATIENCE_MS)),
  ]);

/** Asks for leave and has the server tell this browser. */
export async function startPush(state: PushState, member: string): Promise<void> {
  if ((await Notification.requestPermission()) !== "granted") throw new PushRefused("denied");
  await inTurn(() => subscribe(state, member));
}

async function subscribe(state: PushState, member: string): Promise<void> {
  const publicKey = state.public_key ?? (await makePushKey());
  let subscription: PushSubscription;
  try {
    subscription = await patiently(subscriptionOf(publicKey));
  } catch {
    throw new PushRefused("no_service");
  }
  const keys = { p256dh: base64url(subscription.getKey("p256dh")), auth: base64url(subscription.getKey("auth")) };
  await addPush({ endpoint: subscription.endpoint, keys });
  noteWish(member, true);
}

const pushState = async (): Promise<PushState> => (await answer(api.GET("/me/push"))) as PushState;

/** The server tells one of the member's browsers no more, and this one, if it is that, shows nothing any more. */
export const stopPush = (one: PushSubscriptionInfo, member: string): Promise<void> =>
  inTurn(async () => {
    // Being told of again gave it another id.
    const known = (await pushState()).items.find((other) => other.endpoint === one.endpoint);
    if (known) await removePush(known.id);
    if (!one.current) return;
    noteWish(member, false);
    const registration = await navigator.serviceWorker?.getRegistration(pagePath("/"));
    await (await registration?.pushManager.getSubscription())?.unsubscribe();
  });

/** After signing in anew the server is told again of a browser in which the member wants his news. */
export const pushAgain = (member: string): Promise<void> => inTurn(() => subscribeAgain(member));

async function subscribeAgain(member: string): Promise<void> {
  if (pushAbility() !== "able" || !wishesPush(member)) return;
  const state = await pushState();
  const registration = await navigator.serviceWorker.getRegistration(pagePath("/"));
  const known = await registration?.pushManager.getSubscription();
  // The server may have another key by now, and the browser's own service another address for it.
  const isKnown =
    known &&
    base64url(known.options.applicationServerKey) === state.public_key &&
    state.items.some((one) => one.current && one.endpoint === known.endpoint);
  if (!isKnown) await subscribe(state, member);
}
