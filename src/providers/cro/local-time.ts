import { Temporal } from 'temporal-polyfill';

/**
 * Gives a time without zone the offset that clocks had in a zone, every digit of its fraction kept. Null for no
 * time, no zone, or something that is no time. Of a time that a clock showed twice the first is meant.
 */
export function toInstant(time: string | null | undefined, timeZone: string | undefined): string | null {
  if (typeof time !== 'string' || time === '' || timeZone === undefined) return null;
  try {
    const zoned = Temporal.PlainDateTime.from(time).toZonedDateTime(timeZone);
    const fraction = /\.\d+/.exec(time)?.[0] ?? '';
    return `${zoned.toPlainDateTime().toString({ fractionalSecondDigits: 0 })}${fraction}${zoned.offset}`;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

export function isTimeZone(name: string): boolean {
  try {
    return Temporal.Now.zonedDateTimeISO(name).timeZoneId !== '';
  } catch {
    return false;
  }
}
