import type { Problem } from "../client/types.js";

/** What is wrong, and what can be done: the API's own words, or ours where it says nothing. */
export function sayProblem({ name, detail }: Problem): string {
  if (detail) return detail;
  if (name === "origin-not-allowed") {
    return `The gallery does not answer this page: add ${location.origin} to image-gallery:allowedOrigins, and run pulumi up.`;
  }
  if (name === "not-configured") return "Where is the gallery? apiUrl is missing.";
  return navigator.onLine ? "The gallery cannot be reached." : "You are offline.";
}
