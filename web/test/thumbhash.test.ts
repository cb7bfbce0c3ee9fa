import { rgbaToThumbHash, thumbHashToRGBA } from "thumbhash";
import { expect, test } from "vitest";
import { decodeThumbHash } from "../src/text/thumbhash.js";

const gradient = (width: number, height: number) =>
  Uint8Array.from({ length: width * height * 4 }, (_, at) =>
    [((at >> 2) % width) * 2, Math.floor((at >> 2) / width) * 3, 120, 255][at & 3]!,
  );

test.each([
  [90, 60],
  [60, 90],
  [70, 70],
])("a placeholder of %i × %i looks as the reference decoder draws it", (width, height) => {
  const hash = rgbaToThumbHash(width, height, gradient(width, height));
  const expected = thumbHashToRGBA(hash);

  const data = new Uint8ClampedArray(expected.rgba.length);
  decodeThumbHash(btoa(String.fromCharCode(...hash)), { data, width: expected.w, height: expected.h });

  const differences = [...data].map((value, at) => Math.abs(value - expected.rgba[at]!));
  expect(Math.max(...differences)).toBeLessThanOrEqual(1);
});
