/**
 * A possibly partial date in words: `2017-08` is "August 2017". What is no date stays as it is. A whole date is said in
 * the calendar of the language, where that is another; a month or a year has no counterpart there, and stays.
 */
export function formatDate(date: string, locale?: string): string {
  const [, year, month, day] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?/.exec(date) ?? [];
  if (!year) return date;
  // By way of UTC: a month without a day must not slip into the one before.
  const time = new Date(Date.UTC(+year, +(month ?? 1) - 1, +(day ?? 1)));
  const parts = {
    year: "numeric",
    month: month && "long",
    day: day && "numeric",
    calendar: day ? undefined : "gregory",
    timeZone: "UTC",
  } as Intl.DateTimeFormatOptions;
  try {
    return time.toLocaleDateString(locale, parts);
  } catch {
    return time.toLocaleDateString([], parts);
  }
}
