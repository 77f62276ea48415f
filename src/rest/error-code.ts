/** The code of a failure of Node.js or a library (`ENOENT`, `UND_ERR_SOCKET`), its own or that of its cause. */
export function errorCodeOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 3) return undefined;
  if ('code' in error && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(error.code))
    return error.code;
  return 'cause' in error ? errorCodeOf(error.cause, depth + 1) : undefined;
}
