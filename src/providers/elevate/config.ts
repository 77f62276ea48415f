import type { z } from 'zod';
import { createWithout, restSettings } from '../../rest/settings.ts';

/** Elevate needs nothing beyond a base URL and a bearer token. */
export const settings = restSettings.extend({
  without: createWithout([
    'list',
    'sites',
    'contract-owners',
    'contract-owner-sub-brands',
    'billing-cycles',
    'tripwire-plans',
    'commission-agents',
  ]),
});

export type Settings = z.output<typeof settings>;

export function createHeaders(): Record<string, string> {
  return {};
}
