/** What is remembered in this tab while the browser is at an identity provider: where to go afterwards, and what for. */
interface Journey {
  purpose: "sign-in" | "bind";
  /** A path of this app. */
  back: string;
}

const KEY = "gx-provider-journey";

export function setOut(journey: Journey, url: string): void {
  sessionStorage.setItem(KEY, JSON.stringify(journey));
  window.location.assign(url);
}

/** The journey this tab is on; going in by the front door where nothing is remembered. */
export function currentJourney(): Journey {
  const nothing: Journey = { purpose: "sign-in", back: "/home" };
  try {
    const { purpose, back } = JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Partial<Journey>;
    return { purpose: purpose === "bind" ? "bind" : "sign-in", back: typeof back === "string" ? back : nothing.back };
  } catch {
    return nothing;
  }
}
