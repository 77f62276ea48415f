import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { loadConfig } from '../../src/config/load-config.ts';
import { fileSettings } from '../../src/config/settings.ts';
import type { ErrorCode } from '../../src/graph/errors.ts';
import { providers } from '../../src/providers/index.ts';
import { credentialSettings } from '../../src/rest/credentials/settings.ts';
import { restSettings } from '../../src/rest/settings.ts';

interface Setting {
  readonly key: string;
  /** As it stands in a table. */
  readonly value: string;
}

const jsonSchema: z.ZodType<JsonSchema> = z.lazy(() =>
  z.object({
    default: z.unknown().optional(),
    properties: z.record(z.string(), jsonSchema).optional(),
    required: z.array(z.string()).optional(),
    oneOf: z.array(jsonSchema).optional(),
  }),
);

interface JsonSchema {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly oneOf?: readonly JsonSchema[] | undefined;
}

/** Every setting that holds a value, with its default, or whether it is required. */
function listSettings(schema: z.ZodType): Setting[] {
  return listOf(jsonSchema.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })), '');
}

/** @param isExpected whether what holds these settings has to be there */
function listOf(
  { properties = {}, required = [], oneOf = [] }: JsonSchema,
  path: string,
  isExpected = true,
): Setting[] {
  const own = Object.entries(properties).flatMap(([name, property]) => {
    const key = path === '' ? name : `${path}.${name}`;
    const isRequired = isExpected && required.includes(name);
    const inner = listOf(property, key, isRequired);
    return inner.length > 0 ? inner : [{ key, value: describeDefault(property.default, isRequired) }];
  });
  return [...own, ...oneOf.flatMap((form) => listOf(form, path, isExpected))];
}

function describeDefault(value: unknown, isRequired: boolean): string {
  if (value === undefined) return isRequired ? 'required' : 'optional';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const configuration = readFileSync('docs/configuration.md', 'utf8');

/** The rows of the tables of a page, as cells without back quotes. */
function readRows(page: string): string[][] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
}

describe('docs/configuration.md', () => {
  const rows = readRows(configuration);
  const findRow = (...cells: readonly string[]) =>
    rows.find((row) => cells.every((cell) => row.includes(cell)));
  const own = Object.values(providers).flatMap(({ name, settings }) =>
    listSettings(settings)
      .filter(({ key }) => listSettings(restSettings).every((shared) => shared.key !== key))
      .map((setting) => ({ ...setting, cells: [name] })),
  );

  it.each([
    ...listSettings(fileSettings).filter(({ key }) => key !== 'sources'),
    ...listSettings(restSettings),
    ...listSettings(credentialSettings),
  ])('has $key with its default', ({ key, value }) => {
    expect(findRow(key, value)).toBeDefined();
  });

  it.each(own)('has $key of $cells with its default', ({ key, value, cells }) => {
    expect(findRow(...cells, key, value)).toBeDefined();
    expect(readFileSync(`docs/providers/${cells.join()}.md`, 'utf8')).toContain(`\`${key}\``);
  });

  it('has an example that is accepted', () => {
    const example = /```yaml\n(server:.*?)```/s.exec(configuration)?.[1] ?? '';
    expect(readExample(example)).toEqual(['elevate', 'sage-uk', 'cro']);
  });

  it.each(Object.keys(providers))('and the page of %s have examples that are accepted', (name) => {
    const example =
      /```yaml\n(sources:.*?)```/s.exec(readFileSync(`docs/providers/${name}.md`, 'utf8'))?.[1] ?? '';
    expect(readExample(`auth: { mode: none }\n${example}`)).toHaveLength(1);
  });
});

function readExample(text: string): string[] {
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
  const file = `${mkdtempSync(join(tmpdir(), 'customer-graph-docs-'))}/example.yaml`;
  // Tokens are kept in a folder that must exist.
  writeFileSync(file, text.replaceAll('/var/lib/customer-graph', dirname(file)));
  try {
    return loadConfig(file, providers, Object.fromEntries(names.map((name) => [name, 'x']))).sources.map(
      (source) => source.name,
    );
  } finally {
    rmSync(dirname(file), { recursive: true });
  }
}

describe('docs/errors.md', () => {
  // A code that is missing here does not compile.
  const codes: Readonly<Record<ErrorCode, true>> = {
    UPSTREAM_TIMEOUT: true,
    UPSTREAM_UNAVAILABLE: true,
    UPSTREAM_RATE_LIMITED: true,
    UPSTREAM_UNAUTHORIZED: true,
    UPSTREAM_FORBIDDEN: true,
    UPSTREAM_REJECTED: true,
    UPSTREAM_BAD_RESPONSE: true,
    BAD_USER_INPUT: true,
    UNAUTHENTICATED: true,
    FORBIDDEN: true,
    OVERLOADED: true,
    QUERY_TOO_COMPLEX: true,
    GRAPHQL_PARSE_FAILED: true,
    GRAPHQL_VALIDATION_FAILED: true,
    PERSISTED_QUERY_NOT_SUPPORTED: true,
    BAD_REQUEST: true,
    INTERNAL_SERVER_ERROR: true,
  };
  const rows = readRows(readFileSync('docs/errors.md', 'utf8'));

  it.each(Object.keys(codes))('has a line for %s', (code) => {
    expect(rows.filter((row) => row[1] === code)).toHaveLength(1);
  });
});
