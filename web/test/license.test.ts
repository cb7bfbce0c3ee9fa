import { expect, test } from "vitest";
import { readLicense } from "../src/text/license.js";

test.each([
  ["CC-BY-4.0", "CC BY 4.0", "licenses/by/4.0/"],
  ["CC-BY-NC-SA-3.0", "CC BY-NC-SA 3.0", "licenses/by-nc-sa/3.0/"],
  ["CC BY-SA 2.5", "CC BY-SA 2.5", "licenses/by-sa/2.5/"],
  ["CC0-1.0", "CC0 1.0", "publicdomain/zero/1.0/"],
  ["CC0 1.0", "CC0 1.0", "publicdomain/zero/1.0/"],
])("%s is written %s, and leads to its text", (license, name, path) => {
  expect(readLicense(license)).toEqual({ name, url: `https://creativecommons.org/${path}` });
});

test("other words stay as they are, and lead nowhere", () => {
  expect(readLicense("all rights reserved")).toEqual({ name: "all rights reserved" });
});
