const ADDRESS = "https://creativecommons.org/";

/** A licence as people write it, and where it can be read; of an SPDX identifier, or of what people write. */
export function readLicense(license: string): { name: string; url?: string } {
  const [, terms, version] = /^cc[- ]?(0|by[a-z -]*?)[- ](\d\.\d)/.exec(license.toLowerCase()) ?? [];
  if (!terms) return { name: license };
  const spdx = terms.replace(/ /g, "-");
  if (terms === "0") return { name: `CC0 ${version}`, url: `${ADDRESS}publicdomain/zero/${version}/` };
  return { name: `CC ${spdx.toUpperCase()} ${version}`, url: `${ADDRESS}licenses/${spdx}/${version}/` };
}
