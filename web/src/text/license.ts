/** Where a Creative Commons licence can be read, of its SPDX identifier. */
export function licenseUrl(license: string): string | undefined {
  const [, terms, version] = /^CC-?(BY[A-Z-]*|0)-(\d\.\d)$/.exec(license) ?? [];
  if (!terms) return undefined;
  const path = terms === "0" ? "publicdomain/zero" : `licenses/${terms.toLowerCase()}`;
  return `https://creativecommons.org/${path}/${version}/`;
}
