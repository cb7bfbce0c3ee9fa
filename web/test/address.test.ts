import { expect, test } from "vitest";
import { readPlace, writePlace } from "../src/page/address.js";
import { fill, fitted, WHOLE, within, zoomTo } from "../src/page/zoom.js";

test.each([
  ["#/", { mode: "one" }],
  ["#/photos/0123456789abcdef", { mode: "one", photo: "0123456789abcdef" }],
  ["#/photos/0123456789abcdef?album=at+home", { mode: "one", photo: "0123456789abcdef", album: "at home" }],
  ["#/all", { mode: "all" }],
  ["#/all?by=album", { mode: "all", by: "album" }],
  ["#/large/0123456789abcdef", { mode: "large", photo: "0123456789abcdef" }],
])("%s is a place, and is written so again", (fragment, place) => {
  expect(readPlace(fragment)).toMatchObject(place);
  expect(writePlace(readPlace(fragment))).toBe(fragment);
});

test("what is no address of ours leads to a photo at random", () => {
  for (const fragment of ["", "#", "#/photos/zzz", "#/large/", "#/elsewhere"]) expect(readPlace(fragment)).toMatchObject({ mode: "one" });
});

test("what is looked at stays below the finger, and no blank strip is seen beside a photo that covers the stage", () => {
  const stage = { width: 400, height: 800 };
  const photo = fitted({ width: 3000, height: 2000 }, stage);
  const point = { x: 50, y: 20 };

  const view = zoomTo(WHOLE, fill(photo, stage), point, photo, stage);

  expect(view.scale).toBeCloseTo(3);
  expect((point.x - view.x) / view.scale).toBeCloseTo(point.x);
  expect(within({ ...view, x: 9999 }, photo, stage).x).toBe((photo.width * view.scale - stage.width) / 2);
  expect(zoomTo(view, 0.1, point, photo, stage)).toEqual({ scale: 1, x: 0, y: 0 });
});
