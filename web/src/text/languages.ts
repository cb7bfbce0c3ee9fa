import { ENGLISH, type Strings } from "./strings.js";

/** In the order of `ENGLISH`, a bar between two. */
const TABLE: Record<string, string> = {
  de:
    "Ein anderes Foto|Ein Foto zeigen|Erneut versuchen|mehr|weniger|Neues Foto|Dieses Foto ist nicht angekommen.|" +
    "Noch keine Fotos.|Kein Foto passt.|Dieses Foto ist nicht mehr in der Galerie.|" +
    "Die Galerie ist nicht erreichbar.|Keine Internetverbindung.",
  fr:
    "Une autre photo|Montrer une photo|Réessayer|plus|moins|Nouvelle photo|Cette photo n’est pas arrivée.|" +
    "Pas encore de photos.|Aucune photo ne correspond.|Cette photo n’est plus dans la galerie.|" +
    "La galerie est injoignable.|Vous êtes hors ligne.",
  es:
    "Otra foto|Mostrar una foto|Intentar de nuevo|más|menos|Foto nueva|Esta foto no ha llegado.|" +
    "Aún no hay fotos.|Ninguna foto corresponde.|Esta foto ya no está en la galería.|" +
    "No se puede acceder a la galería.|Sin conexión.",
  it:
    "Un’altra foto|Mostra una foto|Riprova|altro|meno|Nuova foto|Questa foto non è arrivata.|" +
    "Ancora nessuna foto.|Nessuna foto corrisponde.|Questa foto non è più nella galleria.|" +
    "La galleria non è raggiungibile.|Sei offline.",
  pt:
    "Outra foto|Mostrar uma foto|Tentar de novo|mais|menos|Nova foto|Esta foto não chegou.|" +
    "Ainda não há fotos.|Nenhuma foto corresponde.|Esta foto já não está na galeria.|" +
    "Não é possível aceder à galeria.|Sem ligação à Internet.",
  nl:
    "Nog een foto|Een foto tonen|Opnieuw proberen|meer|minder|Nieuwe foto|Deze foto is niet aangekomen.|" +
    "Nog geen foto’s.|Geen foto past.|Deze foto is niet meer in de galerij.|" +
    "De galerij is niet bereikbaar.|Geen internetverbinding.",
  ja:
    "別の写真|写真を表示|もう一度試す|続きを読む|閉じる|新しい写真|この写真を読み込めませんでした。|" +
    "写真はまだありません。|条件に合う写真がありません。|この写真はもうギャラリーにありません。|" +
    "ギャラリーに接続できません。|オフラインです。",
};

/** Strings in the language of a tag, `de-AT` as `de`; English where it is none of those that are built in. */
export function translate(language: string | undefined, english = ENGLISH, table = TABLE): Strings {
  return inLanguage(english, table, language);
}

/** The strings of a table's line, in the order of the English ones. */
export function inLanguage<T extends Record<string, string>>(english: T, table: Record<string, string>, tag = ""): T {
  const words = table[tag.split("-")[0]!.toLowerCase()]?.split("|");
  return words ? (Object.fromEntries(Object.keys(english).map((name, place) => [name, words[place]])) as T) : english;
}
