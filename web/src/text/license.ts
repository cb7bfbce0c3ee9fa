/** A licence as people write it, and where it can be read; of an SPDX identifier, or of what people write. */
export function readLicense(license: string): { name: string; url?: string } {
  const [, terms, version] = /^CC[- ]?(0|BY.*)[- ](\d\.\d)/i.exec(license) ?? [];
  if (!terms) return { name: license };
  const path = terms === "0" ? "publicdomain/zero" : `licenses/${terms.toLowerCase().replace(/ /g, "-")}`;
  return { name: `CC ${terms} ${version}`.replace(" 0", "0"), url: `https://creativecommons.org/${path}/${version}/` };
}
