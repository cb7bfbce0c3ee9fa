import { useEffect, useState } from "react";

/** The given language, else the page's; English until the page is there, so that server and browser say the same. */
export function useLanguage(lang: string | undefined): string {
  const [page, setPage] = useState("");
  useEffect(() => setPage(document.documentElement.lang || navigator.language), []);
  return lang || page || "en";
}
