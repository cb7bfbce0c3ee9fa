import { expect, test } from "vitest";
import { licenseUrl } from "../src/text/license.js";

test("a Creative Commons licence has an address", () => {
  expect(licenseUrl("CC-BY-4.0")).toBe("https://creativecommons.org/licenses/by/4.0/");
  expect(licenseUrl("CC-BY-NC-SA-3.0")).toBe("https://creativecommons.org/licenses/by-nc-sa/3.0/");
});

test("other words have none", () => {
  expect(licenseUrl("all rights reserved")).toBeUndefined();
  expect(licenseUrl("CC0-1.0")).toBeUndefined();
});
