import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { matches, render } from "../src/client/render.js";

const read = (name: string) => readFileSync(new URL(`../../tests/contract/${name}`, import.meta.url), "utf8");
const [, ...records] = read("catalog.jsonl").trim().split("\n").map((line) => JSON.parse(line));
const photos = JSON.parse(read("photos.json"));

test("a record is rendered as the API renders it", () => {
  const rendered = records.map((record) => render(record, "https://gallery.storage.googleapis.com"));

  expect(rendered).toEqual(photos);
});

test("a filter lets through what the API would", () => {
  expect(photos.map((photo: never) => matches(photo, { orientation: "portrait" }))).toEqual([false, true, false, false]);
  expect(photos.map((photo: never) => matches(photo, { orientation: "square" }))).toEqual([false, false, true, false]);
  expect(photos.map((photo: never) => matches(photo, { album: "mountains" }))).toEqual([true, false, false, false]);
});
