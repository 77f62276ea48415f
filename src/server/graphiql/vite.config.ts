import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { compressFiles } from './compress-files.ts';

const outDir = fileURLToPath(new URL('../../../dist/graphiql', import.meta.url));

/** Builds the page into static files that ask no other host for anything and may lie under any path. */
export default defineConfig({
  base: './',
  publicDir: false,
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    // Monaco is one chunk of this size.
    chunkSizeWarningLimit: 4000,
    // React's "use client" marks mean nothing in a page without server components.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
    license: { fileName: 'licenses.md' },
  },
  plugins: [compressFiles(`${outDir}/assets`)],
  worker: { format: 'es' },
});
