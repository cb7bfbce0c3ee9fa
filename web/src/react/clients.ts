import { createPhotoClient, type PhotoClient } from "../client/client.js";
import type { GallerySettings } from "../client/types.js";

const clients = new Map<string, PhotoClient>();

/** One client per gallery, so that all photos of a page share its deck and its answers. */
export function clientOf(settings: GallerySettings): PhotoClient {
  const { apiUrl, apiKey, catalogUrl, origins, keep } = settings;
  const name = [apiUrl, apiKey, catalogUrl, origins, keep].join();
  const client = clients.get(name) ?? createPhotoClient(settings);
  clients.set(name, client);
  return client;
}
