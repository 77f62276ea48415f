import { Temporal } from 'temporal-polyfill';

/**
 * Gives a time without zone the offset that clocks had in a zone, every digit of its fraction kept. Null for no
 * time, no zone, or something that is no time. Of a time that a clock showed twice the first is meant.
 */
export function toInstant(time: string | null | undefined, timeZone: string | undefined): string | null {
  if (typeof time !== 'string' || time === '' || timeZone === undefined) return null;
  try {
    const { offset } = Temporal.PlainDateTime.from(time).toZonedDateTime(timeZone);
    return `${time.replace(' ', 'T')}${offset}`;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** What the clocks of a zone showed at an instant; undefined without a zone. @throws RangeError when it is no instant */
export function toLocalTime(instant: string, timeZone: string | undefined): string | undefined {
  return timeZone === undefined ? undefined : Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDateTime().toString();
}

export function isTimeZone(name: string): boolean {
  try {
    return Temporal.Now.zonedDateTimeISO(name).timeZoneId !== '';
  } catch {
    return false;
  }
}
