/**
 * What a visitor's browser keeps for us, as JSON: in `sessionStorage` until the tab is closed, in `localStorage` for longer,
 * in `memory` as long as the page is there. A browser that refuses, or is full, keeps it in memory.
 */
export type Place = "sessionStorage" | "localStorage" | "memory";

/** How long a visitor's browser keeps what it has shown. */
export type Keep = "visit" | "month" | "none";

const memory = new Map<string, string>();

export function load<T>(place: Place, name: string): T | undefined {
  try {
    return JSON.parse(memory.get(name) ?? storageOf(place)!.getItem(name)!) as T;
  } catch {
    return; // nothing that we wrote, or nothing at all may be read
  }
}

/** Keep a value; `undefined` takes it away. */
export function save(place: Place, name: string, value: unknown): void {
  memory.delete(name);
  try {
    const storage = storageOf(place)!;
    if (value === undefined) storage.removeItem(name);
    else storage.setItem(name, JSON.stringify(value));
  } catch {
    if (value !== undefined) memory.set(name, JSON.stringify(value));
  }
}

/** A browser that refuses storage throws here. */
const storageOf = (place: Place) => (place === "memory" ? undefined : globalThis[place]);
