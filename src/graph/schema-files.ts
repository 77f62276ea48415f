import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Kind, parse, type DocumentNode } from 'graphql';
import { readPayloadShapes, type PayloadShapes } from './mapping/json-schema.ts';

/** The project's `schema/` folder, from src/graph and from dist/graph alike. */
const schemaFolder = fileURLToPath(new URL('../../schema', import.meta.url));

/** The SDL that all providers share. */
export function readSharedSdl(): DocumentNode[] {
  return graphqlFilesIn('').map(readSdl);
}

export interface ProviderFiles {
  readonly document: DocumentNode;
  readonly shapes: PayloadShapes;
}

/** A provider's SDL and JSON Schema. */
export function readProviderFiles(provider: string): ProviderFiles {
  const file = `rest/${provider}.json`;
  return {
    document: readSdl(`providers/${provider}.graphql`),
    shapes: readPayloadShapes(readJsonSchema(provider), `schema/${file}`),
  };
}

export function readJsonSchema(provider: string): unknown {
  return JSON.parse(readFileSync(path.join(schemaFolder, 'rest', `${provider}.json`), 'utf8'));
}

/** The providers that have an SDL file. */
export function findProviderNames(): string[] {
  return graphqlFilesIn('providers').map((file) => path.basename(file, '.graphql'));
}

/**
 * The type in a provider's SDL that implements `Customer`.
 *
 * @throws TypeError when there is none, or more than one
 */
export function findCustomerType({ definitions }: DocumentNode, provider: string): string {
  const types = definitions.flatMap((node) =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION &&
    node.interfaces?.some(({ name }) => name.value === 'Customer')
      ? [node.name.value]
      : [],
  );
  const [type] = types;
  if (type !== undefined && types.length === 1) return type;
  throw new TypeError(
    `schema/providers/${provider}.graphql: expected one type that implements Customer, found ${types.length}`,
  );
}

function graphqlFilesIn(folder: string): string[] {
  return readdirSync(path.join(schemaFolder, folder))
    .filter((file) => file.endsWith('.graphql'))
    .toSorted()
    .map((file) => path.join(folder, file));
}

function readSdl(file: string): DocumentNode {
  return parse(readFileSync(path.join(schemaFolder, file), 'utf8'));
}
