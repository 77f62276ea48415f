import { z } from 'zod';
import { plainText } from '../../rest/setting-texts.ts';
import { createWithout, restSettings } from '../../rest/settings.ts';
import { isTimeZone } from './local-time.ts';

export const settings = restSettings.extend({
  tenantId: z.int().min(1).describe('Sent as `x-tenant-id`; `GET /tenants` lists yours.'),
  // Without it CRO answers in whatever version this client used last.
  apiVersion: plainText()
    .regex(/^\d{4}\/\d{2}\/\d{2}$/, 'expected a version such as 2019/02/08')
    .default('2019/02/08'),
  timeZone: plainText()
    .refine(isTimeZone, 'expected an IANA time zone such as America/Los_Angeles')
    .optional()
    .describe("Where CRO's clock stands. Without it times stay without zone."),
  without: createWithout(['list', 'children', 'locations', 'users']),
});

export type Settings = z.output<typeof settings>;

export function createHeaders({ tenantId, apiVersion }: Settings): Record<string, string> {
  return { 'x-tenant-id': String(tenantId), 'x-api-version': apiVersion };
}
