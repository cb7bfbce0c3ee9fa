import { useEffect, useState } from "react";
import type { PhotoClient } from "../client/client.js";
import type { Album } from "../client/types.js";
import { nameOfAlbum } from "../text/problem.js";
import { writePlace, type Place } from "./address.js";
import type { PageSettings } from "./settings.js";
import type { PageStrings } from "./strings.js";

interface HeaderProps {
  settings: PageSettings;
  strings: PageStrings;
  client: PhotoClient;
  place: Place;
  onGo: (place: Place) => void;
}

/** What the gallery is called, its modes, and its albums. */
export function Header({ settings, strings, client, place, onGo }: HeaderProps) {
  const { title, description, homeUrl } = settings;
  const { mode, album } = place;
  const link = (to: Place, label: string) => (
    <a
      href={writePlace(to)}
      aria-current={mode === to.mode ? "page" : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        if (mode !== to.mode) onGo(to);
      }}
    >
      {label}
    </a>
  );
  return (
    <header>
      <div className="name">
        <h1>{title || strings.photographs}</h1>
        {description && <p className="description">{description}</p>}
        {homeUrl && <a className="home" href={homeUrl}>{hostOf(homeUrl)}</a>}
      </div>
      {settings.apiUrl && (
        <nav aria-label={title || strings.photographs}>
          <Albums client={client} strings={strings} chosen={album} onChoose={(album) => onGo({ ...place, photo: undefined, album })} />
          {link({ mode: "one", album }, strings.one)}
          {link({ mode: "all", album }, strings.all)}
        </nav>
      )}
    </header>
  );
}

interface AlbumsProps {
  client: PhotoClient;
  strings: PageStrings;
  chosen: string | undefined;
  onChoose: (album: string | undefined) => void;
}

/** The albums as a filter, however many there are; its place stays empty where there are not at least two. */
function Albums({ client, strings, chosen = "", onChoose }: AlbumsProps) {
  const [albums, setAlbums] = useState<Album[]>([]);
  useEffect(() => void client.ask<Album[]>("/albums", {}, Array.isArray).then(setAlbums, () => undefined), [client]);
  return (
    <select data-empty={albums.length < 2 || undefined} aria-label={strings.album} value={chosen} onChange={(event) => onChoose(event.currentTarget.value || undefined)}>
      <option value="">{strings.albums}</option>
      {albums.map(({ album, count }) => (
        <option key={album} value={album}>{`${nameOfAlbum(album)} (${count})`}</option>
      ))}
    </select>
  );
}

function hostOf(url: string): string {
  try {
    return new URL(url).host.replace(/^www\./, "");
  } catch {
    return url;
  }
}
