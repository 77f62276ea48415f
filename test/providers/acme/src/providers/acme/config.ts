import { z } from 'zod';
import { createWithout, restSettings } from '../../rest/settings.ts';

export const settings = restSettings.extend({
  region: z.enum(['eu', 'us']).default('eu').describe('Sent as `x-acme-region`.'),
  without: createWithout(['list', 'depots']),
});

export type Settings = z.output<typeof settings>;

export function createHeaders({ region }: Settings): Record<string, string> {
  return { 'x-acme-region': region };
}
