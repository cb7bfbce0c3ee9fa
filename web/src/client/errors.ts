import type { Problem } from "./types.js";

/** What is thrown where the gallery does not answer with what was asked for. */
export interface GalleryError extends Error {
  problem: Problem;
}

export function galleryError(problem: Problem): GalleryError {
  return Object.assign(new Error(problem.name), { problem });
}

/** Anything thrown, as a problem: what is not ours was the network. */
export function toProblem(error: unknown): Problem {
  return (error as Partial<GalleryError>).problem ?? { name: "unreachable" };
}
