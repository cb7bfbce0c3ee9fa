import type { Photo } from "../client/types.js";

/** Photos below one heading. */
export interface Group {
  name: string;
  photos: Photo[];
}

export interface Tile {
  photo: Photo;
  left: number;
  width: number;
}

/** A heading, or a row of photos, at its place on the wall; all in pixels. */
export type Band = { key: string; top: number; height: number } & (
  | { heading: string }
  | { tiles: Tile[] }
);

export interface Measures {
  width: number;
  gap: number;
  /** About how high a row is. */
  row: number;
  heading: number;
}

export interface Wall {
  bands: Band[];
  height: number;
}

/** Photos in rows of full width, one below the other, each group under its heading. What is added moves nothing above it. */
export function layOut(groups: Group[], measures: Measures): Wall {
  const bands: Band[] = [];
  let top = 0;
  for (const { name, photos } of groups) {
    if (name) {
      bands.push({ key: name, top, height: measures.heading, heading: name });
      top += measures.heading;
    }
    for (const [row, height] of rowsOf(photos, measures)) {
      let left = 0;
      const tiles = row.map((photo) => {
        const tile = { photo, left, width: (height * photo.width) / photo.height };
        left += tile.width + measures.gap;
        return tile;
      });
      bands.push({ key: row[0]!.id, top, height, tiles });
      top += height + measures.gap;
    }
  }
  return { bands, height: top };
}

/** A row ends before or after the photo that makes it lower than wanted, whichever comes nearer; the last may stay open. */
function rowsOf(photos: Photo[], { width, gap, row: wanted }: Measures): [row: Photo[], height: number][] {
  const rows: [Photo[], number][] = [];
  let row: Photo[] = [];
  let ratios = 0;
  const heightOf = (count: number, sum: number) => (width - gap * (count - 1)) / sum;
  const end = () => {
    rows.push([row, heightOf(row.length, ratios)]);
    row = [];
    ratios = 0;
  };
  for (const photo of photos) {
    const ratio = photo.width / photo.height;
    const before = heightOf(row.length, ratios);
    if (row.length && wanted / heightOf(row.length + 1, ratios + ratio) > before / wanted) end();
    row.push(photo);
    ratios += ratio;
    if (heightOf(row.length, ratios) <= wanted) end();
  }
  if (row.length) rows.push([row, Math.min(wanted, heightOf(row.length, ratios))]);
  return rows;
}

/** The bands that lie between two heights, found by halving. */
export function between(bands: Band[], from: number, to: number): Band[] {
  let low = 0;
  let high = bands.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bands[middle]!.top + bands[middle]!.height < from) low = middle + 1;
    else high = middle;
  }
  let last = low;
  while (last < bands.length && bands[last]!.top <= to) last++;
  return bands.slice(low, last);
}
