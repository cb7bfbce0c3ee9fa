import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { translate } from "../src/text/languages.js";
import { ENGLISH } from "../src/text/strings.js";
import { ENGLISH as PAGE, pageStrings } from "../src/page/strings.js";

const LANGUAGES = ["de", "fr", "es", "it", "pt", "nl", "ja"];

test.each(LANGUAGES)("every string is translated to %s", (language) => {
  for (const [words, english] of [
    [translate(language), ENGLISH],
    [pageStrings(language), PAGE],
  ] as const) {
    expect(Object.keys(words)).toEqual(Object.keys(english));
    for (const word of Object.values(words)) expect(word).toBeTruthy();
  }
});

test("no table has more strings than there are names for", () => {
  for (const [file, names] of [
    ["text/languages.ts", ENGLISH],
    ["page/strings.ts", PAGE],
  ] as const) {
    const source = readFileSync(new URL(`../src/${file}`, import.meta.url), "utf8");
    const lines = [...source.matchAll(/^ {2}\w\w:\n((?: {4}".*\n)+)/gm)].map(([, text]) => text!);
    expect(lines.length).toBe(LANGUAGES.length);
    for (const line of lines) expect(line.split("|").length).toBe(Object.keys(names).length);
  }
});

test("a region reads its language, and what is unknown reads English", () => {
  expect(translate("de-AT").another).toBe("Ein anderes Foto");
  expect(translate("PT-br").another).toBe("Outra foto");
  expect(translate("sv").another).toBe(ENGLISH.another);
  expect(translate(undefined).another).toBe(ENGLISH.another);
});
