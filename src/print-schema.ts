import { parseArgs } from 'node:util';
import { print } from 'graphql';
import { readProviderFiles } from './graph/schema-files.ts';
import { createPublishedDocument } from './graph/subgraph-document.ts';
import { providers } from './providers/index.ts';

const help = `Prints the SDL of this subgraph, for composers and schema registries.

Usage: npm run --silent schema -- [options] > customers.graphql

  --cache-tags       adds @cacheTag to records, by which Apollo Router's response cache forgets them
                     (federation 2.12; without it 2.9, which other composers understand too)
  --without-guards   leaves out @authenticated and @requiresScopes, for gateways that do not know them or the
                     callers; the server enforces them all the same
  --help             prints this text`;

function printSchema(): string {
  const { values } = parseArgs({
    options: {
      'cache-tags': { type: 'boolean', default: false },
      'without-guards': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return help;
  const documents = Object.keys(providers).map((name) => readProviderFiles(name).document);
  const [hasCacheTags, hasGuards] = [values['cache-tags'], !values['without-guards']];
  return print(createPublishedDocument(documents, { hasCacheTags, hasGuards }));
}

// A reader that has seen enough is not a failure.
process.stdout.on('error', () => {});

try {
  console.log(printSchema());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
