const SHAPE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?/;

/** A possibly partial date in words: `2017-08` is "August 2017". What is no date stays as it is. */
export function formatDate(date: string, locale?: string): string {
  const [, year, month, day] = SHAPE.exec(date) ?? [];
  if (!year) return date;
  // By way of UTC: a month without a day must not slip into the one before.
  const time = Date.UTC(+year, month ? +month - 1 : 0, day ? +day : 1);
  return formatter(locale, { year: "numeric", ...(month && { month: "long" }), ...(day && { day: "numeric" }) }).format(time);
}

function formatter(locale: string | undefined, parts: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const options = { ...parts, timeZone: "UTC", calendar: "gregory" };
  try {
    return new Intl.DateTimeFormat(locale || undefined, options);
  } catch {
    return new Intl.DateTimeFormat(undefined, options);
  }
}
