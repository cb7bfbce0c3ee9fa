/**
 * Fill the pixels of an image from a ThumbHash in Base64: sums of cosines for three channels, which are light, yellow-blue and
 * red-green. Photos have no transparency. The format: https://evanw.github.io/thumbhash/
 */
export function decodeThumbHash(hash: string, { data, width, height }: Pick<ImageData, "data" | "width" | "height">): void {
  const value = [...atob(hash)].reduceRight((total, byte) => total * 256n + BigInt(byte.charCodeAt(0)), 0n);
  const bits = (from: number, length: number) => Number(BigInt.asUintN(length, value >> BigInt(from)));
  const short = Math.max(3, bits(24, 3));
  const landscape = bits(39, 1);
  let next = 40;

  /** A channel as a function of the place, in radians; its coefficients follow those of the one before. */
  const channel = (nx: number, ny: number, constant: number, scale: number) => {
    const terms: [cx: number, cy: number, value: number][] = [];
    for (let cy = 0; cy < ny; cy++) {
      for (let cx = cy ? 0 : 1; cx * ny < nx * (ny - cy); cx++, next += 4) {
        terms.push([cx, cy, (bits(next, 4) / 7.5 - 1) * 2 * scale]);
      }
    }
    return (x: number, y: number) =>
      terms.reduce((sum, [cx, cy, value]) => sum + value * Math.cos(x * cx) * Math.cos(y * cy), constant);
  };
  const light = channel(landscape ? 7 : short, landscape ? short : 7, bits(0, 6) / 63, bits(18, 5) / 31);
  const yellow = channel(3, 3, bits(6, 6) / 31.5 - 1, bits(27, 6) / 50.4);
  const red = channel(3, 3, bits(12, 6) / 31.5 - 1, bits(33, 6) / 50.4);

  for (let at = 0; at < width * height; at++) {
    const x = (Math.PI * ((at % width) + 0.5)) / width;
    const y = (Math.PI * (Math.floor(at / width) + 0.5)) / height;
    const blue = light(x, y) - yellow(x, y) / 1.5;
    const most = (3 * light(x, y) - blue + red(x, y)) / 2;
    data.set([most * 255, (most - red(x, y)) * 255, blue * 255, 255], at * 4);
  }
}
