export { createPhotoClient, type PhotoClient } from "./client.js";
export type { GalleryError } from "./errors.js";
export type { Kind, ProblemName } from "./problems.js";
export type { Keep } from "./store.js";
export type * from "./types.js";
export { watchView } from "./view.js";
