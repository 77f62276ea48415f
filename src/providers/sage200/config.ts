import { z } from 'zod';
import { secretText, sendableText } from '../../rest/setting-texts.ts';
import { createWithout, restSettings } from '../../rest/settings.ts';
import { lookupCollections } from './lookups.ts';

export const settings = restSettings.extend({
  subscriptionKey: secretText(200).describe('Sent as `ocp-apim-subscription-key`.'),
  site: sendableText(36).optional().describe('Sent as `X-Site`; `GET /sites` lists yours.'),
  company: z.int().min(0).optional().describe('Sent as `X-Company`.'),
  without: createWithout([
    'list',
    'branches',
    'customer_delivery_addresses',
    'nominal_codes',
    ...Object.values(lookupCollections),
  ]),
});

export type Settings = z.output<typeof settings>;

export function createHeaders({ subscriptionKey, site, company }: Settings): Record<string, string> {
  return {
    'ocp-apim-subscription-key': subscriptionKey,
    ...(site === undefined ? {} : { 'x-site': site }),
    ...(company === undefined ? {} : { 'x-company': String(company) }),
  };
}
