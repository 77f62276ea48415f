import { defineConfig } from 'vite';

/** Builds the page into static files that ask no other host for anything and may lie under any path. */
export default defineConfig({
  base: './',
  publicDir: false,
  build: {
    outDir: '../../../dist/graphiql',
    emptyOutDir: true,
    target: 'es2022',
    // Monaco is one chunk of this size.
    chunkSizeWarningLimit: 4000,
    // React's "use client" marks mean nothing in a page without server components.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
    license: { fileName: 'licenses.md' },
  },
  worker: { format: 'es' },
});
