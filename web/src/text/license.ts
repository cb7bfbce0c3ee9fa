/** Where a Creative Commons licence can be read, of its SPDX identifier. */
export function licenseUrl(license: string): string | undefined {
  const [, terms, version] = /^cc-(by.*)-(.+)/.exec(license.toLowerCase()) ?? [];
  return terms && `https://creativecommons.org/licenses/${terms}/${version}/`;
}
