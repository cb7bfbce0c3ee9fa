/** Where a Creative Commons licence can be read, of its SPDX identifier. */
export function licenseUrl(license: string): string | undefined {
  const [, terms, version] = /^CC-(BY[A-Z-]*)-(\d\.\d)$/.exec(license) ?? [];
  return terms && `https://creativecommons.org/licenses/${terms.toLowerCase()}/${version}/`;
}
