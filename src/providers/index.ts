import type { ProviderName } from '../generated/providers.ts';
import { cro } from './cro/index.ts';
import { elevate } from './elevate/index.ts';
import type { Provider } from './provider.ts';
import { sage200 } from './sage200/index.ts';

/** Every provider, by name. An SDL file in `schema/providers/` without an entry here does not compile. */
export const providers = {
  elevate,
  sage200,
  cro,
} satisfies Record<ProviderName, Provider>;
