/** Act each time the network is back; what is returned stops that. */
export function onOnline(act: () => void): () => void {
  addEventListener("online", act);
  return () => removeEventListener("online", act);
}
