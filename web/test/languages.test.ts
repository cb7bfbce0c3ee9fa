import { expect, test } from "vitest";
import { translate } from "../src/text/languages.js";
import { ENGLISH } from "../src/text/strings.js";
import { pageStrings } from "../src/page/strings.js";

const PAGE = pageStrings("en");
const LANGUAGES = ["de", "fr", "es", "it", "pt", "pt-BR", "nl", "ja"];

test.each(LANGUAGES)("every string is translated to %s", (language) => {
  for (const [words, english] of [
    [translate(language), ENGLISH],
    [pageStrings(language), PAGE],
  ] as const) {
    for (const word of Object.values(words)) expect(word).toBeTruthy();
    expect(words).not.toEqual(english);
  }
});

test("a region reads its language, and what is unknown reads English", () => {
  expect(translate("de-AT").another).toBe("Ein anderes Foto");
  expect(translate("de_DE").another).toBe("Ein anderes Foto");
  expect(translate("pt-BR").broken).not.toBe(translate("pt-PT").broken);
  expect(translate("sv").another).toBe(ENGLISH.another);
  expect(translate(undefined).another).toBe(ENGLISH.another);
});
