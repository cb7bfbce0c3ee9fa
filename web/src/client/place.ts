/**
 * Where this visitor is in a shuffled deck. One place per API and filter, in `sessionStorage`, so that all photos on a
 * page, and the next page, go on where the last one stopped. Reading and moving on is one step: no two get the same card.
 */
export interface Place {
  deck: string;
  n: number;
}

const memory = new Map<string, string>();

export function peek(name: string): Place {
  try {
    const { deck, n } = JSON.parse(load(name)!) as Place;
    if (typeof deck === "string" && n >= 0) return { deck, n };
  } catch {
    // Nothing kept yet, or nothing that we wrote.
  }
  const place = { deck: Math.random().toString(36).slice(2), n: 0 };
  save(name, place);
  return place;
}

/** Take the card at this place; the next caller gets the one behind it. */
export function claim(name: string): Place {
  const place = peek(name);
  save(name, { ...place, n: place.n + 1 });
  return place;
}

/** A card that could not be had is not lost: the next claim starts there again. */
export function giveBack(name: string, place: Place): void {
  if (place.n < peek(name).n) save(name, place);
}

function load(name: string): string | null {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return memory.get(name) ?? null;
  }
}

function save(name: string, place: Place): void {
  const text = JSON.stringify(place);
  try {
    sessionStorage.setItem(name, text);
  } catch {
    memory.set(name, text);
  }
}
