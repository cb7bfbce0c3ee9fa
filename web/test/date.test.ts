import { expect, test } from "vitest";
import { formatDate } from "../src/text/date.js";

test.each([
  ["2017", "2017"],
  ["2017-08", "August 2017"],
  ["2017-07-01", "July 1, 2017"],
  ["2018-03-14T18:03", "March 14, 2018"],
  ["about 1960", "about 1960"],
])("%s is said as %s, in every time zone", (date, words) => {
  expect(formatDate(date, "en")).toBe(words);
});

test("the month is said in the page's language", () => {
  expect(formatDate("2017-08", "de")).toBe("August 2017");
  expect(formatDate("2017-03", "fr")).toBe("mars 2017");
});

test("a whole date is said in the calendar of the language; a month or a year has no counterpart there, and stays", () => {
  expect(formatDate("2017-08-14", "th")).toContain("2560");
  expect(formatDate("2017-08-14", "fa")).toContain("۱۳۹۶");
  expect(formatDate("2017-08", "th")).toContain("2017");
  expect(formatDate("2017", "fa")).toContain("۲۰۱۷");
});

test("a language that is none falls back to the visitor's", () => {
  expect(formatDate("2017-08", "not a language")).toMatch(/2017/);
});
