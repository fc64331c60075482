import { useCallback, useEffect, useState } from "react";

const DIGITS = 1e6;

export interface Position {
  lat: number;
  lng: number;
  /** In whole metres. */
  accuracy: number;
}

export interface Positioning {
  position: Position | null;
  state: "locating" | "found" | "denied";
  locate: () => void;
}

/** Where this device is; asked for at once, and again on demand. */
export function usePosition(): Positioning {
  const [position, setPosition] = useState<Position | null>(null);
  const [state, setState] = useState<Positioning["state"]>("locating");
  const locate = useCallback(() => {
    if (!("geolocation" in navigator)) {
      setState("denied");
      return;
    }
    setState("locating");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const round = (degrees: number) => Math.round(degrees * DIGITS) / DIGITS;
        setPosition({
          lat: round(coords.latitude),
          lng: round(coords.longitude),
          accuracy: Math.min(1_000_000, Math.max(0, Math.round(coords.accuracy))),
        });
        setState("found");
      },
      () => setState("denied"),
      { enableHighAccuracy: true, timeout: 20_000, maximumAge: 15_000 },
    );
  }, []);
  useEffect(locate, [locate]);
  return { position, state, locate };
}
