import type { Problem } from "../client/types.js";

/** What a problem is called, and what can be done, in one or two plain sentences. */
export function sayProblem({ name, detail }: Problem): string {
  switch (name) {
    case "gallery-empty":
      return "This gallery is empty. Photos appear here as soon as some were added.";
    case "no-match":
      return "No photo fits this choice.";
    case "no-such-photo":
      return "This photo is not in the gallery, or no longer.";
    case "unauthorized":
      return "The gallery does not accept this page’s key. Its owner can copy the key anew from the stack’s outputs.";
    case "origin-not-allowed":
      return `The gallery does not answer pages of ${location.origin}. Its owner can allow them: add ${location.origin} to image-gallery:allowedOrigins and deploy again.`;
    case "not-configured":
      return "This page was not told where its gallery is: config.json or apiUrl is missing.";
    case "unreachable":
      return navigator.onLine ? "The gallery cannot be reached just now." : "You are offline.";
    case "failing":
    case "unreadable":
    case "catalog-unavailable":
      return "The gallery cannot answer just now.";
    default:
      return detail ?? "The gallery cannot answer this question.";
  }
}
