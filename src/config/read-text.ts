import { existsSync, readFileSync } from 'node:fs';
import { ConfigError, type ConfigProblem } from './problems.ts';

/**
 * The text of a configuration file.
 *
 * @throws ConfigError when it cannot be read, or is in another encoding than UTF-8
 */
export function readText(file: string): string {
  const bytes = readBytes(file);
  const refuse = (line: number | undefined, found: string) => {
    const expected = 'UTF-8: save it again in that encoding';
    return new ConfigError(file, [{ line, path: '', found, expected }]);
  };
  if (isWide(bytes)) throw refuse(undefined, 'a file in UTF-16 or UTF-32');
  try {
    // Takes a byte order mark off.
    return decode(bytes);
  } catch {
    const line = findUndecodableLine(bytes);
    throw refuse(line, 'a character in another encoding, such as Latin-1');
  }
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    const found = existsSync(file) ? 'a file that cannot be read' : 'no such file';
    const problem: ConfigProblem = { line: undefined, path: '', found, expected: 'a YAML file' };
    throw new ConfigError(file, [problem]);
  }
}

/** Whether the bytes begin with a byte order mark of two or four bytes, or have a zero where letters stand in UTF-8. */
function isWide(bytes: Buffer): boolean {
  const mark = bytes.subarray(0, 2).toString('hex');
  return mark === 'fffe' || mark === 'feff' || bytes.subarray(0, 4).includes(0);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

function findUndecodableLine(bytes: Buffer): number | undefined {
  for (let line = 1, start = 0; start < bytes.length; line += 1) {
    const lineEnd = bytes.indexOf('\n', start);
    const end = lineEnd < 0 ? bytes.length : lineEnd + 1;
    try {
      decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end;
  }
  return undefined;
}
