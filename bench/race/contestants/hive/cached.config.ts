import { defineConfig } from '@graphql-hive/gateway';

export const gatewayConfig = defineConfig({
  jit: true,
  logging: 'warn',
  responseCaching: { session: () => null, ttl: 1_000 },
});
