import { load, save, type Keep } from "./store.js";

/**
 * Where this visitor is in a shuffled deck. One place per API and filter, kept for the session, so that all photos on a
 * page, and the next page, go on where the last one stopped.
 */
export interface Place {
  deck: string;
  n: number;
}

/** The places of one gallery's decks, by the name of the deck. */
export function createPlaces(keep: Keep = "visit") {
  const where = keep === "none" ? "memory" : "sessionStorage";
  const write = (name: string, place: Place) => {
    save(where, name, place);
    return place;
  };
  return {
    keep: write,
    peek(name: string): Place {
      const place = load<Place>(where, name);
      return place?.deck && place.n >= 0 ? place : write(name, { deck: `${Math.random()}`, n: 0 });
    },
  };
}
