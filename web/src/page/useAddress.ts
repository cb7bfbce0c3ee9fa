import { useCallback, useEffect, useState } from "react";
import { readPlace, writePlace, type Place } from "./address.js";

/** What an entry of the browser's history keeps. */
export interface Step {
  /** How many steps back show a photo. */
  depth: number;
  /** The mode that the large photo was opened from. */
  under: "one" | "all";
  /** How far the overview was scrolled, in pixels, and how many photos it had. */
  scroll?: number;
  count?: number;
}

export interface Address {
  place: Place;
  step: Step;
  /** Go to a place: a step of the history, or in place of the last one. */
  go: (place: Place, how?: "replace") => void;
  /** Keep what the overview needs to be found again as it was left. */
  keep: (scroll: number, count: number) => void;
}

const read = () => ({ place: readPlace(location.hash), step: (history.state ?? { depth: 0, under: "one" }) as Step });

/** The address as the one place where is written what is seen: reload, Back and a sent link lead there. */
export function useAddress(): Address {
  const [seen, setSeen] = useState(read);
  useEffect(() => {
    const update = () => setSeen(read());
    history.scrollRestoration = "manual";
    addEventListener("popstate", update);
    return () => removeEventListener("popstate", update);
  }, []);
  const go = useCallback((place: Place, how?: "replace") => {
    const { place: before, step } = read();
    const depth = how ? step.depth : before.photo && before.album === place.album ? step.depth + 1 : 0;
    const under = place.mode !== "large" ? place.mode : before.mode !== "large" ? before.mode : step.under;
    const url = location.pathname + location.search + writePlace(place);
    history[how ? "replaceState" : "pushState"]({ depth, under }, "", url);
    setSeen(read());
  }, []);
  const keep = useCallback((scroll: number, count: number) => {
    history.replaceState({ ...read().step, scroll, count }, "");
  }, []);
  return { ...seen, go, keep };
}
