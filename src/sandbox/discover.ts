import { readdir } from 'node:fs/promises';
import type { SandboxApi } from './sandbox-api.ts';

const providersFolder = new URL('./providers/', import.meta.url);

/** Modules, as written or as compiled; neither source maps nor type declarations. */
const moduleFile = /^(?!.*\.d\.ts$).*\.(ts|js)$/;

/** The simulated APIs: every module of providers/ is one. Sorted by port. */
export async function discoverApis(): Promise<readonly SandboxApi[]> {
  const files = (await readdir(providersFolder)).filter((file) => moduleFile.test(file));
  const apis = await Promise.all(files.map((file) => loadApi(new URL(file, providersFolder))));
  return apis.toSorted((a, b) => a.port - b.port);
}

async function loadApi(url: URL): Promise<SandboxApi> {
  const exported: unknown = await import(url.href);
  if (
    typeof exported === 'object' &&
    exported !== null &&
    'sandboxApi' in exported &&
    isSandboxApi(exported.sandboxApi)
  )
    return exported.sandboxApi;
  throw new Error(`${url.pathname} does not export a sandboxApi`);
}

function isSandboxApi(value: unknown): value is SandboxApi {
  return (
    typeof value === 'object' &&
    value !== null &&
    'provider' in value &&
    typeof value.provider === 'string' &&
    'port' in value &&
    typeof value.port === 'number' &&
    'createApp' in value &&
    typeof value.createApp === 'function' &&
    'settings' in value &&
    typeof value.settings === 'function'
  );
}
