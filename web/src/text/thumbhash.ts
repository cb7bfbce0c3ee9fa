type Term = [cx: number, cy: number, value: number];

/**
 * The pixels (RGBA, width × height) of a ThumbHash: three sums of cosines, for light, yellow-blue and red-green.
 * Photos have no transparency. The format: https://evanw.github.io/thumbhash/
 */
export function decodeThumbHash(hash: Uint8Array, width: number, height: number): Uint8ClampedArray<ArrayBuffer> {
  const [l, p, q] = readTerms(hash);
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < width * height; at++) {
    const x = (Math.PI * ((at % width) + 0.5)) / width;
    const y = (Math.PI * (Math.floor(at / width) + 0.5)) / height;
    const [light, yellow, red] = [l!, p!, q!].map((terms) => sum(terms, x, y)) as [number, number, number];
    const blue = light - (2 / 3) * yellow;
    const ruddy = (3 * light - blue + red) / 2;
    pixels.set([ruddy * 255, (ruddy - red) * 255, blue * 255, 255], at * 4);
  }
  return pixels;
}

function sum(terms: Term[], x: number, y: number): number {
  return terms.reduce((total, [cx, cy, value]) => total + value * Math.cos(x * cx) * Math.cos(y * cy), 0);
}

function readTerms(hash: Uint8Array): Term[][] {
  const bits = (from: number, length: number) => {
    let value = 0;
    for (let bit = 0; bit < length; bit++) value |= ((hash[(from + bit) >> 3]! >> ((from + bit) & 7)) & 1) << bit;
    return value;
  };
  const short = Math.max(3, bits(24, 3));
  const landscape = bits(39, 1);
  let next = 40;
  const channel = (nx: number, ny: number, constant: number, scale: number) => {
    const terms: Term[] = [[0, 0, constant]];
    for (let cy = 0; cy < ny; cy++) {
      for (let cx = cy ? 0 : 1; cx * ny < nx * (ny - cy); cx++, next += 4) {
        terms.push([cx, cy, (bits(next, 4) / 7.5 - 1) * 2 * scale]);
      }
    }
    return terms;
  };
  return [
    channel(landscape ? 7 : short, landscape ? short : 7, bits(0, 6) / 63, bits(18, 5) / 31),
    channel(3, 3, bits(6, 6) / 31.5 - 1, (bits(27, 6) / 63) * 1.25),
    channel(3, 3, bits(12, 6) / 31.5 - 1, (bits(33, 6) / 63) * 1.25),
  ];
}
