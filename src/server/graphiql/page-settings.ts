/** What the server tells its page. */
export interface PageSettings {
  /** How callers are known: not at all, or by a token in the header `authorization`. */
  readonly auth: 'none' | 'jwt';
  /** Whether the sources are simulated by the server itself, and their faults can be switched. */
  readonly hasSandbox: boolean;
}

/** Name of the `meta` element that has them as JSON. */
export const pageSettingsName = 'customer-graph-settings';

/** @param content as src/server/page.ts has written it */
export function parsePageSettings(content: string): PageSettings {
  const settings: unknown = JSON.parse(content);
  const { auth, hasSandbox } = Object(settings);
  return { auth: auth === 'jwt' ? 'jwt' : 'none', hasSandbox: hasSandbox === true };
}
