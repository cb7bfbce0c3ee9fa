import type { PhotoState, Problem } from "../client/types.js";

/** What is wrong, and what can be done: the API's own words, or ours where it says nothing. */
export function sayProblem({ name, detail }: Problem): string {
  if (detail) return detail;
  if (name === "origin-not-allowed") {
    return `To allow this page, add ${location.origin} to image-gallery:allowedOrigins, and run pulumi up.`;
  }
  if (name === "not-configured") return "apiUrl is missing.";
  return navigator.onLine ? "The gallery cannot be reached." : "You are offline.";
}

/** What is said aloud after the visitor's own click. */
export function sayState(state: PhotoState): string {
  if ("photo" in state) return `New photo: ${state.photo.caption || state.photo.alt}`;
  return "problem" in state ? sayProblem(state.problem) : "";
}
