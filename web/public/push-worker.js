/*
 * Shows what the server pushes while no page of the app is looked at, and leads to the exact place. It keeps nothing and
 * answers no request of a page: what a browser holds of a company is what the pages ask for.
 */
const scope = new URL(self.registration.scope);

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** What a push says; one that cannot be read leads to the notifications all the same. */
function read(data) {
  try {
    const told = data?.json() ?? {};
    const text = (value) => (typeof value === "string" ? value : "");
    return { title: text(told.title), body: text(told.body), path: text(told.path), tag: text(told.tag) };
  } catch {
    return { title: "", body: "", path: "", tag: "" };
  }
}

/** A place of this company's pages, and no other, whatever a push says. */
function placeOf(path) {
  const base = scope.pathname.replace(/\/$/, "");
  const place = new URL(`${base}${path.startsWith("/") ? path : "/notifications"}`, scope.origin);
  const inside = place.origin === scope.origin && place.pathname.startsWith(`${base}/`);
  return inside ? place.href : new URL(`${base}/notifications`, scope.origin).href;
}

async function pages() {
  const all = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return all.filter((client) => client.url.startsWith(scope.href));
}

async function show(told) {
  // Who looks at the app is told there.
  if ((await pages()).some((client) => client.focused)) return;
  await self.registration.showNotification(told.title || "Guanxi", {
    body: told.body,
    tag: told.tag || undefined,
    icon: `${scope.href.replace(/\/$/, "")}/favicon.svg`,
    data: { place: placeOf(told.path) },
  });
}

async function open(place) {
  const [page] = await pages();
  if (!page) return self.clients.openWindow(place);
  // A browser that does not let itself be brought to the front still goes there.
  const shown = await page.focus().catch(() => page);
  // The app goes there by itself: a form that is being filled asks before it is left.
  shown.postMessage({ type: "guanxi.open", place });
}

self.addEventListener("push", (event) => event.waitUntil(show(read(event.data))));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.place ?? placeOf("/notifications")));
});
