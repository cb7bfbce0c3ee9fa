/** What is seen, as the fragment of the page's address says it: `#/photos/<id>`, `#/all?album=alps`, `#/large/<id>`. */
export interface Place {
  mode: "one" | "all" | "large";
  photo?: string | undefined;
  album?: string | undefined;
  /** What the overview is grouped by: years, unless albums are asked for. */
  by?: "album" | undefined;
}

export function readPlace(fragment: string): Place {
  const [path = "", query] = fragment.replace(/^#/, "").split("?");
  const parameters = new URLSearchParams(query);
  const album = parameters.get("album") ?? undefined;
  const by = parameters.get("by") === "album" ? "album" : undefined;
  const [, kind, photo] = /^\/(photos|large)\/([0-9a-f]{16})$/.exec(path) ?? [];
  if (kind) return { mode: kind === "large" ? "large" : "one", photo, album, by };
  return { mode: path === "/all" ? "all" : "one", album, by };
}

export function writePlace({ mode, photo, album, by }: Place): string {
  const path = mode === "all" ? "/all" : photo ? `/${mode === "large" ? "large" : "photos"}/${photo}` : "/";
  const query = new URLSearchParams({ ...(album && { album }), ...(by && { by }) }).toString();
  return `#${path}${query && `?${query}`}`;
}
