/**
 * Where this visitor is in a shuffled deck. One place per API and filter, in `sessionStorage` (in memory where that is
 * refused), so that all photos on a page, and the next page, go on where the last one stopped.
 */
export interface Place {
  deck: string;
  n: number;
}

let store: Record<string, string> = {};
try {
  store = sessionStorage;
} catch {
  // No browser, or one that refuses.
}

export function peek(name: string): Place {
  try {
    const place = JSON.parse(store[name]!) as Place;
    if (place.deck && place.n >= 0) return place;
  } catch {
    // Nothing kept yet, or nothing that we wrote.
  }
  return keep(name, { deck: `${Math.random()}`, n: 0 });
}

export function keep(name: string, place: Place): Place {
  store[name] = JSON.stringify(place);
  return place;
}
