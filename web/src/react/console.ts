import { PROBLEMS } from "../client/problems.js";
import type { Problem } from "../client/types.js";

const said = new Set<string>();

/** What the owner finds in the console: what is wrong and what to type, once for all photos of a page. */
export function tellOwner(line: string): void {
  const message = `random-photo: ${line}`;
  if (!said.has(message)) console.warn(message);
  said.add(message);
}

/** Tell the owner of what only the owner can mend, or of what the API says of itself. */
export function reportProblem({ name, detail }: Problem): void {
  if (name === "origin-not-allowed") {
    tellOwner(`The gallery answers ${self.origin} nothing. Add it to allowedOrigins, and run ./gallery up.`);
  } else if (detail) tellOwner(detail);
  else if (PROBLEMS[name].kind === "owner") tellOwner(`The gallery's API says ${name}; see docs/troubleshooting.md.`);
}
