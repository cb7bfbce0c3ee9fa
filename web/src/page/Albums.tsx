import { useEffect, useState } from "react";
import type { PhotoClient } from "../client/client.js";
import type { Album } from "../client/types.js";

interface AlbumsProps {
  client: PhotoClient;
  /** The album to choose among; all without one. */
  chosen: string | undefined;
  onChoose: (album: string) => void;
}

/** The albums as a filter; nothing where there are not at least two. */
export function Albums({ client, chosen = "", onChoose }: AlbumsProps) {
  const [albums, setAlbums] = useState<Album[]>([]);
  useEffect(() => void client.albums().then(setAlbums, () => undefined), [client]);
  if (albums.length < 2) return null;
  return (
    <nav aria-label="Albums">
      {["", ...albums.map(({ album }) => album)].map((album) => (
        <button key={album} type="button" dir="auto" aria-pressed={album === chosen} onClick={() => onChoose(album)}>
          {album ? nameOf(album) : "All"}
        </button>
      ))}
    </nav>
  );
}

/** A folder's name as a word: `at-home` is "At home". */
function nameOf(album: string): string {
  const words = album.replace(/[-_]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
