import { Temporal } from 'temporal-polyfill';
import { scalarReaders, WrongTypeError } from '../kit/scalar-readers.ts';

/** Up to the seconds: Temporal takes a fraction of nine digits only. */
const secondsLength = 'YYYY-MM-DDTHH:MM:SS'.length;

/**
 * Gives a time without zone the offset that clocks had in a zone, every digit of its fraction kept. Null for no
 * time or no zone. Of a time that a clock showed twice the first is meant.
 *
 * @throws WrongTypeError when the value is no time without zone
 */
export function toInstant(value: unknown, timeZone: string | undefined): string | null {
  const time = scalarReaders.LocalDateTime(value);
  if (time === null || timeZone === undefined) return null;
  const zoned = readPlainTime(time).toZonedDateTime(timeZone);
  const { offset } = zoned;
  if (/^[+-]\d\d:\d\d$/.test(offset)) return `${time}${offset}`;
  // Before there were time zones clocks differed by seconds, which no offset can say.
  return zoned
    .toInstant()
    .toString()
    .replace('Z', `${time.slice(secondsLength)}Z`);
}

function readPlainTime(time: string): Temporal.PlainDateTime {
  try {
    return Temporal.PlainDateTime.from(time.slice(0, secondsLength));
  } catch (error) {
    throw error instanceof RangeError ? new WrongTypeError('a date and time that exist', time) : error;
  }
}

/**
 * The least that the clocks of a zone show from an instant on, for what compares times without zone: where they are
 * about to be put back, that comes after the instant. Undefined without a zone.
 *
 * @throws RangeError when it is no instant
 */
export function toLeastLocalTime(instant: string, timeZone: string | undefined): string | undefined {
  if (timeZone === undefined) return undefined;
  const start = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone);
  const atStart = start.toPlainDateTime();
  const atNextChange = start.getTimeZoneTransition('next')?.toPlainDateTime() ?? atStart;
  return (Temporal.PlainDateTime.compare(atNextChange, atStart) < 0 ? atNextChange : atStart).toString();
}

export function isTimeZone(name: string): boolean {
  try {
    return Temporal.Now.zonedDateTimeISO(name).timeZoneId !== '';
  } catch {
    return false;
  }
}
