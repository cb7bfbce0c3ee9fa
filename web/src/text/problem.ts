import { PROBLEMS } from "../client/problems.js";
import type { Photo, PhotoState, Problem } from "../client/types.js";
import { formatDate } from "./date.js";
import type { Strings } from "./strings.js";

/** What a visitor reads in place of a photo. */
export function sayProblem({ name }: Problem, strings: Strings): string {
  const { says } = PROBLEMS[name];
  return says === "unreachable" && globalThis.navigator?.onLine === false ? strings.offline : strings[says];
}

/** What is said aloud after the visitor's own click. */
export function sayState({ status, photo, problem }: PhotoState, strings: Strings, lang: string): string {
  if (photo && status !== "stayed") return join([strings.announce, nameOf(photo, lang)], ": ");
  return problem ? sayProblem(problem, strings) : "";
}

/** A photo in a few words: its caption, its alt text, or where and when it was taken. */
export function nameOf({ caption, alt, album, date }: Photo, lang: string): string {
  return caption || alt || join([album && nameOfAlbum(album), date && formatDate(date, lang)], ", ");
}

/** A photo's name where one is needed: one without words is "Photograph, Alps, August 2017". */
export function describe(photo: Photo, { photograph }: Pick<Strings, "photograph">, lang: string): string {
  const name = nameOf(photo, lang);
  return photo.caption || photo.alt ? name : join([photograph, name], ", ");
}

const join = (words: (string | undefined)[], by: string) => words.filter(Boolean).join(by);

/** A folder's name as a word: `at-home` is "At home". */
export function nameOfAlbum(album: string): string {
  return album.replace(/[-_]+/g, " ").replace(/^./u, (letter) => letter.toUpperCase());
}
