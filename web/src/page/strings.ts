import { inLanguage } from "../text/languages.js";

/** What the page says, besides what is said on a photo. */
export const ENGLISH = {
  photograph: "A photograph",
  one: "One",
  all: "All",
  albums: "All albums",
  album: "Album",
  byYear: "By year",
  byAlbum: "By album",
  group: "Group",
  undated: "Undated",
  others: "Others",
  previous: "Previous photo",
  next: "Next photo",
  enlarge: "Enlarge",
  share: "Share",
  copied: "Link copied",
  close: "Close",
  play: "Play slideshow",
  pause: "Pause slideshow",
  home: "Back to the site",
  goneMore: "There are others.",
  later: "It may be back in a moment.",
  offlineMore: "Photos come back with the connection.",
};

export type PageStrings = typeof ENGLISH;

const TABLE: Record<string, string> = {
  de:
    "Ein Foto|Eins|Alle|Alle Alben|Album|Nach Jahr|Nach Album|Gruppieren|Ohne Datum|Weitere|Voriges Foto|Nächstes Foto|Vergrößern|Teilen|" +
    "Link kopiert|Schließen|Diaschau starten|Diaschau anhalten|Zur Website|Es gibt andere.|Vielleicht gleich wieder.|Sobald die Verbindung zurück ist, kommen auch Fotos.",
  fr:
    "Une photographie|Une|Toutes|Tous les albums|Album|Par année|Par album|Grouper|Sans date|Autres|Photo précédente|Photo suivante|Agrandir|Partager|" +
    "Lien copié|Fermer|Lancer le diaporama|Arrêter le diaporama|Retour au site|Il y en a d’autres.|Elle reviendra peut-être bientôt.|Les photos reviendront avec la connexion.",
  es:
    "Una fotografía|Una|Todas|Todos los álbumes|Álbum|Por año|Por álbum|Agrupar|Sin fecha|Otras|Foto anterior|Foto siguiente|Ampliar|Compartir|" +
    "Enlace copiado|Cerrar|Iniciar la presentación|Detener la presentación|Volver al sitio|Hay otras.|Quizá vuelva en un momento.|Las fotos volverán con la conexión.",
  it:
    "Una fotografia|Una|Tutte|Tutti gli album|Album|Per anno|Per album|Raggruppa|Senza data|Altre|Foto precedente|Foto successiva|Ingrandisci|Condividi|" +
    "Link copiato|Chiudi|Avvia la presentazione|Ferma la presentazione|Torna al sito|Ce ne sono altre.|Forse tornerà tra poco.|Le foto torneranno con la connessione.",
  pt:
    "Uma fotografia|Uma|Todas|Todos os álbuns|Álbum|Por ano|Por álbum|Agrupar|Sem data|Outras|Foto anterior|Foto seguinte|Ampliar|Partilhar|" +
    "Ligação copiada|Fechar|Iniciar a apresentação|Parar a apresentação|Voltar ao site|Há outras.|Talvez volte daqui a pouco.|As fotos voltam com a ligação.",
  nl:
    "Een foto|Eén|Alle|Alle albums|Album|Per jaar|Per album|Groeperen|Zonder datum|Overige|Vorige foto|Volgende foto|Vergroten|Delen|" +
    "Link gekopieerd|Sluiten|Diavoorstelling starten|Diavoorstelling stoppen|Terug naar de site|Er zijn andere.|Misschien zo weer.|Foto’s komen terug met de verbinding.",
  ja:
    "写真|一枚|すべて|すべてのアルバム|アルバム|年別|アルバム別|並べ方|日付なし|その他|前の写真|次の写真|拡大|共有|" +
    "リンクをコピーしました|閉じる|スライドショーを開始|スライドショーを停止|サイトに戻る|ほかの写真があります。|しばらくすると戻るかもしれません。|接続が戻ると写真も表示されます。",
};

export const pageStrings = (language: string): PageStrings => inLanguage(ENGLISH, TABLE, language);
