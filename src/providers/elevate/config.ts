import type { z } from 'zod';
import { restSettings } from '../../rest/settings.ts';

/** Elevate needs nothing beyond a base URL and a bearer token. */
export const settings = restSettings;

export type Settings = z.output<typeof settings>;

export function createHeaders(): Record<string, string> {
  return {};
}
