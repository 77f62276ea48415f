import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The folder of customer-graph. */
export const productFolder = fileURLToPath(new URL('..', import.meta.url));

/** Builds customer-graph unless its build is newer than its sources. */
export function buildProduct(): void {
  execFileSync(process.execPath, ['scripts/build-if-stale.mjs'], { cwd: productFolder, stdio: 'inherit' });
}

/** A module of the built product: names that tsx keeps for functions would cost time. */
export function importBuilt<T>(module: string): Promise<T> {
  return import(new URL(`../dist/${module}.js`, import.meta.url).href);
}
