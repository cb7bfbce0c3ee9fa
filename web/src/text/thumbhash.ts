type Term = [channel: number, cx: number, cy: number, value: number];

/**
 * The pixels (RGBA, width × height) of a ThumbHash: sums of cosines for three channels, which are light, yellow-blue and
 * red-green. Photos have no transparency. The format: https://evanw.github.io/thumbhash/
 */
export function decodeThumbHash(hash: Uint8Array, width: number, height: number): Uint8ClampedArray<ArrayBuffer> {
  const terms = readTerms(hash);
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < width * height; at++) {
    const x = (Math.PI * ((at % width) + 0.5)) / width;
    const y = (Math.PI * (Math.floor(at / width) + 0.5)) / height;
    const sums = [0, 0, 0] as [number, number, number];
    for (const [channel, cx, cy, value] of terms) sums[channel]! += value * Math.cos(x * cx) * Math.cos(y * cy);
    const blue = sums[0] - sums[1] / 1.5;
    const red = (3 * sums[0] - blue + sums[2]) / 2;
    pixels.set([red * 255, (red - sums[2]) * 255, blue * 255, 255], at * 4);
  }
  return pixels;
}

function readTerms(hash: Uint8Array): Term[] {
  const value = hash.reduceRight((total, byte) => total * 256n + BigInt(byte), 0n);
  const bits = (from: number, length: number) => Number(BigInt.asUintN(length, value >> BigInt(from)));
  const short = Math.max(3, bits(24, 3));
  const landscape = bits(39, 1);
  const channels = [
    [landscape ? 7 : short, landscape ? short : 7, bits(0, 6) / 63, bits(18, 5) / 31],
    [3, 3, bits(6, 6) / 31.5 - 1, bits(27, 6) / 50.4],
    [3, 3, bits(12, 6) / 31.5 - 1, bits(33, 6) / 50.4],
  ] as const;
  let next = 40;
  return channels.flatMap(([nx, ny, constant, scale], channel) => {
    const terms: Term[] = [[channel, 0, 0, constant]];
    for (let cy = 0; cy < ny; cy++) {
      for (let cx = cy ? 0 : 1; cx * ny < nx * (ny - cy); cx++, next += 4) {
        terms.push([channel, cx, cy, (bits(next, 4) / 7.5 - 1) * 2 * scale]);
      }
    }
    return terms;
  });
}
