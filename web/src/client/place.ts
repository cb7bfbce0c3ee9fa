import { load, save } from "./store.js";

/**
 * Where this visitor is in a shuffled deck. One place per API and filter, kept for the session, so that all photos on a
 * page, and the next page, go on where the last one stopped.
 */
export interface Place {
  deck: string;
  n: number;
}

export function peek(name: string): Place {
  const place = load<Place>("sessionStorage", name);
  return place?.deck && place.n >= 0 ? place : keep(name, { deck: `${Math.random()}`, n: 0 });
}

export const keep = (name: string, place: Place) => save("sessionStorage", name, place);
