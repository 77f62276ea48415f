/** yyyy-MM-dd. */
export function toDay(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

/** yyyy-MM-ddTHH:mm:ssZ, without fractions of seconds. */
export function toSeconds(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`;
}

export function addDays(moment: Date, days: number): Date {
  return new Date(moment.getTime() + days * 86_400_000);
}
