/**
 * What this visitor's browser keeps for us, as JSON. A browser that refuses, or is full, costs the visitor nothing but
 * that: it is kept as long as the page is there.
 */
type Kind = "sessionStorage" | "localStorage";

const memory: Record<string, string> = {};

export function load<T>(kind: Kind, name: string): T | undefined {
  try {
    return JSON.parse(memory[name] ?? globalThis[kind][name]) as T;
  } catch {
    return; // nothing kept yet, or nothing that we wrote
  }
}

export function save<T>(kind: Kind, name: string, value: T): T {
  memory[name] = JSON.stringify(value);
  try {
    globalThis[kind][name] = memory[name];
    delete memory[name];
  } catch {
    // It stays in memory.
  }
  return value;
}
