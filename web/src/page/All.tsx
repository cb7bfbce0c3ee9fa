import { useEffect, useMemo, useRef, useState, type ComponentType } from "react";
import type { PhotoClient } from "../client/client.js";
import type { Photo } from "../client/types.js";
import { onOnline } from "../react/online.js";
import { nameOfAlbum } from "../text/problem.js";
import { readPlace, writePlace, type Place } from "./address.js";
import { readerOf } from "./listing.js";
import { Message } from "./Message.js";
import type { LargeProps, ModeProps } from "./modes.js";
import type { PageStrings } from "./strings.js";
import { TileImage } from "./TileImage.js";
import type { Step } from "./useAddress.js";
import { useView } from "./useView.js";
import { layOut, type Band, type Group, type Measures, type Tile } from "./wall.js";

/** All photos in rows, by year or by album: only those near the window are in the document. */
export function All({ client, covered, Large, ...shared }: ModeProps & { client: PhotoClient; covered: boolean; Large: ComponentType<LargeProps> | undefined }) {
  const { settings, lang, strings, page, address } = shared;
  const { place, step, go, keep } = address;
  const { album, by } = place;
  const wall = useRef<HTMLDivElement>(null);
  const [, redraw] = useState({});
  const reader = readerOf(client, settings.catalogUrl, { mode: "all", album, by });
  const { photos, done, problem } = reader.listing;
  const more = () => void reader.more(() => redraw({}));
  const [measures, setMeasures] = useState<Measures>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: it acts when these change, and reads the rest as it is then
  const groups = useMemo(() => groupsOf(photos, by && !album ? by : undefined, page.undated, page.others), [photos, by, album]);
  const { bands, height } = useMemo(() => (measures ? layOut(groups, measures) : { bands: [], height: 0 }), [groups, measures]);

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setMeasures(measuresOf(entry!.contentRect.width)));
    observer.observe(wall.current!);
    return () => observer.disconnect();
  }, []);
  const visible = useView(wall, bands, (near) => near > height && more(), (scroll) => !covered && keep(scroll, photos.length));
  useLeftPlace(step, bands.length > 0, done || !!problem || photos.length >= (step.count ?? 0), more);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it acts when these change, and reads the rest as it is then
  useEffect(() => {
    if (problem) return onOnline(more);
  }, [problem]);

  const open = (photo: Photo, how?: "replace") => go({ mode: "large", photo: photo.id, album, by }, how);
  const tile = (id: string) => wall.current?.querySelector<HTMLElement>(`[data-id="${id}"]`);
  const large = useLarge(covered ? place.photo : undefined, photos, client);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it acts when these change, and reads the rest as it is then
  useEffect(() => {
    if (covered || !large.last.current) return;
    reveal(bands, wall.current!, large.last.current);
    requestAnimationFrame(() => tile(large.last.current!)?.focus({ preventScroll: true }));
  }, [covered]);
  const { photo, at } = large;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it acts when these change, and reads the rest as it is then
  useEffect(() => {
    if (at >= 0 && at > photos.length - 5) more();
  }, [at, photos.length]);
  const turn = (by: number) => {
    if (at < 0 || !photos[at + by]) return;
    // From where the address is by then: a second key press may come before the first has been drawn.
    return () => {
      const next = photos[photos.findIndex(({ id }) => id === readPlace(location.hash).photo) + by];
      if (next) open(next, "replace");
    };
  };
  return (
    <div className="all">
      {!album && photos.some(({ album }) => album) && <Grouping by={by} strings={page} onChoose={(by) => go({ mode: "all", by })} />}
      <div ref={wall} className="wall" style={{ height: `${height}px` }}>
        {visible.map((band) => (
          <BandOf key={band.key} band={band} lang={lang} hrefOf={({ id }) => writePlace({ mode: "large", photo: id, album, by })} onOpen={open} />
        ))}
      </div>
      {problem ? <Message problem={problem} strings={strings} page={page} /> : !done && <span part="loading" />}
      {problem && <button type="button" className="next" onClick={more}>{strings.again}</button>}
      {done && !photos.length && <Message problem={{ name: album ? "no-match" : "gallery-empty" }} strings={strings} page={page} />}
      {covered && Large && photo && (
        <Large {...shared} client={client} photo={photo} onNext={turn(1)} onBack={turn(-1)} onClose={() => history.back()} near={[photos[at + 1], photos[at - 1]]} />
      )}
    </div>
  );
}

