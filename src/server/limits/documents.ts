import {
  GraphQLError,
  NoFragmentCyclesRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type ValidationRule,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Config } from '../../config/load-config.ts';
import type { ErrorCode } from '../../graph/errors.ts';
import { maxNesting, measureDocument } from './document-size.ts';
import { measureLiterals } from './input-size.ts';
import { findDocumentExcesses, findInputExcesses, type Excess } from './limits.ts';
import { measureText } from './text-size.ts';

/** A document as it was read, or why it cannot be executed. */
export interface ReadDocument {
  /** Undefined when there are errors, or an excess that is not only reported. */
  readonly document?: DocumentNode;
  /** GRAPHQL_PARSE_FAILED or GRAPHQL_VALIDATION_FAILED */
  readonly errors: readonly GraphQLError[];
  readonly excesses: readonly Excess[];
}

/** More mistakes than these are not looked for. */
const maxErrors = 20;

/** Of documents that are kept, so that they need not be read again. A syntax tree takes some hundred bytes for each character. */
const maxKeptCharacters = 100_000;

/** Reads documents: parses them, measures them before anything costly is done with them, and validates them. */
export interface DocumentReader {
  /** @param key equal for equal texts only */
  read(text: string, key: string): ReadDocument;
}

export function createDocumentReader(schema: GraphQLSchema, server: Config['server']): DocumentReader {
  const kept = new LRUCache<string, ReadDocument>({ maxSize: maxKeptCharacters });
  const rules = server.introspection ? specifiedRules : [...specifiedRules, noIntrospectionRule];

  function check(document: DocumentNode): ReadDocument {
    const size = measureDocument(document, server.maxSelections);
    if (size.nesting > maxNesting) return refuse([nestedTooDeeply(size.nesting)]);
    const excesses = [
      ...findDocumentExcesses(size, server),
      ...findInputExcesses(measureLiterals(document), server),
    ];
    if (excesses.length > 0 && server.limits === 'enforce') return { errors: [], excesses };
    // The other rules would follow a fragment that is within itself round and round.
    const errors = validate(schema, document, size.isCyclic ? [NoFragmentCyclesRule] : rules, {
      maxErrors,
      hideSuggestions: !server.introspection,
    });
    if (errors.length > 0)
      return refuse(errors.map((error) => toReadError('GRAPHQL_VALIDATION_FAILED', error)));
    return { document, errors, excesses };
  }

  return {
    read(text, key) {
      const known = kept.get(key);
      if (known !== undefined) return known;
      const parsed = parseText(text, server.maxTokens);
      if (parsed instanceof GraphQLError) return refuse([parsed]);
      const read = check(parsed);
      if (read.document !== undefined) kept.set(key, read, { size: text.length });
      return read;
    },
  };
}

function refuse(errors: readonly GraphQLError[]): ReadDocument {
  return { errors, excesses: [] };
}

function parseText(text: string, maxTokens: number): DocumentNode | GraphQLError {
  const { tokens, nesting } = measureText(text, maxTokens);
  if (tokens > maxTokens) {
    const message = `The document has more than ${maxTokens} tokens, comments included.`;
    return toReadError('GRAPHQL_PARSE_FAILED', new GraphQLError(message));
  }
  if (nesting > maxNesting) return nestedTooDeeply(nesting);
  try {
    return parse(text, { maxTokens });
  } catch (error) {
    if (error instanceof GraphQLError) return toReadError('GRAPHQL_PARSE_FAILED', error);
    throw error;
  }
}

function nestedTooDeeply(found: number): GraphQLError {
  const message = `The document has brackets or fragments within each other, ${found} levels deep (at most ${maxNesting}).`;
  return toReadError('GRAPHQL_PARSE_FAILED', new GraphQLError(message));
}

type ReadErrorCode = Extract<ErrorCode, 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED'>;

function toReadError(code: ReadErrorCode, error: GraphQLError): GraphQLError {
  const place = {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
  };
  return new GraphQLError(error.message, { ...place, extensions: { code } });
}

/** Fields that tell the schema; `_service` gives it to gateways. */
const introspectionFields: ReadonlySet<string> = new Set(['__schema', '__type', '_service']);

const noIntrospectionRule: ValidationRule = (context) => ({
  Field(node) {
    if (!introspectionFields.has(node.name.value)) return;
    const message = `This server does not tell its schema: introspection is off, and so is ${node.name.value}.`;
    context.reportError(new GraphQLError(message, { nodes: node }));
  },
});
