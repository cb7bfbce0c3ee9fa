import computeRowsLayout from "../node_modules/react-photo-album/dist/layouts/rows.js";
import { expect, test } from "vitest";
import type { Photo } from "../src/client/types.js";
import { between, layOut } from "../src/page/wall.js";
import { photoOf } from "./stubs.js";

const RATIOS = [1.5, 0.67, 1, 1.78, 1.5, 0.75, 1.5, 6, 1.33, 0.17, 1.5];
const photos: Photo[] = Array.from({ length: 200 }, (_, at) => {
  const ratio = RATIOS[(at * 7) % RATIOS.length]!;
  return { ...photoOf(at), width: Math.round(900 * ratio), height: 900 };
});
const measures = { width: 1200, gap: 8, row: 260, heading: 60 };

/** How far rows are from the height that is wanted, on the average; the last, which may be open, apart. */
const deviation = (heights: number[]) =>
  heights.slice(0, -1).reduce((sum, height) => sum + Math.abs(Math.log(height / measures.row)), 0) / (heights.length - 1);

test("rows come about as near to the height that is wanted as react-photo-album's, which looks at all photos at once", () => {
  const { bands } = layOut([{ name: "", photos }], measures);
  const theirs = computeRowsLayout(photos, measures.gap, 0, measures.width, measures.row);

  const ours = deviation(bands.map(({ height }) => height));

  expect(ours).toBeLessThan(1.35 * deviation(theirs!.tracks.map(({ photos }) => photos[0]!.height)));
});

test("every row but the last is as wide as the wall, and keeps each photo's ratio", () => {
  const { bands } = layOut([{ name: "2017", photos }], measures);
  const rows = bands.flatMap((band) => ("tiles" in band ? [band] : []));

  for (const { tiles, height } of rows.slice(0, -1)) {
    expect(tiles.at(-1)!.left + tiles.at(-1)!.width).toBeCloseTo(measures.width, 6);
    for (const { photo, width } of tiles) expect(width / height).toBeCloseTo(photo.width / photo.height, 6);
  }
  expect(rows.flatMap(({ tiles }) => tiles).length).toBe(photos.length);
});

test("what is added moves nothing but the last row", () => {
  const few = layOut([{ name: "2017", photos: photos.slice(0, 100) }], measures).bands.slice(0, -1);

  expect(layOut([{ name: "2017", photos }], measures).bands.slice(0, few.length)).toEqual(few);
});

test("between two heights lie just the bands that can be seen there", () => {
  const { bands } = layOut([{ name: "2017", photos }], measures);
  for (const from of [-500, 0, 130, 2000, 99_999]) {
    const to = from + 900;
    const expected = bands.filter(({ top, height }) => top + height >= from && top <= to);
    expect(between(bands, from, to)).toEqual(expected);
  }
});
