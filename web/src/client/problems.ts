/**
 * What can go wrong, whose business it is, and what a visitor reads where there is no photo to show: the one table of it.
 * The owner finds the rest in the console (`react/console.ts`).
 *
 * - `outage`: nobody can be asked just now. The API rests, and photos come from the catalog.
 * - `busy`: the same, for as long as the API says.
 * - `nothing`: an answer as good as any. What was kept of it goes.
 * - `owner`: only the owner can mend it. The visitor gets a photo of the catalog, and the API does not rest.
 * - `preview`: a page that has no origin, `file://` or a sandbox, and so is on no list. Nothing is wrong.
 */
export type Kind = "outage" | "busy" | "nothing" | "owner" | "preview";

/** The name of a sentence, in `text/strings.ts`. */
export type Sentence = "unreachable" | "busy" | "gallery-empty" | "no-match" | "no-such-photo";

interface Reaction {
  kind: Kind;
  says: Sentence;
  /** Asking for the same once more does not help; the way on is another photo. */
  final?: true;
}

const OUTAGE: Reaction = { kind: "outage", says: "unreachable" };
const OWNER: Reaction = { kind: "owner", says: "unreachable" };

export const PROBLEMS = {
  unreachable: OUTAGE,
  unreadable: OUTAGE,
  failing: OUTAGE,
  "catalog-unavailable": OUTAGE,
  busy: { kind: "busy", says: "busy" },
  "gallery-empty": { kind: "nothing", says: "gallery-empty" },
  "no-match": { kind: "nothing", says: "no-match" },
  "no-such-photo": { kind: "nothing", says: "no-such-photo", final: true },
  unauthorized: OWNER,
  "key-not-configured": OWNER,
  "origin-not-allowed": OWNER,
  "not-configured": OWNER,
  "bad-request": OWNER,
  "not-found": OWNER,
  "method-not-allowed": OWNER,
  "uri-too-long": OWNER,
  "no-origin": { kind: "preview", says: "unreachable" },
} as const satisfies Record<string, Reaction>;

export type ProblemName = keyof typeof PROBLEMS;

/** The problem of an HTTP response: by the name that the API gives it, else by its status. */
export function problemOf(status: number, type: unknown): ProblemName {
  const name = `${type}`.replace("urn:image-gallery:", "");
  if (Object.hasOwn(PROBLEMS, name)) return name as ProblemName;
  if (status === 429) return "busy";
  if (status >= 500) return "failing";
  return status >= 400 ? "bad-request" : "unreadable";
}
