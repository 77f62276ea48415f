import { readFileSync } from 'node:fs';

/** The product's version, from package.json. */
export const version = readVersion();

/** How the product names itself to the REST APIs. */
export const userAgent = `customer-graph/${version}`;

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (
    typeof manifest === 'object' &&
    manifest !== null &&
    'version' in manifest &&
    typeof manifest.version === 'string'
  )
    return manifest.version;
  throw new Error('package.json has no version');
}
