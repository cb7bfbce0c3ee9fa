import type { Problem, ProblemName } from "./types.js";

/** A question to the gallery that was not answered with a photo. */
export class GalleryError extends Error {
  readonly problem: Problem;
  /** Seconds that the API asks to wait. */
  readonly retryAfter: number;

  constructor(name: ProblemName, detail?: string, retryAfter = 0) {
    super(detail ?? name);
    this.problem = { name, detail };
    this.retryAfter = retryAfter;
  }
}

/** Anything thrown, as a problem: what is not ours was the network. */
export function toProblem(error: unknown): Problem {
  return error instanceof GalleryError ? error.problem : { name: "unreachable" };
}
