import { useEffect, useState } from "react";

/** The token out of the address, taken from there at once: it should not stay in the history of the browser. */
export function useLinkToken(): string {
  const [token] = useState(() => window.location.hash.replace(/^#/, ""));
  useEffect(() => {
    if (window.location.hash) window.history.replaceState(window.history.state, "", window.location.pathname);
  }, []);
  return token;
}
