/** The providers, each with a source of its name in most tests. */
export const providerNames = ['elevate', 'sage200', 'cro'] as const;
export type ProviderName = (typeof providerNames)[number];