interface GroupingProps {
  by: Place["by"];
  strings: PageStrings;
  onChoose: (by: Place["by"]) => void;
}

function Grouping({ by, strings, onChoose }: GroupingProps) {
  return (
    <div className="groups" role="group" aria-label={strings.group}>
      {([undefined, "album"] as const).map((choice) => (
        <button key={`${choice}`} type="button" aria-pressed={by === choice} onClick={() => by !== choice && onChoose(choice)}>
          {choice ? strings.byAlbum : strings.byYear}
        </button>
      ))}
    </div>
  );
}

interface BandProps {
  band: Band;
  lang: string;
  hrefOf: (photo: Photo) => string;
  onOpen: (photo: Photo) => void;
}

function BandOf({ band, lang, hrefOf, onOpen }: BandProps) {
  const place = { top: `${band.top}px`, height: `${band.height}px` };
  if ("heading" in band) return <h2 style={place}>{band.heading}</h2>;
  return (
    <div className="row" style={place}>
      {band.tiles.map((tile: Tile) => (
        <a
          key={tile.photo.id}
          data-id={tile.photo.id}
          href={hrefOf(tile.photo)}
          style={{ left: `${tile.left}px`, width: `${tile.width}px` }}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            onOpen(tile.photo);
          }}
        >
          <TileImage photo={tile.photo} width={tile.width} lang={lang} />
        </a>
      ))}
    </div>
  );
}

/** Back to where the overview was left, once there is `enough` of it again; looked at with each part that comes. */
function useLeftPlace({ scroll }: Step, drawn: boolean, enough: boolean, more: () => void): void {
  const left = useRef(scroll);
  useEffect(() => {
    if (left.current === undefined || !drawn) return;
    if (!enough) return more();
    scrollTo(0, left.current);
    left.current = undefined;
  });
}

/** The photo that is to be large, and its place among the others; asked for where it is not among them. */
function useLarge(id: string | undefined, photos: Photo[], client: PhotoClient) {
  const [asked, setAsked] = useState<Photo>();
  const last = useRef<string>(undefined);
  const at = photos.findIndex((photo) => photo.id === id);
  if (id) last.current = id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it acts when these change, and reads the rest as it is then
  useEffect(() => {
    if (id && at < 0) void client.photo(id).then((settled) => settled.photo && setAsked(settled.photo));
  }, [id, at < 0]);
  return { photo: photos[at] ?? (asked?.id === id ? asked : undefined), at, last };
}

/** Scroll to a photo, where it is out of sight. */
function reveal(bands: Band[], wall: HTMLElement, id: string): void {
  const band = bands.find((band) => "tiles" in band && band.tiles.some(({ photo }) => photo.id === id));
  if (!band) return;
  const top = wall.getBoundingClientRect().top + band.top;
  if (top < 0 || top + band.height > innerHeight) scrollBy(0, top - (innerHeight - band.height) / 2);
}

function groupsOf(photos: Photo[], by: "album" | undefined, undated: string, others: string): Group[] {
  const groups: Group[] = [];
  for (const photo of photos) {
    const name = by ? (photo.album ? nameOfAlbum(photo.album) : others) : (photo.date?.slice(0, 4) ?? undated);
    if (groups.at(-1)?.name !== name) groups.push({ name, photos: [] });
    groups.at(-1)!.photos.push(photo);
  }
  return groups;
}

/** Rows are higher on a wide screen, so that each holds three to six photos; a phone's, about two. */
function measuresOf(width: number): Measures {
  const phone = width < 600;
  return { width, gap: phone ? 4 : 8, row: phone ? width / 2.4 : Math.min(340, 160 + width / 12), heading: phone ? 52 : 72 };
}
