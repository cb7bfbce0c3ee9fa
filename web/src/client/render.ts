import type { Filter, Photo } from "./types.js";

/** A line of the catalog: facts only, no address. */
export interface CatalogRecord extends Omit<Photo, "src" | "width" | "height" | "srcSet"> {
  source: string;
  recipe: string;
  sizes: [width: number, height: number][];
  /** Width and height of the JPEG, for mail, feeds and link previews. */
  jpeg?: [width: number, height: number];
  /** The day on which it first came into a gallery. */
  added?: string;
}

/** The photo of a catalog record, exactly as the API renders it. */
export function render(record: CatalogRecord, baseUrl: string): Photo {
  const { source: _source, jpeg: _jpeg, added: _added, recipe, sizes, id, ...words } = record;
  const srcSet = sizes.map(([width, height]) => ({
    src: `${baseUrl}/photos/${recipe}/${id}-${width}.webp`,
    width,
    height,
  }));
  return { id, ...srcSet.at(-1)!, srcSet, ...words };
}

/** Whether a filter lets a photo through; square is 0.95 to 1.05. */
export function matches({ id, album, width, height }: Photo, wanted: Filter & { id?: string }): boolean {
  const ratio = width / height;
  const orientation = ratio > 1.05 ? "landscape" : ratio < 0.95 ? "portrait" : "square";
  const facts = { id, album, orientation } as Record<string, unknown>;
  return Object.entries(wanted).every(([name, value]) => !value || value === facts[name]);
}
