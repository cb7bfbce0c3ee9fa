import type { Photo, PhotoState, Problem } from "../client/types.js";
import { formatDate } from "./date.js";
import type { Strings } from "./strings.js";

/** What is wrong, in words for whoever can do something about it: the owner's are English, as all that the stack says. */
export function sayProblem({ name, detail }: Problem, strings: Strings): string {
  if (name === "origin-not-allowed") {
    return `Add ${self.origin} to allowedOrigins, and run pulumi up.`;
  }
  if (/^(unau|key|not-c)/.test(name) && detail) return detail;
  const away = globalThis.navigator?.onLine === false ? strings.offline : strings.unreachable;
  return (name !== "unreachable" && strings[name as keyof Strings]) || away;
}

/** What is said aloud after the visitor's own click. */
export function sayState({ photo, problem }: PhotoState, strings: Strings, lang: string): string {
  if (photo) return join([strings.announce, nameOf(photo, lang)], ": ");
  return problem ? sayProblem(problem, strings) : "";
}

/** A photo in a few words: its caption, its alt text, or where and when it was taken. */
export function nameOf({ caption, alt, album, date }: Photo, lang: string): string {
  return caption || alt || join([album && nameOfAlbum(album), date && formatDate(date, lang)], ", ");
}

const join = (words: (string | undefined)[], by: string) => words.filter(Boolean).join(by);

/** A folder's name as a word: `at-home` is "At home". */
export function nameOfAlbum(album: string): string {
  return album.replace(/[-_]+/g, " ").replace(/^./u, (letter) => letter.toUpperCase());
}
