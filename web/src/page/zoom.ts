/** How a large photo is looked at: its magnification, and how far it is moved from the middle, in pixels. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };

/** The largest magnification: enough to fill the screen with a panorama, and to look at a part of any photo. */
export function largest(photo: Size, stage: Size): number {
  return Math.max(4, fill(photo, stage) * 1.5);
}

/** The magnification at which a photo that fits into the stage covers it. */
export function fill(photo: Size, stage: Size): number {
  return Math.max(stage.width / photo.width, stage.height / photo.height);
}

/** Magnify around a point, given from the middle of the stage; no blank strip is seen beside a photo that covers it. */
export function zoomTo(view: View, scale: number, point: { x: number; y: number }, photo: Size, stage: Size): View {
  const next = Math.min(largest(photo, stage), Math.max(1, scale));
  const by = next / view.scale;
  return within({ scale: next, x: point.x - (point.x - view.x) * by, y: point.y - (point.y - view.y) * by }, photo, stage);
}

/** The view, moved no further than to the photo's edge. */
export function within({ scale, x, y }: View, photo: Size, stage: Size): View {
  const limit = (value: number, side: "width" | "height") => {
    const most = Math.max(0, (photo[side] * scale - stage[side]) / 2);
    return Math.min(most, Math.max(-most, value));
  };
  return { scale, x: limit(x, "width"), y: limit(y, "height") };
}

/** A photo's size when all of it is on the stage, never larger than it is. */
export function fitted(photo: Size, stage: Size): Size {
  const scale = Math.min(stage.width / photo.width, stage.height / photo.height, 1);
  return { width: photo.width * scale, height: photo.height * scale };
}
